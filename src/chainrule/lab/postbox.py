"""How far each run is, told across processes: small datagrams on this machine, sent and forgotten.

A run that reports must never wait for whoever listens, and nothing may outlive a process that is killed.
So the listener opens a UDP socket on the loopback address, and a run sends it a few words of JSON now and
then. A datagram that is lost is followed by the next one.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from math import isfinite
from types import TracebackType

from chainrule.lab.experiment import Report
from chainrule.lab.watching import quiet

__all__ = ["Address", "Postbox", "end_with", "reporter"]

Address = tuple[int, str, int]
"""Port, the word that a datagram must begin with to be believed, and the number of the listening process."""

_SECONDS_BETWEEN = 0.1
_SECONDS_BETWEEN_LOOKS = 0.5
_LARGEST = 2000
_LONGEST_TEXT = 100


class Postbox:
    """A context in which ``advanced(name, seed, share, text)`` is called with what runs report."""

    def __init__(self, advanced: Callable[[str, int, float, str], None]) -> None:
        self._advanced = advanced
        self._word = secrets.token_hex(8)

    def __enter__(self) -> Address | None:
        """The address to report to, or None where no such socket can be had."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(("127.0.0.1", 0))
        except OSError:
            self._socket.close()
            return None
        self._socket.settimeout(0.2)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self._socket.getsockname()[1], self._word, os.getpid()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket.fileno() >= 0:
            self._closed.set()
            self._thread.join()
            self._socket.close()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                word, name, seed, share, text = json.loads(self._socket.recv(_LARGEST))
                told = str(name), int(seed), float(share), str(text)
            except (OSError, ValueError, TypeError, OverflowError, RecursionError):
                continue
            if word == self._word:
                self._advanced(*told)


@cache
def end_with(parent: int) -> None:
    """Let this process, if it is a child of ``parent``, not outlive it, even when that is killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    if os.getppid() == parent:
        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def reporter(address: Address | None, name: str, seed: int) -> Iterator[Report]:
    """A context that gives the report of one run; it goes to a postbox, ten times a second at most."""
    if address is None:
        yield quiet
        return
    port, word, _ = address
    last = 0.0

    def report(share: float, text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _SECONDS_BETWEEN or not isfinite(share):
            return
        last = now
        letter = json.dumps([word, name, seed, float(share), text[:_LONGEST_TEXT]]).encode()
        with suppress(OSError):
            out.sendto(letter, ("127.0.0.1", port))

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        yield report
