"""``chainrule predict``: what a saved model says of some examples."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.data.formats import read_inputs
from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.storage import load_model

__all__ = ["predict"]


def predict(
    model: Annotated[Path, typer.Argument(help="Model file.", metavar="MODEL")],
    files: Annotated[
        list[str] | None, typer.Argument(help="Files of arrays (.npy, .npz, IDX, CSV).", metavar="[FILE]...")
    ] = None,
    index: Annotated[
        list[int] | None, typer.Option("--index", help="Numbers of test examples, such as --index 0 1 2.")
    ] = None,
    data: Annotated[str, typer.Option("--data", help="Data set that --index counts in.")] = "mnist",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """The class of each example, how sure the model is, and its second choice.

    Example: chainrule predict model.safetensors --index 0 1 2
    """
    network = load_model(model)
    names, chosen = list(files or []), list(index or [])
    if chosen:
        # A shell word after the first number belongs to --index too.
        chosen += [int(name) for name in names if name.isdecimal()]
        names = [name for name in names if not name.isdecimal()]
    if not names and not chosen:
        raise SettingError("say what to predict: files of arrays, or --index 0 1 2 for test examples.")
    rows: list[dict[str, Any]] = []
    if chosen:
        test = load_data(data, report=lambda line: print(line, file=sys.stderr)).test
        for number in chosen:
            if not 0 <= number < len(test):
                raise SettingError(f"--index {number}: {test.name} has examples 0 to {len(test) - 1}.")
        for number, row in zip(chosen, _answers(network, test.inputs[chosen]), strict=True):
            rows.append({"index": number, "label": test.class_names[test.labels[number]]} | row)
    for name in names:
        for number, row in enumerate(_answers(network, read_inputs(name))):
            rows.append({"file": name, "row": number} | row)
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        what = f"{row['file']} row {row['row']}" if "file" in row else f"test example {row['index']}"
        truth = f"  (it is {row['label']})" if row.get("label", row["class"]) != row["class"] else ""
        second = f", then {row['runner_up']}" if row["runner_up"] is not None else ""
        print(f"{what}: {row['class']}  ({row['confidence']:.1%}{second}){truth}")


def _answers(network: Any, inputs: Any) -> list[dict[str, Any]]:
    outputs = network.predict(inputs)
    answers = []
    for row in outputs:
        order = row.argsort()[::-1]
        total = float(row.sum())
        answers.append(
            {
                "class": network.class_names[order[0]],
                "confidence": float(row[order[0]]) / total if total > 0 else 0.0,
                "runner_up": network.class_names[order[1]] if len(order) > 1 else None,
                "outputs": [float(value) for value in row],
            }
        )
    return answers
