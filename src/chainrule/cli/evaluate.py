"""``chainrule evaluate``: how good a saved model is, and what it gets wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from chainrule.data.load import load_data
from chainrule.diagnostics import evaluate as evaluation_of
from chainrule.diagnostics import save_evaluation_figure
from chainrule.errors import SettingError
from chainrule.storage import load_model

__all__ = ["evaluate"]


def evaluate(
    model: Annotated[Path, typer.Argument(help="Model file.", metavar="MODEL")],
    data: Annotated[str, typer.Option("--data", help="Name of a data set, or a file or folder.")] = "mnist",
    split: Annotated[str, typer.Option("--split", help="How it was split: 50k or 60k.")] = "50k",
    part: Annotated[str, typer.Option("--part", help="Which part: test, validation or train.")] = "test",
    figure: Annotated[
        Path | None,
        typer.Option("--figure", help="Draw confusion matrix and mistakes to this .png or .svg file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Accuracy with its interval, a table by class, the confusion matrix, calibration, the surest mistakes.

    Example: chainrule evaluate model.safetensors --figure mistakes.png
    """
    network = load_model(model)
    whole = load_data(data, split, report=lambda line: print(line, file=sys.stderr))
    parts = {"test": whole.test, "validation": whole.validation, "train": whole.train}
    chosen = parts.get(part)
    if chosen is None:
        there = ", ".join(name for name, dataset in parts.items() if dataset is not None)
        raise SettingError(f"--part {part}: {data} split as {split} has no such part. It has: {there}.")
    result = evaluation_of(network, chosen)
    if figure is not None:
        save_evaluation_figure(result, chosen, figure)
        print(f"Drew {figure}", file=sys.stderr)
    print(json.dumps(result.to_json()) if as_json else result.table())
