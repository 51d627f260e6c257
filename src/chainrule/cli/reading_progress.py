"""The progress of a robustness report: a bar on a terminal, a line a model elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["ReadingProgress"]

_ROOM_FOR_A_BAR = 80


class ReadingProgress:
    """A context in which one model reads the same images many times; `told` hears of each reading."""

    def __init__(self, model: str) -> None:
        console = Console(stderr=True)
        self.model, self.started = model, time.monotonic()
        self.progress = Progress(
            TextColumn("{task.description}"),
            *([BarColumn(bar_width=None)] if console.width >= _ROOM_FOR_A_BAR else []),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.progress.add_task(escape(model), total=None)

    def __enter__(self) -> ReadingProgress:
        self.progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.progress.stop()

    def told(self, name: str, done: int, total: int) -> None:
        """That the images called ``name`` were read, the ``done``-th reading of ``total``."""
        self.progress.update(
            self.task, completed=done, total=total, description=escape(f"{self.model}, {name}")
        )
        if done == total and self.progress.disable:
            seconds = time.monotonic() - self.started
            print(f"{self.model}: read {total} times, {seconds:.1f} s", file=sys.stderr)
