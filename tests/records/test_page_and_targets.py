"""The page of records: what was reached beside what was wanted, and a miss is called one."""

from __future__ import annotations

import pytest


def run_of(seed, **others):
    return {
        "seed": seed,
        "split": "60k",
        "judged_on": "test",
        "command": f"chainrule train --recipe tiny --seed {seed} --split 60k --judge test",
        "examples": 10_000,
        "correct": 9_940,
        "accuracy": 0.994,
        "correct_after_corrections": 9_950,
        "accuracy_corrected": 0.995,
        "parameters": 20_000,
        "bytes": 60_000,
        "seconds": 100.0,
        "processor_seconds": 150.0,
        "peak_mb": 400.0,
        "interrupted": False,
        "machine": {"processor": "A processor", "cores": 2, "memory_gib": 8.0, "system": "Linux x86_64"},
        "versions": {"python": "3.11.9", "numpy": "2.4.6"},
        "thread_limits": {},
    } | others


@pytest.fixture
def recorded(kept):
    """A record of these runs, under a name."""
    from records.store import Record

    def make(name, *runs):
        record = Record(kept, name, "d" * 64)
        for run in runs:
            record.put(run)
        return record

    return make


@pytest.mark.parametrize(
    ("figures", "outcome"),
    [
        ({}, "met"),
        ({"accuracy": 0.9939}, "**missed**: accuracy"),
        ({"bytes": 100_000}, "**missed**: file size"),
        ({"peak_mb": 1000.0}, "**missed**: peak memory"),
        ({"accuracy": 0.99, "peak_mb": 2000.0}, "**missed**: accuracy, peak memory"),
    ],
    ids=str,
)
def test_a_target_missed_is_called_missed(recorded, figures, outcome):
    from records.targets import TARGETS

    assert (
        TARGETS["tiny"].outcome(recorded("tiny", *(run_of(seed, **figures) for seed in (1, 2, 3)))) == outcome
    )


def test_too_few_seeds_leave_a_target_open(recorded):
    from records.targets import TARGETS

    assert TARGETS["tiny"].outcome(recorded("tiny", run_of(1), run_of(2))) == "open: n = 2 of 3"


def test_a_slow_recipe_misses_and_interrupted_runs_do_not_count(recorded):
    from records.targets import TARGETS

    quick = recorded("quick", *(run_of(seed, seconds=20.0) for seed in range(1, 6)))
    assert TARGETS["quick"].outcome(quick) == "**missed**: seconds"
    quick = recorded("quick", *(run_of(seed, seconds=1.0, interrupted=True) for seed in range(1, 6)))
    assert TARGETS["quick"].outcome(quick) == "open: no run without an interruption"


def test_the_page_shows_mean_and_spread_each_run_and_the_machine(recorded):
    from records.page import page_of

    runs = [run_of(1), run_of(2, accuracy=0.996, correct=9_960, seconds=110.0), run_of(3, interrupted=True)]
    held_out = run_of(1, split="50k", judged_on="validation") | {"correct_after_corrections": None}
    page = page_of([recorded("tiny", *runs, held_out)])
    assert (
        "| tiny | 3 | 99.47 ± 0.12 | 99.50 ± 0.00 | 105.0 ± 7.1 | 150.0 ± 0.0 | 400 ± 0 | 20,000 | 60,000 |"
        in page
    )
    assert "| tiny | ≥ 99.40 %, n ≥ 3, < 100,000 bytes | met |" in page
    assert "| 3 | 60k | test | 9,940 of 10,000 | 9,950 | interrupted | – | – |" in page
    assert "| 1 | 50k | validation | 9,940 of 10,000 | – | 100.0 | 150.0 | 400 |" in page
    assert "- tiny: A processor, 2 cores, 8.0 GiB, Linux x86_64; python 3.11.9, numpy 2.4.6\n" in page


def test_the_page_says_what_has_not_been_run_and_what_was_held_back(recorded):
    from records.page import page_of

    page = page_of([recorded("tiny", run_of(1, thread_limits={"OPENBLAS_NUM_THREADS": "1"}))])
    assert "| convnet | ≥ 99.60 %, n ≥ 5, < 600 s | open: n = 0 of 5 |" in page
    assert "numpy 2.4.6; OPENBLAS_NUM_THREADS=1\n" in page


def test_the_command_writes_the_page_beside_the_records(recorded, kept, capsys):
    from records.__main__ import main

    recorded("tiny", run_of(1))
    assert main(["page", "--out", str(kept)]) == 0
    assert "| tiny | 1 | 99.40 |" in kept.with_suffix(".md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == "written: records.md, of 1 recipes\n"


def test_the_command_says_what_is_missing(kept, capsys):
    from records.__main__ import main

    assert main(["ship", "tiny", "--out", str(kept)]) == 1
    assert "make it with `python -m records train NAME`" in capsys.readouterr().err
    assert main(["train", "tiny", "--seeds", "0", "--out", str(kept)]) == 1
    assert main(["train", "tinny", "--out", str(kept)]) == 1
    assert "Did you mean 'tiny'?" in capsys.readouterr().err
