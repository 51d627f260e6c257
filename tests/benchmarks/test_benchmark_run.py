"""A quick run from the command line, with real worker processes, and the page that comes of it."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from benchmarks.__main__ import DOCS, main, wanted
from benchmarks.contenders import CONTENDERS, Entry
from benchmarks.page import page_of
from benchmarks.targets import TARGETS, outcomes
from benchmarks.workloads import WORKLOADS


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    """Folder in which a quick run of chainrule, the book and a peer that is not installed was kept."""
    folder = tmp_path_factory.mktemp("run")
    patch = pytest.MonkeyPatch()
    absent = Entry("absent", "A peer", "benchmarks.contenders.absent:Absent", ("no_such_package",))
    patch.setattr("benchmarks.__main__.chosen", lambda names: [*map(CONTENDERS.get, names), absent])
    with patch.context():
        what = ["W1", "--quick", "--rounds", "2", "--contenders", "chainrule,book"]
        main([*what, "--out", str(folder / "results.json")])
    patch.undo()
    return folder


def test_every_contender_has_a_row_with_its_rounds(quick_run):
    figures = json.loads((quick_run / "results.json").read_text())["W1"]
    rows = figures["rows"]
    assert [(row["name"], row["threads"]) for row in rows] == [
        ("chainrule", 1),
        ("book", 1),
        ("absent", 1),
        ("chainrule", 2),
        ("book", 2),
    ]
    for row in rows:
        if row["name"] == "absent":
            assert (row["lost"], row["seconds"], row["median"]) == ("not installed", [], None)
        else:
            assert len(row["seconds"]) == len(row["accuracies"]) == 2
            assert all(0 < seconds < 30 for seconds in row["seconds"])
            assert row["peak_mb"] > 10
            assert row["lost"] == row["void"] == ""
    ours, book = rows[0]["accuracies"], rows[1]["accuracies"]
    assert ours == pytest.approx(book, abs=0.02)


def test_the_page_says_what_was_measured_and_on_what(quick_run):
    page = (quick_run / "results.md").read_text()
    assert "## W1: The book's first network" in page
    assert "| The book's algorithm | 1 |" in page
    assert "not installed" in page
    assert "these figures mean nothing: W1" in page
    assert f"numpy {__import__('numpy').__version__}" in page
    assert "[results.json](results.json)" in page


def test_nothing_tells_whose_machine_it_was(quick_run):
    for path in quick_run.iterdir():
        text = path.read_text()
        assert platform.node() not in text
        assert str(quick_run) not in text
        assert str(Path.home()) not in text
        assert "/tmp" not in text


def test_sections_not_measured_anew_are_kept(quick_run):
    before = json.loads((quick_run / "results.json").read_text())
    from benchmarks.results import Results

    results = Results(quick_run / "results.json")
    results.put("startup", {"rows": {}})
    after = json.loads((quick_run / "results.json").read_text())
    assert after["W1"] == before["W1"]
    assert after["startup"]["machine"]["cores"] >= 1


def test_the_page_of_every_section():
    """A results file with all there can be, made by hand."""

    def row(name, seconds, **more):
        blank = {"title": name, "group": "", "threads": 1, "accuracies": [0.9], "images": 50_000}
        return {"name": name, "seconds": [seconds], "median": seconds, "peak_mb": 9.0} | blank | more

    made = {
        "date": "2026-01-01",
        "machine": {"processor": "A chip", "cores": 2, "memory_gib": 8.0, "system": "Linux"},
        "versions": {"numpy": "2"},
        "rounds": 1,
        "quick": False,
    }
    from dataclasses import asdict

    recipe = {
        "hidden": [10],
        "epochs": 2,
        "batch_size": 5,
        "optimizer": "adam",
        "learning_rate": 0.1,
        "warmup": 0.3,
        "batch_norm": True,
    }
    reached = {"title": "chainrule", "target": 97, "recipe": recipe, "lost": "", "void": ""}
    sections = {
        "W1": {
            "settings": asdict(WORKLOADS["W1"]),
            "rows": [row("chainrule", 0.1), row("torch_eager", 1.0), row("book", 1.0, images=5000)],
        },
        "W5": {"settings": asdict(WORKLOADS["W5"]), "rows": [row("chainrule", 10.0), row("jax_scan", 9.0)]},
        "accuracy": {"rows": [reached | {"seconds": [1.5], "accuracies": [0.971], "median": 1.5}]},
        "growth": {"sweeps": {}, "images": 10_000},
        "startup": {"rows": {"chainrule": {"title": "ours", "seconds": [0.3], "median": 0.3, "lost": ""}}},
        "roofline": {"rates": {"1": {"256": 90.0}}, "operations": {"W1": 1e9, "W5": 6e11}},
    }
    sections = {name: made | figures for name, figures in sections.items()}
    page = page_of(sections, Path("benchmarks/results.json"))
    assert "| W1: at least 9 × PyTorch eager | 10.00 × (torch_eager, 1 thread) | met |" in page
    assert "| W1: at least 13 × the book's algorithm | 10.00 × (book, 1 thread) | **missed** |" in page
    assert "| W5: at least 1 × the best peer | 0.90 × (jax_scan, 1 thread) | **missed** |" in page
    assert "| W2: at least 1 × JAX's scan | not measured | – |" in page
    assert "measured rate of the matrix product | 67% | met |" in page
    assert "ReLU [10], batch norm, 2 epochs, batches of 5, adam, one cycle up to rate 0.1" in page
    assert "![Seconds an epoch](benchmarks/growth-time.svg)" in page
    assert "at 11% of the measured rate" in page
    assert "A chip, 2 cores, 8.0 GiB, Linux; numpy 2" in page


def test_targets_speak_of_workloads_and_contenders_that_exist():
    known = set(CONTENDERS) | {entry.group for entry in CONTENDERS.values()}
    for target in TARGETS:
        assert target.workload in WORKLOADS
        assert set(target.peers) <= known
    assert all(outcome.met is None for outcome in outcomes({}))


def test_names_on_the_command_line():
    assert wanted(["W7"]) == ["W7-one", "W7-many"]
    assert wanted(["startup", "W1"]) == ["startup", "W1"]
    assert set(WORKLOADS) < set(wanted([]))
    assert wanted(["W6"]) == ["W6", "W6-one", "W6-many"]
    with pytest.raises(KeyError, match="unknown benchmark 'W8'"):
        wanted(["W8"])


def test_the_needs_of_an_epoch_are_counted_by_hand():
    weights = 784 * 30 + 30 * 10
    assert WORKLOADS["W1"].multiplications() == 50_000 * (2 * weights + 30 * 10)
    first, second = 24 * 24 * 20 * 25, 8 * 8 * 40 * 25 * 20
    dense = 4 * 4 * 40 * 100 + 100 * 10
    assert WORKLOADS["W6"].multiplications() == 10_000 * (2 * first + 3 * second + 3 * dense)
    assert WORKLOADS["W7-many"].multiplications() == 10_000 * (784 * 100 + 100 * 10)


def test_the_page_is_what_the_kept_results_say():
    kept = DOCS / "benchmarks" / "results.json"
    page = page_of(json.loads(kept.read_text(encoding="utf-8")), Path("benchmarks/results.json"))
    assert page == (DOCS / "benchmarks.md").read_text(encoding="utf-8")
