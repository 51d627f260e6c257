"""How cost grows: seconds an epoch and memory, with width, depth, batch size and number of images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.contenders import CONTENDERS
from benchmarks.rounds import run
from benchmarks.rows import Row
from benchmarks.workloads import WORKLOADS, Workload

__all__ = ["SWEEPS", "measure"]

CONTESTANTS = ("chainrule", "torch_eager")
BASE = replace(WORKLOADS["W2"], name="growth", images=10_000, threads=(1,), band=100.0)


@dataclass(frozen=True)
class Sweep:
    """One thing that grows while everything else stays.

    Attributes:
        name: what grows, for the file.
        label: the axis, with its unit.
        points: the values.
        workload: the workload for a value.
    """

    name: str
    label: str
    points: tuple[int, ...]
    workload: Callable[[int], Workload]


SWEEPS = (
    Sweep(
        "width",
        "hidden neurons",
        (10, 30, 100, 300, 1000),
        lambda width: replace(BASE, sizes=(784, width, 10)),
    ),
    Sweep(
        "depth",
        "hidden layers of 100 neurons",
        (1, 2, 4, 8),
        lambda depth: replace(BASE, sizes=(784, *[100] * depth, 10)),
    ),
    Sweep(
        "batch_size",
        "images a batch",
        (1, 3, 10, 30, 100, 300, 1000),
        lambda size: replace(BASE, batch_size=size),
    ),
    Sweep(
        "images",
        "images an epoch",
        (3_750, 7_500, 15_000, 30_000, 60_000),
        lambda images: replace(BASE, images=images),
    ),
)


def small(sweep: Sweep) -> Sweep:
    """The first two points on few images, to see that everything works."""
    few = 200 if sweep.name == "images" else sweep.points[0]
    points = (few, 2 * few) if sweep.name == "images" else sweep.points[:2]
    make = sweep.workload

    def workload(value: int) -> Workload:
        made = make(value)
        return replace(made, images=min(made.images, 400), test_images=100)

    return replace(sweep, points=points, workload=workload)


def measure(rounds: int, *, quick: bool, progress: Callable[[list[Row]], None]) -> Iterator[dict[str, Any]]:
    """Yield all that is known after each point: by sweep, the points and a row a contender."""
    entries = [CONTENDERS[name] for name in CONTESTANTS]
    found: dict[str, Any] = {}
    for sweep in [small(sweep) for sweep in SWEEPS] if quick else SWEEPS:
        points: list[dict[str, Any]] = []
        found[sweep.name] = {"label": sweep.label, "points": points}
        for value in sweep.points:
            rows = run(sweep.workload(value), entries, rounds, lambda rows: None, progress)
            points.append({"value": value, "rows": [row.as_data() for row in rows]})
            yield {"sweeps": found, "base": BASE.title, "images": BASE.images}
