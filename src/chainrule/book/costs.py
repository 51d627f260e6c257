"""The two cost functions of the book's chapter 3, each with the error it starts in the last layer."""

from __future__ import annotations

import numpy as np
from scipy.special import xlog1py, xlogy

from chainrule.book.neurons import sigmoid_prime
from chainrule.numerics.parameters import Array

__all__ = ["COSTS", "CrossEntropyCost", "QuadraticCost"]


class QuadraticCost:
    """C = ½ ‖a − y‖² for one image (book, equation 6)."""

    @staticmethod
    def fn(a: Array, y: Array) -> float:
        """The cost of outputs ``a`` where ``y`` was wanted, both ``(outputs, 1)``."""
        return 0.5 * float(np.sum((a - y) ** 2))

    @staticmethod
    def delta(z: Array, a: Array, y: Array) -> Array:
        """δ of the last layer: (a − y) ⊙ σ'(z) (book, equation 30)."""
        error: Array = (a - y) * sigmoid_prime(z)
        return error


class CrossEntropyCost:
    """C = −Σⱼ [yⱼ ln aⱼ + (1 − yⱼ) ln(1 − aⱼ)] for one image (book, equation 63)."""

    @staticmethod
    def fn(a: Array, y: Array) -> float:
        """The cost of outputs ``a`` where ``y`` was wanted, both ``(outputs, 1)``.

        0 ln 0 is 0. An output that has been rounded to the wrong end, 0 for 1 or 1 for 0, costs infinity;
        the book's program puts the largest number there is in its place. ``Network.total_cost`` starts
        from z, which is not rounded so, and stays finite.
        """
        return float(-np.sum(xlogy(y, a) + xlog1py(1.0 - y, -a)))

    @staticmethod
    def delta(z: Array, a: Array, y: Array) -> Array:
        """δ of the last layer: a − y, because σ'(z) cancels (book, equation 66); z is not needed."""
        return a - y


COSTS: dict[object, str] = {QuadraticCost: "quadratic", CrossEntropyCost: "sigmoid_cross_entropy"}
"""The losses of chainrule that they are."""
