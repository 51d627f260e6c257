"""A whole training run as plain names and numbers: what a command line, a TOML file or a checkpoint says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.data.dataset import SPLITS, Dataset
from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers.layer import Layer
from chainrule.layers.registry import ACTIVATIONS, fully_connected
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.numerics.initializers import INITIALIZERS
from chainrule.optimizers import OPTIMIZERS, AdamW, Momentum, Optimizer, optimizer_named
from chainrule.regularizers import L1, L2, MaxNorm, Regularizer
from chainrule.schedules import SCHEDULES
from chainrule.training.agreement import check_augmentation
from chainrule.training.average import MovingAverage
from chainrule.training.stopping import Patience, StoppingRule, falling
from chainrule.training.trainer import Trainer

__all__ = ["ArchitectureSettings", "TrainingSettings"]

_MOST_WEIGHTS = 500_000_000
"""Just below what a model file holds."""

_USUAL_RATES = {"sgd": 3.0, "momentum": 0.3, "nesterov": 0.3}


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


def _one_of(names: Mapping[str, Any] | tuple[str, ...]) -> str:
    return ", ".join(names)


@dataclass(frozen=True)
class ArchitectureSettings:
    """A fully connected network and its loss, as plain names and numbers.

    Raises:
        SettingError: a value that cannot work, or that is not of its kind.
    """

    layers: tuple[int, ...] | None = _setting(
        None,
        "Sizes of the layers, inputs first, such as 784,30,10 (default: the data's inputs, 30, its classes).",
    )
    hidden: str = _setting("sigmoid", f"Activation of the hidden layers: {_one_of(ACTIVATIONS)}.")
    output: str | None = _setting(
        None, "Activation of the last layer (default: the one the loss belongs to)."
    )
    loss: str = _setting("quadratic", f"What is minimised: {_one_of(LOSSES)}.")
    init: str = _setting("normal", f"Start of the weights: {_one_of(INITIALIZERS)}.")
    bias_init: str = _setting("normal", "Start of the biases, likewise.")
    bias: bool = _setting(True, "Whether neurons have biases.")
    batch_norm: bool = _setting(False, "Whether to normalise the batch before each hidden activation.")
    dropout: float = _setting(
        0.0, "Share of the hidden neurons that is dropped in training, from 0 to below 1."
    )
    seed: int = _setting(1, "Where all randomness starts: the same seed gives the same run.")

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(
                self, each.name, _of_its_kind(each.name, str(each.type), getattr(self, each.name))
            )
        for kind, name, known in (
            ("activation", self.hidden, ACTIVATIONS),
            ("activation", self.output or self.hidden, ACTIVATIONS),
            ("loss", self.loss, LOSSES),
            ("initializer", self.init, INITIALIZERS),
            ("initializer", self.bias_init, INITIALIZERS),
        ):
            if name not in known:
                raise UnknownNameError(kind, name, known)
        if self.seed < 0:
            raise SettingError(f"a seed is a whole number of at least 0, not {self.seed}.")
        self._layers(self.layers or (1, 1, 1))

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Any:
        """Settings from a TOML table or the like.

        Raises:
            UnknownNameError: a name that is no setting.
            SettingError: a value that cannot work.
        """
        names = {each.name for each in fields(cls)}
        for name in given:
            if name not in names:
                raise UnknownNameError("setting", name, names)
        return cls(**given)

    def network(
        self, inputs: int, classes: int, generator: np.random.Generator, dtype: Any = np.float32
    ) -> Network:
        """The network, for data of so many inputs and classes where ``layers`` does not say.

        Raises:
            SettingError: more weights than a model may have.
        """
        sizes = self.layers or (inputs, 30, classes)
        weights = sum(before * after for before, after in pairwise(sizes))
        if weights > _MOST_WEIGHTS:
            raise SettingError(
                f"layers {', '.join(map(str, sizes))} have {weights:,} weights between them; expected at "
                f"most {_MOST_WEIGHTS:,}. Choose smaller layers."
            )
        return Network(self._layers(sizes), sizes[0], seed=generator, dtype=dtype)

    def _layers(self, sizes: Sequence[int]) -> list[Layer[Any]]:
        return fully_connected(
            sizes,
            hidden=self.hidden,
            output=self.output or LOSSES[self.loss].output_activation,
            initializer=self.init,
            bias_initializer=self.bias_init,
            bias=self.bias,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
        )


@dataclass(frozen=True)
class TrainingSettings(ArchitectureSettings):
    """A training run: the defaults are those of the book's first chapter.

    Raises:
        SettingError: a value that cannot work, or that is not of its kind.
    """

    data: str = _setting(
        "mnist", "Name of a data set (see `chainrule data list`), or a file or folder of your own."
    )
    split: str = _setting(
        "50k", "50k: the last sixth of the training part is for validation; 60k: train on all of it."
    )
    optimizer: str = _setting("sgd", f"How a gradient becomes a step: {_one_of(OPTIMIZERS)}.")
    learning_rate: float | None = _setting(
        None, "Size of a step (default: 3 with sgd, 0.3 with momentum and nesterov, 0.001 with the others)."
    )
    momentum: float = _setting(0.9, "Share of the last velocity that momentum and nesterov keep.")
    weight_decay: float = _setting(0.01, "Decay of the weights that adamw applies apart from the gradient.")
    batch_size: int = _setting(10, "Examples a step.")
    epochs: int = _setting(30, "How often every example is seen.")
    schedule: str = _setting("constant", f"How the learning rate changes: {_one_of(SCHEDULES)}.")
    l2: float = _setting(0.0, "Strength λ of the L2 regulariser: adds λ/n w to the gradient of the weights.")
    l1: float = _setting(0.0, "Strength λ of the L1 regulariser: adds λ/n sign(w).")
    max_norm: float = _setting(0.0, "Largest norm of the weights into a neuron; 0 for no limit.")
    average: float = _setting(
        0.0, "Decay of a moving average of the parameters that answers in the end; 0 for none."
    )
    augment: str = _setting(
        "",
        "Change the images at random in every epoch, such as shift=1,rotation=8 (see docs/augmentation.md).",
    )
    early_stop: str | None = _setting(
        None,
        "Stop early: a number of evaluations without a new best, or 'falling' to stop at the first fall.",
    )
    evaluate_every: int = _setting(1, "Epochs between two evaluations on the validation part.")

    def __post_init__(self) -> None:
        super().__post_init__()
        for kind, name, known in (
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("schedule", self.schedule, SCHEDULES),
            ("split", self.split, SPLITS),
        ):
            if name not in known:
                raise UnknownNameError(kind, name, known)
        for count in ("batch_size", "epochs", "evaluate_every"):
            if getattr(self, count) < 1:
                raise SettingError(f"{count} is a whole number of at least 1, not {getattr(self, count)}.")
        # What this optimizer does not use must be possible all the same.
        Momentum(self.learning_rate or 0.0, self.momentum)
        AdamW(weight_decay=self.weight_decay)
        check_augmentation(self._optimizer(), Augmentation.from_text(self.augment))
        self._regularizers()
        self._stopping()
        MovingAverage(self.average)

    def as_data(self) -> dict[str, Any]:
        """Plain data from which ``from_mapping`` makes equal settings."""
        return asdict(self) | {"layers": list(self.layers) if self.layers else None}

    def trainer(self, data: Dataset, **others: Any) -> Trainer:
        """A network for ``data`` and the trainer that will train it; ``others`` go to the Trainer."""
        return Trainer(
            self.network(data.features, data.classes, np.random.default_rng(self.seed)),
            loss=self.loss,
            optimizer=self._optimizer(),
            epochs=self.epochs,
            batch_size=self.batch_size,
            schedule=self.schedule,
            regularizers=self._regularizers(),
            average=self.average or None,
            evaluate_every=self.evaluate_every,
            stopping=self._stopping(),
            augmentation=Augmentation.from_text(self.augment),
            seed=self.seed,
            **others,
        )

    def _optimizer(self) -> Optimizer:
        kind = optimizer_named(self.optimizer)
        if kind.full_batch:
            return kind()  # type: ignore[call-arg]
        rate = (
            self.learning_rate if self.learning_rate is not None else _USUAL_RATES.get(self.optimizer, 0.001)
        )
        if issubclass(kind, Momentum):
            return kind(rate, momentum=self.momentum)
        if issubclass(kind, AdamW):
            return kind(rate, weight_decay=self.weight_decay)
        return kind(rate)

    def _regularizers(self) -> list[Regularizer]:
        kinds = ((L2, self.l2), (L1, self.l1), (MaxNorm, self.max_norm))
        return [kind(strength) for kind, strength in kinds if strength != 0]

    def _stopping(self) -> StoppingRule | None:
        if self.early_stop is None:
            return None
        if self.split == "60k":
            raise SettingError("early_stop watches the validation part, and split 60k has none. Use 50k.")
        if self.early_stop == "falling":
            return falling
        if not str(self.early_stop).isdecimal():
            raise SettingError(
                "early_stop is a number of evaluations to wait, such as 10, or 'falling', "
                f"not '{self.early_stop}'."
            )
        return Patience(int(self.early_stop))


def _of_its_kind(name: str, annotation: str, value: Any) -> Any:
    """``value`` as the kind that the setting's annotation names; text from a command line is read."""
    if value is None and "None" in annotation:
        return None
    try:
        if annotation.startswith("tuple"):
            parts = re.split(r"\s*,\s*|\s+", value.strip(" []")) if isinstance(value, str) else value
            return tuple(_of_its_kind(name, "int", part) for part in parts)
        if annotation.startswith("bool"):
            if isinstance(value, bool):
                return value
        elif annotation.startswith("int"):
            if not isinstance(value, (bool, float)):
                return int(value)
        elif annotation.startswith("float"):
            if not isinstance(value, bool):
                return float(value)
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value)
    except (TypeError, ValueError):
        pass
    expected = {
        "tuple": "whole numbers such as 784,30,10",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
    }
    kind = next((words for start, words in expected.items() if annotation.startswith(start)), "a word")
    raise SettingError(f"{name} takes {kind}, not {value!r}.")
