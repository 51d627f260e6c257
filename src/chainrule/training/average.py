"""A moving average of all that a network learns and gathers, which answers better than its last value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array, ParameterVector

__all__ = ["MovingAverage"]


class MovingAverage:
    """w̄ ← d w̄ + (1 − d) w after every step, an exponential moving average.

    In the first steps d is (1 + t) / (10 + t) where that is smaller, so that the start is soon forgotten.

    What layers gather is averaged with the same weights, so that the statistics of a batch normalisation
    are those of the networks that w̄ is the mean of, not of the last of them. For a mean of x wᵀ that is
    exact, the mean being linear in w; a variance is a little too large, by how much w varied while it
    was averaged, which goes to nothing as the learning rate does.

    Args:
        decay: d, at least 0 and below 1.

    Attributes:
        line: ``(n,)`` w̄.
        state: the averages of what is gathered, by name.
        steps: t, how many steps it has seen.
    """

    def __init__(self, decay: float) -> None:
        if not 0 <= decay < 1:
            raise SettingError(f"the decay of a moving average is at least 0 and below 1, not {decay}.")
        self.decay = decay

    def bind(self, vector: ParameterVector, state: Mapping[str, Array]) -> None:
        """Begin anew at the present values of a network's vector and state."""
        self.line: Array = vector.values.copy()
        self.state = {name: array.copy() for name, array in state.items()}
        present, averages = [vector.values, *state.values()], [self.line, *self.state.values()]
        self.parts = [
            (now, average, np.empty_like(now)) for now, average in zip(present, averages, strict=True)
        ]
        self.steps = 0

    def update(self) -> None:
        """Take the present values in."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for now, average, scratch in self.parts:
            np.subtract(now, average, out=scratch)
            np.multiply(scratch, 1.0 - decay, out=scratch)
            np.add(average, scratch, out=average)
        self.steps += 1

    def settle(self) -> None:
        """Let the network be the average from now on."""
        for now, average, _ in self.parts:
            np.copyto(now, average)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the network answer with the average; on leaving, its own values are back."""
        for now, _, scratch in self.parts:
            np.copyto(scratch, now)
        self.settle()
        try:
            yield
        finally:
            for now, _, scratch in self.parts:
                np.copyto(now, scratch)
