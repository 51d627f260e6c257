"""The JSON in which the book's network2.py saves a network, written and read.

``{"sizes": [784, 30, 10], "weights": [[[…]]], "biases": [[[…]]], "cost": "CrossEntropyCost"}``:
weights as here, ``(fan_out, fan_in)``; biases as columns, ``(fan_out, 1)``; every neuron a sigmoid.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from chainrule.data.dataset import Scaling
from chainrule.errors import DivergedError, ModelFileError, SettingError
from chainrule.files import readable, written_whole
from chainrule.layers.activations import Sigmoid
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.reshape import Flatten
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.storage.tensor_file import plain_json

__all__ = ["BOOK_COSTS", "read_book_json", "write_book_json"]

BOOK_COSTS = {"CrossEntropyCost": "sigmoid_cross_entropy", "QuadraticCost": "quadratic"}
"""The book's names of the losses, and chainrule's."""

LARGEST_FILE = 64 * 1024**2
"""Bytes; room for three million weights. Python needs some twenty times as much to read JSON."""


def write_book_json(network: Network, path: str | Path) -> None:
    """Write a network of sigmoid layers so that the book's ``network2.load`` reads it.

    Flatten and Dropout layers, which change no answer there, are left out. The cost is that of
    ``training_record["settings"]["loss"]`` where it is one of the book's, else cross-entropy. The numbers
    come back from the file exactly.

    Raises:
        SettingError: the network has layers that the book's does not know, or no biases.
        DivergedError: the network holds NaN or infinity.
        FileError: the file cannot be written.
    """
    layers = [layer for layer in network.layers if not isinstance(layer, (Flatten, Dropout))]
    dense = [layer for layer in layers[::2] if isinstance(layer, Dense) and layer.bias]
    sigmoids = [layer for layer in layers[1::2] if isinstance(layer, Sigmoid)]
    if not dense or 2 * len(dense) != len(layers) or len(sigmoids) != len(dense):
        raise SettingError(
            f"{path}: the book's file holds Dense layers with biases, each followed by a Sigmoid; "
            f"this network is {', '.join(type(layer).__name__ for layer in network.layers)}. "
            "Save it with save_model instead."
        )
    if not np.isfinite(network.parameters.values).all():
        raise DivergedError(f"{path}: not saved, because the network holds NaN or infinity.")
    whole = {
        "sizes": [dense[0].weights.shape[1], *(layer.units for layer in dense)],
        "weights": [layer.weights.tolist() for layer in dense],
        "biases": [layer.biases[:, np.newaxis].tolist() for layer in dense],
        "cost": _cost(network.training_record.get("settings")),
    }
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(whole), encoding="utf-8")


def read_book_json(path: str | Path, dtype: DTypeLike = np.float32) -> Network:
    """The network in a file that the book's ``network2`` or `write_book_json` saved.

    Its scaling is that of the book's data, pixel / 256. The loss it was trained with stands in
    ``training_record["settings"]["loss"]``, by chainrule's name.

    Raises:
        SettingError: a dtype other than float32 and float64.
        FileError: absent, a folder, or not readable.
        ModelFileError: not such a file, numbers that do not fit its sizes or the dtype, or over 64 MiB.
    """
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise SettingError(f"a network computes in float32 or float64, not in {np.dtype(dtype)}.")
    with readable(path, "a network as the book's JSON") as file, open(file, "rb") as stream:
        text = stream.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise ModelFileError(f"{path}: expected at most {LARGEST_FILE:,} bytes of JSON, got more.")
    try:
        whole = plain_json(text)
    except ValueError as error:
        raise ModelFileError(
            f"{path}: expected the book's JSON, but it is cut off or something else ({str(error)[:80]}). "
            "Copy it again, or check the name."
        ) from error
    sizes, weights, biases, cost = _parts(path, whole)
    largest = float(np.finfo(dtype).max)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    matrices = [
        _matrix(f"{path}: weights {index}", rows, shape, largest)
        for index, (rows, shape) in enumerate(zip(weights, shapes, strict=True), start=1)
    ]
    columns = [
        _matrix(f"{path}: biases {index}", rows, (fan_out, 1), largest)
        for index, (rows, fan_out) in enumerate(zip(biases, sizes[1:], strict=True), start=1)
    ]
    network = Network(sizes, seed=0, dtype=dtype, scaling=Scaling(1 / 256))
    for layer, matrix, column in zip(network.layers[::2], matrices, columns, strict=True):
        assert isinstance(layer, Dense)
        layer.weights[...] = matrix
        layer.biases[...] = column[:, 0]
    network.training_record = {"settings": {"loss": BOOK_COSTS[cost]}}
    return network


def _cost(settings: object) -> str:
    """The book's name of the loss in the settings of a training run."""
    loss = settings.get("loss") if isinstance(settings, dict) else None
    return next((cost for cost, name in BOOK_COSTS.items() if name == loss), "CrossEntropyCost")


def _parts(path: str | Path, whole: object) -> tuple[list[int], list[Any], list[Any], str]:
    parts = whole if isinstance(whole, dict) else {}
    sizes, weights, biases, cost = (parts.get(key) for key in ("sizes", "weights", "biases", "cost"))
    if (
        not isinstance(sizes, list)
        or len(sizes) < 2
        or any(type(size) is not int or size < 1 for size in sizes)
    ):
        raise ModelFileError(
            f"{path}: expected the book's JSON with 'sizes', at least two whole numbers ≥ 1, "
            f"got {str(sizes)[:80]}."
        )
    for key, arrays in (("weights", weights), ("biases", biases)):
        if not isinstance(arrays, list) or len(arrays) != len(sizes) - 1:
            raise ModelFileError(f"{path}: expected {len(sizes) - 1} arrays as '{key}', one a layer.")
    if not isinstance(cost, str) or cost not in BOOK_COSTS:
        raise ModelFileError(
            f"{path}: expected 'cost' to be {' or '.join(BOOK_COSTS)}, got {str(cost)[:80]!r}."
        )
    assert isinstance(weights, list)
    assert isinstance(biases, list)
    return sizes, weights, biases, cost


def _matrix(what: str, rows: object, shape: tuple[int, int], largest: float) -> Array:
    """Nested lists as a float64 array, once they are numbers of just that shape."""
    fan_out, fan_in = shape
    if (
        not isinstance(rows, list)
        or len(rows) != fan_out
        or not all(isinstance(row, list) and len(row) == fan_in for row in rows)
        or not all(type(number) in (int, float) for row in rows for number in row)
    ):
        raise ModelFileError(
            f"{what}: expected {fan_out} rows of {fan_in} numbers, as the sizes say. The file is damaged."
        )
    if not all(-largest <= number <= largest for row in rows for number in row):
        raise ModelFileError(f"{what}: a number is beyond ±{largest:.1e}; expected finite numbers.")
    return np.array(rows, np.float64)
