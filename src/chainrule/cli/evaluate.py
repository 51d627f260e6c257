"""``chainrule evaluate``: how good a saved model is, and what it gets wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from chainrule.cli.options import data_of, require_writable
from chainrule.data.dataset import SPLITS
from chainrule.data.load import load_data
from chainrule.diagnostics import evaluate as evaluation_of
from chainrule.diagnostics import save_evaluation_figure
from chainrule.errors import SettingError, UnknownNameError
from chainrule.storage import load_model

__all__ = ["evaluate"]

PARTS = ("test", "validation", "train")


def evaluate(
    model: Annotated[Path, typer.Argument(help="Model file.", metavar="MODEL")],
    data: Annotated[
        str | None,
        typer.Option("--data", help="Name of a data set, or a file or folder (default: the model's own)."),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="How it was split: 50k or 60k.")] = "50k",
    part: Annotated[str, typer.Option("--part", help="Which part: test, validation or train.")] = "test",
    figure: Annotated[
        Path | None,
        typer.Option("--figure", help="Draw confusion matrix and mistakes to this .png or .svg file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """How good a model is, and what it gets wrong.

    Accuracy with its interval, a table by class, the confusion matrix, calibration, the surest mistakes.

    Example: chainrule evaluate model.safetensors --figure mistakes.png
    """
    require_writable("--figure", figure, ".png", ".svg")
    for kind, name, known in (("split", split, SPLITS), ("part", part, PARTS)):
        if name not in known:
            raise UnknownNameError(kind, name, known)
    network = load_model(model)
    data = data or data_of(network)
    whole = load_data(data, split, report=lambda line: print(line, file=sys.stderr))
    chosen = getattr(whole, part)
    if chosen is None:
        raise SettingError(f"--part {part}: {data} split as {split} has no such part. Use --split 50k.")
    result = evaluation_of(network, chosen)
    if figure is not None:
        save_evaluation_figure(result, chosen, figure)
        print(f"Drew {figure}", file=sys.stderr)
    print(json.dumps(result.to_json()) if as_json else result.table())
