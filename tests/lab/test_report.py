"""Verdicts, pages and figures of stored results, whatever texts and numbers stand in them."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest

from chainrule.errors import DataError, FileError, UnknownNameError
from chainrule.lab import report
from chainrule.lab.drawing import draw, finding
from chainrule.lab.experiment import Published, Result, Results
from chainrule.lab.pages import duration, outcome, table
from chainrule.lab.record import Record
from chainrule.lab.registry import experiment_named
from chainrule.lab.report import command, write_report
from chainrule.lab.store import Stored
from chainrule.lab.verdicts import RULE, agrees, verdicts

FIRST = experiment_named("ch1-30")
HOSTILE = "<script>alert('|&\"`*_[x](y)')</script>"
RECORD = Record(
    12.3, "2026-03-14", {"processor": "Abacus 9", "cores": "2", "system": "Linux"}, {"numpy": "2.4"}
)


def stored(
    tmp_path,
    best=(95.0, 95.5, 95.2, 95.1, 95.4),
    name="ch1-30",
    full=True,
    changes=None,
    record=RECORD,
    **more,
):
    """Results that say what a test wants them to say."""
    experiment = replace(experiment_named(name), **more)
    values = [
        {"best test accuracy": each, "last test accuracy": each, "first test accuracy": 90.0}
        | {"digits hardly read": 0.0}
        for each in best
    ]
    arrays = {"test accuracy": np.array([90.0, 95.0]), "epoch": np.arange(2)}
    runs = tuple(Result(each, arrays) for each in values)
    seeds = tuple(range(1, len(best) + 1))
    results = Results(experiment.settings(full, changes or {}), seeds, runs, experiment.published)
    return Stored(experiment, tmp_path / name, results, (record,) * len(best))


@pytest.mark.parametrize(
    ("published", "mean", "deviation", "tolerance", "expected"),
    [
        (95.42, 95.42, 0.0, 0.0, True),
        (95.42, 95.0, 0.21, 0.0, True),
        (95.42, 95.0, 0.20, 0.0, False),
        (95.42, 95.0, 0.0, 0.5, True),
        (95.42, 94.9, 0.0, 0.5, False),
        (95.0, 95.9, 0.4, 1.0, True),
        (0.3, 0.1 + 0.2, 0.0, 0.0, True),
        (0.1, 0.3, 0.0, 0.2, True),
        (-0.5, 0.5, 0.0, 0.0, False),
    ],
)
def test_a_figure_is_reproduced_within_two_deviations_or_the_tolerance(
    published, mean, deviation, tolerance, expected
):
    assert agrees(published, mean, deviation, tolerance) is expected


def claims(*figures, unit="%", tolerance=0.0):
    return tuple(
        Published("ch1-30", "the book", "accuracy", each, "best test accuracy", unit, tolerance)
        for each in figures
    )


def test_each_figure_gets_its_verdict_with_the_difference(tmp_path):
    found = verdicts(stored(tmp_path, published=claims(95.42, 97.0, 90, None)))
    assert [str(each) for each in found] == [
        "reproduced",
        "differs by −1.76 %",
        "differs by +5.24 %",
        "measured here",
    ]
    assert [each.published for each in found] == ["95.42 %", "97 %", "90 %", "none given"]
    assert {each.ours for each in found} == {"95.24 ± 0.21 % (5)"}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"full": False}, "quick form"),
        ({"changes": {"epochs": 3}}, "changed parameters"),
        ({"best": (95.0, 95.4)}, "too few seeds"),
        ({"best": (95.0,), "seeds": 1, "published": claims(95.0)}, "reproduced"),
    ],
)
def test_only_the_full_form_with_all_its_seeds_gets_a_verdict(tmp_path, given, word):
    assert {each.word for each in verdicts(stored(tmp_path, **given))} == {word}


@pytest.mark.parametrize(
    ("figure", "best", "unit", "published", "ours", "said"),
    [
        (238_510, 238_510.0, "", "238,510", "238,510 (1)", "reproduced"),
        (0.003, 0.00327, "", "0.003", "0.00327 (1)", "differs by +0.00027"),
        (None, 0.0, "images", "none given", "0 images (1)", "measured here"),
        (None, 4617.3, "times", "none given", "4,617 times (1)", "measured here"),
        (None, 7e-11, "", "none given", "7.0e-11 (1)", "measured here"),
        (None, 60.0, "%", "none given", "60.00 % (1)", "measured here"),
        (0.0820849986, 0.9, "", "0.082085", "0.900000 (1)", "differs by +0.817915"),
        (150, 171.0, "epochs", "150 epochs", "171 epochs (1)", "differs by +21 epochs"),
    ],
)
def test_numbers_are_written_as_exactly_as_they_are_known(
    tmp_path, figure, best, unit, published, ours, said
):
    (found,) = verdicts(stored(tmp_path, best=(best,), seeds=1, published=claims(figure, unit=unit)))
    assert (found.published, found.ours, str(found)) == (published, ours, said)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "chainrule lab run ch1-30 --full"),
        ({"best": (95.0,)}, "chainrule lab run ch1-30 --full --seeds 1"),
        ({"full": False, "best": (95.0,)}, "chainrule lab run ch1-30"),
        ({"full": False, "changes": {"epochs": 4}}, "chainrule lab run ch1-30 --seeds 5 --set epochs=4"),
    ],
)
def test_the_command_that_made_it_is_told(tmp_path, given, expected):
    assert command(stored(tmp_path, **given)) == expected


class Page(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data

    def all(self, tag):
        return [attributes for found, attributes in self.tags if found == tag]


@pytest.fixture
def written(tmp_path):
    """Writes the report of these results: the page, its Markdown, and the folder."""

    def write(*results):
        html, markdown = write_report(results, tmp_path / "report")
        page = Page(html.read_text(encoding="utf-8"))
        assert page.open == []
        return page, markdown.read_text(encoding="utf-8"), html.parent

    return write


def test_the_page_needs_nothing_else_and_runs_nothing(tmp_path, written):
    page, _, _ = written(stored(tmp_path), stored(tmp_path, name="ch1-none"))
    assert not {"script", "link", "iframe", "object", "embed"} & {tag for tag, _ in page.tags}
    targets = [
        each.get("href") or each.get("src") for _, each in page.tags if "href" in each or "src" in each
    ]
    assert targets
    assert all(target.startswith(("#", "data:image/")) for target in targets)
    names = [each["id"] for _, each in page.tags if "id" in each]
    assert len(names) == len(set(names))
    assert {target[1:] for target in targets if target.startswith("#")} <= set(names)


def test_the_figure_lies_inside_and_beside_the_page(tmp_path, written):
    page, markdown, folder = written(stored(tmp_path))
    (image,) = page.all("img")
    kind, _, content = image["src"].partition(",")
    assert kind == "data:image/svg+xml"
    assert unquote_to_bytes(content) == (folder / "figures" / "ch1-30.svg").read_bytes()
    assert image["alt"] == finding(stored(tmp_path)) + "."
    assert "](figures/ch1-30.svg)" in markdown


def test_a_large_figure_becomes_a_small_image(tmp_path, written, monkeypatch):
    monkeypatch.setattr(report, "LARGEST_SVG", 10_000)
    page, markdown, folder = written(stored(tmp_path))
    (image,) = page.all("img")
    kind, _, content = image["src"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content).startswith(b"\x89PNG")
    assert [path.name for path in (folder / "figures").iterdir()] == ["ch1-30.png"]
    assert (folder / "figures" / "ch1-30.png").stat().st_size < 60_000
    assert "](figures/ch1-30.png)" in markdown


def test_all_that_is_known_of_an_experiment_is_said(tmp_path, written):
    page, markdown, _ = written(stored(tmp_path, came_out="It came out well."))
    texts = [
        FIRST.title,
        FIRST.asks,
        FIRST.look_for,
        "It came out well.",
        RULE,
        "12 seconds a seed",
        "Abacus 9",
    ]
    texts += ["numpy 2.4", "2026-03-14", "chainrule lab run ch1-30 --full", "95.24 ± 0.21 % (5)", "95.42 %"]
    texts += ["2 figures in 1 experiment: 1 reproduced, 1 differs.", "differs by −1.29 %", "epochs 30"]
    plain = markdown.replace("\\", "")
    for text in texts:
        assert text in page.text
        assert text in plain


def test_what_is_not_the_published_form_is_marked(tmp_path, written):
    page, markdown, _ = written(
        stored(tmp_path, full=False), stored(tmp_path, name="ch1-none", changes={"epochs": 2})
    )
    for said in (page.text, markdown):
        assert "This is the quick form, not the published settings: it gets no verdict." in said
        assert "These are changed parameters, not the published settings" in said
        assert "reproduced" not in said.replace(RULE, "")


@pytest.mark.parametrize("place", ["title", "asks", "look_for", "came_out", "record", "claim"])
def test_texts_from_outside_stay_texts(tmp_path, written, place):
    more = {place: HOSTILE}
    if place == "record":
        more = {"record": Record(1.0, HOSTILE, {"processor": HOSTILE, "cores": HOSTILE}, {HOSTILE: HOSTILE})}
    elif place == "claim":
        more = {"published": (Published(HOSTILE, HOSTILE, HOSTILE, 95.0, "best test accuracy", HOSTILE),)}
    page, markdown, _ = written(stored(tmp_path, **more))
    assert not page.all("script")
    assert HOSTILE in page.text
    assert "<script" not in markdown
    assert not re.search(r"(?<!\\)\[x\]", markdown)
    for line in markdown.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 6


def test_one_experiment_in_several_forms_has_a_place_for_each(tmp_path, written):
    forms = [stored(tmp_path), stored(tmp_path, full=False), stored(tmp_path, full=False, best=(1.0,))]
    page, _, folder = written(*forms)
    assert [each["id"] for each in page.all("section")] == ["ch1-30-full", "ch1-30-quick", "ch1-30-quick-2"]
    assert len(list((folder / "figures").iterdir())) == 3


def test_sections_stand_in_the_order_of_the_list(tmp_path, written):
    page, _, _ = written(*(stored(tmp_path, name=name) for name in ("ch1-none", "ch1-30")))
    assert [each["id"] for each in page.all("section")] == ["ch1-30", "ch1-none"]


def test_the_same_results_give_the_same_bytes(tmp_path):
    first, second = (
        {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for out in (tmp_path / "a", tmp_path / "b")
        if write_report([stored(tmp_path)], out)
    )
    assert first == second
    assert first.keys() == {"report.html", "report.md", "ch1-30.svg"}


def test_a_file_in_the_way_of_the_report_is_told(tmp_path):
    (tmp_path / "report").write_text("mine")
    with pytest.raises(FileError, match="report"):
        write_report([stored(tmp_path)], tmp_path / "report")
    assert (tmp_path / "report").read_text() == "mine"


def test_nothing_to_report_is_told(tmp_path):
    with pytest.raises(DataError, match="expected results to report, got none"):
        write_report([], tmp_path)


def test_results_that_lack_what_a_figure_shows_are_told(tmp_path):
    whole = stored(tmp_path)
    lacking = replace(
        whole,
        results=replace(whole.results, runs=tuple(replace(run, arrays={}) for run in whole.results.runs)),
    )
    with pytest.raises(DataError, match="a figure could not be made from these results"):
        draw(lacking)
    empty = replace(whole, results=replace(whole.results, runs=(Result({}),)))
    with pytest.raises(DataError, match="a finding could not be made from these results"):
        finding(empty)
    assert not (tmp_path / "ch1-30").exists() or not list((tmp_path / "ch1-30").iterdir())


def test_a_figure_of_another_format_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown format 'gif'"):
        draw(stored(tmp_path), form="gif")


def test_a_run_ends_with_finding_table_and_figure(tmp_path):
    said = outcome(stored(tmp_path), tmp_path / "figure.svg")
    assert finding(stored(tmp_path)) in said.replace("\n", " ")
    assert re.search(r"test accuracy, best epoch +95.42 % +95.24 ± 0.21 % \(5\) +reproduced", said)
    assert f"Figure: {tmp_path / 'figure.svg'}" in said


def test_a_table_wraps_what_is_wide():
    said = table([("a " * 40, "b", "c " * 60), ("d", "e", "f")])
    assert max(map(len, said.splitlines())) <= 80
    assert said.count("a") == 40
    assert said.count("c") == 60


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (40, "40 seconds"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (7200, "2 hours"),
    ],
)
def test_times_are_told_as_people_would(seconds, said):
    assert duration(seconds) == said
