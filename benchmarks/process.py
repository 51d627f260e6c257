"""The parent's side of a worker: start it with its threads, ask it, and outlive whatever happens to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.contenders import Entry

__all__ = ["ROOT", "LostWorker", "Worker", "environment_for", "without_paths"]

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 900.0
"""Seconds after which a worker that does not answer is given up."""

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class LostWorker(Exception):
    """A worker that is missing, cannot do the workload, crashed or fell silent; the text says which."""


def environment_for(threads: int) -> dict[str, str]:
    """This process's environment, with every library told how many threads it may use."""
    own = {name: str(threads) for name in THREAD_VARIABLES}
    if threads == 1:
        own["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return {**os.environ, **own, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}


def without_paths(text: str) -> str:
    """The text with absolute paths left out, and cut to a line: what may stand in a result."""
    text = re.sub(r"(?:[A-Za-z]:)?(?:[/\\][\w.@+~ -]+){2,}", "…", text)
    return " ".join(text.split())[:200]


class Worker:
    """One contender in a process of its own, which is told the thread count before it imports anything.

    Attributes:
        images: how many images of an epoch it trains on.
        differs: what it does otherwise than the others.

    Raises:
        LostWorker: from every method, and when it is made.
    """

    def __init__(self, entry: Entry, folder: Path, threads: int, patience: float = PATIENCE) -> None:
        self.patience = patience
        if any(find_spec(module) is None for module in entry.requires):
            raise LostWorker("not installed")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", entry.name, str(folder), str(threads)],
            cwd=ROOT,
            env=environment_for(threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        try:
            told = self._reply()
        except LostWorker:
            self.close()
            raise
        self.images: int = told["images"]
        self.differs: str = told["differs"]

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        assert self.process.stdin is not None
        with suppress(OSError):  # if it has gone, the answer that does not come says so
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        return self._reply()

    def _reply(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        patience_over = threading.Event()

        def give_up() -> None:
            patience_over.set()
            self.process.kill()

        clock = threading.Timer(self.patience, give_up)
        clock.start()
        try:
            line = self.process.stdout.readline()
        finally:
            clock.cancel()
        if not line:
            if patience_over.is_set():
                raise LostWorker(f"no answer within {self.patience:g} s")
            code = self.process.wait()
            how = f"by signal {-code}" if code < 0 else f"with status {code}"
            raise LostWorker(f"crashed: its process ended {how}")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise LostWorker(f"crashed: {without_paths(reply['error'])}")
        if "missing" in reply:
            raise LostWorker(f"not installed: {reply['missing']}")
        if "cannot" in reply:
            raise LostWorker(f"cannot express it: {reply['cannot']}")
        return reply

    def close(self) -> None:
        """End the process."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with suppress(OSError):  # what was unsent to a process that has gone
                stream.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
