"""What keeps weights small: a term added to the loss, or a bound put on after each step.

All act on weights alone, never on biases: the weights are the first part of the parameter vector.
"""

from __future__ import annotations

from math import isfinite
from typing import ClassVar

import numpy as np

from chainrule.errors import SettingError
from chainrule.numerics.lines import add_scaled_for
from chainrule.numerics.parameters import Array, ParameterVector

__all__ = ["L1", "L2", "MaxNorm", "Regularizer"]


class Regularizer:
    """A term of the loss and its gradient, or a bound; ``bind`` it to one vector first.

    Args:
        strength: λ of a term, or the bound; a finite number above 0.
    """

    name: ClassVar[str]

    def __init__(self, strength: float) -> None:
        if not (isfinite(strength) and strength > 0):
            raise SettingError(f"the strength of {self.name} must be above 0, not {strength}.")
        self.strength = float(strength)

    def bind(self, vector: ParameterVector, examples: int) -> None:
        """Act on this vector; ``examples`` is n, the number of images trained on."""
        self.vector = vector
        self.factor = self.strength / examples
        self.scratch: Array = np.empty_like(vector.weights)
        self.add_scaled = add_scaled_for(vector.weights)

    def penalty(self) -> float:
        """What this adds to the loss at the present weights."""
        return 0.0

    def add_gradient(self) -> None:
        """Add the derivative of the penalty to the gradient of the weights."""

    def constrain(self) -> None:
        """Put the bound on the weights."""


class L2(Regularizer):
    """Adds λ/(2n) Σ w² to the loss, λ/n w to the gradient (book, equations 87 to 93)."""

    name = "l2"

    def penalty(self) -> float:
        return 0.5 * self.factor * float(np.vdot(self.vector.weights, self.vector.weights))

    def add_gradient(self) -> None:
        self.add_scaled(self.vector.weights_gradient, self.factor, self.vector.weights)


class L1(Regularizer):
    """Adds λ/n Σ |w| to the loss, λ/n sign(w) to the gradient (book, equations 95 to 97)."""

    name = "l1"

    def penalty(self) -> float:
        np.abs(self.vector.weights, out=self.scratch)
        return self.factor * float(np.sum(self.scratch))

    def add_gradient(self) -> None:
        np.sign(self.vector.weights, out=self.scratch)
        np.multiply(self.scratch, self.factor, out=self.scratch)
        np.add(self.vector.weights_gradient, self.scratch, out=self.vector.weights_gradient)


class MaxNorm(Regularizer):
    """Scales the weights into a neuron down to norm c where theirs is larger (Srebro and Shraibman 2005)."""

    name = "max_norm"

    def bind(self, vector: ParameterVector, examples: int) -> None:
        super().bind(vector, examples)
        self.neurons = [view.reshape(len(view), -1) for view in vector.weight_views()]
        self.squares = [np.empty_like(weights) for weights in self.neurons]
        self.norms = [np.empty((len(weights), 1), weights.dtype) for weights in self.neurons]

    def constrain(self) -> None:
        for weights, squares, norms in zip(self.neurons, self.squares, self.norms, strict=True):
            np.multiply(weights, weights, out=squares)
            np.sum(squares, axis=1, keepdims=True, out=norms)
            np.sqrt(norms, out=norms)
            np.maximum(norms, self.strength, out=norms)
            np.divide(self.strength, norms, out=norms)
            np.multiply(weights, norms, out=weights)
