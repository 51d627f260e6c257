"""The functions that networks are made of, written into buffers that are there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["sigmoid", "sigmoid_for", "softmax"]

_FEW = 1000


def sigmoid(z: Array, out: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ), elementwise, into ``out``, which may be ``z`` itself.

    z is cut at the point below which e⁻ᶻ leaves the number range; there σ is 0 to all digits.
    """
    lowest = -87.0 if out.dtype == np.float32 else -708.0
    np.maximum(z, lowest, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    return np.reciprocal(out, out=out)


def sigmoid_for(size: int) -> Callable[..., Array]:
    """The fastest sigmoid, called as ``sigmoid`` is, for arrays of ``size`` numbers.

    For few numbers, where calls are what costs, that is SciPy's one function; for many, NumPy's five.
    """
    if size > _FEW:
        return sigmoid
    from scipy.special import expit

    return cast(Callable[..., Array], expit)


def softmax(z: Array, out: Array, row: Array) -> Array:
    """aⱼ = e^(zⱼ) / Σₖ e^(zₖ) over the last axis, into ``out``; ``row`` is scratch, ``(batch, 1)``.

    The largest z of a row is subtracted first, which changes no quotient and keeps every power ≤ 1.
    """
    np.maximum.reduce(z, axis=-1, keepdims=True, out=row)
    np.subtract(z, row, out=out)
    np.exp(out, out=out)
    np.add.reduce(out, axis=-1, keepdims=True, out=row)
    return np.divide(out, row, out=out)
