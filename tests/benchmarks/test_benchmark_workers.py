"""Workers that are missing, crash, fall silent or cannot do it cost a row, never the run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import rounds
from benchmarks.contenders import CONTENDERS, Entry
from benchmarks.drawing import write_task
from benchmarks.process import LostWorker, Worker, environment_for, without_paths
from benchmarks.workloads import WORKLOADS

SMALL = replace(WORKLOADS["W1"], images=100, test_images=50, band=100.0, threads=(1,))


@pytest.fixture
def folder(tmp_path):
    write_task(tmp_path, SMALL)
    return tmp_path


def test_a_peer_that_is_not_installed(folder):
    with pytest.raises(LostWorker, match="not installed"):
        Worker(Entry("absent", "Absent", "nowhere:Nothing", ("no_such_package",)), folder, 1)


def test_a_worker_that_fails_says_how_and_shows_no_path(folder):
    (folder / "labels.npy").unlink()
    with pytest.raises(LostWorker, match="crashed: FileNotFoundError") as lost:
        Worker(CONTENDERS["book"], folder, 1)
    assert str(folder) not in str(lost.value)


def test_a_workload_that_cannot_be_expressed(tmp_path):
    write_task(tmp_path, replace(WORKLOADS["W5"], images=100, test_images=50))
    with pytest.raises(LostWorker, match="cannot express it: the book's program"):
        Worker(CONTENDERS["book"], tmp_path, 1)


def test_a_worker_that_falls_silent_is_given_up(folder):
    with pytest.raises(LostWorker, match=r"no answer within 0\.02 s"):
        Worker(CONTENDERS["book"], folder, 1, patience=0.02)


def test_a_crash_in_the_middle_costs_one_row(monkeypatch):
    class Doomed(Worker):
        def ask(self, **request):
            if self.name == "book" and request["seed"] == rounds.FIRST_SEED + 1:
                self.process.kill()
            return super().ask(**request)

        def __init__(self, entry, *rest):
            self.name = entry.name
            super().__init__(entry, *rest)

    monkeypatch.setattr(rounds, "Worker", Doomed)
    monkeypatch.setattr(rounds, "PAUSE", 0.0)
    entries = [CONTENDERS["chainrule"], CONTENDERS["book"]]
    ours, book = rounds.run(SMALL, entries, 2, lambda rows: None, lambda rows: None)
    assert (len(ours.seconds), ours.lost) == (2, "")
    assert book.lost == "crashed: its process ended by signal 9"
    assert not book.counts


def test_a_slow_contender_runs_a_part_and_is_checked_there(monkeypatch):
    monkeypatch.setattr(rounds, "PAUSE", 0.0)
    workload = replace(WORKLOADS["W3"], images=200, test_images=100, threads=(1,))
    entries = [CONTENDERS["chainrule"], CONTENDERS["book"]]
    ours, book = rounds.run(workload, entries, 1, lambda rows: None, lambda rows: None)
    assert (ours.images, book.images) == (200, 20)
    assert book.void == ""


def test_every_library_is_told_its_threads():
    environment = environment_for(1)
    assert environment["OMP_NUM_THREADS"] == environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment_for(2)["MKL_NUM_THREADS"] == "2"


def test_paths_are_left_out_of_messages():
    assert "someone" not in without_paths("no file '/home/someone/x.npy'")
    assert without_paths("a/b is 3") == "a/b is 3"
