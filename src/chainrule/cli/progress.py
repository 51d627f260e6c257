"""A training's progress on a terminal: a bar with loss, accuracy, images per second and time left."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from chainrule.training import Callback, EpochRecord, Trainer

__all__ = ["ProgressBar"]

_SECONDS_BETWEEN_UPDATES = 0.1


class ProgressBar(Callback):
    """One bar over all epochs, drawn ten times a second, and a line above it for each evaluation."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.progress = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=None),
            TextColumn("loss {task.fields[loss]}  {task.fields[accuracy]}{task.fields[speed]} images/s"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def on_start(self, trainer: Trainer) -> None:
        self.accuracy = ""
        self.drawn = self.started = time.monotonic()
        self.images = 0
        self.progress.start()
        self.task = self.progress.add_task(
            "", total=trainer.epochs * trainer.batches, epoch="", loss="", accuracy="", speed=""
        )

    def on_batch(self, trainer: Trainer) -> None:
        self.images += trainer.batch_size
        now = time.monotonic()
        if now - self.drawn < _SECONDS_BETWEEN_UPDATES:
            return
        self.drawn = now
        self.progress.update(
            self.task,
            completed=trainer.epoch * trainer.batches + trainer.batch,
            epoch=f"{trainer.epoch + 1} of {trainer.epochs}",
            loss=f"{trainer.mean_loss:.4f}",
            accuracy=self.accuracy,
            speed=f"{self.images / (now - self.started):,.0f}",
        )

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        if record.accuracy is None:
            said = f"loss {record.loss:.4f}"
        else:
            self.accuracy = f"accuracy {record.accuracy:.2%}  "
            said = f"{record.correct} / {record.examples}"
        self.console.print(f"Epoch {record.epoch}: {said}", highlight=False)

    def on_end(self, trainer: Trainer) -> None:
        self.progress.stop()
