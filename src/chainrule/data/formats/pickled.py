"""The book's own file, ``mnist.pkl.gz``: a pickle by Python 2, read so that nothing in it is executed."""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formats.bounded import opened
from chainrule.errors import DataError

__all__ = ["read"]

LARGEST_PICKLE = 1 << 30
"""Bytes after unpacking; the book's file has 220 million."""

MOST_REMEMBERED = 1000
"""A pickle may number the objects it refers to again up to here; the book's file has 14 of them."""


def read(path: str | Path) -> tuple[Dataset, Dataset]:
    """Read the book's MNIST: its 50,000 + 10,000 training images and its 10,000 test images.

    The file holds three pairs (training, validation, test) of images ``(n, features)`` float32,
    each number a pixel / 256, and labels ``(n,)`` int64.

    Returns:
        The training and validation images together, and the test images, both as raw uint8.

    Raises:
        DataError: the pickle asks for anything but plain arrays of numbers, is damaged, or holds
            another structure.
        FileError: it cannot be read.
    """
    with opened(path, "the book's mnist.pkl.gz", LARGEST_PICKLE) as stream:
        content = stream.rest()
    pairs = _load(path, content)
    if not (isinstance(pairs, tuple) and len(pairs) == 3):
        raise DataError(f"{path}: expected three pairs (training, validation, test) of images and labels.")
    (train, train_labels), (validation, validation_labels), test = (_pair(path, pair) for pair in pairs)
    if train.shape[1] != validation.shape[1]:
        raise DataError(
            f"{path}: expected training and validation images of one size, got {train.shape[1]} and "
            f"{validation.shape[1]} numbers."
        )
    pixels, labels = np.concatenate((train, validation)), np.concatenate((train_labels, validation_labels))
    return _dataset(f"{path} (train)", pixels, labels), _dataset(f"{path} (test)", *test)


def _load(path: str | Path, content: bytes) -> object:
    try:
        for operation, argument, _ in pickletools.genops(content):
            if operation.name in ("PUT", "LONG_BINPUT") and int(argument or 0) > MOST_REMEMBERED:
                raise pickle.UnpicklingError("it numbers its objects too high")
        return _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    except Exception as error:  # a damaged pickle can raise nearly any error
        raise DataError(
            f"{path}: expected the book's mnist.pkl.gz, but it is damaged or another kind of pickle "
            f"({type(error).__name__}: {error}). Copy or download it again."
        ) from error


class _ArraysOnly(pickle.Unpickler):
    """Knows the three names that arrays need, by stand-ins of our own, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        match module.replace("numpy._core", "numpy.core"), name:
            case "numpy.core.multiarray", "_reconstruct":
                return lambda *_: _Array()
            case "numpy", "dtype":
                return lambda code, *_: _Numbers(code)
            case "numpy", "ndarray":
                return None
        raise DataError(
            f"expected a pickle of NumPy arrays and nothing else, but this one asks for {module}.{name}; "
            "it was refused and nothing in it was run."
        )


class _Numbers:
    """What a pickle says of an array's numbers: their kind and size, then their byte order."""

    def __init__(self, code: object) -> None:
        text = code.decode("ascii") if isinstance(code, bytes) else code
        if text not in ("f4", "f8", "i4", "i8", "u1"):
            raise DataError(f"expected arrays of plain numbers, got the kind {text!r}.")
        self.dtype = np.dtype(text)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] in (b">", ">"):
            self.dtype = self.dtype.newbyteorder(">")


class _Array:
    """An array as its pickle describes it; made only once the bytes are known to be what the shape needs."""

    numbers: NDArray[Any] = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, numbers, fortran_order, data = state
        if not isinstance(numbers, _Numbers) or not isinstance(data, bytes) or min(shape) < 0:
            raise DataError("expected arrays of plain numbers.")
        declared = math.prod(shape) * numbers.dtype.itemsize
        if declared != len(data):
            raise DataError(
                f"an array of shape {shape} takes {declared:,} bytes, but {len(data):,} are there; "
                "the file is damaged."
            )
        self.numbers = np.frombuffer(data, numbers.dtype).reshape(shape, order="F" if fortran_order else "C")


def _pair(path: str | Path, pair: object) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Raw pixels and labels of one of the three parts."""
    if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(half, _Array) for half in pair)):
        raise DataError(f"{path}: expected each part to be a pair of arrays, images and labels.")
    images, labels = (half.numbers for half in pair)
    if images.ndim != 2 or images.dtype.kind != "f" or labels.ndim != 1 or labels.dtype.kind != "i":
        raise DataError(
            f"{path}: expected images (n, features) in floating point and labels (n,) in whole numbers, got "
            f"{images.dtype} of shape {images.shape} and {labels.dtype} of shape {labels.shape}."
        )
    with np.errstate(over="ignore"):
        pixels = images * 256
    if not ((pixels >= 0) & (pixels <= 255) & (pixels == np.rint(pixels))).all():
        raise DataError(f"{path}: expected each number to be a pixel / 256, with pixels from 0 to 255.")
    return pixels.astype(np.uint8), labels.astype(np.int64)


def _dataset(name: str, pixels: NDArray[np.uint8], labels: NDArray[np.int64]) -> Dataset:
    side = math.isqrt(pixels.shape[1])
    if side * side != pixels.shape[1]:
        raise DataError(f"{name}: expected square images, got {pixels.shape[1]} pixels each.")
    return Dataset(pixels, labels, input_shape=(side, side), name=name)
