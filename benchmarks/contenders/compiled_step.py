"""The experiment of ``benchmarks.compiled`` as a contender: the whole epoch is one compiled call."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.compiled.building import load, missing_tools
from benchmarks.contender import Contender, Parameters
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["CompiledStep", "CompiledStepSkipping"]


class CompiledStep(Contender):
    """Every pixel enters; the loss itself is not computed."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.kind: Any = load().Network
        self.targets = task.target_rows()
        self.take(task)

    @classmethod
    def missing(cls) -> str:
        return missing_tools()

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        if workload.hidden != "sigmoid" or workload.output != "sigmoid" or workload.momentum:
            return "it knows sigmoid layers and plain gradient descent alone"
        return ""

    @classmethod
    def differs(cls, workload: Workload) -> str:
        return "an experiment, no part of chainrule; one thread"

    def take(self, task: Task) -> None:
        """Bring the images into the form it likes."""
        self.images = task.scaled(task.inputs)

    def prepare(self, order: Array, seed: int) -> None:
        workload, start = self.workload, self.task.start
        biases = [np.zeros(len(weights)) if given is None else given for weights, given in start]
        self.network = self.kind(
            workload.sizes,
            np.concatenate([weights.ravel() for weights, _ in start]),
            np.concatenate(biases).astype(np.float32),
            workload.batch_size,
            workload.learning_rate,
            workload.learning_rate * workload.bias,
            1 - workload.learning_rate * workload.l2 / workload.images,
            workload.loss == "sigmoid_cross_entropy",
        )
        self.order = order

    def train(self) -> None:
        with threadpool_limits(limits=1, user_api="blas"):
            if self.workload.batch_size == 1 and not self.workload.l2:
                self.network.epoch_of_single_images(self.images, self.targets, self.order)
            else:
                self.network.epoch(self.images, self.targets, self.order, self.workload.batch_size)

    def parameters(self) -> Parameters:
        weights, biases = np.asarray(self.network.weights), np.asarray(self.network.biases)
        found: Parameters = []
        for before, here in pairwise(self.workload.sizes):
            found.append(
                (
                    weights[: before * here].reshape(here, before),
                    biases[:here] if self.workload.bias else None,
                )
            )
            weights, biases = weights[before * here :], biases[here:]
        return found


class CompiledStepSkipping(CompiledStep):
    """In the first layer only an image's pixels that are not 0 enter."""

    def take(self, task: Task) -> None:
        images, places = task.inputs.nonzero()
        self.starts = np.searchsorted(images, np.arange(len(task.inputs) + 1))
        self.places = places.astype(np.uint16)
        self.values = task.inputs[images, places] * np.float32(task.workload.scale)
        self.sums = (task.inputs.sum(axis=1) * task.workload.scale).astype(np.float32)

    def train(self) -> None:
        workload = self.workload
        with threadpool_limits(limits=1, user_api="blas"):
            self.network.epoch_skipping(
                self.starts,
                self.places,
                self.values,
                self.sums,
                workload.shift,
                self.targets,
                self.order,
                workload.batch_size,
            )
