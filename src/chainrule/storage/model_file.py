"""A network to a file and back: the numbers, and everything needed to use them the same way again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data.dataset import Scaling
from chainrule.errors import ModelFileError, SettingError
from chainrule.layers.registry import rebuilt
from chainrule.layers.sequential import Sequential
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.storage.shipped import model_path
from chainrule.storage.tensor_file import read_tensors, write_tensors

__all__ = ["load_model", "save_model"]


def save_model(network: Network, path: str | Path, dtype: str | None = None) -> None:
    """Write a network as a safetensors file, whole or not at all.

    It holds every parameter and gathered statistic under its own name and shape, and as JSON the
    architecture, number type, scaling of inputs, class names and training record. The same network gives
    the same bytes.

    Args:
        network: what to save; it stays as it is.
        path: the file.
        dtype: number type of the parameters in the file: the network's own if not given, or "float16" for
            half the size. They are then rounded to 11 binary digits, and the network that is loaded,
            which computes in its own number type as before, answers as the rounded parameters do: not
            bit for bit as this one, unless this one's parameters are rounded already.

    Raises:
        DivergedError: the network holds NaN or infinity, or numbers beyond ±65,504 as float16.
        SettingError: another dtype, not one class name an output, or a training record that is not plain
            JSON data.
        FileError: the file cannot be written.
    """
    if dtype not in (None, network.dtype.name, "float16"):
        raise SettingError(
            f"{path}: parameters are saved as {network.dtype.name}, in which this network computes, or as "
            f"float16, not as {dtype!r}."
        )
    tensors = _tensors_of(network)
    if dtype == "float16":
        with np.errstate(over="ignore"):
            tensors |= {
                name: array.astype(np.float16)
                for name, array in tensors.items()
                if name.startswith("parameters/")
            }
    write_tensors(path, tensors, _document_of(network))


def load_model(path: str | Path) -> Network:
    """The network in a file that `save_model` wrote; it answers bit for bit as the saved one did.

    Of a file that holds float16, it answers as the rounded parameters do.

    In place of a path stands the name of a model that comes with the package, such as ``"tiny"``; a file
    of that name goes before. See `shipped_models`.

    The file may come from anywhere: it is checked through before anything is built of it, and
    nothing in it is executed.

    Raises:
        FileError: absent, a folder, or not readable.
        ModelFileError: damaged, cut off, of another kind, from a later version, or over the limits.
    """
    path = model_path(path)
    tensors, document = read_tensors(path, "a model file")
    return _network_from(tensors, document, path)


def _document_of(network: Network) -> dict[str, Any]:
    """What the file says about a network beside its numbers."""
    outputs = network.output_shape[-1]
    if len(network.class_names) != outputs:
        raise SettingError(
            f"a network with {outputs} outputs is saved with as many class names, "
            f"not {len(network.class_names)}. Set network.class_names."
        )
    return {
        "architecture": network.architecture(),
        "dtype": network.dtype.name,
        "scaling": {"scale": float(network.scaling.scale), "shift": float(network.scaling.shift)},
        "class_names": list(network.class_names),
        "training_record": network.training_record,
    }


def _tensors_of(network: Network) -> dict[str, Array]:
    """Views of a network's arrays: ``parameters/<name>`` and ``state/<name>``, each in its own shape."""
    parameters = {
        f"parameters/{name}": network.parameters.view(name) for name in network.parameters.parameters
    }
    return parameters | {f"state/{name}": array for name, array in network.state.items()}


def _network_from(tensors: Mapping[str, Array], document: Mapping[str, Any], path: str | Path) -> Network:
    """The network that a file's arrays and document describe."""
    if "checkpoint_format" in document:
        raise ModelFileError(
            f"{path}: expected a model file, got the checkpoint of a training run. "
            "Resume that run; its model is saved at the end."
        )
    try:
        layers, input_shape = _architecture(document.get("architecture"))
        root = Sequential(layers)
        state_tensors = {name: array for name, array in tensors.items() if name.startswith("state/")}
        parameter_tensors = {name: tensors[name] for name in tensors.keys() - state_tensors.keys()}
        declared = {f"parameters/{part.name}": part.shape for part in root.parameters(input_shape)}
        outputs = root.output_shape(input_shape)[-1]
        dtype, scaling, class_names = _meaning(document, outputs)
        half = any(array.dtype == np.float16 for array in parameter_tensors.values())
        _require_shapes(declared, parameter_tensors, np.dtype(np.float16) if half else dtype)
        with np.errstate(all="ignore"):
            network = Network(
                layers, input_shape, seed=0, dtype=dtype, scaling=scaling, class_names=class_names
            )
        states = {f"state/{name}": array.shape for name, array in network.state.items()}
        _require_shapes(states, state_tensors, np.dtype(np.float64))
    except (SettingError, OverflowError) as error:
        raise ModelFileError(
            f"{path}: its description of the network cannot be followed: {str(error)[:300]} "
            "The file is damaged, or another version of chainrule wrote it."
        ) from error
    for name, array in _tensors_of(network).items():
        array[...] = tensors[name]
    network.training_record = document["training_record"]
    return network


def _architecture(described: object) -> tuple[list[Any], tuple[int, ...]]:
    parts = described if isinstance(described, dict) else {}
    layers, shape = parts.get("layers"), parts.get("input_shape")
    if not isinstance(layers, list) or not layers:
        raise SettingError("expected an architecture with a list of layers.")
    if not isinstance(shape, list) or not shape or any(type(side) is not int or side < 1 for side in shape):
        raise SettingError("expected an architecture with an input shape of whole numbers, at least 1.")
    return [rebuilt(layer) for layer in layers], tuple(shape)


def _meaning(document: Mapping[str, Any], outputs: int) -> tuple[np.dtype[Any], Scaling, list[str]]:
    """Number type, scaling and class names, checked."""
    dtype, scaling, names = document.get("dtype"), document.get("scaling"), document.get("class_names")
    if dtype not in ("float32", "float64"):
        raise SettingError(f"expected dtype float32 or float64, got {dtype!r}.")
    if not isinstance(scaling, dict) or any(
        type(scaling.get(key)) not in (int, float) for key in ("scale", "shift")
    ):
        raise SettingError("expected a scaling with the numbers scale and shift.")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SettingError("expected class names as a list of texts.")
    if len(names) != outputs:
        raise SettingError(f"expected {outputs} class names, one an output, got {len(names)}.")
    if not isinstance(document.get("training_record"), dict):
        raise SettingError("expected a training record as an object.")
    return np.dtype(dtype), Scaling(float(scaling["scale"]), float(scaling["shift"])), names


def _require_shapes(
    declared: Mapping[str, tuple[int, ...]], tensors: Mapping[str, Array], dtype: np.dtype[Any]
) -> None:
    """Make sure that the arrays are those that the architecture declares."""
    if odd := sorted(tensors.keys() ^ declared.keys()):
        word = "is in the file but not in the architecture" if odd[0] in tensors else "is missing"
        raise SettingError(f"the array '{odd[0]}' {word}.")
    for name, shape in declared.items():
        found = tensors[name]
        if found.shape != shape or found.dtype != dtype:
            raise SettingError(
                f"expected '{name}' as {dtype} of shape {shape}, got {found.dtype} of {found.shape}."
            )
