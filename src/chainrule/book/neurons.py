"""The sigmoid neuron of the book: σ and its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

__all__ = ["sigmoid", "sigmoid_prime"]


def sigmoid(z: ArrayLike) -> Any:
    """σ(z) = 1 / (1 + e⁻ᶻ), elementwise, for numbers and arrays of any shape (book, equation 3).

    Where e⁻ᶻ would leave the number range the answer is 0, without a warning.
    """
    return expit(np.asarray(z, np.float64))


def sigmoid_prime(z: ArrayLike) -> Any:
    """σ'(z) = σ(z) (1 − σ(z)), elementwise."""
    a = sigmoid(z)
    return a * (1.0 - a)
