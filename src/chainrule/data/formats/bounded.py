"""The bytes of a file, unpacked on the way if it is gzip, and never more of them than is safe."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from chainrule.errors import DataError
from chainrule.files import readable

__all__ = ["LARGEST", "Bounded", "opened"]

LARGEST = 2 * 1024**3
"""The most bytes of data, after unpacking, that chainrule takes from one file: 2 GiB."""

GZIP_MAGIC = b"\x1f\x8b"
GZIP_RATIO = 1032
"""Deflate, the packing inside gzip, turns one byte into at most this many."""

PIECE = 1 << 24


class Readable(Protocol):
    """Anything that bytes can be read from."""

    def read(self, count: int, /) -> bytes:
        """At most ``count`` bytes, none at the end."""


class Bounded:
    """A stream that gives at most ``at_most`` bytes in all and names its file when it must refuse.

    Memory grows with the bytes that really come, never with a number that a header declares.
    """

    def __init__(self, stream: Readable, path: Path, at_most: int = LARGEST, room: int | None = None) -> None:
        self._stream = stream
        self._at_most = at_most
        self._left = at_most
        self._room = at_most if room is None else min(room, at_most)
        self.path = path

    def read(self, count: int) -> bytes:
        """The next ``count`` bytes, fewer only at the end.

        Raises:
            DataError: the gzip packing is damaged or cut off, or more bytes come than allowed.
        """
        pieces = []
        while count > 0 and (piece := self._piece(min(count, PIECE))):
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)

    def rest(self) -> bytes:
        """All bytes that are left.

        Raises:
            DataError: as `read`.
        """
        return self.read(self._left + 1)

    def exactly(self, count: int, what: str) -> bytes:
        """The next ``count`` bytes, which a header declares to hold ``what``.

        Raises:
            DataError: fewer come, or so many cannot be in this file; or as `read`.
        """
        if count > self._room:
            raise DataError(
                f"{self.path}: the header declares {count:,} bytes of {what}, but the file can hold "
                f"at most {self._room:,}; it is cut off, damaged or too large. Copy or download it again."
            )
        data = self.read(count)
        if len(data) < count:
            raise DataError(
                f"{self.path}: expected {count:,} bytes of {what}, got {len(data):,}; the file is cut off. "
                "Copy or download it again."
            )
        return data

    def end(self, what: str) -> None:
        """Make sure that nothing follows ``what``.

        Raises:
            DataError: more bytes follow; or as `read`.
        """
        if self.read(1):
            raise DataError(
                f"{self.path}: expected nothing after {what}, but more bytes follow; "
                "the header or the file is damaged. Copy or download it again."
            )

    def _piece(self, count: int) -> bytes:
        try:
            piece = self._stream.read(min(count, self._left + 1))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(
                f"{self.path}: expected an intact gzip file, but it is cut off or damaged ({error}). "
                "Copy or download it again."
            ) from error
        if len(piece) > self._left:
            raise DataError(
                f"{self.path}: expected at most {self._at_most:,} bytes of data, but more come out of it. "
                "Give a smaller file."
            )
        self._left -= len(piece)
        return piece


@contextmanager
def opened(path: str | Path, what: str, at_most: int = LARGEST) -> Iterator[Bounded]:
    """Open a file, raw or gzip (told apart by its first bytes, not by its name), for bounded reading.

    ``what`` says in words what is expected there.

    Raises:
        FileError: absent, a folder, no permission, or vanished while being read.
    """
    with readable(path, what) as file, open(file, "rb") as raw:
        size = os.fstat(raw.fileno()).st_size
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as stream:
                yield Bounded(stream, file, at_most, room=size * GZIP_RATIO)
        else:
            yield Bounded(raw, file, at_most, room=size)
