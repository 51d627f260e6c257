"""``chainrule models``: the models that come with the package, and the card of each."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from chainrule.storage.shipped import shipped_model, shipped_models

__all__ = ["models"]


def models(
    name: Annotated[
        str | None, typer.Argument(help="Print the card of this one.", metavar="NAME", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures of the cards.")] = False,
) -> None:
    """The models that come with the package.

    Their names stand wherever a model file is asked for. A card says how a model was made, how good it
    is, and what it is bad at.

    Example: chainrule models
    """
    chosen = shipped_models() if name is None else {name: shipped_model(name)}
    if as_json:
        figures = [model.figures for model in chosen.values()]
        print(json.dumps(figures if name is None else figures[0]))
    elif name is not None:
        print(chosen[name].card, end="")
    else:
        print(f"{'name':<10}  {'bytes':>9}  {'parameters':>10}  {'accuracy %':>10}  {'ms an image':>11}")
        for model in chosen.values():
            parameters, latency = model.figures["file"]["parameters"], model.figures["latency"]["median_ms"]
            print(
                f"{model.name:<10}  {model.size:>9,}  {parameters:>10,}  "
                f"{100 * model.accuracy:>10.2f}  {latency:>11.3f}"
            )
