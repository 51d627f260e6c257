"""How many threads a matrix product is worth: small ones are faster on one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ONE_THREAD_BELOW", "blas_threads_for"]

ONE_THREAD_BELOW = 1 << 23
"""Multiplications in the largest product of a pass below which a second thread costs more than it gives."""


@contextmanager
def blas_threads_for(multiplications: int) -> Iterator[None]:
    """Inside, BLAS uses one thread if ``multiplications`` is below ``ONE_THREAD_BELOW``."""
    if multiplications >= ONE_THREAD_BELOW:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
