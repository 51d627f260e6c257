"""A recipe: everything that a trained model depends on beside the data and the seed, frozen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.data.dataset import Dataset, Split
from chainrule.ensembles import ensemble_of
from chainrule.errors import ModelFileError, SettingError
from chainrule.folding import folded
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.optimizers import Optimizer
from chainrule.regularizers import Regularizer
from chainrule.schedules import Schedule
from chainrule.training.callbacks import Callback
from chainrule.training.checkpoint import CHECKPOINT_NAME, checkpoint_document
from chainrule.training.recipes.room import require_disk, require_memory
from chainrule.training.record import settings_as_data
from chainrule.training.trainer import Trainer

__all__ = ["Recipe", "is_recipe_run", "kept_notes", "member_folder"]

_CHECKPOINT_TEXT = 200_000
_MODEL_TEXT = 20_000
"""Bytes of a checkpoint or a model file beside its numbers: description and history, generously."""


@dataclass(frozen=True)
class Recipe:
    """How to come from data to a model; two trainings of one recipe differ in their data and seed only.

    The one `Trainer` does it. Where there are several members, each is a training of its own, with its own
    seed and its own checkpoint. What comes out is folded (`chainrule.folded`), bound into one network
    (`chainrule.ensemble_of`) and, if the recipe stores half precision, rounded to it: the network that is
    returned, and so the one that is judged, is bit for bit the one in its file.

    Args:
        name: what to call it.
        promise: one sentence: what comes out, and at what price.
        network: makes a member's network; where it starts is drawn from the generator.
        loss: what is minimised, a name or a Loss.
        optimizer: how a gradient becomes a step.
        epochs: how often every example is seen.
        batch_size: examples a step.
        schedule: how the learning rate changes, a name or a function.
        regularizers: terms of the loss or bounds on the weights.
        average: decay of the moving average that answers in the end; None for none.
        augmentation: what happens to the images, anew in every epoch; None for nothing.
        lessons: makes what is learnt from of the data set, drawing from the generator; None to learn from
            the data as they are.
        members: how many networks are trained and averaged.
        stored: number type of the parameters in the model file, "float32" or "float16".
    """

    name: str
    promise: str
    network: Callable[[np.random.Generator], Network]
    loss: str | Loss
    optimizer: Optimizer
    epochs: int
    batch_size: int
    schedule: str | Schedule = "constant"
    regularizers: tuple[Regularizer, ...] = ()
    average: float | None = None
    augmentation: Augmentation | None = None
    lessons: Callable[[Dataset, np.random.Generator], Dataset] | None = None
    members: int = 1
    stored: str = "float32"

    def train(
        self,
        data: Split | Dataset,
        *,
        seed: int = 1,
        checkpoint: str | Path | None = None,
        checkpoint_every: int = 1,
        resume: bool = False,
        callbacks: Sequence[Callback] = (),
        notes: dict[str, Any] | None = None,
    ) -> Network:
        """A model by this recipe.

        Args:
            data: what to learn from; the validation part of a Split is watched, its test part not touched.
            seed: where all randomness starts; members have seeds of their own that follow from it.
            checkpoint: folder to keep the run's state in, in ``member-1`` and so on.
            checkpoint_every: epochs between two checkpoints.
            resume: True to go on from the checkpoint; members that are finished are not trained again,
                and the model is bit for bit what it would have been had the run never stopped.
            callbacks: who looks on; each member is a training of its own to them.
            notes: plain data kept with the checkpoints.

        Raises:
            SettingError: data that the recipe is not for, too little memory, nothing to resume, or a
                checkpoint of a run that has not ended in the way.
            DivergedError, InterruptedTraining, FileError, ModelFileError: as `Trainer.fit`.
        """
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            raise SettingError(f"a seed is a whole number of at least 0, not {seed!r}.")
        train = data.train if isinstance(data, Split) else data
        notes = (notes or {}) | {"recipe": self.name, "seed": seed}
        numbers = range(1, self.members + 1)
        folders = [member_folder(checkpoint, number) if checkpoint else None for number in numbers]
        kept = [folder for folder in folders if folder and (folder / CHECKPOINT_NAME).exists()]
        self.require_data(train)
        if checkpoint and not resume:
            self._require_free(Path(checkpoint), kept)
        if self.lessons:
            train = self.lessons(train, np.random.default_rng([seed, len(train)]))
            data = replace(data, train=train) if isinstance(data, Split) else train
        members = []
        for number, folder, own in zip(numbers, folders, self.seeds(seed), strict=True):
            trainer = self.trainer(
                own,
                checkpoint=folder,
                checkpoint_every=checkpoint_every,
                callbacks=callbacks,
                notes=notes | {"member": number},
            )
            if number == 1:
                self._require_room(trainer, Path(checkpoint) if checkpoint else None)
            trainer.fit(data, resume=resume and (folder in kept or number == 1))
            members.append(folded(trainer.network))
        return self._model(members, seed)

    def trainer(self, seed: int, **others: Any) -> Trainer:
        """A member's network and the trainer that will train it; ``others`` go to the Trainer."""
        return Trainer(
            self.network(np.random.default_rng(seed)),
            loss=self.loss,
            optimizer=deepcopy(self.optimizer),
            epochs=self.epochs,
            batch_size=self.batch_size,
            schedule=self.schedule,
            regularizers=deepcopy(self.regularizers),
            average=self.average,
            augmentation=self.augmentation,
            seed=seed,
            **others,
        )

    def seeds(self, seed: int) -> list[int]:
        """The members' seeds; a single member has the seed itself."""
        if self.members == 1:
            return [seed]
        return [int(each.generate_state(1)[0]) for each in np.random.SeedSequence(seed).spawn(self.members)]

    def untrained(self) -> Network:
        """A member as it will be in the model, with numbers that mean nothing yet: to be described."""
        return folded(self.network(np.random.default_rng(0)))

    @property
    def parameters(self) -> int:
        """How many numbers the model holds, all members together."""
        return self.members * len(self.untrained().parameters)

    @property
    def file_bytes(self) -> int:
        """About how large the model file will be."""
        return self.parameters * np.dtype(self.stored).itemsize + _MODEL_TEXT * self.members

    def as_data(self) -> dict[str, Any]:
        """Everything the recipe says, as plain data."""
        trainer = self.trainer(0)
        settings = settings_as_data(trainer)
        said = {"lessons": self.lessons.__name__} if self.lessons else {}
        return said | {
            "name": self.name,
            "promise": self.promise,
            "parameters": self.parameters,
            "members": self.members,
            "stored": self.stored,
            "settings": {name: value for name, value in settings.items() if name != "seed"},
            "architecture": trainer.network.architecture(),
        }

    def require_data(self, data: Dataset) -> None:
        """Make sure that these are data the recipe is for.

        Raises:
            SettingError: examples of another size, or another number of classes.
        """
        network = self.network(np.random.default_rng(0))
        features, classes = prod(network.input_shape), network.output_shape[-1] - bool(self.lessons)
        if data.features != features or data.classes != classes:
            raise SettingError(
                f"the recipe '{self.name}' is for examples of {features} numbers, such as 28x28 pixels, in "
                f"{classes} classes; {data.name} has {data.features} in {data.classes}. "
                "Train without a recipe: its layers can then be chosen."
            )

    def _require_free(self, folder: Path, kept: Sequence[Path]) -> None:
        """Make sure that no run that has not ended would be overwritten."""
        ended = len(kept) == self.members and all(checkpoint_document(each)["finished"] for each in kept)
        if kept and not ended:
            raise SettingError(
                f"{folder} holds the checkpoint of a run that has not ended. Resume it, choose another "
                "folder, or remove its member folders to begin anew."
            )

    def _require_room(self, trainer: Trainer, checkpoint: Path | None) -> None:
        require_memory(trainer)
        if checkpoint:
            lines = 1 + len(trainer.optimizer.remembers) + bool(trainer.average)
            numbers = lines * trainer.network.parameters.values.nbytes + _CHECKPOINT_TEXT
            # The newest is whole before the one before it is given up.
            require_disk(checkpoint, (self.members + 1) * numbers, "the checkpoint of this training")

    def _model(self, members: Sequence[Network], seed: int) -> Network:
        """The trained members as one network, and the record of how it was made."""
        records = [network.training_record for network in members]
        network = members[0] if self.members == 1 else ensemble_of(members)
        if self.stored == "float16":
            values = network.parameters.values
            with np.errstate(over="ignore"):
                values[...] = values.astype(np.float16)
        same = {name: records[0][name] for name in ("data", "versions")}
        settings = {name: value for name, value in records[0]["settings"].items() if name != "seed"}
        network.training_record = same | {
            "recipe": self.name,
            "seed": seed,
            "settings": settings | {"members": self.members, "stored": self.stored},
            "seconds": round(sum(record["seconds"] for record in records), 3),
            "histories": [record["history"] for record in records],
        }
        return network


def member_folder(checkpoint: str | Path, number: int) -> Path:
    """Where member ``number``, from 1, keeps its state."""
    return Path(checkpoint) / f"member-{number}"


def is_recipe_run(checkpoint: str | Path) -> bool:
    """Whether the folder is one that `Recipe.train` keeps its state in."""
    return (member_folder(checkpoint, 1) / CHECKPOINT_NAME).exists()


def kept_notes(checkpoint: str | Path) -> dict[str, Any]:
    """What was noted with the run of a recipe: its ``"recipe"``, ``"seed"`` and whatever else was given.

    Raises:
        FileError, ModelFileError: as `checkpoint_document`, or it is the checkpoint of another kind of run.
    """
    record = checkpoint_document(member_folder(checkpoint, 1)).get("record")
    notes = record.get("notes") if isinstance(record, dict) else None
    if not isinstance(notes, dict) or "recipe" not in notes:
        raise ModelFileError(f"{checkpoint}: expected the checkpoint of a recipe, and it names none.")
    return notes
