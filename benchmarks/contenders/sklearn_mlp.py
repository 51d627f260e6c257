"""scikit-learn's MLPClassifier, one ``partial_fit`` an epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.contender import Contender, Parameters
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["SklearnMLP"]

GENTLER_RATE = 0.5
"""Its log-loss has no σ' to make the book's rate of 3 small; speed does not depend on it."""


class SklearnMLP(Contender):
    """Softmax and log-loss whatever the workload says: it offers no other loss for classes.

    The images are gathered into their order inside the timed region, once an epoch, which is quicker
    than its own shuffling batch by batch.
    """

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        if workload.convolutions:
            return "it has no convolutions"
        return "" if workload.bias else "it has no layers without biases"

    @classmethod
    def differs(cls, workload: Workload) -> str:
        if workload.output == "softmax":
            return ""
        rate = f" at rate {GENTLER_RATE}" if workload.loss == "quadratic" else ""
        return f"its own loss, softmax with log-loss{rate}"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.inputs = task.scaled(task.inputs)
        self.classes = np.arange(self.workload.sizes[-1])

    def prepare(self, order: Array, seed: int) -> None:
        workload = self.workload
        rate = GENTLER_RATE if workload.loss == "quadratic" else workload.learning_rate
        self.order = order
        self.model: Any = MLPClassifier(
            workload.sizes[1:-1],
            activation="relu" if workload.hidden == "relu" else "logistic",
            solver="sgd",
            alpha=workload.l2 / workload.images * workload.batch_size,
            batch_size=workload.batch_size,
            learning_rate_init=rate,
            momentum=workload.momentum,
            nesterovs_momentum=False,
            shuffle=False,
        )
        few = slice(0, workload.batch_size)
        self.model.partial_fit(self.inputs[few], self.task.labels[few], classes=self.classes)
        for layer, (weights, biases) in enumerate(self.task.start):
            self.model.coefs_[layer][...] = weights.T
            self.model.intercepts_[layer][...] = biases
        for velocity in self.model._optimizer.velocities:
            velocity[...] = 0

    def train(self) -> None:
        self.model.partial_fit(self.inputs[self.order], self.task.labels[self.order])

    def parameters(self) -> Parameters:
        return [
            (weights.T, biases)
            for weights, biases in zip(self.model.coefs_, self.model.intercepts_, strict=True)
        ]
