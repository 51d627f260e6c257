"""``.npy``, one array as NumPy saves it, read only once its header is known to tell the truth."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formats.bounded import LARGEST
from chainrule.errors import DataError
from chainrule.files import readable

__all__ = ["MAGIC", "decoded", "read"]

MAGIC = b"\x93NUMPY"


def read(path: str | Path) -> NDArray[Any]:
    """The array in a ``.npy`` file; Python objects are never loaded.

    Raises:
        DataError: damaged, not numbers, or beyond the limits.
        FileError: it cannot be read.
    """
    with readable(path, "a .npy file") as file, open(file, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > LARGEST:
            raise DataError(f"{path}: expected at most {LARGEST:,} bytes, got {size:,}. Give a smaller file.")
        try:
            return decoded(stream, size, str(path))
        except DataError:
            raise
        except Exception as error:  # a damaged header can raise nearly any error
            raise DataError(f"{path}: expected an intact .npy file, but it is damaged ({error}).") from error


def decoded(stream: IO[bytes], size: int, where: str) -> NDArray[Any]:
    """The array in a stream of ``size`` bytes; ``where`` names it in messages.

    Raises:
        DataError: Python objects, or a header that declares other bytes than are there.
    """
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise DataError(f"{where}: expected version (1, 0) of the .npy format, got {version}.")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in "uifU":
        raise DataError(f"{where}: expected numbers, got {dtype}. Python objects are never loaded.")
    declared = math.prod(shape) * dtype.itemsize
    present = size - stream.tell()
    if min(shape, default=0) < 0 or declared != present:
        raise DataError(
            f"{where}: its header declares shape {shape} of {dtype}, which takes {declared:,} bytes, "
            f"but {present:,} are there; the file is damaged."
        )
    data = stream.read()
    if len(data) != declared:
        raise DataError(f"{where}: expected {declared:,} bytes, got {len(data):,}; the file is cut off.")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")
