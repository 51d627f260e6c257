"""IDX, the format of MNIST: a short header of big-endian numbers, then one byte a pixel or label."""

from __future__ import annotations

import gzip
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formats.bounded import opened
from chainrule.errors import DataError, FileError
from chainrule.files import written_whole

__all__ = ["encode", "holds_idx", "read_array", "read_file", "read_folder", "read_pair", "write"]

DIMENSIONS = {"images": 3, "labels": 1}
"""How many dimensions the array of each kind of file has; the fourth byte of the file says so."""


def read_array(path: str | Path, kind: str) -> NDArray[np.uint8]:
    """Read one IDX file, raw or gzip.

    Args:
        path: the file.
        kind: ``"images"``, giving ``(n, rows, columns)`` uint8, or ``"labels"``, giving ``(n,)`` uint8.

    Raises:
        DataError: another kind of file, cut off, followed by more bytes, or beyond the limits.
        FileError: it cannot be read.
    """
    dimensions = DIMENSIONS[kind]
    expected = bytes((0, 0, 8, dimensions))
    with opened(path, f"an IDX file of {kind}") as stream:
        magic = stream.read(4)
        if magic != expected:
            raise DataError(
                f"{path}: expected an IDX file of {kind} (first bytes {expected.hex(' ')}), got first bytes "
                f"{magic.hex(' ') or 'none'}. Check that this is the right file."
            )
        shape = struct.unpack(f">{dimensions}I", stream.exactly(4 * dimensions, "header"))
        what = f"{kind} of shape {shape}"
        data = stream.exactly(math.prod(shape), what)
        stream.end(what)
    return np.frombuffer(data, np.uint8).reshape(shape)


def read_pair(images: str | Path, labels: str | Path) -> Dataset:
    """The data set of an IDX file of images ``(n, rows, columns)`` and one of labels ``(n,)``.

    Raises:
        DataError: either file is damaged, their counts differ, or a label is beyond 9.
        FileError: either cannot be read.
    """
    pixels, classes = read_array(images, "images"), read_array(labels, "labels")
    if len(pixels) != len(classes):
        raise DataError(
            f"{images} holds {len(pixels):,} images, but {labels} holds {len(classes):,} labels; "
            "expected one label an image. Check that the two files belong together."
        )
    return Dataset(pixels, classes.astype(np.int64), input_shape=pixels.shape[1:], name=str(images))


def read_file(images: str | Path) -> tuple[Dataset, Dataset | None]:
    """The set that an IDX file of images belongs to, its other files found beside it by MNIST's naming.

    The labels of ``NAME-images-idx3-ubyte`` are in ``NAME-labels-idx1-ubyte``; where NAME is
    ``train`` and a ``t10k`` pair lies beside it, that is the test part. Any of them may end in ``.gz``.

    Raises:
        DataError: a file is damaged, or the labels are not found.
        FileError: a file cannot be read.
    """
    images = Path(images)
    role, found, _ = images.name.partition("images")
    if not found:
        read_array(images, "images")
        raise DataError(
            f"{images}: found IDX images, but not their labels. Name the files as MNIST does "
            "(train-images-idx3-ubyte and train-labels-idx1-ubyte) and keep them in one folder."
        )
    role = role.rstrip("-.")
    pair = read_pair(images, _labels(images.parent, role))
    test = _find(images.parent, "t10k", "images") if role == "train" else None
    if test is None:
        return pair, None
    return pair, read_pair(test, _labels(images.parent, "t10k"))


def holds_idx(folder: Path) -> bool:
    """Whether a folder holds MNIST's file of training images, raw or gzip."""
    return _find(folder, "train", "images") is not None


def read_folder(folder: Path) -> tuple[Dataset, Dataset]:
    """The training and the test part of a folder with MNIST's four files, raw or gzip.

    Raises:
        DataError: a file is missing or damaged.
        FileError: a file cannot be read.
    """
    images = _find(folder, "train", "images")
    test_images = _find(folder, "t10k", "images")
    if images is None or test_images is None:
        missing = "train" if images is None else "t10k"
        raise DataError(
            f"{folder}: expected MNIST's four IDX files, but {missing}-images-idx3-ubyte is missing. "
            "Add it, raw or as .gz."
        )
    return read_pair(images, _labels(folder, "train")), read_pair(test_images, _labels(folder, "t10k"))


def encode(array: NDArray[np.uint8]) -> bytes:
    """The IDX bytes of uint8 images ``(n, rows, columns)`` or labels ``(n,)``."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + np.ascontiguousarray(array).tobytes()


def write_array(path: str | Path, array: NDArray[np.uint8]) -> None:
    """Write uint8 images ``(n, rows, columns)`` or labels ``(n,)`` as IDX, as gzip if ``.gz`` ends the name.

    Raises:
        FileError: it cannot be written.
    """
    data = encode(array)
    if str(path).endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    with written_whole(path) as temporary:
        temporary.write_bytes(data)


def write(dataset: Dataset, images: str | Path, labels: str | Path) -> None:
    """Write a data set as an IDX file of images and one of labels, packed where a name ends in ``.gz``.

    Raises:
        DataError: the inputs are not raw uint8 images of two dimensions, or there are over 256 classes.
        FileError: a file cannot be written.
    """
    if dataset.inputs.dtype != np.uint8 or len(dataset.input_shape) != 2 or dataset.classes > 256:
        raise DataError(
            f"{dataset.name}: IDX holds uint8 images of shape (rows, columns) in at most 256 classes, "
            f"got {dataset.inputs.dtype} of shape {dataset.input_shape} in {dataset.classes} classes. "
            "Write .npz instead."
        )
    write_array(images, dataset.inputs.reshape(-1, *dataset.input_shape))
    write_array(labels, dataset.labels.astype(np.uint8))


def _find(folder: Path, role: str, kind: str) -> Path | None:
    for separator in "-.":
        for suffix in ("", ".gz"):
            path = folder / f"{role}-{kind}{separator}idx{DIMENSIONS[kind]}-ubyte{suffix}"
            if path.is_file():
                return path
    return None


def _labels(folder: Path, role: str) -> Path:
    path = _find(folder, role, "labels")
    if path is None:
        raise FileError(
            f"{folder / f'{role}-labels-idx1-ubyte'}: expected the labels of {role}-images-idx3-ubyte here, "
            "raw or as .gz, found no such file."
        )
    return path
