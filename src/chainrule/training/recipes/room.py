"""Is there enough memory and disk? Asked before a long training begins, not answered by its failing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import FileError, SettingError
from chainrule.training.trainer import Trainer

__all__ = ["available_memory", "bytes_held", "require_disk", "require_memory", "training_bytes"]

_MEMORY_FILE = Path("/proc/meminfo")


def available_memory() -> int | None:
    """Bytes of memory that could still be taken, as Linux tells; None on other systems.

    The limit of a container that the system does not tell of is not seen.
    """
    try:
        lines = _MEMORY_FILE.read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def bytes_held(things: Iterable[Any]) -> int:
    """Bytes of all arrays that hang on these objects of chainrule's; shared ones count once."""
    waiting, seen, total = list(things), set[int](), 0
    while waiting:
        thing = waiting.pop()
        while isinstance(thing, np.ndarray) and isinstance(thing.base, np.ndarray):
            thing = thing.base
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            total += thing.nbytes
        elif isinstance(thing, (list, tuple)):
            waiting += thing
        elif isinstance(thing, dict):
            waiting += thing.values()
        elif type(thing).__module__.startswith("chainrule.") and hasattr(thing, "__dict__"):
            waiting += vars(thing).values()
    return total


def training_bytes(trainer: Trainer) -> int:
    """What a training will take beside the data and the program: benches, parameters, memories.

    The benches are made to be measured and dropped; of memory that nothing writes to, the system gives
    none.
    """
    network = trainer.network
    training = network.bench(trainer.batch_size, training=True, generator=trainer.noise)
    lines = len(trainer.optimizer.remembers) + (2 if trainer.average else 0)
    return bytes_held([training, network.parameters]) + lines * network.parameters.values.nbytes


def require_memory(trainer: Trainer) -> None:
    """Make sure that the training will find the memory it takes.

    Raises:
        SettingError: it will not.
    """
    free, needed = available_memory(), training_bytes(trainer)
    if free is not None and needed > free:
        raise SettingError(
            f"this training takes about {_megabytes(needed)} of memory beside the data; "
            f"{_megabytes(free)} can still be taken. Close other programs, or choose a smaller recipe."
        )


def require_disk(path: Path, needed: int, what: str) -> None:
    """Make sure that a file or folder of so many bytes finds room on its disk.

    Raises:
        FileError: it does not.
    """
    folder = next(parent for parent in (path.absolute(), *path.absolute().parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise FileError(
            f"{path}: {what} takes about {_megabytes(needed)}, and the disk has {_megabytes(free)} left. "
            "Free some space, or choose a folder on another disk."
        )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
