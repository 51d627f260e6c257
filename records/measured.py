"""One program run from start to end: its words, its time, its processor time and the most memory it held."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from records.store import RecordError

__all__ = ["Measured", "measured"]

_BYTES = 1 if sys.platform == "darwin" else 1024
"""In which unit the system tells the most memory."""


@dataclass(frozen=True)
class Measured:
    """What came of a program.

    Attributes:
        status: its exit status; −n for signal n.
        out: what it wrote to standard output.
        seconds: from before it was started until it had ended.
        processor_seconds: what it and its own children computed, on all cores.
        peak_mb: the most memory that it held, libraries and data included, in 10⁶ bytes.
    """

    status: int
    out: str
    seconds: float
    processor_seconds: float
    peak_mb: float


def measured(command: Sequence[str], folder: Path, *, directory: Path) -> Measured:
    """Run a program to its end; its errors and progress go where ours go.

    The folder is locked as long as the program lives, even if this process is killed before it. The
    system counts what this process holds at the start as memory of the program, so hold little.

    Args:
        command: the program and its words.
        folder: the program's own; made if need be.
        directory: where the program is started.

    Raises:
        RecordError: the folder is locked: a program that was left alone goes on there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock, open(folder / "out", "wb+") as out:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordError(f"a run of {folder.name} still goes on. Wait for it, or end it.") from None
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=directory, stdout=out, pass_fds=[lock.fileno()])
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            # The program has had Ctrl-C too; it saves where it stands and ends.
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Measured(
            process.returncode,
            out.read().decode("utf-8", errors="replace"),
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * _BYTES / 1e6,
        )
