"""What looks on while a network trains: subclass Callback and say what to do when."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from chainrule.training.history import EpochRecord

if TYPE_CHECKING:
    from chainrule.training.trainer import Trainer

__all__ = ["Callback", "PrintEpochs"]


class Callback:
    """Called by a Trainer at four moments; each method does nothing unless overridden.

    A callback reads the trainer's public attributes (``epoch``, ``batch``, ``batches``, ``mean_loss``,
    ``history``, ``network``); by ``trainer.stop(reason)`` it ends the training after this epoch.
    """

    def on_start(self, trainer: Trainer) -> None:
        """Before the first batch, of a resumed run too."""

    def on_batch(self, trainer: Trainer) -> None:
        """After each step; keep it cheap, it runs thousands of times an epoch."""

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        """After each epoch and its evaluation."""

    def on_end(self, trainer: Trainer) -> None:
        """When training is over, whether it ended, was interrupted or diverged."""


class PrintEpochs(Callback):
    """One plain line an epoch, as the book's program prints them: ``Epoch 3: 9482 / 10000``."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        if record.correct is None:
            line = f"Epoch {record.epoch}: loss {record.loss:.4f}"
        else:
            line = f"Epoch {record.epoch}: {record.correct} / {record.examples}"
        print(line, file=self.stream, flush=True)
