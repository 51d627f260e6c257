"""How the learning rate changes while training: a schedule is a function of where training stands.

It is called before every step as ``schedule(epoch, epochs, accuracies)`` and returns the factor by
which the learning rate is multiplied. ``epoch`` counts from 0 and has a fraction (2.5 is half-way
through the third epoch), ``epochs`` is how many there will be, ``accuracies`` are the validation
accuracies so far, oldest first. Having no memory of its own, a schedule is resumed by being called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, floor, isfinite, pi

from chainrule.errors import SettingError, UnknownNameError

__all__ = [
    "SCHEDULES",
    "Cosine",
    "Exponential",
    "HalveWhenStalled",
    "OneCycle",
    "Schedule",
    "StepDecay",
    "constant",
    "schedule_named",
]

Schedule = Callable[[float, int, Sequence[float]], float]


def constant(epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
    """The learning rate stays as it is."""
    return 1.0


@dataclass(frozen=True)
class StepDecay:
    """After every ``every`` epochs the rate is multiplied by ``factor``."""

    every: float = 10
    factor: float = 0.5

    def __post_init__(self) -> None:
        _positive(self.every, "the epochs between two steps of a schedule")
        _share(self.factor, "the factor of a step schedule")

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        return float(self.factor ** floor(epoch / self.every))


@dataclass(frozen=True)
class Exponential:
    """The rate is multiplied by ``factor`` in the course of each epoch, evenly."""

    factor: float = 0.95

    def __post_init__(self) -> None:
        _share(self.factor, "the factor of an exponential schedule")

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        return float(self.factor**epoch)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from 1 down to ``final`` (Loshchilov and Hutter 2017, one period)."""

    final: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.final <= 1:
            raise SettingError(f"the final factor of a cosine schedule is from 0 to 1, not {self.final}.")

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        return self.final + (1.0 - self.final) * 0.5 * (1.0 + cos(pi * min(epoch / epochs, 1.0)))


@dataclass(frozen=True)
class OneCycle:
    """Up from ``start`` to 1 within the share ``warmup`` of training, then down to ``final`` (Smith 2018).

    Both ways follow half a cosine.
    """

    warmup: float = 0.3
    start: float = 0.04
    final: float = 0.0001

    def __post_init__(self) -> None:
        if not 0 < self.warmup < 1:
            raise SettingError(
                f"the warm-up of a one-cycle schedule is a share above 0 and below 1, not {self.warmup}."
            )
        _share(self.start, "the start of a one-cycle schedule")
        _share(self.final, "the end of a one-cycle schedule")

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        done = min(epoch / epochs, 1.0)
        if done < self.warmup:
            return self.start + (1.0 - self.start) * 0.5 * (1.0 - cos(pi * done / self.warmup))
        return self.final + (1.0 - self.final) * 0.5 * (
            1.0 + cos(pi * (done - self.warmup) / (1.0 - self.warmup))
        )


@dataclass(frozen=True)
class HalveWhenStalled:
    """The rate is halved when validation accuracy has not risen for ``patience`` evaluations (book, ch. 3).

    After a halving the waiting begins anew. It needs a validation part; without one nothing is halved.
    """

    patience: int = 5

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise SettingError(f"the patience of a schedule is at least 1 evaluation, not {self.patience}.")

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        factor, best, waited = 1.0, float("-inf"), 0
        for accuracy in accuracies:
            waited = 0 if accuracy > best else waited + 1
            best = max(best, accuracy)
            if waited == self.patience:
                factor, waited = factor / 2, 0
        return factor


SCHEDULES: dict[str, Callable[[], Schedule]] = {
    "constant": lambda: constant,
    "step": StepDecay,
    "exponential": Exponential,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "halve_when_stalled": HalveWhenStalled,
}


def schedule_named(name: str | Schedule) -> Schedule:
    """The schedule of that name with its default settings; a schedule comes back as it is.

    Raises:
        UnknownNameError: no schedule bears the name.
    """
    if not isinstance(name, str):
        return name
    if name not in SCHEDULES:
        raise UnknownNameError("schedule", name, SCHEDULES)
    return SCHEDULES[name]()


def _positive(value: float, what: str) -> None:
    if not (isfinite(value) and value > 0):
        raise SettingError(f"{what} must be above 0, not {value}.")


def _share(value: float, what: str) -> None:
    if not 0 < value <= 1:
        raise SettingError(f"{what} must be above 0 and at most 1, not {value}.")
