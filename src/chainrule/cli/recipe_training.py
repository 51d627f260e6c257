"""``chainrule train --recipe``: from the options to `Recipe.train` and on to the model file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chainrule.cli.options import require_writable
from chainrule.cli.training_talk import Say, announced, finish, onlookers, telling_how_to_go_on
from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.training import Callback, Trainer
from chainrule.training.recipes import Recipe, kept_notes, recipe_named, require_disk, require_part

__all__ = ["train_by_recipe"]

_MAY_STAND_BESIDE = ("data", "split", "seed", "out", "judge", "checkpoint", "checkpoint_every")
_MAY_CHANGE = ("out", "judge")
_DEFAULTS: dict[str, Any] = {
    "data": "mnist",
    "split": "60k",
    "seed": 1,
    "out": Path("model.safetensors"),
    "judge": "test",
    "checkpoint_every": 1,
}


def train_by_recipe(
    given: dict[str, Any], resume: Path | None, *, say: Say, quiet: bool, as_json: bool
) -> None:
    """Train by the recipe that is named in ``given``, or by the one of the run to be resumed.

    Args:
        given: the options that were typed, by their names, without --resume, --quiet and --json.
        resume: the folder with the run's checkpoints.
        say: where words go that are no result.
        quiet: as of the command.
        as_json: as of the command.
    """
    if resume is None:
        recipe = recipe_named(given.pop("recipe"))
        _require(given, _MAY_STAND_BESIDE, f"the recipe '{recipe.name}' is frozen")
        chosen = _DEFAULTS | given
    else:
        _require(given, _MAY_CHANGE, "--resume goes on with the settings of the checkpoint")
        kept = kept_notes(resume)
        if not _DEFAULTS.keys() <= kept.keys():
            raise SettingError(
                f"{resume}: this checkpoint was not made by `chainrule train`; resume it from Python."
            )
        recipe = recipe_named(str(kept["recipe"]))
        chosen = {name: kept[name] for name in _DEFAULTS} | given
    folder = resume or chosen.get("checkpoint")
    out = Path(str(chosen["out"]))
    require_part(chosen["judge"], chosen["split"])
    require_writable("--out", out)
    require_disk(out, recipe.file_bytes, "the model")
    data = load_data(str(chosen["data"]), chosen["split"], report=say)
    say(announced(data, chosen["judge"]))
    say(f"Recipe {recipe.name}: {_size(recipe)}. {recipe.promise}")
    if recipe.lessons:
        say("It makes what it learns from first, for some minutes.")
    watching: list[Callback] = [_Member(recipe, say)] if recipe.members > 1 else []
    with telling_how_to_go_on(folder):
        network = recipe.train(
            data,
            seed=chosen["seed"],
            checkpoint=folder,
            checkpoint_every=chosen["checkpoint_every"],
            resume=resume is not None,
            callbacks=[*watching, *onlookers(quiet, as_json)],
            notes={name: chosen[name] for name in _DEFAULTS} | {"out": str(out)},
        )
    finish(
        network,
        data,
        part=chosen["judge"],
        out=out,
        data_name=str(chosen["data"]),
        about={
            "recipe": recipe.name,
            "seed": chosen["seed"],
            "split": chosen["split"],
            "members": recipe.members,
            "epochs": recipe.epochs,
        },
        say=say,
        quiet=quiet,
        as_json=as_json,
        dtype=recipe.stored,
    )


class _Member(Callback):
    """Says which member's turn it is."""

    def __init__(self, recipe: Recipe, say: Say) -> None:
        self.members, self.say = recipe.members, say

    def on_start(self, trainer: Trainer) -> None:
        done = " is finished" if trainer.finished else ""
        self.say(f"Member {trainer.notes['member']} of {self.members}{done}.")


def _require(given: dict[str, Any], allowed: tuple[str, ...], why: str) -> None:
    """Make sure that nothing was typed that would be ignored."""
    if others := sorted(given.keys() - set(allowed)):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in allowed)
        raise SettingError(
            f"{why}; --{others[0].replace('_', '-')} cannot be given with it. Only {options}, --quiet and "
            "--json can."
        )


def _size(recipe: Recipe) -> str:
    members = f", {recipe.members} members" if recipe.members > 1 else ""
    return f"{recipe.parameters:,} parameters{members}, {recipe.epochs} epochs"
