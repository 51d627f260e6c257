"""How and where a run was made: time, date, machine and versions, kept beside what it measured."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chainrule.training.record import versions

__all__ = ["Record", "recorded"]

_WHERE_USED = {
    "scikit-learn": "sklearn",
    "optuna": "optuna",
    "joblib": "joblib",
    "distributed": "distributed",
}


@dataclass(frozen=True)
class Record:
    """The circumstances of one run.

    Attributes:
        seconds: how long it took.
        date: the day it ended, such as ``"2026-03-14"``.
        machine: processor, cores and operating system; never a host's name or a path.
        versions: of chainrule, of Python, and of the packages that computed.
    """

    seconds: float
    date: str
    machine: Mapping[str, str]
    versions: Mapping[str, str]


def recorded(seconds: float) -> Record:
    """The record of a run that took ``seconds`` in this process and ends now."""
    from importlib.metadata import version

    used = {name: version(name) for name, module in _WHERE_USED.items() if module in sys.modules}
    machine = {
        "processor": _processor(),
        "cores": str(os.cpu_count() or 1),
        "system": f"{platform.system()} {platform.machine()}",
    }
    return Record(round(seconds, 3), datetime.now(UTC).date().isoformat(), machine, versions() | used)


def _processor() -> str:
    """The model's name; where the system gives only a maker's name, its family and model numbers too."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or "unknown"
    found = dict(re.findall(r"^([\w ]+?)\s*:\s*(.+)$", text, re.MULTILINE))
    name = found.get("model name", "unknown")
    if not re.search(r"\d", name) and "cpu family" in found:
        name += f" (family {found['cpu family']}, model {found.get('model', '?')})"
    return str(name)
