"""The weights as ``.npy`` files in a folder, the way the notes keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule.errors import DivergedError, SettingError
from chainrule.files import written_whole
from chainrule.layers.dense import Dense
from chainrule.network import Network
from chainrule.numerics.parameters import Array

__all__ = ["write_npy_weights"]


def write_npy_weights(network: Network, folder: str | Path) -> list[Path]:
    """Write each weight and bias array of a network's Dense layers as one ``.npy`` file.

    Two layers without biases, the network of note 000, become ``wih.npy`` (input to hidden) and
    ``who.npy`` (hidden to output). Any other network becomes ``weights_1.npy``, ``biases_1.npy``,
    ``weights_2.npy`` and so on, from the inputs on. Weights are ``(fan_out, fan_in)``, biases
    ``(fan_out,)``, in the network's dtype. Activations are not in the files.

    Returns:
        The files written, in the order of the layers.

    Raises:
        SettingError: a layer that is not Dense learns something, which the files would not hold.
        DivergedError: the network holds NaN or infinity.
        FileError: a file cannot be written; each is whole or not there, earlier ones stay.
    """
    dense = [layer for layer in network.layers if isinstance(layer, Dense)]
    arrays: dict[str, Array] = {}
    for number, layer in enumerate(dense, start=1):
        arrays[f"weights_{number}.npy"] = layer.weights
        if layer.bias:
            arrays[f"biases_{number}.npy"] = layer.biases
    if len(dense) == 2 and len(arrays) == 2:
        arrays = dict(zip(("wih.npy", "who.npy"), arrays.values(), strict=True))
    if len(arrays) != len(network.parameters.parameters):
        raise SettingError(
            f"{folder}: the notes' files hold weights and biases of Dense layers only, and more is learnt in "
            f"{', '.join(type(layer).__name__ for layer in network.layers)}. Save it with save_model instead."
        )
    if not np.isfinite(network.parameters.values).all():
        raise DivergedError(f"{folder}: not saved, because the network holds NaN or infinity.")
    paths = []
    for name, array in arrays.items():
        path = Path(folder) / name
        with written_whole(path) as temporary, open(temporary, "wb") as stream:
            np.save(stream, array, allow_pickle=False)
        paths.append(path)
    return paths
