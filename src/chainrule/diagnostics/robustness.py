"""How well a network still reads digits that were spoilt: noise, blur, turns, fog, lines and more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chainrule.data.corruptions import CORRUPTIONS, corrupted
from chainrule.data.dataset import Dataset
from chainrule.diagnostics.evaluation import evaluate
from chainrule.diagnostics.robustness_text import robustness_table
from chainrule.errors import SettingError, UnknownNameError
from chainrule.metrics import wilson_interval
from chainrule.network import Network

__all__ = ["RobustnessReport", "Score", "robustness"]


@dataclass(frozen=True)
class Score:
    """How many of ``n`` answers were right."""

    correct: int
    n: int

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1."""
        return self.correct / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson)."""
        return wilson_interval(self.correct, self.n)

    def to_json(self) -> dict[str, Any]:
        """Count, share and interval as plain JSON data."""
        return {"correct": self.correct, "accuracy": self.accuracy, "interval_95": list(self.interval)}


@dataclass(frozen=True)
class RobustnessReport:
    """What `robustness` found.

    Attributes:
        data: name of the data set.
        n: how many images were read, each once clean and once for every corruption.
        seed: what the corruptions were drawn from.
        severity: of the corruptions, 1 (mild) to 5.
        clean: the score on the images as they are.
        corruptions: the score on each corruption, by name.
    """

    data: str
    n: int
    seed: int
    severity: int
    clean: Score
    corruptions: dict[str, Score]

    @property
    def mean(self) -> float:
        """The mean accuracy over the corruptions, 0 to 1; each counts the same, the clean images do not."""
        return sum(score.accuracy for score in self.corruptions.values()) / len(self.corruptions)

    def __str__(self) -> str:
        return robustness_table({"network": self})

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data; rates are fractions."""
        return {
            "data": self.data,
            "n": self.n,
            "seed": self.seed,
            "severity": self.severity,
            "clean": self.clean.to_json(),
            "mean": self.mean,
            "corruptions": {name: score.to_json() for name, score in self.corruptions.items()},
        }


def robustness(
    network: Network,
    dataset: Dataset,
    *,
    severity: int = 3,
    seed: int = 1,
    corruptions: Iterable[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> RobustnessReport:
    """Let a network read a data set as it is, and again after each corruption; the labels stay.

    Networks that are measured with the same data set, severity and seed read the same images.

    Args:
        network: takes images of 28 × 28 pixels.
        dataset: raw images, uint8, of 28 × 28 pixels, white on black.
        severity: 1 (mild) to 5.
        seed: a whole number from 0, from which all corruptions are drawn.
        corruptions: names out of `CORRUPTIONS`; all of them if None.
        progress: called after each reading with what was read, how many are done, and of how many.

    Raises:
        SettingError: no corruption, an unknown one, no such severity, or a negative seed.
        DataError: other examples than such images, or not what the network was made for.
        DivergedError: outputs that are NaN or infinite.
    """
    names = list(dict.fromkeys(CORRUPTIONS if corruptions is None else corruptions))
    if not names:
        raise SettingError(f"name at least one corruption. Known: {', '.join(CORRUPTIONS)}.")
    for name in names:
        if name not in CORRUPTIONS:
            raise UnknownNameError("corruption", name, CORRUPTIONS)
    scores: dict[str, Score] = {}
    for name in ["clean", *names]:
        shown = dataset if name == "clean" else corrupted(dataset, name, severity=severity, seed=seed)
        found = evaluate(network, shown)
        scores[name] = Score(found.correct, found.n)
        if progress is not None:
            progress(name, len(scores), len(names) + 1)
    clean = scores.pop("clean")
    return RobustnessReport(dataset.name, len(dataset), seed, severity, clean, scores)
