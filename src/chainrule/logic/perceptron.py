"""A perceptron weighs its inputs, adds its bias, and says 1 if the sum is above 0, else 0."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from numbers import Integral, Real
from operator import mul
from typing import Any

from chainrule.errors import DataError, SettingError

__all__ = ["Perceptron", "plain_numbers"]

_LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Perceptron:
    """The neuron of Rosenblatt: 1 where w·x + b > 0, 0 where w·x + b ≤ 0.

    A large bias makes it easy to fire. One without inputs says the same for ever: 1 if b > 0, else 0.

    Args:
        weights: one number for each input: how much that input counts, and for or against.
        bias: the threshold with its sign turned: b = −threshold.

    Raises:
        SettingError: weights or a bias that are not finite numbers.
    """

    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        if isinstance(self.weights, (str, Real)) or not hasattr(self.weights, "__iter__"):
            raise SettingError(f"weights are a list of numbers such as (-2, -2), not {self.weights!r}.")
        try:
            *weights, bias = plain_numbers((*self.weights, self.bias))
        except DataError as error:
            raise SettingError(f"weights and the bias of a perceptron: {error}") from None
        object.__setattr__(self, "weights", tuple(weights))
        object.__setattr__(self, "bias", bias)

    def weighted_input(self, inputs: Sequence[float]) -> float:
        """The sum z = w·x + b. The inputs are not checked."""
        weighted: float = sum(map(mul, self.weights, inputs))
        return weighted + self.bias

    def fires(self, inputs: Sequence[float]) -> int:
        """1 where z > 0, else 0. The inputs are not checked."""
        return 1 if self.weighted_input(inputs) > 0 else 0

    def __call__(self, *inputs: float) -> int:
        """What it says, 0 or 1, to as many inputs as it has weights: ``perceptron(1, 0)``.

        Raises:
            DataError: more or fewer inputs than weights, or an input that is no finite number.
        """
        if len(inputs) != len(self.weights):
            raise DataError(
                f"a perceptron with {len(self.weights)} weights takes as many inputs, not {len(inputs)}."
            )
        return self.fires(plain_numbers(inputs))

    def scaled(self, factor: float) -> Perceptron:
        """The perceptron with every weight and the bias multiplied; above 0 it says the same as before.

        Raises:
            SettingError: a factor that is not above 0.
        """
        if not isinstance(factor, (int, float)) or not 0 < factor < inf:
            raise SettingError(f"the factor is a finite number above 0, not {factor!r}.")
        return Perceptron(tuple(factor * weight for weight in self.weights), factor * self.bias)


def plain_numbers(given: Iterable[Any]) -> list[float]:
    """The numbers as Python's own, which do not run over as bytes do.

    Raises:
        DataError: one is no number, infinite, or NaN.
    """
    numbers: list[float] = []
    for found in given:
        number: float = inf
        if isinstance(found, Real):
            number = int(found) if isinstance(found, Integral) else float(found)
        if not -_LARGEST <= number <= _LARGEST:
            raise DataError(f"expected finite numbers, got {found!r:.50}.")
        numbers.append(number)
    return numbers
