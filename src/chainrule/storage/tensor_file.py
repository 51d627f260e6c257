"""Named arrays and one JSON document in a safetensors file: the layout of models and of checkpoints.

A safetensors file is 8 bytes that give the length of a header, the header (JSON: type, shape and
place of each array, and under ``__metadata__`` texts by name), and the numbers. The document is the
one text under ``chainrule``. Nothing in such a file is ever executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import DivergedError, ModelFileError, SettingError
from chainrule.files import readable, written_whole
from chainrule.numerics.parameters import Array

__all__ = ["FORMAT", "plain_json", "read_tensors", "write_tensors"]

FORMAT = 1
"""The layout this version writes; it reads this one and every earlier one."""

LARGEST_FILE = 2 * 1024**3
LARGEST_HEADER = 8 * 1024**2

_KEY = "chainrule"
_TYPES = ("F16", "F32", "F64")
_MOST_AXES = 8


def write_tensors(path: str | Path, tensors: Mapping[str, Array], document: Mapping[str, Any]) -> None:
    """Write arrays and a document as one file, whole or not at all.

    The same arrays and document give the same bytes. ``format`` and ``version`` are added to the document.

    Args:
        path: where to; missing folders are made.
        tensors: float16, float32 or float64 arrays by name, none empty.
        document: plain JSON data.

    Raises:
        DivergedError: an array holds NaN or infinity.
        SettingError: another kind of array, a document that is not plain JSON data, or beyond the limits.
        FileError: the file cannot be written.
    """
    from importlib.metadata import version

    from safetensors.numpy import save

    for name, array in tensors.items():
        if array.dtype not in (np.float16, np.float32, np.float64) or not array.size:
            raise SettingError(
                f"{path}: expected '{name}' as float16, float32 or float64, got {array.dtype} of "
                f"{array.shape}."
            )
        if not np.isfinite(array).all():
            raise DivergedError(
                f"{path}: not saved, because '{name}' holds NaN or infinity. "
                "Training has diverged; lower the learning rate."
            )
    try:
        text = json.dumps({"format": FORMAT, "version": version("chainrule"), **document}, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise SettingError(
            f"{path}: expected plain JSON data to save beside the numbers, but {error}."
        ) from error
    whole = save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, {_KEY: text})
    if len(whole) > LARGEST_FILE or int.from_bytes(whole[:8], "little") > LARGEST_HEADER:
        raise SettingError(
            f"{path}: expected at most {LARGEST_FILE:,} bytes with a header of at most {LARGEST_HEADER:,}, "
            f"got {len(whole):,} with {int.from_bytes(whole[:8], 'little'):,}. "
            "Save a smaller network, or a shorter training record."
        )
    with written_whole(path) as temporary:
        temporary.write_bytes(whole)


def read_tensors(path: str | Path, what: str) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays, by name and read-only, and the document of a file that `write_tensors` wrote.

    The file may come from anywhere: sizes are checked before anything of that size is allocated.

    Args:
        path: the file.
        what: what is expected there, in words ("a model file").

    Raises:
        FileError: absent, a folder, or not readable.
        ModelFileError: damaged, cut off, of another kind, from a later version, over the limits,
            or with numbers that are NaN or infinite.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    with readable(path, what) as file, open(file, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > LARGEST_FILE:
            raise ModelFileError(
                f"{path}: expected {what} of at most {LARGEST_FILE:,} bytes, got {size:,}. Check the name."
            )
        start = stream.read(8)
        header_size = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= header_size <= min(LARGEST_HEADER, size - 8):
            raise ModelFileError(
                f"{path}: expected {what} (safetensors), but it is cut off or something else. "
                "Copy it again, or check the name."
            )
        document = _document(path, what, stream.read(header_size))
        stream.seek(0)
        whole = stream.read(size)
    try:
        tensors: dict[str, Array] = load(whole)
    except SafetensorError as error:
        raise ModelFileError(
            f"{path}: expected {what}, but it is cut off or damaged ({str(error)[:80]}). Copy it again."
        ) from error
    for name, array in tensors.items():
        if not np.isfinite(array).all():
            raise ModelFileError(
                f"{path}: '{name}' holds NaN or infinity, expected finite numbers. "
                "The file is damaged; copy it again."
            )
    return tensors, document


def plain_json(text: str | bytes) -> Any:
    """JSON from anywhere, without the NaN and Infinity that Python adds to it, and no name twice.

    Raises:
        ValueError: it is not JSON, in whatever way.
    """
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("brackets are nested too deeply") from error


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return whole


def _document(path: str | Path, what: str, header: bytes) -> dict[str, Any]:
    """The document inside the header, once the header describes arrays that chainrule writes."""
    try:
        entries = plain_json(header)
    except ValueError as error:
        raise ModelFileError(
            f"{path}: expected {what} (safetensors), but its header cannot be read ({str(error)[:80]}). "
            "Copy it again, or check the name."
        ) from error
    texts = entries.pop("__metadata__", None) if isinstance(entries, dict) else None
    if not isinstance(texts, dict) or not isinstance(texts.get(_KEY), str):
        raise ModelFileError(
            f"{path}: a safetensors file, but not one that chainrule wrote; expected {what} with a "
            f"'{_KEY}' text. Files of other programs cannot be loaded."
        )
    try:
        document = plain_json(texts[_KEY])
    except ValueError as error:
        raise ModelFileError(
            f"{path}: expected a description as JSON, got something else ({str(error)[:80]}). Copy it again."
        ) from error
    form = document.get("format") if isinstance(document, dict) else None
    if type(form) is not int or form < 1:
        raise ModelFileError(f"{path}: expected a format number, got {str(form)[:80]}. Copy it again.")
    if form > FORMAT:
        raise ModelFileError(
            f"{path}: expected format {FORMAT} or earlier, got {str(form)[:80]}, written by chainrule "
            f"{str(document.get('version'))[:80]}. Update chainrule."
        )
    if not all(_is_array(entry) for entry in entries.values()):
        raise ModelFileError(
            f"{path}: expected arrays of float16, float32 or float64, got others. Copy it again."
        )
    assert isinstance(document, dict)
    return document


def _is_array(entry: object) -> bool:
    """Whether a header's entry has a type and a shape of ours; the library checks its place."""
    return (
        isinstance(entry, dict)
        and entry.get("dtype") in _TYPES
        and isinstance(entry.get("shape"), list)
        and len(entry["shape"]) <= _MOST_AXES
        and all(type(side) is int and 0 < side <= LARGEST_FILE for side in entry["shape"])
    )
