"""The functions that networks are made of, written into buffers that are there already."""

from __future__ import annotations

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["sigmoid", "softmax"]


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


def softmax(z: Array, out: Array, row: Array) -> Array:
    """aⱼ = e^(zⱼ) / Σₖ e^(zₖ) over the last axis, into ``out``; ``row`` is scratch, ``(batch, 1)``.

    The largest z of a row is subtracted first, which changes no quotient and keeps every power ≤ 1.
    """
    np.max(z, axis=-1, keepdims=True, out=row)
    np.subtract(z, row, out=out)
    np.exp(out, out=out)
    np.sum(out, axis=-1, keepdims=True, out=row)
    return np.divide(out, row, out=out)
