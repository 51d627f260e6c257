"""Runs of a recipe: each measured, kept at once, made once, and gone on with after a kill."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_seed_is_a_run_with_its_figures(train, program, kept):
    record, said = train([1, 2])
    assert [run["seed"] for run in record.judged()] == [1, 2]
    run = record.run(2, "60k")
    assert (run["correct"], run["accuracy"]) == (992, 0.992)
    assert (run["correct_after_corrections"], run["accuracy_corrected"]) == (993, 0.993)
    assert run["command"] == "chainrule train --recipe small --seed 2 --split 60k --judge test"
    assert not run["interrupted"]
    assert {"machine", "versions", "started", "fingerprint", "sha256", "thread_limits"} <= run.keys()
    assert run["bytes"] == len(b"model 2")
    assert len(said) == 2
    assert json.loads((kept / "small.json").read_text())["runs"] == record.runs


def test_time_is_that_of_the_program(train):
    started = time.perf_counter()
    run = train([1])[0].run(1, "60k")
    assert 0 < run["seconds"] < time.perf_counter() - started
    assert run["processor_seconds"] > 0


def test_memory_is_that_of_the_program(tmp_path):
    # Measured from a small process, as the command is: the system counts the parent's memory too.
    holding = "held = bytearray(60_000_000); held[::4096] = b'1' * len(held[::4096])"
    measuring = (
        "import sys; from pathlib import Path; from records.measured import measured\n"
        f"command = [sys.executable, '-c', {holding!r}]\n"
        "print(measured(command, Path(sys.argv[1]), directory=Path(sys.argv[1])).peak_mb)"
    )
    command = [sys.executable, "-c", measuring, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert 60 < float(ended.stdout) < 60 + 100


def test_a_run_that_is_there_is_not_made_again_unless_asked_for(train, program):
    train([1, 2])
    assert train([1, 2, 3])[1][:2] == [
        "small, seed 1, 60k: there already",
        "small, seed 2, 60k: there already",
    ]
    assert len(program.asked) == 3
    train([2], again=True)
    assert len(program.asked) == 4


def test_a_recipe_that_has_changed_begins_anew(train):
    train([1, 2])
    record, _ = train([2], digest="e" * 64)
    assert [run["seed"] for run in record.runs] == [2]


def test_a_run_without_the_validation_images_is_judged_on_them(train, program):
    record, _ = train([1], split="50k")
    assert record.run(1, "50k")["judged_on"] == "validation"
    assert "--split 50k --judge validation" in program.asked[0]
    assert record.judged() == []
    assert record.spread("accuracy") is None


def test_a_run_that_was_killed_goes_on_and_its_time_does_not_count(train, program, kept):
    from records.store import Record, RecordError

    program.dies(2)
    with pytest.raises(RecordError, match=r"seed 2, 60k: its process ended with status -9"):
        train([1, 2, 3])
    assert [run["seed"] for run in Record(kept, "small", "d" * 64).runs] == [1]
    record, _ = train([1, 2, 3])
    assert [run["interrupted"] for run in record.runs] == [False, True, False]
    assert "--resume" in program.asked[2]
    assert record.spread("accuracy").n == 3
    assert record.spread("seconds").n == 2


def test_a_program_that_outlives_us_is_not_started_twice(train, program, tmp_path):
    from records.store import RecordError

    program.waits(1)
    folder = tmp_path / "models" / "small-dddddddddddd" / "seed-1-60k"
    folder.mkdir(parents=True)
    ours = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from records.measured import measured
folder = Path({str(folder)!r})
words = ["train", "--seed", "1", "--checkpoint", str(folder / "checkpoint"), "--out", "none"]
measured([*{program.words!r}, *words], folder, directory=folder.parent)
"""
    with subprocess.Popen(
        [sys.executable, "-c", ours], stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        while not (program.folder / "waiting").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        try:
            with pytest.raises(RecordError, match="still goes on"):
                train([1])
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    with open(folder / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert train([1])[0].run(1, "60k")["interrupted"]


def test_the_spread_is_that_of_a_sample():
    from records.store import Spread

    spread = Spread([1.0, 2.0, 3.0, 4.0])
    assert (spread.n, spread.mean) == (4, 2.5)
    assert spread.sd == pytest.approx((5 / 3) ** 0.5)
    assert Spread([1.0]).sd is None


def test_a_record_of_nothing_is_a_clear_error(kept):
    from chainrule.errors import FileError
    from records.store import read_record

    with pytest.raises(FileError, match="python -m records train NAME"):
        read_record(kept / "small.json")
