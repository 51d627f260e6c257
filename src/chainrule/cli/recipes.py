"""``chainrule recipes``: the frozen ways from data to a model."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import Annotated

import typer

from chainrule.cli.describe import said
from chainrule.training.recipes import RECIPES, Recipe, recipe_named

__all__ = ["recipes"]


def recipes(
    name: Annotated[
        str | None,
        typer.Argument(help="Show everything of this one.", metavar="NAME", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The recipes there are, or everything about one.

    A recipe is trained by `chainrule train --recipe NAME`; its numbers cannot be changed.

    Example: chainrule recipes tiny
    """
    if name is not None:
        recipe = recipe_named(name)
        print(json.dumps(recipe.as_data()) if as_json else _page(recipe))
    elif as_json:
        print(json.dumps([recipe.as_data() for recipe in RECIPES.values()]))
    else:
        print(f"{'name':<10}{'parameters':>10}{'members':>9}{'epochs':>8}  promise")
        for recipe in RECIPES.values():
            first, *rest = wrap(recipe.promise, 41)
            print(f"{recipe.name:<10}{recipe.parameters:>10,}{recipe.members:>9}{recipe.epochs:>8}  {first}")
            for line in rest:
                print(f"{'':<39}{line}")


def _page(recipe: Recipe) -> str:
    data = recipe.as_data()
    rows = {"members": data["members"], "stored as": data["stored"], **data["settings"]}
    lines = [f"{recipe.name}: {recipe.promise}", "", recipe.untrained().describe(), ""]
    lines += [f"{name.replace('_', ' '):<16} {said(value)}" for name, value in rows.items()]
    return "\n".join([*lines, "", f"chainrule train --recipe {recipe.name}"])
