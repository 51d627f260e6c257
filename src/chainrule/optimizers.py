"""How a gradient becomes a step: each optimiser is arithmetic over the whole parameter vector.

In the formulas w is the vector, g its gradient, η the learning rate of this step.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt
from typing import ClassVar

import numpy as np

from chainrule.errors import SettingError, UnknownNameError
from chainrule.numerics.lines import add_scaled_for, pieces
from chainrule.numerics.parameters import Array, ParameterVector

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "optimizer_named",
]


def _at_least(value: float, lowest: float, below: float, what: str) -> float:
    if not (isfinite(value) and lowest <= value < below):
        limit = f" and below {below:g}" if isfinite(below) else ""
        raise SettingError(f"{what} must be a number of at least {lowest:g}{limit}, not {value}.")
    return float(value)


class Optimizer:
    """A rule for steps. ``bind`` it to one vector, then ``step`` after every backward pass.

    Args:
        learning_rate: η, at least 0; a schedule multiplies it.

    Attributes:
        lines: what it remembers from step to step, arrays as long as the vector, by name.
        pieces: views of the values, the gradient, a scratch line and ``lines``, piece after piece of the
            vector: a step finishes one piece, in the processor's cache, before it goes on to the next.
        steps: how many steps it has taken.
        full_batch: True where it wants the loss over all images at once (L-BFGS).
    """

    name: ClassVar[str]
    remembers: ClassVar[tuple[str, ...]] = ()
    full_batch: ClassVar[bool] = False

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = _at_least(learning_rate, 0.0, float("inf"), "a learning rate")
        self.lines: dict[str, Array] = {}
        self.steps = 0

    def bind(self, vector: ParameterVector) -> None:
        """Begin anew on this vector: forget every step, allocate what will be remembered."""
        self.vector = vector
        self.lines = {name: np.zeros_like(vector.values) for name in self.remembers}
        self.add_scaled = add_scaled_for(vector.values)
        self.pieces = pieces(vector.values, vector.gradient, *self.lines.values())
        self.steps = 0

    def step(self, rate: float) -> None:
        """Move the vector once, with η = ``rate``, by the gradient that stands beside it."""
        raise NotImplementedError


class SGD(Optimizer):
    """w ← w − η g (book, equations 20 and 21)."""

    name = "sgd"

    def step(self, rate: float) -> None:
        for values, gradient, _ in self.pieces:
            self.add_scaled(values, -rate, gradient)
        self.steps += 1


class Momentum(Optimizer):
    """v ← μ v + g;  w ← w − η v (Polyak 1964, in the form of today's libraries).

    Args:
        learning_rate: η.
        momentum: μ, the share of the last velocity that is kept, at least 0 and below 1.
    """

    name = "momentum"
    remembers = ("velocity",)

    def __init__(self, learning_rate: float, momentum: float = 0.9) -> None:
        super().__init__(learning_rate)
        self.momentum = _at_least(momentum, 0.0, 1.0, "a momentum")

    def step(self, rate: float) -> None:
        for values, gradient, _, velocity in self.pieces:
            np.multiply(velocity, self.momentum, out=velocity)
            np.add(velocity, gradient, out=velocity)
            self.add_scaled(values, -rate, velocity)
        self.steps += 1


class Nesterov(Momentum):
    """v ← μ v + g;  w ← w − η (g + μ v): the step looks ahead (Sutskever et al. 2013)."""

    name = "nesterov"

    def step(self, rate: float) -> None:
        for values, gradient, scratch, velocity in self.pieces:
            np.multiply(velocity, self.momentum, out=velocity)
            np.add(velocity, gradient, out=velocity)
            np.multiply(velocity, self.momentum, out=scratch)
            np.add(scratch, gradient, out=scratch)
            self.add_scaled(values, -rate, scratch)
        self.steps += 1


class RMSProp(Optimizer):
    """s ← ρ s + (1 − ρ) g²;  w ← w − η g / (√s + ε) (Hinton's lectures, 2012).

    Args:
        learning_rate: η.
        decay: ρ, at least 0 and below 1.
        epsilon: ε, above 0: keeps a parameter that never moved from dividing by 0.
    """

    name = "rmsprop"
    remembers = ("squares",)

    def __init__(self, learning_rate: float = 0.001, decay: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__(learning_rate)
        self.decay = _at_least(decay, 0.0, 1.0, "the decay of RMSProp")
        self.epsilon = _at_least(epsilon, 1e-30, 1.0, "the epsilon of RMSProp")

    def step(self, rate: float) -> None:
        for values, gradient, scratch, squares in self.pieces:
            np.multiply(gradient, gradient, out=scratch)
            np.multiply(scratch, 1.0 - self.decay, out=scratch)
            np.multiply(squares, self.decay, out=squares)
            np.add(squares, scratch, out=squares)
            np.sqrt(squares, out=scratch)
            np.add(scratch, self.epsilon, out=scratch)
            np.divide(gradient, scratch, out=scratch)
            self.add_scaled(values, -rate, scratch)
        self.steps += 1


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g;  s ← β₂ s + (1 − β₂) g²;  w ← w − η m̂ / (√ŝ + ε) (Kingma and Ba 2015).

    m̂ = m / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ) at step t make up for both having started at 0.

    Args:
        learning_rate: η.
        first_decay: β₁, at least 0 and below 1.
        second_decay: β₂, at least 0 and below 1.
        epsilon: ε, above 0.
    """

    name = "adam"
    remembers = ("means", "squares")

    def __init__(
        self,
        learning_rate: float = 0.001,
        first_decay: float = 0.9,
        second_decay: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate)
        self.first_decay = _at_least(first_decay, 0.0, 1.0, "the first decay of Adam")
        self.second_decay = _at_least(second_decay, 0.0, 1.0, "the second decay of Adam")
        self.epsilon = _at_least(epsilon, 1e-30, 1.0, "the epsilon of Adam")

    def step(self, rate: float) -> None:
        self.steps += 1
        first, second = self.first_decay, self.second_decay
        rate = rate / (1.0 - first**self.steps)
        square_correction = 1.0 / sqrt(1.0 - second**self.steps)
        for values, gradient, scratch, means, squares in self.pieces:
            np.multiply(means, first, out=means)
            np.multiply(gradient, 1.0 - first, out=scratch)
            np.add(means, scratch, out=means)
            np.multiply(squares, second, out=squares)
            np.multiply(gradient, gradient, out=scratch)
            np.multiply(scratch, 1.0 - second, out=scratch)
            np.add(squares, scratch, out=squares)
            np.sqrt(squares, out=scratch)
            np.multiply(scratch, square_correction, out=scratch)
            np.add(scratch, self.epsilon, out=scratch)
            np.divide(means, scratch, out=scratch)
            self.add_scaled(values, -rate, scratch)


class AdamW(Adam):
    """Adam, after w ← (1 − η λ) w on the weights: decay apart from the gradient (Loshchilov and Hutter 2019).

    Args:
        learning_rate: η.
        weight_decay: λ, at least 0; biases, slopes and normalisations do not decay.
        first_decay: β₁.
        second_decay: β₂.
        epsilon: ε.
    """

    name = "adamw"

    def __init__(
        self,
        learning_rate: float = 0.001,
        weight_decay: float = 0.01,
        first_decay: float = 0.9,
        second_decay: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate, first_decay, second_decay, epsilon)
        self.weight_decay = _at_least(weight_decay, 0.0, float("inf"), "a weight decay")

    def step(self, rate: float) -> None:
        np.multiply(self.vector.weights, 1.0 - rate * self.weight_decay, out=self.vector.weights)
        super().step(rate)


class LBFGS(Optimizer):
    """A quasi-Newton method on the loss over all images: one epoch is one call of SciPy's ``minimize``.

    SciPy's memory of past steps ends with the epoch, so that a run can be stopped and resumed
    between two epochs. There is no learning rate: the line search finds the step.

    Args:
        iterations: the most iterations an epoch, at least 1.
        memory: how many past steps estimate the curvature, at least 1.
    """

    name = "lbfgs"
    full_batch = True

    def __init__(self, iterations: int = 20, memory: int = 10) -> None:
        super().__init__(learning_rate=1.0)
        self.iterations = int(_at_least(iterations, 1, float("inf"), "the iterations of L-BFGS"))
        self.memory = int(_at_least(memory, 1, float("inf"), "the memory of L-BFGS"))

    def minimize(self, loss_and_gradient: Callable[[], float]) -> float:
        """One epoch; ``loss_and_gradient`` reads ``vector.values``, writes ``vector.gradient``.

        Returns the loss at the point reached, which stands in ``vector.values``.
        """
        from scipy.optimize import minimize

        def at(point: Array) -> tuple[float, Array]:
            self.vector.values[...] = point
            loss = loss_and_gradient()
            return loss, self.vector.gradient.astype(np.float64)

        found = minimize(
            at,
            self.vector.values.astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.iterations, "maxcor": self.memory},
        )
        self.vector.values[...] = found.x
        self.steps += int(found.nit)
        return float(found.fun)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (SGD, Momentum, Nesterov, RMSProp, Adam, AdamW, LBFGS)
}


def optimizer_named(name: str) -> type[Optimizer]:
    """The kind of optimiser of that name.

    Raises:
        UnknownNameError: no optimiser bears the name.
    """
    if name not in OPTIMIZERS:
        raise UnknownNameError("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]
