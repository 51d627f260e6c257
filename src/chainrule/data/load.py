"""From a name or a path to a `Split`: what to learn from, to choose by, and to be judged on."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from chainrule.data.dataset import Dataset, Split
from chainrule.data.fetch import Report, fetch, find_source, info, names, silent
from chainrule.data.formats import read_parts
from chainrule.errors import FetchError, UnknownNameError

__all__ = ["load", "load_data", "load_path"]

SEED = 0
"""Of the one fixed shuffle, so that a file without a test part is divided the same way every time."""


def load_data(name_or_path: str | Path, split: str = "50k", report: Report = silent) -> Split:
    """The data set of a known name (fetched if need be), or the one that lies at a path.

    Raises:
        UnknownNameError: neither a known name nor a path where something lies.
        FetchError, DataError, FileError: as `load` and `load_path`.
    """
    if str(name_or_path) in names():
        return load(str(name_or_path), split, report=report)
    if not os.path.exists(name_or_path):
        raise UnknownNameError("data set or file", name_or_path, names())
    return load_path(name_or_path, split)


def load(name: str, split: str = "50k", *, fetch_missing: bool = True, report: Report = silent) -> Split:
    """A data set by name, from the cache; what is missing or damaged there is fetched first.

    Args:
        name: one of `chainrule.data.fetch.names`.
        split: ``"50k"`` keeps a sixth of the training part for validation, ``"60k"`` nothing.
        fetch_missing: whether to fetch at all.
        report: is told what is being tried.

    Raises:
        UnknownNameError: there is no data set or split of that name.
        FetchError: it is not in the cache and could not, or was not to be, fetched.
    """
    source = find_source(name)
    if not (fetch_missing or info(name).cached):
        raise FetchError(f"{name} is not in the cache. Fetch it first: chainrule data fetch {name}")
    parts = [
        Dataset(
            inputs,
            labels,
            class_names=source.class_names,
            input_shape=source.input_shape,
            scaling=source.scaling,
            name=f"{name} (test)" if part else name,
        )
        for part, (inputs, labels) in enumerate(source.read(fetch(name, report=report)))
    ]
    return _divided(parts[0], parts[1] if len(parts) > 1 else None, split)


def load_path(path: str | Path, split: str = "50k") -> Split:
    """The data set in a file or folder of any format that `chainrule.data.formats.read_parts` reads.

    Where there is no test part, the examples are shuffled once, always in the same way, and the last
    sixth becomes the test part.

    Raises:
        UnknownNameError: there is no split of that name.
        DataError: damaged, of no known format, or with too few examples.
        FileError: it cannot be read.
    """
    return _divided(*read_parts(path), split)


def _divided(train: Dataset, test: Dataset | None, split: str) -> Split:
    """A split of what was read; examples that lie sorted by class are shuffled before they are divided."""
    order = np.random.default_rng(SEED).permutation(len(train))
    if test is None:
        kept = len(train) - len(train) // 6
        test = train.part(order[kept:], f"{train.name} (test)")
        train = train.part(order[:kept], train.name)
    elif (np.diff(train.labels) >= 0).all():
        train = train.part(order, train.name)
    return Split.of(train, test, split)
