"""A training's progress on a terminal: a bar with loss, accuracy, images per second and time left."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn

from chainrule.cli.counting import bar_if_wide
from chainrule.training import Callback, EpochRecord, Trainer

__all__ = ["ProgressBar"]

_SECONDS_BETWEEN_UPDATES = 0.1


class ProgressBar(Callback):
    """One bar over all epochs, drawn ten times a second, and a line above it for each evaluation.

    On a terminal of less than 80 columns the numbers take the bar's place.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        bar = bar_if_wide(console)
        self.label = "epoch " if bar else ""
        self.progress = Progress(
            TextColumn("{task.description}"),
            *bar,
            TextColumn("{task.fields[numbers]}"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )

    def on_start(self, trainer: Trainer) -> None:
        self.accuracy = ""
        self.drawn = self.started = time.monotonic()
        self.images, self.seen = 0, trainer.examples
        self.task = self.progress.add_task("", total=trainer.epochs * trainer.batches, numbers="")
        self.progress.start()

    def on_batch(self, trainer: Trainer) -> None:
        self.images += trainer.examples - self.seen
        self.seen = trainer.examples
        now = time.monotonic()
        if now - self.drawn < _SECONDS_BETWEEN_UPDATES:
            return
        self.drawn, speed = now, self.images / (now - self.started)
        self.progress.update(
            self.task,
            completed=trainer.epoch * trainer.batches + trainer.batch,
            description=f"{self.label}{trainer.epoch + 1}/{trainer.epochs}",
            numbers=f"loss {trainer.mean_loss:.4f} {self.accuracy}{speed:,.0f} images/s",
        )

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self.seen = 0
        if record.accuracy is None:
            said = f"loss {record.loss:.4f}"
        else:
            self.accuracy = f"accuracy {record.accuracy:.2%} "
            said = f"{record.correct} / {record.examples}"
        self.console.print(f"Epoch {record.epoch}: {said}", highlight=False)

    def on_end(self, trainer: Trainer) -> None:
        self.progress.stop()
