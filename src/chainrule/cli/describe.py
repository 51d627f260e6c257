"""``chainrule describe``: what a saved model is made of and how it was trained."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from chainrule.cli.options import Model
from chainrule.storage import load_model

__all__ = ["describe", "said"]


def describe(
    model: Model,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What a model is made of and how it was trained.

    Layers, shapes, how many numbers each learns, data, settings and result on the test part.

    Example: chainrule describe model.safetensors
    """
    network = load_model(model)
    record = network.training_record
    if as_json:
        result = {
            "architecture": network.architecture(),
            "parameters": len(network.parameters),
            "class_names": list(network.class_names),
            "scaling": {"scale": network.scaling.scale, "shift": network.scaling.shift},
            "fingerprint": network.fingerprint(),
            "training": record,
        }
        print(json.dumps(result))
        return
    print(network.describe())
    print(f"\nfingerprint {network.fingerprint()}")
    for title, part in (
        ("data", record.get("data")),
        ("settings", record.get("settings")),
        ("test", record.get("test")),
    ):
        if isinstance(part, dict):
            print(f"\n{title}")
            for name, value in part.items():
                print(f" {name:<14} {said(value)}")
    if "seconds" in record:
        print(f"\ntrained in {record['seconds']} s\nby {said(record.get('versions'))}")


def said(value: object) -> str:
    """Plain data as a person would write it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {said(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(said(part) for part in value) or "none"
    return "none" if value is None else str(value)
