""".npz, NumPy's own archive: one set of ``inputs`` and ``labels``, or Keras's four arrays of two parts."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.formats import npy
from chainrule.data.formats.bounded import LARGEST
from chainrule.errors import ChainruleError, DataError
from chainrule.files import readable, written_whole

__all__ = ["read", "write"]

Array = NDArray[Any]

SINGLE = (("inputs", "labels"), ("images", "labels"), ("x", "y"))
"""The names under which one set of examples and its labels may lie."""

TWO_PARTS = ("x_train", "y_train", "x_test", "y_test")
DESCRIPTION = ("class_names", "scaling")
NAMES = frozenset((*(name for pair in SINGLE for name in pair), *TWO_PARTS, *DESCRIPTION))


def read(path: str | Path) -> tuple[Dataset, Dataset | None]:
    """Read one set, or the training and the test part, from an ``.npz`` file.

    One set is ``inputs`` (or ``images``, or ``x``) of shape ``(n, ...)`` and ``labels`` (or ``y``)
    of shape ``(n,)``; two parts are ``x_train, y_train, x_test, y_test``. Whole numbers 0..255 are
    raw, floating point numbers are network inputs. ``class_names`` and ``scaling`` (scale, shift)
    may be there, as `write` leaves them.

    Nothing in the file is executed, and nothing is allocated before the sizes are known to fit.

    Raises:
        DataError: arrays are missing, of other kinds, damaged, or beyond the limits.
        FileError: it cannot be read.
    """
    arrays = _arrays(path)
    if all(name in arrays for name in TWO_PARTS):
        train, test = (
            _dataset(f"{path} ({part})", arrays[f"x_{part}"], arrays[f"y_{part}"], arrays)
            for part in ("train", "test")
        )
        return train, test
    for inputs, labels in SINGLE:
        if inputs in arrays and labels in arrays:
            return _dataset(str(path), arrays[inputs], arrays[labels], arrays), None
    raise DataError(
        f"{path}: expected arrays named inputs and labels, or x_train, y_train, x_test and y_test, "
        f"got {', '.join(sorted(arrays)) or 'none of them'}."
    )


def write(dataset: Dataset, path: str | Path, test: Dataset | None = None) -> None:
    """Write one set, or a training part ``dataset`` and a ``test`` part, with all it takes to read it back.

    Raises:
        FileError: it cannot be written.
    """

    def inputs(part: Dataset) -> Array:
        return part.inputs.reshape(len(part), *part.input_shape)

    arrays: dict[str, Any] = {
        "class_names": np.array(dataset.class_names, np.str_),
        "scaling": np.array((dataset.scaling.scale, dataset.scaling.shift)),
    }
    if test is None:
        arrays |= {"inputs": inputs(dataset), "labels": dataset.labels}
    else:
        parts = (inputs(dataset), dataset.labels, inputs(test), test.labels)
        arrays |= dict(zip(TWO_PARTS, parts, strict=True))
    with written_whole(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **arrays)


def _arrays(path: str | Path) -> dict[str, Array]:
    """The arrays under the names we know; others are left alone."""
    try:
        with readable(path, "an .npz file") as file, zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if _name(member) in NAMES]
            declared = sum(member.file_size for member in members)
            if declared > LARGEST:
                raise DataError(
                    f"{path}: its arrays declare {declared:,} bytes; expected at most {LARGEST:,}. "
                    "Give a smaller file."
                )
            return {_name(member): _array(path, archive, member) for member in members}
    except ChainruleError:
        raise
    except Exception as error:  # a damaged archive or header can raise nearly any error
        raise DataError(
            f"{path}: expected an intact .npz file, but it is damaged or packed in another way ({error}). "
            "Write it again with numpy.savez_compressed."
        ) from error


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _array(path: str | Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    """One array, read only once its header is known to declare exactly the bytes that are there."""
    where = f"{path}, array {_name(member)}"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(
            f"{where}: expected it stored or deflated. Write it again with numpy.savez_compressed."
        )
    with archive.open(member) as stream:
        return npy.decoded(stream, member.file_size, where)


def _dataset(name: str, inputs: Array, labels: Array, description: Mapping[str, Array]) -> Dataset:
    if inputs.ndim < 2 or inputs.dtype.kind not in "uif":
        raise DataError(
            f"{name}: expected inputs of shape (n, ...) as numbers, got {inputs.dtype} of {inputs.shape}."
        )
    if inputs.dtype.kind in "ui" and inputs.dtype != np.uint8:
        if inputs.size and (inputs.min() < 0 or inputs.max() > 255):
            raise DataError(
                f"{name}: expected whole numbers from 0 to 255, got {inputs.min()} to {inputs.max()}. "
                "Give other numbers as float32 network inputs."
            )
        inputs = inputs.astype(np.uint8)
    if labels.dtype.kind not in "ui":
        raise DataError(f"{name}: expected whole numbers as labels, got {labels.dtype}.")
    return Dataset(
        inputs,
        labels.reshape(len(labels)) if labels.shape[1:] == (1,) else labels,
        class_names=_class_names(name, description.get("class_names")),
        input_shape=inputs.shape[1:],
        scaling=_scaling(name, description.get("scaling")),
        name=name,
    )


def _class_names(name: str, stored: Array | None) -> tuple[str, ...]:
    if stored is None:
        return Dataset.class_names
    if stored.ndim != 1 or stored.dtype.kind != "U":
        raise DataError(
            f"{name}: expected class_names as a line of text, got {stored.dtype} of {stored.shape}."
        )
    return tuple(stored.tolist())


def _scaling(name: str, stored: Array | None) -> Scaling:
    if stored is None:
        return Dataset.scaling
    if stored.shape != (2,) or stored.dtype.kind != "f" or not np.isfinite(stored).all() or stored[0] == 0:
        raise DataError(f"{name}: expected scaling as two finite numbers, scale and shift, scale not 0.")
    return Scaling(float(stored[0]), float(stored[1]))
