"""``python -m benchmarks.profiles``: where the time of a training step goes, call by call, and a picture."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import chainrule as cr
from benchmarks.drawing import build, optimizer_of, regularizers_of
from benchmarks.machine import described
from benchmarks.process import ROOT
from benchmarks.profiles_figure import draw
from benchmarks.sgemm import rates
from benchmarks.workloads import WORKLOADS, Workload
from chainrule.files import written_whole

__all__ = ["Timers", "main", "profile"]

IMAGES = {"W1": 50_000, "W5": 12_800}
QUICK = 2600
LOOP = "the loop around them"
STRETCH = 10
"""Steps counted together: as many as one gathering of small batches serves."""

clock = time.thread_time
"""Processor time, so that what else the machine does is left out; everything runs on one thread."""


class Timers:
    """Stand before calls and add up how long each takes.

    Attributes:
        spent: seconds by call, the timer's own share of them included.
        inside: seconds that a timer adds to the call it measures,
        outside: and to what is around the call.
    """

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.inside = self.outside = 0.0

    def timed(self, call: Callable[..., Any], what: str) -> Callable[..., Any]:
        """The same call, timed under this name."""
        spent = self.spent
        spent[what] = 0.0

        def timed(*given: Any) -> Any:
            started = clock()
            result = call(*given)
            spent[what] += clock() - started
            return result

        return timed

    def calibrate(self, calls: int = 20_000) -> None:
        """Measure the timer itself, on a call that does nothing; the least of several tries."""

        def nothing(one: int, other: int) -> None:
            return None

        def seconds(call: Callable[[int, int], None]) -> float:
            started = clock()
            for _ in range(calls):
                call(1, 2)
            return clock() - started

        trial = Timers()
        timed = trial.timed(nothing, "nothing")
        tries = []
        for _ in range(9):
            trial.spent["nothing"] = 0.0
            plain, whole = seconds(nothing), seconds(timed)
            tries.append(((trial.spent["nothing"] - plain) / calls, (whole - plain) / calls))
        self.inside = max(0.0, min(inside for inside, _ in tries))
        self.outside = max(0.0, min(whole for _, whole in tries) - self.inside)


def timed_trainer(trainer: cr.Trainer, timers: Timers) -> None:
    """Put timers before everything that a step of this trainer calls, in the order of the step."""
    begin = trainer._begin

    def begin_timed(*given: Any) -> Any:
        batches = begin(*given)
        epoch = batches.epoch

        def gathered(order: Any, first: int = 0, generator: Any = None) -> Iterator[Any]:
            source = epoch(order, first=first, generator=generator)
            following = timers.timed(lambda: next(source, None), "gather the batch")
            yield from iter(following, None)

        batches.epoch = gathered  # type: ignore[method-assign]
        return batches

    def put(owner: Any, method: str, what: str) -> None:
        setattr(owner, method, timers.timed(getattr(owner, method), what))

    trainer._begin = begin_timed  # type: ignore[method-assign, assignment]
    timers.timed(lambda: None, "gather the batch")
    layers: list[tuple[Any, str]] = []
    shape = trainer.network.input_shape
    for layer in trainer.network.layers[: -1 if trainer.loss.on_logits else None]:
        before, shape = shape, layer.output_shape(shape)
        sizes = f"{before[0]} → {shape[0]}" if isinstance(layer, cr.Dense) else str(shape[0])
        layers.append((layer, f"{type(layer).__name__} {sizes}, layer {len(layers) + 1}"))
    for layer, name in layers:
        put(layer, "forward", f"{name}: forward")
    put(trainer.loss, "forward", "loss: forward")
    put(trainer.loss, "backward", "loss: backward")
    for layer, name in reversed(layers):
        put(layer, "backward", f"{name}: backward")
    for regularizer in trainer.regularizers:
        put(regularizer, "add_gradient", f"{type(regularizer).__name__}: gradient")
        put(regularizer, "constrain", f"{type(regularizer).__name__}: bound")
    put(trainer.optimizer, "step", f"{type(trainer.optimizer).__name__}: step")


class Stretches(cr.Callback):
    """Notes, every so many steps, the time and what the timers stand at."""

    def __init__(self, timers: Timers) -> None:
        self.timers = timers
        self.noted: list[dict[str, float]] = []

    def note(self) -> None:
        self.noted.append({LOOP: clock(), **self.timers.spent})

    def on_start(self, trainer: cr.Trainer) -> None:
        self.note()

    def on_batch(self, trainer: cr.Trainer) -> None:
        if trainer.batch % STRETCH == 0:
            self.note()

    def quicker_half(self) -> dict[str, float]:
        """Mean seconds of a step, by call and as a whole, over the quicker half of the stretches."""
        stretches = [
            {what: after[what] - before[what] for what in after} for before, after in pairwise(self.noted)
        ]
        stretches.sort(key=lambda stretch: stretch[LOOP])
        quicker = stretches[: len(stretches) // 2 + 1]
        return {
            what: sum(stretch[what] for stretch in quicker) / len(quicker) / STRETCH for what in quicker[0]
        }


def epoch(workload: Workload, data: cr.Dataset, timers: Timers, *, timed: bool) -> dict[str, float]:
    """Seconds of a step in one epoch of a new trainer; ``LOOP`` stands for all of it."""
    stretches = Stretches(timers)
    trainer = cr.Trainer(
        build(workload),
        loss=workload.loss,
        optimizer=optimizer_of(workload),
        regularizers=regularizers_of(workload),
        batch_size=workload.batch_size,
        targets=workload.targets,
        epochs=1,
        seed=1,
        callbacks=[stretches],
    )
    if timed:
        timed_trainer(trainer, timers)
    trainer.fit(data)
    return stretches.quicker_half()


def multiplications(what: str, batch_size: int) -> int:
    """What the matrix products of a call need; 0 for a call without any."""
    if not what.startswith("Dense"):
        return 0
    before, here = (int(size) for size in what.removeprefix("Dense ").split(",")[0].split(" → "))
    products = 2 if what.endswith("backward") and "layer 1:" not in what else 1
    return products * batch_size * before * here


def profile(workload: Workload, data: cr.Dataset, rounds: int) -> dict[str, Any]:
    """A step of the workload, call by call, in µs of processor time on one thread.

    Epochs with and without timers take turns, and the fastest is shown; what the timers cost by themselves
    is subtracted.
    """
    from threadpoolctl import threadpool_limits

    plain, found = [], []
    with threadpool_limits(limits=1, user_api="blas"):
        rate = 0.0
        for _ in range(rounds):
            rate = max(rate, *rates((512, 1024), clock).values())
            plain.append(epoch(workload, data, Timers(), timed=False)[LOOP])
            timers = Timers()
            parts = epoch(workload, data, timers, timed=True)
            timers.calibrate()
            calls = parts.keys() - {LOOP}
            for what in calls:
                parts[what] = max(0.0, parts[what] - timers.inside)
            own = (timers.inside + timers.outside) * len(calls)
            around = parts.pop(LOOP) - own - sum(parts.values())
            found.append(parts | {LOOP: max(0.0, around)})
    parts = min(found, key=lambda one: sum(one.values()))
    step = sum(parts.values()) * 1e6
    lines: list[dict[str, Any]] = []
    for what, seconds in parts.items():
        needed = 2 * multiplications(what, workload.batch_size) / rate / 1e3
        taken = seconds * 1e6
        lines.append({"what": what, "microseconds": taken, "share": taken / step, "at_the_rate": needed})
    return {
        "title": workload.title,
        "step": step,
        "step_without_timers": min(plain) * 1e6,
        "rate": rate,
        "share_of_rate": sum(line["at_the_rate"] for line in lines) / step,
        "calls": lines,
    }


def main(arguments: list[str]) -> None:
    """Measure W1 and W5, print them, and keep figures and picture."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.profiles", description=__doc__)
    made.add_argument("--rounds", type=int, default=7, help="epochs, the fastest of which is shown (7)")
    made.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks", help="folder to write to")
    made.add_argument("--quick", action="store_true", help="in small: to see that it works, not how fast")
    options = made.parse_args(arguments)
    whole = cr.load_data("mnist", split="60k").train
    figures: dict[str, Any] = described() | {"rounds": options.rounds, "workloads": {}}
    for name, images in IMAGES.items():
        workload = replace(WORKLOADS[name], images=QUICK if options.quick else images)
        data = whole.part(slice(0, workload.images), "mnist")
        found = profile(workload, data, options.rounds)
        figures["workloads"][name] = found
        print(f"\n{name}: {found['step']:.1f} µs a step ({found['step_without_timers']:.1f} without timers)")
        for line in found["calls"]:
            print(f"{line['microseconds']:10.2f} µs {line['share']:6.1%}  {line['what']}")
    with written_whole(options.out / "profile.json") as temporary:
        text = json.dumps(figures, indent=1, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")
    draw(figures, options.out / "profile.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
