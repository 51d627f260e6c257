"""Runs of experiments, side by side on processes or machines, each stored the moment it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from chainrule.errors import ChainruleError, DataError, InterruptedTraining
from chainrule.lab import store
from chainrule.lab.backends import Backend
from chainrule.lab.experiment import Experiment, Report, Result
from chainrule.lab.pages import duration
from chainrule.lab.postbox import Address, Postbox, end_with, reporter
from chainrule.lab.record import Record, recorded
from chainrule.lab.registry import experiment_named

__all__ = ["Failure", "Onlooker", "Plan", "Task", "planned", "run_plan"]

_QUICK_SECONDS = 4.0


@dataclass(frozen=True)
class Task:
    """One run: an experiment and its parameters by name, a seed, its folder, and the seconds expected."""

    name: str
    parameters: Mapping[str, Any]
    seed: int
    folder: Path
    seconds: float | None


@dataclass(frozen=True)
class Plan:
    """What is to be run, longest first, and what is there already.

    Attributes:
        tasks: the runs to do.
        folders: of all experiments asked for, in the order asked.
        there: how many of the runs asked for are stored already.
        single: names of experiments in which nothing is random, asked for with several seeds but run once.
    """

    tasks: tuple[Task, ...]
    folders: tuple[Path, ...]
    there: int
    single: tuple[str, ...]

    def seconds(self, jobs: int) -> float | None:
        """How long it will take on so many processes at most, or None where that cannot be told."""
        each = [task.seconds for task in self.tasks]
        known = [seconds for seconds in each if seconds is not None]
        return max(sum(known) / jobs, *known, 0.0) if len(known) == len(each) else None

    def announced(self, backend: Backend) -> str:
        """What is about to be run, on what, and for how long."""
        once = f"Nothing is random in {', '.join(self.single)}: one seed is enough. " if self.single else ""
        if not self.tasks:
            return f"{once}All that was asked for is there already."
        seconds = self.seconds(min(backend.jobs or 1, len(self.tasks)))
        wanted = self.there + len(self.tasks)
        time = (
            "no telling how long, as parameters are changed"
            if seconds is None
            else f"about {duration(seconds)}"
        )
        there = f"; {self.there} of {wanted} seeds are there already" if self.there else ""
        runs = f"{len(self.tasks)} run{'s' if len(self.tasks) > 1 else ''}"
        return f"{once}{runs} on {backend.described(len(self.tasks))}: {time}{there}."


@dataclass(frozen=True)
class Failure:
    """A run that ended with an error."""

    name: str
    seed: int
    reason: str

    def __str__(self) -> str:
        return f"{self.name}, seed {self.seed}: {self.reason}"


class Onlooker:
    """Hears how the runs go; does nothing by itself. ``advanced`` is called from another thread."""

    def advanced(self, name: str, seed: int, share: float, text: str) -> None:
        """A run has come so far, from 0 to 1, and is doing this."""

    def ended(self, name: str, seed: int, seconds: float, failure: Failure | None) -> None:
        """A run is stored, or has failed."""


@dataclass(frozen=True)
class _Done:
    task: Task
    result: Result | None
    record: Record | None
    reason: str = ""


def planned(
    chosen: Sequence[Experiment], *, full: bool, changes: Mapping[str, Any], seeds: int | None, out: Path
) -> Plan:
    """Find out what is to be run, and make the folders for it.

    Args:
        chosen: the experiments.
        full: their full form, else their quick form.
        changes: parameters that differ from it; each experiment must know all of them.
        seeds: run seeds 1 to this; None for the experiment's own number in the full form, one in the quick.
        out: the folder that the experiments' folders are in.

    Raises:
        SettingError: a change that cannot be, or results of other parameters are there.
        DataError, FileError: what is there already is damaged, or nothing can be written.
    """
    settings = [each.settings(full, changes) for each in chosen]
    tasks: list[Task] = []
    folders, there, single = [], 0, []
    for experiment, parameters in zip(chosen, settings, strict=True):
        folder = store.open_folder(out, experiment, parameters)
        folders.append(folder)
        stored = store.read(folder).results.seeds if store.stored_seeds(folder) else ()
        wanted = seeds or (experiment.seeds if full else 1)
        if experiment.seeds == 1 and wanted > 1:
            single.append(experiment.name)
            wanted = 1
        there += sum(seed in stored for seed in range(1, wanted + 1))
        seconds = {"full": experiment.seconds, "quick": min(experiment.seconds, _QUICK_SECONDS)}
        tasks += [
            Task(
                experiment.name,
                store.plain(parameters),
                seed,
                folder,
                seconds.get(store.form_of(experiment, parameters)),
            )
            for seed in range(1, wanted + 1)
            if seed not in stored
        ]
    cost = {each.name: each.seconds for each in chosen}
    tasks.sort(key=lambda task: -cost[task.name])
    return Plan(tuple(tasks), tuple(folders), there, tuple(single))


def run_plan(plan: Plan, backend: Backend, onlooker: Onlooker | None = None) -> tuple[Failure, ...]:
    """Do what is planned. A run that fails costs the others nothing; what failed is returned.

    Raises:
        InterruptedTraining: Ctrl-C; the runs that had ended are stored.
        FileError: a result cannot be written.
        SettingError: the backend cannot be had.
    """
    onlooker = onlooker or Onlooker()
    failures: list[Failure] = []
    left = {(task.name, task.seed) for task in plan.tasks}
    try:
        for done in _results(plan.tasks, backend, onlooker):
            task, failure = done.task, _stored(done)
            left.discard((task.name, task.seed))
            failures += [failure] if failure else []
            onlooker.ended(task.name, task.seed, done.record.seconds if done.record else 0.0, failure)
    except (KeyboardInterrupt, InterruptedTraining):
        finished = len(plan.tasks) - len(left) - len(failures)
        raise InterruptedTraining(
            f"Stopped; {finished} of {len(plan.tasks)} runs had ended and are stored. "
            "The same command goes on from there."
        ) from None
    except ChainruleError:
        raise
    except Exception as error:  # a worker process that is killed, or that cannot be talked to
        said = str(error).partition(". ")[0][:200]
        reason = f"its worker was lost ({type(error).__name__}: {said}). Run the same command again."
        failures += [Failure(name, seed, reason) for name, seed in sorted(left)]
    return tuple(failures)


def _results(tasks: Sequence[Task], backend: Backend, onlooker: Onlooker) -> Iterator[_Done]:
    """What the tasks come to, in the order in which they end."""
    if backend.local and min(backend.jobs, len(tasks)) <= 1:
        for task in tasks:
            with threadpool_limits(limits=1):
                done = _done(task, partial(onlooker.advanced, task.name, task.seed))
            yield done
        return
    with (
        Postbox(onlooker.advanced) if backend.local else nullcontext() as address,
        closing(backend.each(_worker, [(task, address) for task in tasks])) as results,
    ):
        yield from results


def _worker(task: Task, address: Address | None) -> _Done:
    """One task in a process of its own, on one BLAS thread: its neighbours need the other cores."""
    if address is not None:
        end_with(address[-1])
    with threadpool_limits(limits=1), reporter(address, task.name, task.seed) as report:
        try:
            return _done(task, report)
        except (KeyboardInterrupt, InterruptedTraining):
            return _Done(task, None, None, "stopped by Ctrl-C.")


def _done(task: Task, report: Report) -> _Done:
    start = time.perf_counter()
    try:
        experiment = experiment_named(task.name)
        result = experiment.run(store.parameters_from(experiment, task.parameters), task.seed, report)
    except InterruptedTraining:
        raise
    except ChainruleError as error:
        return _Done(task, None, None, str(error))
    except Exception as error:  # an experiment with a fault must not take the others with it
        return _Done(task, None, None, f"{type(error).__name__}: {error}")
    return _Done(task, result, recorded(time.perf_counter() - start))


def _stored(done: _Done) -> Failure | None:
    if done.result is None or done.record is None:
        return Failure(done.task.name, done.task.seed, done.reason)
    try:
        store.write_seed(done.task.folder, done.task.seed, done.result, done.record)
    except DataError as error:
        return Failure(done.task.name, done.task.seed, str(error))
    return None
