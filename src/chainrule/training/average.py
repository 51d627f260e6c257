"""A moving average of the parameter vector, which answers better than its last value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array, ParameterVector

__all__ = ["MovingAverage"]


class MovingAverage:
    """w̄ ← d w̄ + (1 − d) w after every step, an exponential moving average.

    In the first steps d is (1 + t) / (10 + t) where that is smaller, so that the start is soon forgotten.

    Args:
        decay: d, at least 0 and below 1.

    Attributes:
        line: ``(n,)`` w̄.
        steps: t, how many steps it has seen.
    """

    def __init__(self, decay: float) -> None:
        if not 0 <= decay < 1:
            raise SettingError(f"the decay of a moving average is at least 0 and below 1, not {decay}.")
        self.decay = decay

    def bind(self, vector: ParameterVector) -> None:
        """Begin anew at this vector's present values."""
        self.vector = vector
        self.line: Array = vector.values.copy()
        self.scratch: Array = np.empty_like(vector.values)
        self.steps = 0

    def update(self) -> None:
        """Take the present values in."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        np.subtract(self.vector.values, self.line, out=self.scratch)
        np.multiply(self.scratch, 1.0 - decay, out=self.scratch)
        np.add(self.line, self.scratch, out=self.line)
        self.steps += 1

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the network answer with the average; on leaving, its own values are back."""
        np.copyto(self.scratch, self.vector.values)
        np.copyto(self.vector.values, self.line)
        try:
            yield
        finally:
            np.copyto(self.vector.values, self.scratch)
