"""What a contender is: one way to do every workload, from the same start and in the same order."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["Contender"]

Parameters = list[tuple[Array, Array | None]]


class Contender:
    """Subclasses say how; everything but ``train`` and ``answer`` happens outside the timed region.

    Made once a worker with the task, it turns the data into whatever form it likes best. Each round
    calls ``prepare`` and then ``epoch``.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.workload = task.workload

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        """Why this contender cannot express the workload; empty if it can."""
        return ""

    @classmethod
    def missing(cls) -> str:
        """What it takes, beside the modules of its entry, that is not installed; empty if nothing."""
        return ""

    @classmethod
    def share(cls, workload: Workload) -> float:
        """The part of an epoch that is run; its seconds are scaled up. Below 1 for what is very slow."""
        return 1.0

    @classmethod
    def differs(cls, workload: Workload) -> str:
        """What it does otherwise than the others; empty if nothing."""
        return ""

    def prepare(self, order: Array, seed: int) -> None:
        """Go back to the start weights, and take the order of this round's images (not timed)."""
        raise NotImplementedError

    def train(self) -> None:
        """One epoch, or the part of it that ``prepare`` was given, until every number is computed (timed)."""
        raise NotImplementedError

    def epoch(self) -> float:
        """Train, and say how many seconds it took."""
        started = time.perf_counter()
        self.train()
        return time.perf_counter() - started

    def parameters(self) -> Parameters:
        """The weights ``(to, from)`` and biases it has come to, as NumPy arrays (not timed)."""
        raise NotImplementedError

    def question(self, inputs: Array) -> Any:
        """Network inputs ``(rows, 784)`` float32 in the form it likes to be asked in (not timed)."""
        return inputs

    def answer(self, question: Any) -> Any:
        """The outputs for a question (timed)."""
        raise NotImplementedError

    def answered(self, answer: Any) -> Array:
        """An answer as a NumPy array (not timed)."""
        outputs: Array = answer
        return outputs
