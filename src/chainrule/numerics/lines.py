"""Arithmetic over whole lines of numbers, each number fetched from memory once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["add_scaled_for", "pieces"]

_LONGEST_FOR_BLAS = 200_000
"""Longer lines would wake the threads of SciPy's BLAS, which then fight with those of NumPy's."""

_PIECE = 16_384
"""Numbers a piece of a long line: five such pieces fit a processor's second cache."""


def pieces(values: Array, gradient: Array, *others: Array) -> list[tuple[Array, ...]]:
    """Views of ``(values, gradient, scratch, *others)``, all lines of one length, piece by piece.

    Arithmetic that goes over the lines several times is done on one piece after the other: a long line
    would otherwise come from memory anew for each operation. The scratch piece is one and the same. A line
    short enough for BLAS is one piece, because there calls are what costs.
    """
    length = len(values)
    size = length if length <= _LONGEST_FOR_BLAS else _PIECE
    scratch = np.empty(size, values.dtype)
    return [
        (
            values[start : start + size],
            gradient[start : start + size],
            scratch[: min(size, length - start)],
            *(line[start : start + size] for line in others),
        )
        for start in range(0, length, max(size, 1))
    ]


def add_scaled_for(line: Array) -> Callable[[Array, float, Array], object]:
    """A function ``(part, factor, addend)`` that does part ← part + factor · addend, in place.

    BLAS (axpy, through SciPy) reads and writes each number once, where NumPy's two functions go over it
    twice; parts of long lines go through NumPy piece by piece, in the cache.

    Args:
        line: ``(n,)`` float32 or float64; the function is for it, or for parts of it.
    """
    if line.size > _LONGEST_FOR_BLAS:
        scratch = np.empty(_PIECE, line.dtype)

        def add_scaled(part: Array, factor: float, addend: Array) -> object:
            for start in range(0, len(part), _PIECE):
                piece = part[start : start + _PIECE]
                product = scratch[: len(piece)]
                np.multiply(addend[start : start + _PIECE], factor, out=product)
                np.add(piece, product, out=piece)
            return part

        return add_scaled
    from scipy.linalg.blas import daxpy, saxpy

    axpy = saxpy if line.dtype == np.float32 else daxpy
    return lambda line, factor, addend: axpy(addend, line, a=factor)
