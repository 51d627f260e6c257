"""Every trainable number of a network in one contiguous line, and its gradient in a second one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chainrule.numerics.initializers import Initializer

__all__ = ["Array", "Parameter", "ParameterVector"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Parameter:
    """One array that a layer learns: its name, its shape, and how it starts.

    ``weight`` is True for the weights of connections, which regularisers act on, and False for
    biases, slopes, and the scales and shifts of a normalisation, which they leave alone.
    ``fan_in`` and ``fan_out`` are the connections into and out of one neuron.
    """

    name: str
    shape: tuple[int, ...]
    initializer: Initializer
    fan_in: int
    fan_out: int
    weight: bool = False

    @property
    def size(self) -> int:
        """How many numbers the array holds."""
        return prod(self.shape)


class ParameterVector:
    """Two lines of the same length: ``values`` and ``gradient``; layers hold views into both.

    All weights stand first, everything that is no weight (biases, slopes, ...) after them, so that
    ``weights`` and ``weights_gradient`` are plain slices: a regulariser, an optimiser, a norm, a
    moving average or a checkpoint is one expression over one array.

    Args:
        parameters: what the layers learn, in the order of the layers; names must differ.
        dtype: float32, or float64 where the arithmetic itself is under examination.

    Attributes:
        values: ``(n,)`` every trainable number.
        gradient: ``(n,)`` the derivative of the loss by each of them, written by ``backward``.
        weights: ``(w,)`` view: the first ``w`` values, those that are weights.
        weights_gradient: ``(w,)`` view: their gradient.
    """

    def __init__(self, parameters: Sequence[Parameter], dtype: DTypeLike = np.float32) -> None:
        in_line = sorted(parameters, key=lambda parameter: not parameter.weight)
        self.parameters = {parameter.name: parameter for parameter in parameters}
        if len(self.parameters) != len(parameters):
            raise ValueError("two parameters bear the same name")
        count = sum(parameter.size for parameter in parameters)
        weight_count = sum(parameter.size for parameter in parameters if parameter.weight)
        self.values: Array = np.zeros(count, dtype)
        self.gradient: Array = np.zeros(count, dtype)
        self.weights: Array = self.values[:weight_count]
        self.weights_gradient: Array = self.gradient[:weight_count]
        self.places: dict[str, slice] = {}
        start = 0
        for parameter in in_line:
            self.places[parameter.name] = slice(start, start + parameter.size)
            start += parameter.size

    def __len__(self) -> int:
        return len(self.values)

    def view(self, name: str, line: Array | None = None) -> Array:
        """The part called ``name``, in its own shape, of ``values`` or of any line of this length."""
        line = self.values if line is None else line
        return line[self.places[name]].reshape(self.parameters[name].shape)

    def weight_views(self) -> Iterator[Array]:
        """The weight arrays one after the other, each ``(fan_out, ...)``, as views."""
        return (self.view(name) for name, parameter in self.parameters.items() if parameter.weight)

    def initialize(self, generator: np.random.Generator) -> None:
        """Draw every parameter's start, in the order of the layers.

        The numbers are drawn in float64 and then rounded, so a float32 and a float64 network
        from one seed start at the same point.
        """
        for name, parameter in self.parameters.items():
            self.view(name)[...] = parameter.initializer(
                generator, parameter.shape, parameter.fan_in, parameter.fan_out
            )
