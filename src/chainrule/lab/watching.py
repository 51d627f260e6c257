"""Training under observation: accuracy and loss on any data set after every epoch, as arrays."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.lab.experiment import Report
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.objective import Objective
from chainrule.training import Callback, EpochRecord, Trainer

__all__ = ["Observer", "accuracy_and_loss", "quiet"]

_ROWS = 1000


def quiet(share: float, doing: str) -> None:
    """A report that goes nowhere."""


def accuracy_and_loss(
    network: Network, data: Dataset, loss: Loss, targets: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Share of ``data`` classified right, in per cent, and the mean loss over it, without regularisers."""
    batches = Batches(data, min(_ROWS, len(data)), network.dtype, targets)
    order, labels = np.arange(len(data)), data.labels
    correct, total, start = 0, 0.0, 0
    objectives = {
        rows: Objective(network, loss, rows, training=False)
        for rows in {batches.batch_size, len(data) % batches.batch_size} - {0}
    }
    with np.errstate(over="ignore", invalid="ignore"):
        for inputs, wanted in batches.epoch(order):
            rows = len(inputs)
            total += rows * objectives[rows].forward(inputs, wanted)
            answers = objectives[rows].outputs.reshape(rows, -1).argmax(axis=1)
            correct += int(np.count_nonzero(answers == labels[start : start + rows]))
            start += rows
    return 100.0 * correct / len(data), total / len(data)


class Observer(Callback):
    """Notes accuracy (per cent) and mean loss on each of ``data`` after each epoch.

    Args:
        data: what to look at, by name, such as ``{"test": split.test}``.
        report: is told the share of the epochs that is done.
        doing: what is going on, for the report.
        begin, end: the part of the whole that this training is.
        every: epochs between two observations; the last epoch is always observed.
        at_start: whether to observe the untrained network too.

    Attributes:
        epochs: after how many epochs each observation was made, 1 for the first; 0 is before any.
        seconds: how long training had taken until then, without the observations themselves.
    """

    def __init__(
        self,
        data: Mapping[str, Dataset],
        report: Report = quiet,
        doing: str = "training",
        *,
        begin: float = 0.0,
        end: float = 1.0,
        every: int = 1,
        at_start: bool = False,
    ) -> None:
        self.data, self.report, self.doing = dict(data), report, doing
        self.begin, self.end, self.every, self.at_start = begin, end, every, at_start
        self.epochs: list[int] = []
        self.seconds: list[float] = []
        self._trained = self._resumed = 0.0
        self._accuracy: dict[str, list[float]] = {name: [] for name in data}
        self._loss: dict[str, list[float]] = {name: [] for name in data}

    def accuracy(self, name: str) -> NDArray[np.float64]:
        """Accuracy on one of the data sets at each observation, per cent."""
        return np.array(self._accuracy[name])

    def loss(self, name: str) -> NDArray[np.float64]:
        """Mean loss on one of the data sets at each observation, without regularisers."""
        return np.array(self._loss[name])

    def on_start(self, trainer: Trainer) -> None:
        self.report(self.begin, self.doing)
        if self.at_start:
            self._observe(trainer, 0)
        self._resumed = time.perf_counter()

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self._trained += time.perf_counter() - self._resumed
        done = record.epoch + 1
        self.report(self.begin + (self.end - self.begin) * done / trainer.epochs, self.doing)
        if done % self.every == 0 or done == trainer.epochs or trainer.history.stopped:
            self._observe(trainer, done)
        self._resumed = time.perf_counter()

    def _observe(self, trainer: Trainer, epochs: int) -> None:
        self.epochs.append(epochs)
        self.seconds.append(self._trained)
        for name, data in self.data.items():
            accuracy, loss = accuracy_and_loss(trainer.network, data, trainer.loss, trainer.targets)
            self._accuracy[name].append(accuracy)
            self._loss[name].append(loss)
