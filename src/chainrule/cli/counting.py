"""The progress of many like things: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["Counting"]

_ROOM_FOR_A_BAR = 80


class Counting:
    """A context in which several things are done one by one; what is said meanwhile stays above the bar."""

    def __init__(self, what: str, total: int) -> None:
        console = Console(stderr=True)
        self.progress = Progress(
            TextColumn(what),
            *([BarColumn(bar_width=None)] if console.width >= _ROOM_FOR_A_BAR else []),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=total < 2 or not sys.stderr.isatty(),
            redirect_stdout=sys.stdout.isatty(),
        )
        self.task = self.progress.add_task("", total=total)

    def __enter__(self) -> Counting:
        self.progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.progress.stop()

    def advance(self) -> None:
        """That one more is done."""
        self.progress.advance(self.task)

    def say(self, line: str, *, error: bool = False) -> None:
        """Print a line, on standard error or on standard output."""
        print(line, file=sys.stderr if error else sys.stdout)
