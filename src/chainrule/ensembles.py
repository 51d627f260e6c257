"""Trained networks bound into one, whose answer is the mean of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.ensemble import Ensemble
from chainrule.layers.registry import described, rebuilt
from chainrule.network import Network

__all__ = ["ensemble_of"]


def ensemble_of(networks: Sequence[Network]) -> Network:
    """One network, of a single Ensemble layer, that answers with the mean of what these answer.

    Parameters and gathered statistics are copied; the members are as they were. Members that end in
    Softmax give probabilities, and so does their mean. The training record is ``{"members": [...]}``,
    the members' own. The result is saved, evaluated and described like any other network.

    Raises:
        SettingError: no network, or networks of different inputs, outputs, number type, scaling or class
            names.
    """
    if not networks:
        raise SettingError("an ensemble is made of at least one network; the list is empty.")
    first = networks[0]
    for what in ("input_shape", "output_shape", "dtype", "scaling", "class_names"):
        if any(getattr(network, what) != getattr(first, what) for network in networks):
            found = [getattr(network, what) for network in networks]
            raise SettingError(
                f"the members of an ensemble agree in {what.replace('_', ' ')}; these have {found}."
            )
    members: list[Any] = [[rebuilt(described(layer)) for layer in network.layers] for network in networks]
    whole = Network(
        [Ensemble(members)],
        first.input_shape,
        seed=0,
        dtype=first.dtype,
        scaling=first.scaling,
        class_names=first.class_names,
    )
    for number, network in enumerate(networks):
        for name in network.parameters.parameters:
            np.copyto(whole.parameters.view(f"0.{number}.{name}"), network.parameters.view(name))
        for name, array in network.state.items():
            np.copyto(whole.state[f"0.{number}.{name}"], array)
    whole.training_record = {"members": [deepcopy(network.training_record) for network in networks]}
    return whole
