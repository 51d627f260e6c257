"""A batch in pieces: each piece stays in a processor's cache, and several threads work on them at once."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from itertools import pairwise
from queue import SimpleQueue
from typing import Any, NamedTuple

from chainrule.numerics.threads import one_blas_thread, threads_allowed

__all__ = ["MOST_STRANDS", "Piece", "Pieces", "share_out"]

WHOLE_BYTES = 1 << 21
"""What a smaller batch takes is not cut: it would be done before a second thread has woken up."""
PIECE_BYTES = 1 << 20
"""So much of a larger batch is worked on at once: it stays in the cache that a core has to itself."""
MOST_STRANDS = 16
"""So many threads at most find something to do."""


class Piece(NamedTuple):
    """Some examples of a batch, in a row.

    Attributes:
        rows: which.
        number: the how manieth piece it is.
        strand: the strand it belongs to. The pieces of one strand are worked on one after the other.
        first: whether it is the first one of its strand.
    """

    rows: slice
    number: int
    strand: int
    first: bool


Work = Callable[[Piece, int], object]


class Pieces:
    """The pieces of a batch. How it is cut depends on nothing but its size, never on the threads.

    So whatever is summed over a batch has the same bits on every number of threads, if each strand has a
    sum of its own and these are added in their order.

    Args:
        batch: examples.
        example_bytes: what an example takes of the arrays that are gone over.

    Attributes:
        strands: the pieces, strand by strand.
        count: how many pieces there are.
        most_rows: examples of the largest piece.
        hands: how many threads may work on them at once, each with buffers of its own.
    """

    def __init__(self, batch: int, example_bytes: int) -> None:
        self.count = 1
        if batch * example_bytes >= WHOLE_BYTES:
            fitting = max(1, PIECE_BYTES // example_bytes)
            # A multiple of 4, so that no thread of two or four waits for the others' last piece.
            self.count = min(batch, -(-batch // (4 * fitting)) * 4)
        strands = min(self.count, MOST_STRANDS)
        rows = [slice(*ends) for ends in pairwise(batch * n // self.count for n in range(self.count + 1))]
        self.strands = [
            [Piece(rows[number], number, strand, number == first) for number in range(first, last)]
            for strand, (first, last) in enumerate(
                pairwise(self.count * n // strands for n in range(strands + 1))
            )
        ]
        self.most_rows = -(-batch // self.count)
        self.hands = min(strands, threads_allowed()) if strands > 1 else 1

    def each(self, work: Work) -> None:
        """Call ``work(piece, hand)`` for every piece, on several threads; BLAS then uses one on each of them.

        Args:
            work: what to do with a piece. ``hand`` is below ``hands``, and no two threads at once have
                the same one.
        """
        if self.count == 1:
            work(self.strands[0][0], 0)
        else:
            share_out(self.strands, work, self.hands)


def share_out(strands: Sequence[Sequence[Any]], work: Callable[[Any, int], object], hands: int) -> None:
    """Call ``work(item, hand)`` for every item, those of one strand in their order; BLAS uses one thread.

    Who works on a strand already, and has something to share out himself, does it alone: all are busy.

    Args:
        strands: what is to be done.
        work: does it; no two threads at once have the same ``hand``, from 0.
        hands: how many threads at most, this one included; never more than BLAS may use.
    """
    with one_blas_thread():
        hands = 1 if getattr(_own, "working", False) else min(hands, threads_allowed())
        job = _Job(work, strands, hands)
        job.call_helpers()
        job.help()
        job.wait()


class _Job:
    """Strands to be worked on by whoever has time.

    The caller takes strands too, and waits for none that no helper has begun: a helper that comes late, or
    never, costs nothing but its help.
    """

    def __init__(
        self, work: Callable[[Any, int], object], strands: Sequence[Sequence[Any]], hands: int
    ) -> None:
        self.work = work
        self.strands = deque(strands)
        self.unfinished = len(strands)
        self.hands = deque(range(hands))
        self.finished: SimpleQueue[BaseException | None] = SimpleQueue()

    def call_helpers(self) -> None:
        wanted = len(self.hands) - 1
        with _starting:
            while len(_helpers) < wanted:
                _helpers.append(threading.Thread(target=_help, name="chainrule-helper", daemon=True))
                _helpers[-1].start()
        for _ in range(wanted):
            # In a copy of the caller's context, because what NumPy is to warn of is kept in it.
            _jobs.put((copy_context(), self))

    def help(self) -> None:
        hand = self.hands.popleft()
        was, _own.working = getattr(_own, "working", False), True
        try:
            self._work_through(hand)
        finally:
            _own.working = was

    def _work_through(self, hand: int) -> None:
        while True:
            try:
                strand = self.strands.popleft()
            except IndexError:
                return
            error: BaseException | None = None
            try:
                for piece in strand:
                    self.work(piece, hand)
            except BaseException as raised:
                error = raised
            self.finished.put(error)

    def wait(self) -> None:
        errors = [self.finished.get() for _ in range(self.unfinished)]
        for error in errors:
            if error is not None:
                raise error


_own = threading.local()
"""Of each thread, whether it is working on a strand."""
_starting = threading.Lock()
_helpers: list[threading.Thread] = []
_jobs: SimpleQueue[tuple[Context, _Job]] = SimpleQueue()


def _help() -> None:
    """What a helper does all its life."""
    while True:
        context, job = _jobs.get()
        context.run(job.help)
        del context, job


def _without_helpers() -> None:
    """A process that was forked has none of its parent's threads."""
    global _starting, _jobs
    _starting, _jobs = threading.Lock(), SimpleQueue()
    _helpers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_without_helpers)
