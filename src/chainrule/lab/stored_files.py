"""The two kinds of file that results lie in, read as if they came from a stranger: JSON and ``.npz``."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formats import npy
from chainrule.errors import ChainruleError, DataError
from chainrule.files import readable, written_whole

__all__ = [
    "AGAIN",
    "entry",
    "number",
    "numbers",
    "read_arrays",
    "read_document",
    "texts",
    "write_arrays",
    "write_document",
]

LARGEST_DOCUMENT = 8 * 1024**2
LARGEST_ARRAYS = 64 * 1024**2
_LONGEST_TEXT = 300
_YES_OR_NO = "?"

AGAIN = "Remove the files of this seed to have it run again, or choose another --out."


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write plain JSON data, whole or not at all.

    Raises:
        FileError: it cannot be written.
    """
    with written_whole(path) as temporary:
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        FileError: it cannot be read.
        DataError: no JSON object, with NaN or infinity in it, or too large.
    """
    with readable(path, "a JSON file of results") as file, open(file, "rb") as stream:
        text = stream.read(LARGEST_DOCUMENT + 1)
    if len(text) > LARGEST_DOCUMENT:
        raise DataError(f"{path}: expected at most {LARGEST_DOCUMENT:,} bytes, but there are more. {AGAIN}")
    try:
        document = json.loads(text.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected a JSON file of results, but {error}. {AGAIN}") from error
    if not isinstance(document, dict):
        raise DataError(f"{path}: expected a JSON object, got a {type(document).__name__}. {AGAIN}")
    return document


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write arrays by name, packed; the same arrays give the same bytes. Returns their SHA-256.

    Raises:
        DataError: arrays of other things than numbers or short texts, or too many bytes.
        FileError: they cannot be written.
    """
    kept = {}
    for name, given in arrays.items():
        array = np.asarray(given, order="C")
        yes_or_no = array.dtype == np.bool_
        kept[name + _YES_OR_NO * yes_or_no] = array.view(np.uint8) if yes_or_no else array
    for name, array in kept.items():
        if array.dtype.kind not in "uifU":
            raise DataError(f"array '{name}': expected numbers to store, got {array.dtype}.")
    if (size := sum(array.nbytes for array in kept.values())) > LARGEST_ARRAYS // 2:
        raise DataError(f"expected arrays of at most {LARGEST_ARRAYS // 2:,} bytes to store, got {size:,}.")
    packed = BytesIO()
    np.savez_compressed(packed, **kept)  # type: ignore[arg-type]
    with written_whole(path) as temporary:
        temporary.write_bytes(packed.getvalue())
    return hashlib.sha256(packed.getvalue()).hexdigest()


def read_arrays(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file that `write_arrays` wrote, by name and read-only; nothing is ever executed.

    Raises:
        FileError: it cannot be read.
        DataError: not the bytes of that SHA-256, damaged, or too large.
    """
    with readable(path, "the arrays of a run") as file, open(file, "rb") as stream:
        packed = stream.read(LARGEST_ARRAYS + 1)
    if len(packed) > LARGEST_ARRAYS:
        raise DataError(f"{path}: expected at most {LARGEST_ARRAYS:,} bytes, but there are more. {AGAIN}")
    if hashlib.sha256(packed).hexdigest() != sha256:
        raise DataError(f"{path}: is not the file that was written with the values beside it. {AGAIN}")
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            members = archive.infolist()
            if (declared := sum(member.file_size for member in members)) > LARGEST_ARRAYS:
                raise DataError(f"{path}: its arrays declare {declared:,} bytes; too many. {AGAIN}")
            found = {
                member.filename.removesuffix(".npy"): _array(path, archive, member) for member in members
            }
    except ChainruleError:
        raise
    except Exception as error:  # a damaged archive or header can raise nearly any error
        raise DataError(f"{path}: expected an intact .npz file, but {error}. {AGAIN}") from error
    return {
        name.removesuffix(_YES_OR_NO): array.astype(bool) if name.endswith(_YES_OR_NO) else array
        for name, array in found.items()
    }


def entry(path: Path, document: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """What stands under ``name``, which must be of that kind.

    Raises:
        DataError: it is not there, or something else.
    """
    found = document.get(name)
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        shown = repr(found)[:60] if name in document else "nothing"
        raise DataError(f"{path}: expected '{name}' as {kind.__name__}, got {shown}. {AGAIN}")
    return found


def numbers(path: Path, document: Mapping[str, Any], name: str) -> dict[str, float]:
    """A mapping of names to finite numbers that stands under ``name``."""
    found = entry(path, document, name, dict)
    return {key: number(path, found, key) for key in found}


def number(path: Path, document: Mapping[str, Any], name: str) -> float:
    """The finite number that stands under ``name``."""
    found = document.get(name)
    try:
        value = float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None
    except OverflowError:
        value = None
    if value is None or not isfinite(value):
        raise DataError(f"{path}: expected '{name}' as a finite number, got {found!r:.60}. {AGAIN}")
    return value


def texts(path: Path, document: Mapping[str, Any], name: str) -> dict[str, str]:
    """A mapping of names to short texts that stands under ``name``."""
    found = entry(path, document, name, dict)
    for key in found:
        entry(path, found, key, str)
    return {str(key)[:_LONGEST_TEXT]: str(text)[:_LONGEST_TEXT] for key, text in found.items()}


def _array(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as stream:
        return npy.decoded(stream, member.file_size, f"{path}, array {member.filename}")


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} stands in it, which is no number")
