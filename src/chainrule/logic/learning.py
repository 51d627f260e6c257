"""Rosenblatt's rule: after each mistake the weights move towards the inputs, or away from them.

With a the answer and y the one wanted: w ← w + η (y − a) x and b ← b + η (y − a). Where some perceptron
answers all examples right, the rule makes at most (R / γ)² mistakes (Novikoff 1962): R is the length of the
longest (x, 1), and γ how far the examples keep from the plane that parts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from chainrule.errors import DataError, SettingError
from chainrule.logic.perceptron import Perceptron, plain_numbers

__all__ = ["Learning", "learn"]

Example = tuple[Sequence[float], int]
"""Inputs, and the answer wanted for them, 0 or 1."""


@dataclass(frozen=True)
class Learning:
    """What came of learning.

    Attributes:
        perceptron: as it was at the end.
        mistakes: how many were made in each epoch; the last is 0 where it converged.
        period: after how many epochs the same weights came back, where they did: then it goes round for
            ever. None where they did not.
    """

    perceptron: Perceptron
    mistakes: tuple[int, ...]
    period: int | None

    @property
    def converged(self) -> bool:
        """Whether the last epoch was without a mistake."""
        return self.mistakes[-1] == 0

    def __str__(self) -> str:
        """The outcome in a sentence."""
        epochs = len(self.mistakes)
        if self.converged:
            return f"converged: epoch {epochs} was without a mistake, after {sum(self.mistakes)} in all."
        failed = f"did not converge in {epochs} epochs: {self.mistakes[-1]} mistakes in the last."
        if self.period is None:
            return failed
        again = "each epoch" if self.period == 1 else f"every {self.period} epochs"
        return f"{failed} The same weights come back after {again}."


def learn(examples: Sequence[Example], epochs: int = 100, learning_rate: float = 1) -> Learning:
    """Show the examples in their order, again and again, until an epoch passes without a mistake.

    It starts from zeros and gives up after so many ``epochs``. The rule is in the head of this file.

    Raises:
        DataError: no examples, of different lengths, or with an answer wanted that is neither 0 nor 1.
        SettingError: fewer than one epoch, or a rate that is not above 0.
    """
    _require(epochs, learning_rate)
    examples = _checked(examples)
    perceptron = Perceptron((0,) * len(examples[0][0]), 0)
    mistakes: list[int] = []
    seen = {perceptron: 0}
    period = None
    while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
        perceptron, wrong = _epoch(perceptron, examples, learning_rate)
        mistakes.append(wrong)
        if wrong and period is None and perceptron in seen:
            period = len(mistakes) - seen[perceptron]
        seen[perceptron] = len(mistakes)
    return Learning(perceptron, tuple(mistakes), period)


def _epoch(perceptron: Perceptron, examples: Sequence[Example], rate: float) -> tuple[Perceptron, int]:
    """Once through the examples; returns the perceptron after it, and the mistakes made."""
    mistakes = 0
    for inputs, wanted in examples:
        error = wanted - perceptron.fires(inputs)
        if error:
            mistakes += 1
            moved = (w + rate * error * x for w, x in zip(perceptron.weights, inputs, strict=True))
            perceptron = Perceptron(tuple(moved), perceptron.bias + rate * error)
    return perceptron, mistakes


def _require(epochs: Any, learning_rate: Any) -> None:
    if not isinstance(epochs, int) or epochs < 1:
        raise SettingError(f"epochs are a whole number, at least 1, not {epochs!r}.")
    if not isinstance(learning_rate, (int, float)) or not 0 < learning_rate < inf:
        raise SettingError(f"a learning rate is a finite number above 0, not {learning_rate!r}.")


def _checked(examples: Sequence[Example]) -> list[Example]:
    """The examples, all of one length, as plain numbers."""
    if len(examples) == 0:
        raise DataError("there is nothing to learn from: give at least one pair of inputs and an answer.")
    checked: list[Example] = []
    for place, (inputs, wanted) in enumerate(examples, start=1):
        if len(inputs) != len(examples[0][0]):
            raise DataError(f"example {place} has {len(inputs)} inputs, the first has {len(examples[0][0])}.")
        if wanted not in (0, 1):
            raise DataError(f"example {place}: the answer wanted is 0 or 1, not {wanted!r}.")
        try:
            checked.append((plain_numbers(inputs), int(wanted)))
        except DataError as error:
            raise DataError(f"example {place}: {error}") from None
    return checked
