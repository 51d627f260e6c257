"""What happened in each epoch, as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chainrule.files import written_whole

__all__ = ["EpochRecord", "History"]


@dataclass(frozen=True)
class EpochRecord:
    """One epoch; no wall-clock time is in it, so that a repeated run has an equal history.

    Attributes:
        epoch: its number, from 0 as in the book.
        loss: mean loss over its examples as each batch met them, without regularisers' terms.
        learning_rate: of its last step.
        correct: validation examples classified right after it, None where none were tried.
        examples: how many were tried, None likewise.
    """

    epoch: int
    loss: float
    learning_rate: float
    correct: int | None = None
    examples: int | None = None

    @property
    def accuracy(self) -> float | None:
        """Share of validation examples classified right, or None."""
        return None if self.correct is None or not self.examples else self.correct / self.examples


@dataclass
class History:
    """The epochs in their order, and why training ended before its last one, if it did."""

    epochs: list[EpochRecord] = field(default_factory=list)
    stopped: str | None = None

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: int) -> EpochRecord:
        return self.epochs[index]

    @property
    def accuracies(self) -> Sequence[float]:
        """The validation accuracies there are, oldest first."""
        return [record.accuracy for record in self.epochs if record.accuracy is not None]

    def as_data(self) -> dict[str, Any]:
        """Lists and numbers only, ready for JSON."""
        return {"epochs": [asdict(record) for record in self.epochs], "stopped": self.stopped}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> History:
        """The history that ``as_data`` made this of."""
        return cls([EpochRecord(**record) for record in data["epochs"]], data["stopped"])

    def save(self, path: str | Path) -> None:
        """Write it as JSON.

        Raises:
            FileError: the file cannot be written.
        """
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(self.as_data(), indent=1) + "\n", encoding="utf-8")
