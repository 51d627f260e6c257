"""Runs side by side: the same values however they are run, stored at once, and nothing done twice or lost."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import FileError, InterruptedTraining, SettingError, UnknownNameError
from chainrule.lab.backends import Backend, backend_named
from chainrule.lab.postbox import Postbox, reporter
from chainrule.lab.registry import experiment_named, experiments
from chainrule.lab.runner import Onlooker, planned, run_plan
from chainrule.lab.store import read, stored_seeds

SMALL = {"images": 200, "epochs": 1}
HERE = Backend("loky", 1)


class Listener(Onlooker):
    """Remembers what it hears; calls ``then`` after each run that ended."""

    def __init__(self, then=lambda: None):
        self.heard, self.over, self.then = [], [], then

    def advanced(self, name, seed, share, text):
        self.heard.append((name, seed, share, text))

    def ended(self, name, seed, seconds, failure):
        self.over.append((name, seed, failure))
        self.then()


@pytest.fixture
def plan(tmp_path):
    """``plan(seeds, "ch1-30", ...)``: small runs of these experiments, planned in a folder of the test."""

    def made(seeds, *names, out=tmp_path / "out", full=False, changes=SMALL):
        chosen = [experiment_named(name) for name in names or ("ch1-30",)]
        return planned(chosen, full=full, changes=changes, seeds=seeds, out=out)

    return made


@pytest.fixture
def exchanged(monkeypatch):
    """Puts another run in the place of an experiment's own, in this process."""

    def put(name, **changes):
        monkeypatch.setitem(experiments(), name, replace(experiment_named(name), **changes))

    return put


