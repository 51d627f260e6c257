"""Every error chainrule raises on purpose: what was expected, what came, and what to do next.

The tree::

    ChainruleError
    ├── SettingError            a value the caller chose is impossible (command line: exit status 2)
    │   └── UnknownNameError    a name that is not in the list, with the nearest one that is
    ├── DataError               a data file or an array holds something else than it should
    ├── FetchError              a data set could not be brought to this machine
    ├── ModelFileError          a model or checkpoint file cannot be used
    ├── FileError               a file could not be read or written (disk full, no permission, gone)
    ├── PictureError            a picture that is to be read is damaged, of another kind, or too large
    ├── DivergedError           the loss became infinite or not a number
    └── InterruptedTraining     Ctrl-C; the run was stopped after a whole batch and, if asked, saved
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ChainruleError",
    "DataError",
    "DivergedError",
    "FetchError",
    "FileError",
    "InterruptedTraining",
    "ModelFileError",
    "PictureError",
    "SettingError",
    "UnknownNameError",
]


class ChainruleError(Exception):
    """The root: catch this to catch every error that chainrule raises on purpose."""


class SettingError(ChainruleError, ValueError):
    """A setting (an argument, an option, a layer size) that cannot work as given."""


class UnknownNameError(SettingError):
    """A name that is not among the known ones.

    ``kind`` says what was being named ("loss", "data set"), ``name`` is what came,
    ``known`` are the names that would have worked.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        known = sorted(known)
        self.name = str(name)[:80]
        near = get_close_matches(self.name.lower(), known, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        super().__init__(f"unknown {kind} '{self.name}'.{hint} Known: {', '.join(known)}.")
        self.nearest = near[0] if near else None


class DataError(ChainruleError, ValueError):
    """A data file, or an array given as data, does not hold what it should."""


class FetchError(ChainruleError):
    """A data set could not be brought to this machine by any of its ways."""


class ModelFileError(ChainruleError, ValueError):
    """A model or checkpoint file is damaged, of another kind, or beyond the limits."""


class FileError(ChainruleError):
    """A file could not be read or written: absent, no permission, disk full, vanished."""


class PictureError(ChainruleError, ValueError):
    """A picture that is to be read is damaged, of a kind that is not read here, or beyond the limits."""


class DivergedError(ChainruleError, ArithmeticError):
    """The loss became infinite or not a number; the message says where first and the usual cause."""


class InterruptedTraining(ChainruleError):
    """Training was stopped by Ctrl-C after a whole batch; the message says how to go on."""
