"""Results on disk: a folder an experiment, two files a seed, written the moment the run ends.

``OUT/NAME/experiment.json`` says what was asked: the experiment, its parameters, the form.
``seed-3.json`` holds the values of the run with seed 3 (finite numbers), and how and where it was made;
``seed-3.npz`` its arrays, which may hold NaN. The JSON is written last and carries the SHA-256 of the
arrays, so a seed is either whole or not there, whenever the process is killed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from chainrule.errors import DataError, FileError, SettingError
from chainrule.lab.experiment import Experiment, Result, Results
from chainrule.lab.record import Record
from chainrule.lab.registry import experiment_named, experiments
from chainrule.lab.stored_files import (
    AGAIN,
    entry,
    number,
    numbers,
    read_arrays,
    read_document,
    texts,
    write_arrays,
    write_document,
)

__all__ = [
    "FORMAT",
    "Stored",
    "folders_in",
    "form_of",
    "open_folder",
    "parameters_from",
    "plain",
    "read",
    "stored_seeds",
    "write_seed",
]

FORMAT = 1
"""The layout this version writes and reads."""

_ASKED = "experiment.json"
_SEED = re.compile(r"seed-([1-9]\d{0,8})\.json")
_DRAWN = ("figure.svg", "figure.png")


@dataclass(frozen=True)
class Stored:
    """What lies in one experiment's folder.

    Attributes:
        experiment: which.
        folder: where.
        results: of its seeds, in their order.
        records: how and where each was made.
    """

    experiment: Experiment
    folder: Path
    results: Results
    records: tuple[Record, ...]

    @property
    def form(self) -> str:
        """``"full"``, ``"quick"`` or ``"changed"``."""
        return form_of(self.experiment, self.results.parameters)


def form_of(experiment: Experiment, parameters: Any) -> str:
    """Which form these parameters are: ``"full"``, ``"quick"``, or ``"changed"`` for any other."""
    if parameters == experiment.parameters:
        return "full"
    return "quick" if parameters == experiment.settings(False, {}) else "changed"


def open_folder(out: Path, experiment: Experiment, parameters: Any) -> Path:
    """The experiment's folder in ``out``, made if it is not there; what lies there is never overwritten.

    Raises:
        SettingError: it holds results of other parameters.
        DataError: what lies there is damaged, of another format, or no results at all.
        FileError: it cannot be read or written.
    """
    from importlib.metadata import version

    folder = out / experiment.name
    for path in (out, folder):
        if path.exists() and not path.is_dir():
            raise FileError(f"{path}: expected a folder for results, found a file. Choose another --out.")
    if (folder / _ASKED).exists():
        there, found = _asked(folder)
        if there.name != experiment.name:
            raise DataError(f"{folder}: holds results of {there.name}. Choose another --out.")
        _require_same(folder, found, parameters)
        return folder
    if folder.exists() and (others := [each.name for each in folder.iterdir() if each.suffix != ".part"]):
        raise DataError(
            f"{folder}: expected results with an {_ASKED}, found something else ({sorted(others)[0]}). "
            "Choose another --out."
        )
    write_document(
        folder / _ASKED,
        {
            "format": FORMAT,
            "experiment": experiment.name,
            "form": form_of(experiment, parameters),
            "parameters": plain(parameters),
            "version": version("chainrule"),
        },
    )
    return folder


def write_seed(folder: Path, seed: int, result: Result, record: Record) -> None:
    """Store one run.

    Raises:
        DataError: a value is not a finite number, or an array cannot be stored.
        FileError: it cannot be written.
    """
    values = {str(name): float(value) for name, value in result.values.items()}
    for name, value in values.items():
        if not isfinite(value):
            raise DataError(f"value '{name}' of seed {seed}: expected a finite number to store, got {value}.")
    sha256 = write_arrays(folder / f"seed-{seed}.npz", result.arrays)
    write_document(
        folder / f"seed-{seed}.json", {"seed": seed, "values": values, "arrays": sha256} | asdict(record)
    )


def stored_seeds(folder: Path) -> tuple[int, ...]:
    """The seeds whose runs are whole, in order."""
    found = (_SEED.fullmatch(path.name) for path in folder.iterdir())
    return tuple(sorted(int(each[1]) for each in found if each))


def read(folder: Path) -> Stored:
    """All that lies in an experiment's folder, checked.

    Raises:
        DataError: damaged, of another format, of no known experiment, or no run in it.
        FileError: it cannot be read.
    """
    experiment, parameters = _asked(folder)
    seeds = stored_seeds(folder)
    if not seeds:
        raise DataError(
            f"{folder}: no run of {experiment.name} has ended yet. Run: chainrule lab run {experiment.name}"
        )
    runs, records = zip(*(_seed(folder, seed) for seed in seeds), strict=True)
    for path, run in zip((folder / f"seed-{seed}.json" for seed in seeds), runs, strict=True):
        wanted = runs[0].values.keys() | {claim.value for claim in experiment.published}
        if missing := sorted(wanted - run.values.keys()):
            raise DataError(f"{path}: expected a value '{missing[0]}', which is not there. {AGAIN}")
    return Stored(experiment, folder, Results(parameters, seeds, runs, experiment.published), records)


def folders_in(path: Path) -> tuple[Path, ...]:
    """The folders of experiments in ``path``, or ``path`` itself if it is one, in the order of the list.

    Those in which no run has ended yet are left out.

    Raises:
        FileError: there is no such folder.
        DataError: there are no results in it.
    """
    if not path.is_dir():
        kind = "a file" if path.exists() else "no such folder"
        raise FileError(f"{path}: expected a folder of results, found {kind}. Name what `lab run` wrote to.")
    if (path / _ASKED).exists():
        return (path,)
    order = list(experiments())
    asked = (each.parent for each in path.glob(f"*/{_ASKED}"))
    found = {folder.name: folder for folder in asked if stored_seeds(folder)}
    if not found:
        raise DataError(f"{path}: no results are in this folder. Make some: chainrule lab run ch1-30")
    return tuple(
        found[name] for name in sorted(found, key=lambda name: (name not in order, *_place(order, name)))
    )


def _place(order: list[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else 0), name


def _asked(folder: Path) -> tuple[Experiment, Any]:
    """The experiment and the parameters that a folder is about."""
    path = folder / _ASKED
    document = read_document(path)
    if (found := entry(path, document, "format", int)) != FORMAT:
        raise DataError(
            f"{path}: expected format {FORMAT}, got {found}; another version of chainrule wrote it "
            f"({str(document.get('version'))[:40]}). Use that version, or choose another --out."
        )
    name = entry(path, document, "experiment", str)
    if name not in experiments():
        raise DataError(
            f"{path}: this version of chainrule has no experiment '{name[:80]}'. See: chainrule lab list"
        )
    experiment = experiment_named(name)
    given = entry(path, document, "parameters", dict)
    default = plain(experiment.parameters)
    if given.keys() != default.keys():
        raise DataError(
            f"{path}: expected the parameters {', '.join(default)}, got {', '.join(given)[:300]}; another "
            "version of chainrule wrote it. Choose another --out."
        )
    try:
        return experiment, parameters_from(experiment, given)
    except SettingError as error:
        raise DataError(f"{path}: {error}") from error


def _seed(folder: Path, seed: int) -> tuple[Result, Record]:
    path = folder / f"seed-{seed}.json"
    document = read_document(path)
    if entry(path, document, "seed", int) != seed:
        raise DataError(f"{path}: holds the run of another seed. {AGAIN}")
    arrays = read_arrays(path.with_suffix(".npz"), entry(path, document, "arrays", str))
    record = Record(
        number(path, document, "seconds"),
        entry(path, document, "date", str)[:20],
        texts(path, document, "machine"),
        texts(path, document, "versions"),
    )
    return Result(numbers(path, document, "values"), arrays), record


def _require_same(folder: Path, found: Any, asked: Any) -> None:
    there, wanted = plain(found), plain(asked)
    differing = [
        f"{name} {there[name]} (not {wanted[name]})" for name in there if there[name] != wanted[name]
    ]
    if differing:
        raise SettingError(
            f"{folder}: holds results of other parameters: {', '.join(differing)}. "
            "Choose another --out, or give the same parameters."
        )


def parameters_from(experiment: Experiment, given: Mapping[str, Any]) -> Any:
    """Parameters from what `plain` made of them, checked.

    Raises:
        SettingError: a name or a value that the experiment does not have.
    """
    default = plain(experiment.parameters)
    changed = {name: value for name, value in given.items() if value != default.get(name)}
    return experiment.settings(True, changed)


def plain(parameters: Any) -> dict[str, Any]:
    """Parameters as JSON gives them back."""
    values: Mapping[str, Any] = {each.name: getattr(parameters, each.name) for each in fields(parameters)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
