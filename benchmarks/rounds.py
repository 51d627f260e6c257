"""Rounds of one workload: all workers up, then A B C A B C ..., one epoch a request."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.contenders import OURS, Entry
from benchmarks.drawing import write_task
from benchmarks.process import LostWorker, Worker
from benchmarks.rows import Row, judge
from benchmarks.workloads import Workload

__all__ = ["FIRST_SEED", "run"]

FIRST_SEED = 100
PAUSE = 0.2
"""Seconds before each request, in which threads of the worker before stop waiting for work."""

Report = Callable[[list[Row]], None]


def run(workload: Workload, entries: list[Entry], rounds: int, report: Report, progress: Report) -> list[Row]:
    """Measure every contender on the workload.

    Args:
        workload: what to do.
        entries: who does it, in the order of their turns.
        rounds: how many rounds count; a warm-up round goes before them.
        report: is given the rows after every round.
        progress: is given the rows after every request.

    Returns:
        one row a contender and thread count; a contender lost on the first count is not tried on the next.
    """
    kind = "answering" if workload.answers else "training"
    entries = [entry for entry in entries if kind in entry.does]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_task(folder, workload)
        rows: list[Row] = []
        workers: dict[int, Worker] = {}
        marks: dict[int, float] = {}
        try:
            for threads in workload.threads:
                for entry in entries:
                    if not any(row.name == entry.name and row.lost for row in rows):
                        place, row = len(rows), Row(entry.name, entry.title, entry.group, threads)
                        rows.append(row)
                        _start(workers, place, row, entry, folder, workload)
                        progress(rows)
            for number in range(rounds):
                for place, row in enumerate(rows):
                    if place in workers:
                        try:
                            _turn(workers[place], row, workload, FIRST_SEED + number, counted=True)
                        except LostWorker as lost:
                            _lose(workers, place, row, lost)
                        progress(rows)
                if not number:
                    marks = _marks(workers, rows, workload)
                judge(rows, workload.band, marks)
                report(rows)
        finally:
            for worker in workers.values():
                worker.close()
    return rows


def _start(
    workers: dict[int, Worker], place: int, row: Row, entry: Entry, folder: Path, workload: Workload
) -> None:
    """Bring a worker up and let it warm up."""
    try:
        workers[place] = Worker(entry, folder, row.threads)
        row.images, row.differs = workers[place].images, workers[place].differs
        _turn(workers[place], row, workload, FIRST_SEED, counted=False)
    except LostWorker as lost:
        _lose(workers, place, row, lost)


def _turn(worker: Worker, row: Row, workload: Workload, seed: int, *, counted: bool) -> None:
    time.sleep(PAUSE)
    reply = worker.ask(do="answer") if workload.answers else worker.ask(do="epoch", seed=seed)
    if not counted:
        return
    row.seconds.append(reply["seconds"])
    row.accuracies.append(reply["accuracy"])
    row.peak_mb = round(reply["peak_mb"], 1)
    if row.name == OURS:
        row.around.append(reply["around"])


def _lose(workers: dict[int, Worker], place: int, row: Row, lost: LostWorker) -> None:
    row.lost = str(lost)
    if worker := workers.pop(place, None):
        worker.close()


def _marks(workers: dict[int, Worker], rows: list[Row], workload: Workload) -> dict[int, float]:
    """Chainrule's accuracy where slow contenders stop, in the order of the first round."""
    counts = sorted({row.images for row in rows if 0 < row.images < workload.images})
    ours = next((place for place, row in enumerate(rows) if row.name == OURS and place in workers), None)
    if workload.answers or not counts or ours is None:
        return {}
    try:
        found = workers[ours].ask(do="accuracies_at", images=counts, seed=FIRST_SEED)["accuracies"]
    except LostWorker as lost:
        _lose(workers, ours, rows[ours], lost)
        return {}
    return {int(count): float(share) for count, share in found.items()}
