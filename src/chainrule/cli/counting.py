"""The progress of many like things: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

__all__ = ["Counting", "bar_if_wide"]

_ROOM_FOR_A_BAR = 80


def bar_if_wide(console: Console, width: int | None = None) -> list[ProgressColumn]:
    """A bar of ``width`` columns (None: all that are left), or none on a terminal of less than 80 columns."""
    return [BarColumn(bar_width=width)] if console.width >= _ROOM_FOR_A_BAR else []


class Counting:
    """A context in which several things are done one by one; what is said meanwhile stays above the bar.

    Attributes:
        shown: whether there is a bar: on a terminal, and for more than one thing.
    """

    def __init__(self, what: str, total: int | None = None) -> None:
        """Count ``what``; how many there will be may be told later, by `reached`."""
        console = Console(stderr=True)
        self.what = what
        self.shown = total != 1 and sys.stderr.isatty()
        self.progress = Progress(
            TextColumn("{task.description}"),
            *bar_if_wide(console),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not self.shown,
            redirect_stdout=sys.stdout.isatty(),
        )
        self.task = self.progress.add_task(escape(what), total=total)

    def __enter__(self) -> Counting:
        self.progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.progress.stop()

    def advance(self) -> None:
        """That one more is done."""
        self.progress.advance(self.task)

    def reached(self, name: str, done: int, total: int) -> None:
        """That ``done`` of ``total`` are done, the last of them called ``name``."""
        described = escape(f"{self.what}, {name}")
        self.progress.update(self.task, completed=done, total=total, description=described)

    def say(self, line: str, *, error: bool = False) -> None:
        """Print a line, on standard error or on standard output."""
        print(line, file=sys.stderr if error else sys.stdout)
