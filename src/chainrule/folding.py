"""A network for answering only: each batch normalisation folded into the layer before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from chainrule.layers.convolution import Convolution
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.layer import Layer
from chainrule.layers.normalization import BatchNorm
from chainrule.layers.sequential import Sequential
from chainrule.network import Network
from chainrule.numerics.parameters import Array

__all__ = ["folded"]


def folded(network: Network) -> Network:
    """A new network with fewer layers that answers as this one does, but for rounding.

    In answering, a BatchNorm multiplies and adds numbers that no longer change. After a Dense layer or a
    Convolution, which give z = x wᵀ + b, it is therefore the same layer with other numbers:

        γ (z − μ) / √(v + ε) + β  =  x w'ᵀ + b',   w'[j] = f[j] w[j],   b'[j] = f[j] (b[j] − μ[j]) + β[j],
        f[j] = γ[j] / √(v[j] + ε)

    for each neuron or filter j. The layer has biases from then on. Dropout does nothing in answering and
    is left out. A BatchNorm that follows another kind of layer, or stands first in its block, stays.

    Scaling, class names and training record go along; the network given is as it was, and nothing is
    shared with it. Further training would begin without the normalisation: train first, then fold.
    """
    arrays = {name: network.parameters.view(name) for name in network.parameters.parameters}
    layers, numbers = _folded_chain(network.layers, "", arrays | network.state)
    again = Network(
        layers or [Sequential([])],
        network.input_shape,
        seed=0,
        dtype=network.dtype,
        scaling=network.scaling,
        class_names=network.class_names,
    )
    for name, array in numbers.items():
        kept = again.state[name] if name in again.state else again.parameters.view(name)
        kept[...] = array
    again.training_record = deepcopy(network.training_record)
    return again


def _folded_chain(
    layers: Sequence[Layer[Any]], prefix: str, arrays: Mapping[str, Array]
) -> tuple[list[Layer[Any]], dict[str, Array]]:
    """New layers for these, and the arrays they need by their new names below ``prefix``."""
    made: list[Layer[Any]] = []
    numbers: dict[str, Array] = {}
    for index, layer in enumerate(layers):
        start = f"{index}."
        own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        if isinstance(layer, Dropout):
            continue
        if isinstance(layer, BatchNorm) and made and isinstance(made[-1], (Dense, Convolution)):
            before = f"{prefix}{len(made) - 1}."
            weights, biases = numbers[f"{before}weights"], numbers.get(f"{before}biases", 0.0)
            factor = own["scale"] / np.sqrt(own["running_variance"] + layer.epsilon)
            numbers[f"{before}weights"] = weights * factor.reshape(-1, *[1] * (weights.ndim - 1))
            numbers[f"{before}biases"] = (biases - own["running_mean"]) * factor + own["shift"]
            made[-1] = replace(made[-1], bias=True)
            continue
        place = f"{prefix}{len(made)}."
        if isinstance(layer, Sequential):
            inner, below = _folded_chain(layer.layers, place, own)
            made.append(replace(layer, layers=inner))
            numbers |= below
        else:
            made.append(replace(layer))  # type: ignore[type-var]
            numbers |= {f"{place}{name}": array for name, array in own.items()}
    return made, numbers
