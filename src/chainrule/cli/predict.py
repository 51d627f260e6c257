"""``chainrule predict``: what a saved model says of some examples."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from chainrule.cli.options import data_of, whole_number
from chainrule.data.formats import read_inputs
from chainrule.data.load import load_data
from chainrule.errors import DataError, SettingError
from chainrule.metrics import shares
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.storage import load_model
from chainrule.storage.shipped import DEFAULT_MODEL, shipped_model

__all__ = ["predict"]


def predict(
    model: Annotated[
        str | None,
        typer.Argument(
            help=f"Model file, or the name of a shipped model (default, with --index: {DEFAULT_MODEL}).",
            metavar="MODEL",
            show_default=False,
        ),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Argument(help="Files of arrays (.npy, .npz, IDX, CSV).", metavar="FILE")
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option("--index", help="Numbers of test examples, such as --index 0 1 2.", parser=whole_number),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", help="Data set that --index counts in (default: the model's own)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """What a model says of some examples.

    The class of each, how sure the model is, and its second choice.

    Example: chainrule predict model.safetensors --index 0 1 2
    """
    words, chosen = [model, *(files or [])] if model else [], list(index or [])
    if chosen:
        # A number after the first one belongs to --index too, wherever it stands.
        chosen += [int(word) for word in words if word.isdecimal()]
        words = [word for word in words if not word.isdecimal()]
    names = words[1:]
    if not names and not chosen:
        raise SettingError("say what to predict: files of arrays, or --index 0 1 2 for test examples.")
    network = load_model(words[0] if words else shipped_model(DEFAULT_MODEL).file)
    rows: list[dict[str, Any]] = []
    if chosen:
        test = load_data(data or data_of(network), report=lambda line: print(line, file=sys.stderr)).test
        for number in chosen:
            if not 0 <= number < len(test):
                raise SettingError(f"--index {number}: {test.name} has examples 0 to {len(test) - 1}.")
        for number, row in zip(chosen, _answers(network, test.name, test.inputs[chosen]), strict=True):
            rows.append({"index": number, "label": test.class_names[test.labels[number]]} | row)
    for name in names:
        for number, row in enumerate(_answers(network, name, read_inputs(name))):
            rows.append({"file": name, "row": number} | row)
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        what = f"{row['file']} row {row['row']}" if "file" in row else f"test example {row['index']}"
        truth = f"  (it is {row['label']})" if row.get("label", row["class"]) != row["class"] else ""
        second = f", then {row['runner_up']}" if row["runner_up"] is not None else ""
        print(f"{what}: {row['class']}  ({row['confidence']:.1%}{second}){truth}")


def _answers(network: Network, name: str, inputs: Array) -> list[dict[str, Any]]:
    try:
        outputs = network.predict(inputs)
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    answers = []
    for row, probabilities in zip(outputs, shares(outputs), strict=True):
        order = row.argsort()[::-1]
        answers.append(
            {
                "class": network.class_names[order[0]],
                "confidence": float(probabilities[order[0]]),
                "runner_up": network.class_names[order[1]] if len(order) > 1 else None,
                "outputs": row.tolist(),
            }
        )
    return answers