def values(plan):
    return [[run.values for run in read(folder).results.runs] for folder in plan.folders]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What three seeds measure, one after the other in this process."""
    plan = planned(
        [experiment_named("ch1-30")], full=False, changes=SMALL, seeds=3, out=tmp_path_factory.mktemp("one")
    )
    assert run_plan(plan, HERE) == ()
    return plan


def same_as(expected, plan):
    ours, theirs = (read(each.folders[0]).results for each in (plan, expected))
    assert [run.values for run in ours.runs] == [run.values for run in theirs.runs]
    for name in theirs.runs[0].arrays:
        np.testing.assert_array_equal(ours.arrays(name), theirs.arrays(name))


@pytest.mark.parametrize("backend", [Backend("loky", 2), Backend("threading", 2)], ids=lambda each: each.name)
def test_processes_and_threads_measure_the_same_bit_for_bit(plan, expected, backend):
    made = plan(3)
    assert run_plan(made, backend) == ()
    same_as(expected, made)


def test_a_dask_cluster_measures_the_same_bit_for_bit(plan, expected):
    distributed = pytest.importorskip("distributed")
    made = plan(3)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        assert run_plan(made, backend_named("dask", scheduler=cluster.scheduler_address)) == ()
    same_as(expected, made)


def test_seeds_differ(expected):
    assert len({tuple(run.values()) for run in values(expected)[0]}) == 3


def test_what_is_stored_is_not_run_again(plan):
    run_plan(plan(2), HERE)
    before = {path: path.stat().st_mtime_ns for path in plan(2).folders[0].iterdir()}
    again = plan(4)
    assert [task.seed for task in again.tasks] == [3, 4]
    assert again.there == 2
    assert again.announced(HERE).endswith("; 2 of 4 seeds are there already.")
    listener = Listener()
    run_plan(again, HERE, listener)
    assert [seed for _, seed, _ in listener.over] == [3, 4]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert plan(4).announced(HERE) == "All that was asked for is there already."


def test_the_longest_are_begun_first_and_folders_stay_in_the_order_asked(plan):
    made = plan(2, "ch1-none", "ch1-100", "ch1-30")
    assert [task.name for task in made.tasks] == ["ch1-100"] * 2 + ["ch1-30"] * 2 + ["ch1-none"] * 2
    assert [folder.name for folder in made.folders] == ["ch1-none", "ch1-100", "ch1-30"]


@pytest.mark.parametrize(
    ("full", "changes", "jobs", "said"),
    [
        (True, {}, 1, "5 runs on 1 process: about 2 minutes."),
        (True, {}, 2, "5 runs on 2 processes: about 50 seconds."),
        (True, {}, 9, "5 runs on 5 processes: about 20 seconds."),
        (False, {}, 2, "1 run on 1 process: about 4 seconds."),
        (True, SMALL, 2, "5 runs on 2 processes: no telling how long, as parameters are changed."),
    ],
)
def test_it_says_before_how_long_it_will_take(plan, exchanged, full, changes, jobs, said):
    exchanged("ch1-30", seconds=20.0)
    assert plan(None, full=full, changes=changes).announced(Backend("loky", jobs)) == said


def test_where_nothing_is_random_one_seed_is_run(plan, exchanged):
    exchanged("ch1-30", seeds=1)
    made = plan(4)
    assert [task.seed for task in made.tasks] == [1]
    assert made.announced(HERE).startswith("Nothing is random in ch1-30: one seed is enough. 1 run on")


def failing(error):
    def run(parameters, seed, report):
        if seed == 2:
            raise error
        return experiment_named("ch1-none").run(parameters, seed, report)

    return run


@pytest.mark.parametrize("error", [SettingError("too deep"), ZeroDivisionError("a fault"), MemoryError()])
@pytest.mark.parametrize("backend", [HERE, Backend("threading", 2)], ids=["here", "threads"])
def test_a_run_that_fails_costs_the_others_nothing(plan, exchanged, backend, error):
    exchanged("ch1-30", run=failing(error))
    made = plan(3, "ch1-30", "ch1-none")
    (failure,) = run_plan(made, backend)
    assert (failure.name, failure.seed) == ("ch1-30", 2)
    assert str(error) in str(failure)
    assert str(failure).startswith("ch1-30, seed 2: ")
    assert [stored_seeds(folder) for folder in made.folders] == [(1, 3), (1, 2, 3)]


def test_a_value_that_cannot_be_stored_is_a_failure(plan, exchanged):
    def run(parameters, seed, report):
        done = experiment_named("ch1-none").run(parameters, seed, report)
        return replace(done, values={**done.values, "ratio": float("nan") if seed == 1 else 1.0})

    exchanged("ch1-30", run=run)
    made = plan(2)
    (failure,) = run_plan(made, HERE)
    assert "value 'ratio' of seed 1: expected a finite number" in str(failure)
    assert stored_seeds(made.folders[0]) == (2,)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InterruptedTraining("Stopped at epoch 3")], ids=repr)
def test_ctrl_c_leaves_what_is_finished(plan, exchanged, error):
    exchanged("ch1-30", run=failing(error))
    made = plan(3)
    with pytest.raises(
        InterruptedTraining, match=r"1 of 3 runs had ended and are stored. The same command goes"
    ):
        run_plan(made, HERE)
    assert stored_seeds(made.folders[0]) == (1,)


def test_a_result_that_cannot_be_written_ends_the_run(plan):
    made = plan(3)
    (made.folders[0] / "seed-1.json").mkdir()
    with pytest.raises(FileError, match=r"seed-1.json"):
        run_plan(made, HERE)


def until(happened, seconds=30):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.mark.parametrize("backend", [HERE, Backend("loky", 2), Backend("threading", 2)], ids=str)
def test_runs_tell_how_far_they_are(plan, backend):
    listener = Listener()
    run_plan(plan(2, changes={"images": 2000, "epochs": 4}), backend, listener)
    assert {(name, seed) for name, seed, _, _ in listener.heard} == {("ch1-30", 1), ("ch1-30", 2)}
    assert all(0 <= share <= 1 and text == "training" for _, _, share, text in listener.heard)


def test_a_postbox_ignores_what_strangers_send():
    import socket

    heard = []
    with Postbox(lambda *what: heard.append(what)) as address:
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for letter in (
            b"\xff",
            b"[]",
            b"{}",
            b"[" * 1900,
            json.dumps(["x", "a", 1, 0.5, "t"]).encode(),
            b"9" * 1900,
        ):
            stranger.sendto(letter, ("127.0.0.1", address[0]))
        stranger.sendto(json.dumps([address[1], "a", "b", "c", "d"]).encode(), ("127.0.0.1", address[0]))
        stranger.close()
        with reporter(address, "ch1-30", 3) as report:
            report(0.25, "training")
            until(lambda: heard)
    assert heard == [("ch1-30", 3, 0.25, "training")]
    with reporter(address, "ch1-30", 3) as report:
        report(0.5, "nobody listens any more")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "dsk"}, "unknown backend 'dsk'. Did you mean 'dask'"),
        ({"name": "loky", "jobs": 0}, "--jobs: expected a whole number of at least 1, got 0"),
        ({"name": "loky", "scheduler": "tcp://a:1"}, "--scheduler is for --backend dask"),
        ({"name": "dask"}, "--backend dask needs --scheduler"),
        ({"name": "dask", "scheduler": "tcp://a:1", "jobs": 2}, "--jobs is for this machine"),
    ],
)
def test_a_backend_that_cannot_be_is_told(given, said):
    with pytest.raises(SettingError, match=said):
        backend_named(**given)


def test_without_distributed_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingError, match=r"pip install 'chainrule\[lab\]'"):
        backend_named("dask", scheduler="tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:port"])
def test_a_scheduler_that_does_not_answer_is_told(plan, monkeypatch, address):
    pytest.importorskip("distributed")
    monkeypatch.setattr("chainrule.lab.backends._SECONDS_TO_ANSWER", 1)
    with pytest.raises(SettingError, match="expected the address of a Dask scheduler"):
        run_plan(plan(1), backend_named("dask", scheduler=address))


def test_every_experiment_must_know_what_is_changed_before_any_folder_is_made(plan, tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"unknown parameter of ch1-30 'epohcs'. Did you mean 'epochs'"
    ):
        plan(1, changes={"epohcs": 3})
    with pytest.raises(SettingError, match="epochs: expected a value from 1 to 1000, got 0"):
        plan(1, changes={"epochs": "0"})
    assert not list(Path(tmp_path).iterdir())
