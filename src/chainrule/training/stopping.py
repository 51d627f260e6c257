"""When to stop early: a rule is a function of the validation accuracies so far.

It returns the reason to stop, or None to go on. Having no memory of its own, it is resumed by
being called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainrule.errors import SettingError

__all__ = ["Patience", "StoppingRule", "falling"]

StoppingRule = Callable[[Sequence[float]], str | None]


@dataclass(frozen=True)
class Patience:
    """Stop when accuracy has not passed its best for ``evaluations`` evaluations (book, chapter 3)."""

    evaluations: int = 10

    def __post_init__(self) -> None:
        if self.evaluations < 1:
            raise SettingError(f"patience is at least 1 evaluation, not {self.evaluations}.")

    def __call__(self, accuracies: Sequence[float]) -> str | None:
        if not accuracies:
            return None
        best = max(accuracies)
        waited = len(accuracies) - 1 - list(accuracies).index(best)
        if waited < self.evaluations:
            return None
        return f"validation accuracy has not passed {best:.2%} for {waited} evaluations"


def falling(accuracies: Sequence[float]) -> str | None:
    """Stop as soon as accuracy is lower than at the evaluation before: the rule of note 002."""
    if len(accuracies) < 2 or accuracies[-1] >= accuracies[-2]:
        return None
    return f"validation accuracy began to fall, from {accuracies[-2]:.2%} to {accuracies[-1]:.2%}"
