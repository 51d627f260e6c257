"""The files data comes in, behind one door: the format is told by what is in the file, not by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formats import comma_separated, folder, idx, npy, npz, pickled
from chainrule.data.formats.bounded import opened
from chainrule.errors import DataError

__all__ = ["read_dataset", "read_inputs", "read_parts", "write_csv", "write_idx", "write_npz"]

write_csv = comma_separated.write
write_idx = idx.write
write_npz = npz.write


def read_parts(path: str | Path) -> tuple[Dataset, Dataset | None]:
    """Read whatever data set lies at ``path``: its training part, or all of it, and its test part.

    The test part is None where the format or the file has none. Formats: IDX (a folder with MNIST's
    four files, or one file of images), CSV, ``.npz``, the book's ``mnist.pkl.gz``, a folder of images
    by class. All but ``.npz`` and images may be gzip.

    Raises:
        DataError: none of these formats, damaged, or beyond the limits.
        FileError: it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        return idx.read_folder(path) if idx.holds_idx(path) else folder.read(path)
    with opened(path, "a data file or folder") as stream:
        start = stream.read(512)
    if start.startswith(b"PK\x03\x04"):
        return npz.read(path)
    if start.startswith(b"\x00\x00\x08"):
        return idx.read_file(path)
    if start.startswith(b"\x80"):
        return pickled.read(path)
    if b"\0" in start:
        raise DataError(
            f"{path}: expected an IDX, CSV or .npz file, the book's mnist.pkl.gz, or a folder of images, "
            "got something else."
        )
    return comma_separated.read(path), None


def read_dataset(path: str | Path) -> Dataset:
    """Read a data set that is one part, such as a test file.

    Raises:
        DataError: it has a training and a test part, or as `read_parts`.
        FileError: it cannot be read.
    """
    dataset, test = read_parts(path)
    if test is not None:
        raise DataError(f"{path}: expected one set of examples, but it holds a training and a test part.")
    return dataset


def read_inputs(path: str | Path) -> NDArray[Any]:
    """Examples without regard to labels, ``(n, ...)``: a ``.npy`` array as it is, or what `read_parts` reads.

    Raises:
        DataError, FileError: as `read_parts`.
    """
    if Path(path).is_file():
        with opened(path, "a file of examples") as stream:
            start = stream.read(len(npy.MAGIC))
        if start == npy.MAGIC:
            return npy.read(path)
    return read_parts(path)[0].inputs
