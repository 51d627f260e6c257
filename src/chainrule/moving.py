"""A network that looks at one image, moved along a strip of any width."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.activations import Softmax
from chainrule.layers.layer import Layer
from chainrule.layers.padding import ZeroPad
from chainrule.layers.registry import described, rebuilt
from chainrule.layers.reshape import Flatten, Reshape
from chainrule.layers.sequential import Sequential
from chainrule.network import Network

__all__ = ["is_movable", "moved_along", "take_over"]


def is_movable(network: Network) -> bool:
    """Whether a network can be moved along a strip: see `moved_along`."""
    kinds = [type(layer) for layer in network.layers]
    return kinds[0] is ZeroPad and kinds[-2:] == [Flatten, Softmax]


def moved_along(network: Network, width: int) -> Network:
    """The same network for strips, which are as high as its images and ``width`` columns wide.

    The network begins with a ZeroPad, which strips do without, and ends with Flatten and Softmax; between
    them stand convolutions and other layers that take images of any width. On a strip they give one answer
    a place, and places lie as far apart as all strides together. At each place it answers what the network
    would answer about the columns seen there, but what several places see is worked on once (Matan et al.
    1992; Long et al. 2015).

    Args:
        network: as described; it is left as it is.
        width: columns, at least as many as an image has with its margin.

    Returns:
        A network of its own, for inputs ``(height, width, channels)``, with outputs ``(places, classes)``.

    Raises:
        SettingError: another kind of network, or a strip that is too narrow.
    """
    if not is_movable(network):
        raise SettingError(
            "only a network that begins with ZeroPad and ends with Flatten and Softmax moves along a strip; "
            f"{network!r} does not."
        )
    layers: list[Layer[Any]] = [rebuilt(described(layer)) for layer in network.layers]
    shape = (network.input_shape[0], width, *network.input_shape[2:])
    layers[0] = ZeroPad(0)
    rows, places, classes = Sequential(layers[:-2]).output_shape(shape)
    if rows != 1:
        raise SettingError(f"a network that moves along a strip gives one row of answers, not {rows}.")
    layers[-2] = Reshape((places, classes))
    moved = Network(
        layers,
        shape,
        seed=0,
        dtype=network.dtype,
        scaling=network.scaling,
        class_names=network.class_names,
    )
    take_over(moved, network)
    return moved


def take_over(network: Network, other: Network) -> None:
    """Give a network the parameters and gathered statistics of another with the same ones."""
    np.copyto(network.parameters.values, other.parameters.values)
    for name, array in other.state.items():
        np.copyto(network.state[name], array)
