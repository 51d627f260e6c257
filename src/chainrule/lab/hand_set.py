"""Networks that are near any function one likes, their weights set by hand: steps, bumps and towers."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from chainrule.errors import DataError, SettingError
from chainrule.layers.activations import Sigmoid
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Layer
from chainrule.network import Network
from chainrule.numerics.parameters import Array

__all__ = [
    "FUNCTIONS",
    "SURFACES",
    "approximate",
    "approximate_surface",
    "bump",
    "errors",
    "several",
    "step",
]

Function = Callable[[Array], Array]
Surface = Callable[[Array, Array], Array]

FUNCTIONS: dict[str, Function] = {
    "book": lambda x: 0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x),
    "wave": lambda x: 0.5 + 0.4 * np.sin(2 * np.pi * x),
    "root": np.sqrt,
    "jump": lambda x: np.where(x < 1 / np.pi, 0.2, 0.8),
}
"""Functions of x from 0 to 1: the book's, a smooth wave, √x (infinitely steep at 0), and one with a jump."""

SURFACES: dict[str, Surface] = {
    "waves": lambda x, y: 0.5 + 0.4 * np.sin(2 * np.pi * x) * np.cos(2 * np.pi * y),
    "hill": lambda x, y: np.exp(-8 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)),
    "plane": lambda x, y: 0.3 + 0.3 * x + 0.3 * y,
}
"""Functions of x and y from 0 to 1."""


def step(weight: float, place: float) -> Network:
    """One sigmoid neuron whose output passes 1/2 at ``place``: its bias is −weight · place; float64."""
    network = Network([1, 1], dtype=np.float64)
    network.parameters.values[:] = weight, -weight * place
    return network


def bump(weight: float, begin: float, end: float, height: float) -> Network:
    """Two steps, one up by ``height`` and one down again, added by a linear output; float64."""
    return _row_of_bumps(weight, np.array([begin]), np.array([end]), np.array([height]))


def approximate(function: Function, pairs: int, steepness: float) -> Network:
    """A network that is near ``function`` on inputs from 0 to 1; nothing is learnt.

    The interval is cut into equal parts. A pair of hidden sigmoid neurons makes a bump over each: one steps
    up where the part begins, the other where it ends, and the linear output adds the first and subtracts
    the second, times the function's value in the middle of the part. The outermost steps lie half a
    part outside, so that 0 and 1 themselves are under a bump. Try it with a function of your own::

        network = approximate(lambda x: abs(x - 0.5), pairs=50, steepness=300)
        network.predict([[0.25], [0.5]])

    Args:
        function: takes an array of inputs, ``(n,)`` float64, and returns as many values.
        pairs: how many bumps, at least 1.
        steepness: the weight w of every hidden neuron; a flank is about 4.4 / w wide.

    Returns:
        ``Network([Dense(2 * pairs), Sigmoid(), Dense(1)], input_shape=1)``, float64.

    Raises:
        SettingError: a number of pairs or a steepness that cannot be.
        DataError: the function does not return as many finite numbers as it was given.
    """
    _require_whole("pairs", pairs)
    _require_positive("steepness", steepness)
    edges = np.linspace(0.0, 1.0, pairs + 1)
    heights = _values((edges[:-1] + edges[1:]) / 2, function)
    edges[0], edges[-1] = -0.5 / pairs, 1 + 0.5 / pairs
    return _row_of_bumps(steepness, edges[:-1], edges[1:], heights)


def approximate_surface(function: Surface, towers: int, steepness: float, height: float) -> Network:
    """A network near a function of two inputs from 0 to 1: ``towers`` times ``towers`` towers of its height.

    The first hidden layer holds steps along x and steps along y. Two of each make a bump along x and one
    along y, both ``height`` high; where they cross, their sum is twice that. A neuron of the second
    hidden layer with the bias −3/2 · ``height`` is on only there: that is a tower. The output adds the
    towers, each times the function's value in its middle. A tower needs four steps; neighbours share them.

    Args:
        function: takes arrays of x and of y, ``(n,)`` float64, and returns as many values.
        towers: how many along each side, at least 1.
        steepness: the weight of every step.
        height: the weight from steps to towers; the larger, the less a tower lets through outside.

    Returns:
        ``Network([Dense(2 * towers + 2), Sigmoid(), Dense(towers**2), Sigmoid(), Dense(1)], input_shape=2)``,
        float64.

    Raises:
        SettingError: a number that cannot be.
        DataError: the function does not return as many finite numbers as it was given.
    """
    _require_whole("towers", towers)
    _require_positive("steepness", steepness)
    _require_positive("height", height)
    edges = np.linspace(0.0, 1.0, towers + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    x, y = (each.ravel() for each in np.meshgrid(middles, middles, indexing="ij"))
    edges[0], edges[-1] = -0.5 / towers, 1 + 0.5 / towers
    layers: list[Layer[Any]] = [Dense(2 * towers + 2), Sigmoid(), Dense(towers**2), Sigmoid(), Dense(1)]
    network = Network(layers, input_shape=2, dtype=np.float64)
    network.parameters.values[:] = 0.0
    view = network.parameters.view
    view("0.weights")[: towers + 1, 0] = steepness
    view("0.weights")[towers + 1 :, 1] = steepness
    view("0.biases")[:] = -steepness * np.tile(edges, 2)
    up_and_down = height * (np.eye(towers, towers + 1) - np.eye(towers, towers + 1, 1))
    place = np.arange(towers)
    view("2.weights")[:, : towers + 1] = up_and_down[np.repeat(place, towers)]
    view("2.weights")[:, towers + 1 :] = up_and_down[np.tile(place, towers)]
    view("2.biases")[:] = -1.5 * height
    view("4.weights")[0] = _values(x, lambda x: function(x, y))
    return network


def errors(network: Network, function: Function, inputs: Array) -> tuple[float, float]:
    """The largest and the mean distance between network and function over these inputs, ``(n,)``."""
    apart = np.abs(network.predict(inputs[:, np.newaxis])[:, 0] - function(inputs))
    return float(apart.max()), float(apart.mean())


def several(name: str, numbers: tuple[float, ...]) -> Array:
    """Numbers to fit a line through, as an array.

    Raises:
        SettingError: fewer than two different ones.
    """
    if len(set(numbers)) < 2:
        raise SettingError(f"{name}: expected two different numbers or more, to see how the error falls.")
    return np.array(numbers)


def _row_of_bumps(weight: float, begins: Array, ends: Array, heights: Array) -> Network:
    layers: list[Layer[Any]] = [Dense(2 * len(heights)), Sigmoid(), Dense(1)]
    network = Network(layers, input_shape=1, dtype=np.float64)
    view = network.parameters.view
    view("0.weights")[:] = weight
    view("0.biases")[:] = -weight * np.concatenate([begins, ends])
    view("2.weights")[0] = np.concatenate([heights, -heights])
    view("2.biases")[:] = 0.0
    return network


def _require_whole(name: str, value: int) -> None:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise SettingError(f"{name}: expected a whole number of at least 1, not {value!r}.")


def _require_positive(name: str, value: float) -> None:
    if not isinstance(value, (int, float)) or not (isfinite(value) and value > 0):
        raise SettingError(f"{name}: expected a finite number above 0, not {value!r}.")


def _values(inputs: Array, function: Function) -> Array:
    values = np.asarray(function(inputs))
    if values.shape != inputs.shape or values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        raise DataError(
            f"the function was given {len(inputs)} inputs from 0 to 1 as an array and should return as many "
            f"finite numbers; got {values.dtype} of shape {values.shape}. Write it with NumPy's functions."
        )
    return values
