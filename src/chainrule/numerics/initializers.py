"""How a parameter starts: a shape and the number of connections in, an array of first values out."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import SettingError, UnknownNameError

__all__ = [
    "INITIALIZERS",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "Initializer",
    "LecunNormal",
    "Normal",
    "initializer_named",
]


class Initializer:
    """A start: called with a generator, a shape and the fans, it returns float64 values of that shape."""

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        raise NotImplementedError


@dataclass(frozen=True)
class Normal(Initializer):
    """N(0, sd²) whatever the fans: with sd = 1 the start of the book's first chapters."""

    sd: float = 1.0

    def __post_init__(self) -> None:
        if not (isfinite(self.sd) and self.sd > 0):
            raise SettingError(f"the standard deviation of a normal start must be positive, not {self.sd}.")

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        return self.sd * generator.standard_normal(shape)


@dataclass(frozen=True)
class LecunNormal(Initializer):
    """N(0, 1/fan_in): keeps a weighted input near variance 1 (book chapter 3; LeCun et al. 1998)."""

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        return sqrt(1 / fan_in) * generator.standard_normal(shape)


@dataclass(frozen=True)
class GlorotNormal(Initializer):
    """Xavier's start, N(0, 2/(fan_in + fan_out)): balances both directions (Glorot and Bengio 2010)."""

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        return sqrt(2 / (fan_in + fan_out)) * generator.standard_normal(shape)


@dataclass(frozen=True)
class GlorotUniform(Initializer):
    """Xavier's start drawn evenly from ±√(6/(fan_in + fan_out)) (Glorot and Bengio 2010)."""

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        limit = sqrt(6 / (fan_in + fan_out))
        return generator.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class HeNormal(Initializer):
    """N(0, 2/fan_in): makes up for the half that a ReLU cuts off (He et al. 2015)."""

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        return sqrt(2 / fan_in) * generator.standard_normal(shape)


@dataclass(frozen=True)
class Constant(Initializer):
    """The same value everywhere; draws nothing from the generator."""

    value: float = 0.0

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            raise SettingError(f"a constant start must be finite, not {self.value}.")

    def __call__(
        self, generator: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int
    ) -> NDArray[np.float64]:
        return np.full(shape, self.value, np.float64)


INITIALIZERS: dict[str, type[Initializer]] = {
    "normal": Normal,
    "lecun_normal": LecunNormal,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "constant": Constant,
}


def initializer_named(name: str | Initializer) -> Initializer:
    """The initialiser of that name with its default settings; an initialiser comes back as it is.

    Raises:
        UnknownNameError: no initialiser bears the name.
    """
    if isinstance(name, Initializer):
        return name
    if name not in INITIALIZERS:
        raise UnknownNameError("initializer", name, INITIALIZERS)
    return INITIALIZERS[name]()
