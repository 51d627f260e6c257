"""``chainrule data``: which data sets there are, bring one here, say what is in it, draw some changed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from chainrule.cli.options import require_writable, whole_number
from chainrule.data import fetch as fetching
from chainrule.data.augment import Augmentation
from chainrule.data.load import load_data
from chainrule.data.preview import contact_sheet
from chainrule.files import save_figure

__all__ = ["fetch", "info", "list_sources", "preview"]


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
    """What is in a data set: parts, shapes, classes, origin.

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


def preview(
    name: Annotated[str, typer.Argument(help="Name of a data set, or a file or folder.", metavar="NAME")],
    augment: Annotated[
        str | None,
        typer.Option(
            "--augment",
            help="What happens to the images, such as shift=1,rotation=8 (default: each kind by itself).",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="A .png or .svg file to draw to.")] = Path("sheet.png"),
    images: Annotated[
        int | None,
        typer.Option(
            "--images",
            help="Images, each in a row (default: 8, or 2 of each kind).",
            parser=whole_number,
            show_default=False,
        ),
    ] = None,
    copies: Annotated[int, typer.Option("--copies", help="Changed copies of each.", parser=whole_number)] = 8,
    seed: Annotated[
        int, typer.Option("--seed", help="Where the randomness starts.", parser=whole_number)
    ] = 1,
) -> None:
    """Draw images as training with --augment sees them.

    Each row begins with the original; then come changed copies.

    Example: chainrule data preview mnist --augment shift=1,rotation=8
    """
    require_writable("--out", out, ".png", ".svg")
    augmentation = None if augment is None else Augmentation.from_text(augment)
    if images is None:
        images = 2 if augmentation is None else 8
    split = load_data(name, report=lambda line: print(line, file=sys.stderr))
    save_figure(contact_sheet(split.train, augmentation, images, copies, seed), out)
    print(out)


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
