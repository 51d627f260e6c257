"""Arithmetic over a whole line of numbers in one pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["add_scaled_for"]

_LONGEST_FOR_BLAS = 200_000
"""Longer lines would wake the threads of SciPy's BLAS, which then fight with those of NumPy's."""


def add_scaled_for(line: Array) -> Callable[[Array, float, Array], object]:
    """A function ``(line, factor, addend)`` that does line ← line + factor · addend, in place.

    BLAS (axpy, through SciPy) reads and writes each number once, where NumPy's two functions go over the
    memory twice; on very long lines there is no difference.

    Args:
        line: ``(n,)`` float32 or float64, of the length and type that the function is for.
    """
    if line.size > _LONGEST_FOR_BLAS:
        scratch = np.empty_like(line)

        def add_scaled(line: Array, factor: float, addend: Array) -> object:
            np.multiply(addend, factor, out=scratch)
            return np.add(line, scratch, out=line)

        return add_scaled
    from scipy.linalg.blas import daxpy, saxpy

    axpy = saxpy if line.dtype == np.float32 else daxpy
    return lambda line, factor, addend: axpy(addend, line, a=factor)
