"""How runs of the laboratory are shown: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID, TextColumn, TimeElapsedColumn

from chainrule.cli.counting import bar_if_wide
from chainrule.lab.runner import Failure, Onlooker

__all__ = ["Bars", "Lines", "onlooker"]


def _told(name: str, seed: int, seconds: float, failure: Failure | None) -> str:
    return f"{name}, seed {seed}: " + ("failed" if failure else f"{seconds:.1f} s")


class Lines(Onlooker):
    """A line for every run that ends."""

    def __init__(self, runs: int) -> None:
        self.runs, self.done = runs, 0

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def ended(self, name: str, seed: int, seconds: float, failure: Failure | None) -> None:
        self.done += 1
        print(f"{_told(name, seed, seconds, failure)} ({self.done} of {self.runs})", file=sys.stderr)


class Bars(Onlooker):
    """A bar over all runs, and one for each run under way."""

    def __init__(self, runs: int, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            *bar_if_wide(console, 30),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[doing]}"),
            console=console,
            transient=True,
        )
        self.runs, self.done = runs, 0
        self.over: set[tuple[str, int]] = set()
        self.shares: dict[tuple[str, int], float] = {}
        self.lines: dict[tuple[str, int], TaskID] = {}

    def __enter__(self) -> Bars:
        self.all = self.progress.add_task("all runs", total=self.runs, doing=f"0 of {self.runs}")
        self.progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.progress.stop()

    def advanced(self, name: str, seed: int, share: float, text: str) -> None:
        run = name, seed
        if run in self.over:
            return
        if run not in self.lines:
            self.lines[run] = self.progress.add_task(escape(f"{name}, seed {seed}"), total=1.0, doing="")
        self.shares[run] = min(max(share, 0.0), 1.0)
        self.progress.update(self.lines[run], completed=self.shares[run], doing=escape(text))
        self._sum_up()

    def ended(self, name: str, seed: int, seconds: float, failure: Failure | None) -> None:
        self.over.add((name, seed))
        self.done += 1
        self.shares.pop((name, seed), None)
        line = self.lines.pop((name, seed), None)
        if line is not None:
            self.progress.remove_task(line)
        self.progress.console.print(escape(_told(name, seed, seconds, failure)), highlight=False)
        self._sum_up()

    def _sum_up(self) -> None:
        completed = self.done + sum(list(self.shares.values()))
        self.progress.update(self.all, completed=completed, doing=f"{self.done} of {self.runs}")


def onlooker(runs: int) -> Lines | Bars:
    """Bars if stderr is a terminal, else lines; a context, in which to run."""
    return Bars(runs, Console(stderr=True)) if sys.stderr.isatty() else Lines(runs)
