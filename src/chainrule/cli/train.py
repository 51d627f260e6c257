"""``chainrule train``: teach a network, judge it once on the test part, save it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import require_writable, settings_from, whole_number, with_settings
from chainrule.cli.recipe_training import train_by_recipe
from chainrule.cli.training_talk import announced, finish, onlookers, telling_how_to_go_on
from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.training import Trainer
from chainrule.training.checkpoint import checkpoint_document
from chainrule.training.recipes import JUDGED_ON, is_recipe_run, require_part
from chainrule.training.settings import TrainingSettings

__all__ = ["train"]

DEFAULT_MODEL = Path("model.safetensors")


@with_settings(TrainingSettings)
def train(
    *,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe", help="Train by this recipe (see `chainrule recipes`); its settings are fixed."
        ),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            "--judge", help=f"Part to be judged on in the end: {', '.join(JUDGED_ON)}. Default: test."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to save the model to (default: model.safetensors).")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file with settings by these names.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", help="Folder to keep the run's state in, to survive being killed."),
    ] = None,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(
            "--checkpoint-every", help="Epochs between two checkpoints. Default: 1.", parser=whole_number
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on from the checkpoint in this folder, with its settings."),
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="File to write the epochs to, as JSON.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    **given: Any,
) -> None:
    """Train a network, judge it on the test part, save it.

    Without options: the book's first network, [784, 30, 10], on MNIST. With --recipe: a frozen way to a
    good model, on all 60,000 images if --split does not say otherwise.

    Example: chainrule train --layers 784,100,10 --epochs 5 --out wide.safetensors
    """

    def say(line: str) -> None:
        if not quiet:
            print(line, file=sys.stderr)

    others = {
        "recipe": recipe,
        "config": config,
        "checkpoint": checkpoint,
        "checkpoint_every": checkpoint_every,
    }
    shown = {"out": out, "history": history, "judge": judge}
    if recipe is not None or (resume is not None and is_recipe_run(resume)):
        typed = {name: value for name, value in (given | others | shown).items() if value is not None}
        train_by_recipe(typed, resume, say=say, quiet=quiet, as_json=as_json)
        return
    kept: dict[str, Any] = {}
    if resume is None:
        settings = settings_from(TrainingSettings, given, config)
    else:
        settings, kept = _resumed(resume, given | others)
    out = out or Path(str(kept.get("out", DEFAULT_MODEL)))
    history = history or (Path(str(kept["history"])) if kept.get("history") else None)
    judge = judge or str(kept.get("judge", "test"))
    checkpoint_every = kept.get("checkpoint_every", 1) if checkpoint_every is None else checkpoint_every
    require_part(judge, settings.split)
    require_writable("--out", out)
    require_writable("--history", history, ".json")
    data = load_data(settings.data, settings.split, report=say)
    notes = {"settings": settings.as_data(), "out": str(out), "checkpoint_every": checkpoint_every}
    trainer = settings.trainer(
        data.train,
        callbacks=onlookers(quiet, as_json),
        checkpoint=resume or checkpoint,
        checkpoint_every=checkpoint_every,
        notes=notes | {"history": str(history) if history else None, "judge": judge},
    )
    say(announced(data, judge))
    say(_network_of(trainer))
    with telling_how_to_go_on(trainer.folder):
        trainer.fit(data, resume=resume is not None)
    if history is not None:
        trainer.history.save(history)
    if trainer.history.stopped:
        say(f"Stopped after epoch {trainer.history[-1].epoch}: {trainer.history.stopped}.")
    finish(
        trainer.network,
        data,
        part=judge,
        out=out,
        data_name=settings.data,
        about={"epochs": len(trainer.history)},
        say=say,
        quiet=quiet,
        as_json=as_json,
    )


def _resumed(folder: Path, given: dict[str, Any]) -> tuple[TrainingSettings, dict[str, Any]]:
    """The settings that the checkpoint was made with, but for ``--epochs``, and what else was noted there."""
    given = {name: value for name, value in given.items() if value is not None}
    if others := sorted(given.keys() - {"epochs"}):
        raise SettingError(
            f"--resume goes on with the settings of the checkpoint; --{others[0].replace('_', '-')} cannot "
            "be given with it. Only --epochs, --out, --history, --judge, --quiet and --json can."
        )
    try:
        notes = checkpoint_document(folder)["record"]["notes"]
        return TrainingSettings.from_mapping(notes["settings"] | given), dict(notes)
    except (KeyError, TypeError):
        raise SettingError(
            f"{folder}: this checkpoint was not made by `chainrule train`; resume it from Python."
        ) from None


def _network_of(trainer: Trainer) -> str:
    sizes = [trainer.network.input_shape[0]]
    sizes += [layer.units for layer in trainer.network.layers if hasattr(layer, "units")]
    return (
        f"Network {sizes}: {len(trainer.network.parameters):,} parameters, {trainer.loss.name} loss, "
        f"{trainer.optimizer.name} with learning rate {trainer.optimizer.learning_rate:g}, "
        f"batches of {trainer.batch_size}, {trainer.epochs} epoch{'s' if trainer.epochs > 1 else ''}."
    )
