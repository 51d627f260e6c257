"""How many threads: products of matrices get one if they are small, pieces of a batch all that there are."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

__all__ = ["ONE_THREAD_BELOW", "blas_threads_for", "one_blas_thread", "threads_allowed"]

ONE_THREAD_BELOW = 1 << 26
"""Multiplications in the largest product of a pass below which a second thread costs more than it gives."""

_lock = threading.Lock()
_before: list[tuple[Any, int]] = []
"""While someone holds BLAS to one thread: its libraries, and how many threads each had."""
_holders = 0


@contextmanager
def blas_threads_for(multiplications: int) -> Iterator[None]:
    """Inside, BLAS uses one thread if ``multiplications`` is below ``ONE_THREAD_BELOW``.

    Args:
        multiplications: those of the largest product that is not cut into pieces. A convolution is: it has
            threads of its own (``numerics/pieces.py``), each of which multiplies by itself.
    """
    if multiplications >= ONE_THREAD_BELOW:
        yield
        return
    _libraries.cache_clear()
    with one_blas_thread():
        yield


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, BLAS uses one thread; the first who asks takes the others away, the last gives them back."""
    global _holders
    with _lock:
        if not _holders:
            _before[:] = [(library, library.num_threads) for library in _libraries()]
            _set(1)
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                _set(None)


def threads_allowed() -> int:
    """As many threads as BLAS may use, or might before it was held to one here.

    Whoever limits BLAS, by its environment variables or by threadpoolctl, so limits chainrule too: runs
    side by side with one BLAS thread each get one thread each.
    """
    with _lock:
        counts = [count for _, count in _before] if _holders else [each.num_threads for each in _libraries()]
    return max(counts, default=os.cpu_count() or 1)


@cache
def _libraries() -> list[Any]:
    """The BLAS libraries of this process; looking for them takes a millisecond."""
    from threadpoolctl import ThreadpoolController

    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found


def _set(count: int | None) -> None:
    """Give every library so many threads, or, with None, those it had."""
    for library, had in _before:
        if had > 1:
            library.set_num_threads(had if count is None else count)
