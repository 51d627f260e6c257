"""The layers of the book's chapter 6 by their names, and the layers of chainrule that each consists of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from chainrule.book.neurons import sigmoid
from chainrule.errors import SettingError
from chainrule.layers.activations import ReLU as RectifiedLinear
from chainrule.layers.activations import Sigmoid, Softmax, Tanh
from chainrule.layers.convolution import Convolution
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout, DropoutWorkspace
from chainrule.layers.layer import Layer, Shape
from chainrule.layers.pooling import MaxPool
from chainrule.layers.reshape import Flatten, Reshape
from chainrule.numerics.initializers import Normal
from chainrule.numerics.parameters import Array

__all__ = ["BookLayer", "ConvPoolLayer", "FullyConnectedLayer", "ReLU", "SoftmaxLayer", "linear", "tanh"]

Function = Callable[[ArrayLike], Any]


def linear(z: ArrayLike) -> Any:
    """What comes in, as it is: no activation function."""
    return z


def ReLU(z: ArrayLike) -> Any:
    """max(0, z), elementwise: the rectified linear unit."""
    return np.maximum(z, 0.0)


def tanh(z: ArrayLike) -> Any:
    """The hyperbolic tangent of z, elementwise."""
    return np.tanh(z)


ACTIVATIONS: dict[Function, type[Layer[Any]] | None] = {
    sigmoid: Sigmoid,
    tanh: Tanh,
    ReLU: RectifiedLinear,
    linear: None,
}


@dataclass(eq=False)
class BookDropout(Dropout):
    """The book's dropout: silenced at random in training, times 1 − p in answering.

    It is chainrule's own times 1 − p in both passes: a = m x in training, which is not divided by
    1 − p, and a = (1 − p) x in answering. The answers agree with chainrule's where the weights that
    follow are 1/(1 − p) times as large; the steps of gradient descent are other ones.
    """

    def forward(self, inputs: Array, workspace: DropoutWorkspace) -> Array:
        return np.multiply(super().forward(inputs, workspace), 1.0 - self.rate, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: DropoutWorkspace) -> Array:
        gradient = super().backward(output_gradient, workspace)
        return np.multiply(gradient, 1.0 - self.rate, out=gradient)


class BookLayer:
    """What the three layers have in common: weights and biases in the book's shapes.

    Attributes:
        takes: the shape of one example that comes in, as chainrule has it: images are
            ``(height, width, channels)``.
    """

    takes: Shape
    learnt: Convolution | Dense

    def parts(self, before: Shape) -> list[Layer[Any]]:
        """New layers of chainrule for examples of the shape ``before``.

        Raises:
            SettingError: it does not fit what this layer takes.
        """
        raise NotImplementedError

    @property
    def w(self) -> Array:
        """The weights, a view: ``(n_in, n_out)``, or ``(filters, maps, height, width)`` of a convolution.

        Raises:
            SettingError: the layer stands in no network yet.
        """
        weights = self._in_a_network().weights
        return weights.transpose(0, 3, 1, 2) if weights.ndim == 4 else weights.T

    @property
    def b(self) -> Array:
        """The biases, a view: ``(n_out,)`` or ``(filters,)``.

        Raises:
            SettingError: the layer stands in no network yet.
        """
        return self._in_a_network().biases

    @property
    def params(self) -> list[Array]:
        """``[w, b]``."""
        return [self.w, self.b]

    def _in_a_network(self) -> Convolution | Dense:
        if not hasattr(self, "learnt"):
            raise SettingError(
                "a layer has no weights before Network([...], mini_batch_size) draws them. Make the network "
                "first."
            )
        return self.learnt


class ConvPoolLayer(BookLayer):
    """A convolution, then the largest of every pool, then the activation function.

    The filters are laid on the image as they are, not turned round as the book's library turns them: the
    same numbers are learnt, in another order.

    Args:
        filter_shape: ``(filters, maps that come in, height, width)``.
        image_shape: ``(mini_batch_size, maps, height, width)`` of what comes in.
        poolsize: ``(height, width)`` of a pool.
        activation_fn: ``sigmoid``, ``tanh``, ``ReLU`` or ``linear``.

    Raises:
        SettingError: shapes that are no shapes, or do not go together; another activation function.
    """

    def __init__(
        self,
        filter_shape: Sequence[int],
        image_shape: Sequence[int],
        poolsize: Sequence[int] = (2, 2),
        activation_fn: Function = sigmoid,
    ) -> None:
        self.filter_shape = _sides(filter_shape, 4, "filter_shape", "(filters, maps, height, width)")
        self.image_shape = _sides(image_shape, 4, "image_shape", "(mini_batch_size, maps, height, width)")
        self.poolsize = _sides(poolsize, 2, "poolsize", "(height, width)")
        self.activation_fn = activation_fn
        self._activation = _activation(activation_fn)
        self.mini_batch_size, maps, height, width = self.image_shape
        self.takes = height, width, maps
        if self.filter_shape[1] != maps:
            raise SettingError(
                f"filter_shape {self.filter_shape} looks at {self.filter_shape[1]} maps, but image_shape "
                f"{self.image_shape} has {maps}. The second number of both is the same."
            )

    def parts(self, before: Shape) -> list[Layer[Any]]:
        filters, _, *window = self.filter_shape
        spread = sqrt(prod(self.poolsize) / (filters * prod(window)))
        self.learnt = Convolution(
            filters, (window[0], window[1]), initializer=Normal(spread), bias_initializer="normal"
        )
        parts: list[Layer[Any]] = [
            self.learnt,
            MaxPool((self.poolsize[0], self.poolsize[1])),
            *self._activation,
        ]
        if before == self.takes:
            return parts
        if len(before) == 1 and prod(before) == prod(self.takes):
            return [Reshape(self.takes), *parts]
        height, width, maps = self.takes
        came = f"{before[2]} maps of {before[0]}×{before[1]}" if len(before) == 3 else f"{before[0]} numbers"
        raise SettingError(
            f"image_shape {self.image_shape} says {maps} maps of {height}×{width}, but {came} come from the "
            "layer before. After a filter of side f and a pool of side p a map of side s has (s − f + 1) / p."
        )


class FullyConnectedLayer(BookLayer):
    """Every neuron sees all numbers that come in.

    Args:
        n_in: numbers that come in.
        n_out: neurons.
        activation_fn: ``sigmoid``, ``tanh``, ``ReLU`` or ``linear``.
        p_dropout: the share of what comes *in* that is silenced at each step.

    Raises:
        SettingError: sizes or a share that cannot be; another activation function.
    """

    def __init__(
        self, n_in: int, n_out: int, activation_fn: Function = sigmoid, p_dropout: float = 0.0
    ) -> None:
        self.activation_fn = activation_fn
        self._activation = _activation(activation_fn)
        self._sizes(n_in, n_out, p_dropout)

    def _sizes(self, n_in: int, n_out: int, p_dropout: float) -> None:
        self.n_in, self.n_out = _sides((n_in, n_out), 2, "(n_in, n_out)", "two sizes")
        self.takes = (self.n_in,)
        self.p_dropout = p_dropout
        self._dropout = [BookDropout(p_dropout)] if p_dropout else []

    def parts(self, before: Shape) -> list[Layer[Any]]:
        self.learnt = Dense(self.n_out, initializer=Normal(sqrt(1.0 / self.n_out)), bias_initializer="normal")
        return [*self._way_in(before), self.learnt, *self._activation]

    def _way_in(self, before: Shape) -> list[Layer[Any]]:
        if prod(before) != self.n_in:
            fits = f"{before[2]}*{before[0]}*{before[1]}" if len(before) == 3 else str(prod(before))
            raise SettingError(
                f"n_in is {self.n_in}, but {prod(before)} numbers come from the layer before. "
                f"Write n_in={fits}."
            )
        return [*([Flatten()] if len(before) > 1 else []), *self._dropout]


class SoftmaxLayer(FullyConnectedLayer):
    """The last layer: fully connected, starting from 0, and its outputs sum to 1.

    Args:
        n_in: numbers that come in.
        n_out: classes.
        p_dropout: the share of what comes *in* that is silenced at each step.

    Raises:
        SettingError: sizes or a share that cannot be.
    """

    def __init__(self, n_in: int, n_out: int, p_dropout: float = 0.0) -> None:
        self._sizes(n_in, n_out, p_dropout)

    def parts(self, before: Shape) -> list[Layer[Any]]:
        self.learnt = Dense(self.n_out, initializer="constant")
        return [*self._way_in(before), self.learnt, Softmax()]


def _sides(given: Sequence[int], count: int, name: str, form: str) -> tuple[int, ...]:
    sides = tuple(given) if isinstance(given, (tuple, list)) else ()
    whole = all(isinstance(side, (int, np.integer)) and not isinstance(side, bool) for side in sides)
    if len(sides) != count or not whole or min(sides) < 1:
        raise SettingError(f"{name}: expected {form}, whole numbers from 1, got {given!r:.80}.")
    return tuple(int(side) for side in sides)


def _activation(function: Function) -> list[Layer[Any]]:
    known = next((name for name in ACTIVATIONS if name is function), None)
    if known is None:
        raise SettingError(
            f"activation_fn: expected sigmoid, tanh, ReLU or linear of network3, got {function!r:.80}."
        )
    kind = ACTIVATIONS[known]
    return [kind()] if kind else []
