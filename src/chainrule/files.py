"""Files that are written whole or not at all, and read with a clear word when they cannot be.

Everything chainrule writes goes first to a temporary file in the same folder, is flushed to
the disk, and only then takes its name. Whatever happens on the way (a full disk, a kill at
any moment), the name holds either the old file or the new one, both complete.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.errors import FileError, SettingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["readable", "save_figure", "written_whole"]

_FIGURES: dict[str, dict[str, None]] = {".png": {"Software": None}, ".svg": {"Date": None}}
"""The kinds of picture that a figure is written as, and what is left out of each."""


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path to write to; on leaving, it takes the name ``path`` at once.

    Missing parent folders are made. If the block raises, the temporary file is removed and
    ``path`` is left as it was.

    Raises:
        FileError: the folder or the file cannot be written (no permission, disk full, ...).
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            found = "a folder" if path.is_dir() else "something that is no ordinary file"
            raise FileError(f"{path}: expected the name of a file to write, but {found} of that name exists.")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise FileError(
            f"{path}: could not be written ({error.strerror or error}). "
            "Whatever stood there before is untouched. Free some space or choose a folder you may write to."
        ) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def save_figure(figure: Figure, path: str | Path) -> None:
    """Write a figure to a ``.png`` or ``.svg`` file, whole; the same figure gives the same bytes.

    Raises:
        SettingError: another suffix.
        FileError: the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in _FIGURES:
        raise SettingError(f"{path}: a figure is written as {' or '.join(_FIGURES)}, not as '{path.suffix}'.")
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "chainrule"}), written_whole(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], metadata=_FIGURES[suffix])


@contextmanager
def readable(path: str | Path, what: str) -> Iterator[Path]:
    """Yield ``path`` once it is known to be a file; turn any failure to read it into one clear error.

    ``what`` says in words what was expected there ("an IDX file", "a model file").

    Raises:
        FileError: absent, a folder, no permission, or vanished while being read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise FileError(f"{path}: expected {what}, found a folder.")
        if not path.exists():
            raise FileError(f"{path}: expected {what}, found no such file. Check the name and the folder.")
        yield path
    except OSError as error:
        raise FileError(f"{path}: could not be read as {what} ({error.strerror or error}).") from error
