"""``chainrule train``: teach a network, judge it once on the test part, save it."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import require_writable, settings_from, whole_number, with_settings
from chainrule.data.fetch import names
from chainrule.data.load import load_data
from chainrule.diagnostics import evaluate
from chainrule.errors import InterruptedTraining, SettingError
from chainrule.storage import save_model
from chainrule.training import Callback, PrintEpochs, Trainer
from chainrule.training.checkpoint import checkpoint_document
from chainrule.training.settings import TrainingSettings

__all__ = ["train"]

DEFAULT_MODEL = Path("model.safetensors")


@with_settings(TrainingSettings)
def train(
    *,
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

    Without options: the book's first network, [784, 30, 10], on MNIST.

    Example: chainrule train --layers 784,100,10 --epochs 5 --out wide.safetensors
    """

    def say(line: str) -> None:
        if not quiet:
            print(line, file=sys.stderr)

    others = {"config": config, "checkpoint": checkpoint, "checkpoint_every": checkpoint_every}
    kept: dict[str, Any] = {}
    if resume is None:
        settings = settings_from(TrainingSettings, given, config)
    else:
        settings, kept = _resumed(resume, given | others)
    out = out or Path(str(kept.get("out", DEFAULT_MODEL)))
    history = history or (Path(str(kept["history"])) if kept.get("history") else None)
    checkpoint_every = kept.get("checkpoint_every", 1) if checkpoint_every is None else checkpoint_every
    require_writable("--out", out)
    require_writable("--history", history, ".json")
    data = load_data(settings.data, settings.split, report=say)
    notes = {"settings": settings.as_data(), "out": str(out), "checkpoint_every": checkpoint_every}
    trainer = settings.trainer(
        data.train,
        callbacks=_onlookers(quiet, as_json),
        checkpoint=resume or checkpoint,
        checkpoint_every=checkpoint_every,
        notes=notes | {"history": str(history) if history else None},
    )
    say(_announced(trainer, data))
    try:
        trainer.fit(data, resume=resume is not None)
    except (InterruptedTraining, KeyboardInterrupt) as stopped:
        said = str(stopped) or "Stopped at once."
        how = f"\nTo go on: chainrule train --resume {shlex.quote(str(trainer.folder))}"
        raise InterruptedTraining(f"{said}{how if trainer.folder else ''}") from None
    if history is not None:
        trainer.history.save(history)
    judged = evaluate(trainer.network, data.test)
    trainer.network.training_record["test"] = {"correct": judged.correct, "examples": judged.n}
    save_model(trainer.network, out)
    fingerprint = trainer.network.fingerprint()
    if trainer.history.stopped:
        say(f"Stopped after epoch {trainer.history[-1].epoch}: {trainer.history.stopped}.")
    if as_json:
        result = {
            "accuracy": judged.accuracy,
            "correct": judged.correct,
            "examples": judged.n,
            "interval": list(judged.interval),
            "epochs": len(trainer.history),
            "seconds": round(trainer.seconds, 3),
            "model": str(out),
            "fingerprint": fingerprint,
        }
        print(json.dumps(result))
    elif not quiet:
        print(f"Test {judged}")
    say(f"Saved {out} after {trainer.seconds:.1f} s of training (fingerprint {fingerprint[:16]}).")
    say(_next_steps(out, settings.data))


def _resumed(folder: Path, given: dict[str, Any]) -> tuple[TrainingSettings, dict[str, Any]]:
    """The settings that the checkpoint was made with, but for ``--epochs``, and what else was noted there."""
    given = {name: value for name, value in given.items() if value is not None}
    if others := sorted(given.keys() - {"epochs"}):
        raise SettingError(
            f"--resume goes on with the settings of the checkpoint; --{others[0].replace('_', '-')} cannot "
            "be given with it. Only --epochs, --out, --history, --quiet and --json can."
        )
    try:
        notes = checkpoint_document(folder)["record"]["notes"]
        return TrainingSettings.from_mapping(notes["settings"] | given), dict(notes)
    except (KeyError, TypeError):
        raise SettingError(
            f"{folder}: this checkpoint was not made by `chainrule train`; resume it from Python."
        ) from None


def _onlookers(quiet: bool, as_json: bool) -> list[Callback]:
    if quiet:
        return []
    stream = sys.stderr if as_json else sys.stdout
    if not stream.isatty():
        return [PrintEpochs(stream)]
    from rich.console import Console

    from chainrule.cli.progress import ProgressBar

    return [ProgressBar(Console(file=stream))]


def _announced(trainer: Trainer, data: Any) -> str:
    parts = [f"{len(data.train):,} examples to learn from"]
    if data.validation is not None:
        parts.append(f"{len(data.validation):,} to choose by")
    parts.append(f"{len(data.test):,} to be judged on")
    sizes = [trainer.network.input_shape[0]]
    sizes += [layer.units for layer in trainer.network.layers if hasattr(layer, "units")]
    return (
        f"{data.train.name}: {', '.join(parts)}.\n"
        f"Network {sizes}: {len(trainer.network.parameters):,} parameters, {trainer.loss.name} loss, "
        f"{trainer.optimizer.name} with learning rate {trainer.optimizer.learning_rate:g}, "
        f"batches of {trainer.batch_size}, {trainer.epochs} epoch{'s' if trainer.epochs > 1 else ''}."
    )


def _next_steps(model: Path, data: str) -> str:
    name = shlex.quote(str(model))
    of_data = "" if data in names() else f" --data {shlex.quote(data)}"
    return (
        "Try next:\n"
        f"  chainrule evaluate {name}{of_data} --figure mistakes.png\n"
        f"  chainrule predict {name}{of_data} --index 0 1 2\n"
        f"  chainrule describe {name}\n"
        "  chainrule train --help"
    )
