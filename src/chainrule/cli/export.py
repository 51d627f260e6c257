"""``chainrule export``: a saved model in the files of the notes and of the book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from chainrule.cli.options import Model
from chainrule.storage import load_model, write_book_json, write_npy_weights

__all__ = ["export"]


def export(
    model: Model,
    out: Annotated[
        Path, typer.Argument(help="A .json file for the book's form, else a folder for .npy files.")
    ],
) -> None:
    """Write a model's weights as the book's JSON or as .npy files.

    The .npy files go into a folder, as note 000 keeps them.

    Example: chainrule export model.safetensors network.json
    """
    network = load_model(model)
    if out.suffix.lower() == ".json":
        write_book_json(network, out)
    else:
        write_npy_weights(network, out)
    print(f"Wrote {out}", file=sys.stderr)
