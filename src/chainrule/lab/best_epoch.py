"""The epoch at which validation was best, and what the network answered to the test images then."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Split
from chainrule.lab.experiment import Report
from chainrule.training import Callback, EpochRecord, Trainer

__all__ = ["BestEpoch", "percent_right"]

_BATCHES = 500


def percent_right(answers: NDArray[np.int64], data: Dataset) -> float:
    """How many of the answers are right, per cent."""
    return 100 * float(np.mean(answers == data.labels))


class BestEpoch(Callback):
    """Validates after each epoch, and asks the test images where validation was as good as ever.

    So does the book's program of chapter 6; an evaluation of a convolutional network is not cheap.

    Args:
        data: with a validation part.
        report: is told the share that is done, within an epoch too.
        doing: what is going on, for the report.
        begin, end: the part of the whole that this training is.

    Attributes:
        validation: accuracy after each epoch, per cent.
        epoch: the best one, the last where several are as good, from 1.
        answers: the digits read in the test images then.
    """

    def __init__(
        self, data: Split, report: Report, doing: str = "training", begin: float = 0.0, end: float = 1.0
    ) -> None:
        assert data.validation is not None
        self.to_choose_by, self.test = data.validation, data.test
        self.report, self.doing, self.begin, self.end = report, doing, begin, end
        self.validation: list[float] = []
        self.epoch = 0
        self.answers: NDArray[np.int64] = np.zeros(len(data.test), np.int64)

    def on_batch(self, trainer: Trainer) -> None:
        if trainer.batch % _BATCHES == 1:
            done = (trainer.epoch + trainer.batch / trainer.batches) / trainer.epochs
            self.report(self.begin + (self.end - self.begin) * done, self.doing)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        accuracy = percent_right(trainer.network.classify(self.to_choose_by.inputs), self.to_choose_by)
        if accuracy >= max(self.validation, default=0.0):
            self.epoch = record.epoch + 1
            self.answers = trainer.network.classify(self.test.inputs)
        self.validation.append(accuracy)
