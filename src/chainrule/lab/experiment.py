"""What an experiment is: parameters with bounds, a run, a finding, a figure, and a page of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import SettingError, UnknownNameError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Experiment", "Published", "Report", "Result", "Results", "parameter"]

Report = Callable[[float, str], None]
"""Told by a run how far it is, from 0 to 1, and in a few words what it is doing."""


def parameter(
    default: Any,
    text: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Any, ...] = (),
) -> Any:
    """A field of an experiment's parameters: its value in the full form, what it is, and its bounds.

    Numbers (and each number of a tuple) have ``low`` and ``high``, both inclusive; names have ``choices``.
    """
    return field(
        default=default,
        metadata={"help": text, "unit": unit, "low": low, "high": high, "choices": choices},
    )


@dataclass(frozen=True)
class Published:
    """A figure that somebody published, beside the value of ours that answers it.

    Attributes:
        id: the short name of the claim, such as ``"ch1-30"``.
        source: where it stands.
        what: what was measured, in words, such as ``"test accuracy, best epoch"``.
        figure: the number, or None where none was given and ours is "measured here".
        value: the name among ``Result.values`` of our measurement.
        unit: of both numbers, such as ``"%"``.
        tolerance: how far apart the two may be beside our spread, because the source rounds or says "about".
    """

    id: str
    source: str
    what: str
    figure: float | None
    value: str
    unit: str = "%"
    tolerance: float = 0.0


@dataclass(frozen=True)
class Result:
    """What one run measured: plain numbers by name, and arrays (small ones) for the figure."""

    values: Mapping[str, float]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """What the runs of one experiment measured, one a seed, as they were stored.

    Attributes:
        parameters: that they were run with, the experiment's own frozen dataclass.
        seeds: in their order.
        runs: the result of each.
        published: the figures they stand beside, the experiment's own.
    """

    parameters: Any
    seeds: tuple[int, ...]
    runs: tuple[Result, ...]
    published: tuple[Published, ...] = ()

    def values(self, name: str) -> NDArray[np.float64]:
        """One value over the seeds, ``(seeds,)``."""
        return np.array([run.values[name] for run in self.runs], np.float64)

    def mean(self, name: str) -> float:
        """Mean of a value over the seeds."""
        return float(self.values(name).mean())

    def deviation(self, name: str) -> float:
        """Standard deviation of a value over the seeds, with n − 1; 0 where there is one seed."""
        values = self.values(name)
        return float(values.std(ddof=1)) if np.ptp(values) > 0 else 0.0

    def said(self, name: str, digits: int = 2) -> str:
        """A value as text: ``"95.13 ± 0.21"``, or ``"95.13"`` where there is one seed."""
        spread = f" ± {self.deviation(name):.{digits}f}" if len(self.runs) > 1 else ""
        return f"{self.mean(name):.{digits}f}{spread}"

    def arrays(self, name: str) -> NDArray[Any]:
        """One array of every seed, ``(seeds, ...)``."""
        return np.stack([run.arrays[name] for run in self.runs])


@dataclass(frozen=True)
class Experiment:
    """One question, and all it takes to ask it again.

    Attributes:
        name: to call it by, such as ``"ch1-30"``.
        title: a line for the list.
        subject: the heading it stands under.
        parameters: the full form: an instance of a frozen dataclass, its fields made by :func:`parameter`.
        quick: what the quick form changes, so that a seed takes seconds.
        run: ``(parameters, seed, report) -> Result``; all its randomness comes from the seed.
        figure: ``results -> Figure`` of matplotlib; draws what is stored and never trains.
        finding: ``results -> str``: what came out, one plain sentence made of the numbers.
        published: the figures it stands beside.
        asks: what is asked, a paragraph.
        look_for: what to look for in the figure, a paragraph.
        seconds: of the full form, one seed, as measured on two cores.
        seeds: how many the full form runs; 1 where nothing is random.
        came_out: what the full form taught, and why it differs from what was published where it does;
            the registry adds it, from ``came_out.py``.
    """

    name: str
    title: str
    subject: str
    parameters: Any
    quick: Mapping[str, Any]
    run: Callable[[Any, int, Report], Result]
    figure: Callable[[Results], Figure]
    finding: Callable[[Results], str]
    published: tuple[Published, ...]
    asks: str
    look_for: str
    seconds: float
    seeds: int = 5
    came_out: str = ""

    def settings(self, full: bool, changes: Mapping[str, Any]) -> Any:
        """The parameters of the full or the quick form, with ``changes``, text or values by name.

        Raises:
            UnknownNameError: there is no such parameter.
            SettingError: a value of another kind, or out of bounds.
        """
        known = {each.name: each for each in fields(self.parameters)}
        start = self.parameters if full else replace(self.parameters, **self.quick)
        checked = {}
        for name, given in changes.items():
            if name not in known:
                raise UnknownNameError(f"parameter of {self.name}", name, known)
            checked[name] = _of_its_kind(known[name], getattr(self.parameters, name), given)
        return replace(start, **checked)


def _of_its_kind(setting: Any, example: Any, given: Any) -> Any:
    """``given`` as the kind of value that ``example`` is, within the setting's bounds."""
    if isinstance(example, tuple):
        parts = given.split(",") if isinstance(given, str) else given
        if not isinstance(parts, (tuple, list)) or not parts:
            raise SettingError(f"{setting.name}: expected values such as {_as_text(example)}, got {given!r}.")
        return tuple(_of_its_kind(setting, example[0], part) for part in parts)
    value = _converted(setting.name, example, given)
    low, high, choices = (setting.metadata[key] for key in ("low", "high", "choices"))
    if choices and value not in choices:
        raise UnknownNameError(f"value of {setting.name}", value, [str(choice) for choice in choices])
    if (low is not None and value < low) or (high is not None and value > high):
        unit = f" {setting.metadata['unit']}" if setting.metadata["unit"] else ""
        bounds = f"at least {low:g}" if high is None else f"from {low:g} to {high:g}"
        raise SettingError(f"{setting.name}: expected a value {bounds}{unit}, got {value:g}.")
    return value


def _converted(name: str, example: Any, given: Any) -> Any:
    kind = type(example)
    words = {bool: "yes or no", int: "a whole number", float: "a number", str: "a word"}[kind]
    if kind is bool and str(given).lower() in ("yes", "true", "1", "no", "false", "0"):
        return str(given).lower() in ("yes", "true", "1")
    try:
        if kind is bool or isinstance(given, bool) or (kind is int and int(given) != float(given)):
            raise ValueError
        value = kind(given)
        if kind is float and not isfinite(value):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"{name}: expected {words} such as {_as_text(example)}, got {given!r}.") from None
    return value


def _as_text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
