"""Where a training run stands, in one file that is written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import ModelFileError, SettingError
from chainrule.numerics.parameters import Array
from chainrule.storage.tensor_file import read_tensors, write_tensors
from chainrule.training.history import History

if TYPE_CHECKING:
    from chainrule.training.trainer import Trainer

__all__ = ["CHECKPOINT_NAME", "check_free", "checkpoint_document", "restore_checkpoint", "save_checkpoint"]

CHECKPOINT_NAME = "checkpoint.safetensors"
_KIND = "a chainrule checkpoint"
_FORMAT = 1


def save_checkpoint(trainer: Trainer, folder: Path) -> None:
    """Write all that the rest of the run depends on to ``folder``.

    Raises:
        FileError: the file cannot be written; the last checkpoint is untouched.
    """
    document = {
        "checkpoint_format": _FORMAT,
        "architecture": trainer.network.architecture(),
        "record": trainer.record(),
        "history": trainer.history.as_data(),
        "finished": trainer.finished,
        "position": {
            "epoch": trainer.epoch,
            "batch": trainer.batch,
            "loss_total": trainer.loss_total,
            "examples": trainer.examples,
            "learning_rate": trainer.learning_rate,
            "seconds": trainer.seconds,
            "optimizer_steps": trainer.optimizer.steps,
            "average_steps": trainer.average.steps if trainer.average else 0,
        },
        "shuffle_state": trainer.epoch_start_state,
        "noise_state": trainer.noise.bit_generator.state,
    }
    write_tensors(folder / CHECKPOINT_NAME, _tensors(trainer), document)


def restore_checkpoint(trainer: Trainer, folder: Path) -> None:
    """Put a trainer, set up as the first one was, where the checkpoint in ``folder`` stood.

    Raises:
        FileError: there is no checkpoint, or it cannot be read.
        ModelFileError: it is damaged, or of another network, other data or other settings.
    """
    path = folder / CHECKPOINT_NAME
    tensors, document = read_tensors(path, _KIND)
    _expect(path, document.get("checkpoint_format") == _FORMAT, "it is no checkpoint of this version")
    _expect(
        path,
        document.get("architecture") == trainer.network.architecture(),
        "it is of another network; build the network as it was",
    )
    wanted = trainer.record()
    kept = document.get("record")
    if not (isinstance(kept, dict) and isinstance(kept.get("settings"), dict)):
        raise ModelFileError(f"{path}: this checkpoint cannot be resumed: it has no record of its settings.")
    # More epochs may be asked for than at first.
    kept["settings"]["epochs"] = wanted["settings"]["epochs"]
    for key in ("data", "settings"):
        _expect(
            path,
            kept.get(key) == wanted[key],
            f"its {key} were {kept.get(key)}, those given now are {wanted[key]}",
        )
    lines = _tensors(trainer)
    _expect(
        path,
        set(lines) == set(tensors)
        and all(
            lines[name].shape == tensors[name].shape and lines[name].dtype == tensors[name].dtype
            for name in lines
        ),
        "its arrays are not those of this network and optimizer",
    )
    try:
        position = document["position"]
        history = History.from_data(document["history"])
        for generator, state in (
            (trainer.shuffle, document["shuffle_state"]),
            (trainer.noise, document["noise_state"]),
        ):
            generator.bit_generator.state = state
        numbers = {key: float(position[key]) for key in ("loss_total", "learning_rate", "seconds")}
        counts = {key: int(position[key]) for key in ("epoch", "batch", "examples")}
        trainer.optimizer.steps = int(position["optimizer_steps"])
        if trainer.average:
            trainer.average.steps = int(position["average_steps"])
        trainer.finished = counts["epoch"] >= trainer.epochs or history.stopped is not None
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path}: expected {_KIND}; its record of the run is damaged ({error})."
        ) from error
    trainer.history = history
    for name, value in (numbers | counts).items():
        setattr(trainer, name, value)
    for name, line in lines.items():
        np.copyto(line, tensors[name])


def check_free(folder: Path) -> None:
    """Make sure that a new run in ``folder`` would overwrite no run that has not ended.

    Raises:
        SettingError: it would.
    """
    if (folder / CHECKPOINT_NAME).exists() and not checkpoint_document(folder)["finished"]:
        raise SettingError(
            f"{folder} holds the checkpoint of a run that has not ended. Resume it, choose another folder, "
            f"or remove {CHECKPOINT_NAME} to begin anew."
        )


def checkpoint_document(folder: Path) -> dict[str, Any]:
    """What the checkpoint in ``folder`` says of its run: record, history, position, finished or not.

    Raises:
        FileError: there is no checkpoint, or it cannot be read.
        ModelFileError: it is damaged.
    """
    path = folder / CHECKPOINT_NAME
    _, document = read_tensors(path, _KIND)
    _expect(path, document.get("checkpoint_format") == _FORMAT, "it is no checkpoint of this version")
    return dict(document)


def _tensors(trainer: Trainer) -> dict[str, Array]:
    """The arrays themselves, not copies, by the names they have in the file."""
    tensors = {"parameters": trainer.network.parameters.values}
    tensors |= {f"state/{name}": array for name, array in trainer.network.state.items()}
    tensors |= {f"optimizer/{name}": line for name, line in trainer.optimizer.lines.items()}
    if trainer.average:
        tensors["average"] = trainer.average.line
        tensors |= {f"average/{name}": array for name, array in trainer.average.state.items()}
    return tensors


def _expect(path: Path, holds: bool, otherwise: str) -> None:
    if not holds:
        raise ModelFileError(f"{path}: this checkpoint cannot be resumed: {otherwise}.")
