"""How well a network does on a data set: judged once, kept as plain numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.diagnostics.evaluation_text import evaluation_table, summary
from chainrule.errors import DataError, DivergedError
from chainrule.metrics import (
    ClassScores,
    Reliability,
    class_scores,
    confusion_matrix,
    expected_calibration_error,
    negative_log_likelihood,
    reliability,
    shares,
    wilson_interval,
)
from chainrule.network import Network

__all__ = ["Evaluation", "Mistake", "evaluate"]

_MISTAKES_KEPT = 20


@dataclass(frozen=True)
class Mistake:
    """A wrong answer: which example, its class, the class predicted, and with what confidence (0 to 1)."""

    index: int
    label: int
    prediction: int
    confidence: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        name: of the data set.
        class_names: ``classes`` names, in the order of the rows and columns below.
        n: how many examples there were.
        correct: how many were answered rightly.
        interval: the 95 % interval of the accuracy (Wilson).
        confusion: ``(classes, classes)``, rows the true classes, columns the predicted ones.
        per_class: precision, recall, F1 and support.
        nll: mean negative natural logarithm of the right class's probability.
        ece: expected calibration error, 0 to 1.
        reliability: confidence against accuracy in 15 bins.
        surest_mistakes: the 20 wrong answers of the greatest confidence, surest first.
        seconds: how long the network took to answer.
    """

    name: str
    class_names: tuple[str, ...]
    n: int
    correct: int
    interval: tuple[float, float]
    confusion: NDArray[np.int64]
    per_class: ClassScores
    nll: float
    ece: float
    reliability: Reliability
    surest_mistakes: tuple[Mistake, ...]
    seconds: float

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1."""
        return self.correct / self.n

    @property
    def error_rate(self) -> float:
        """The share of wrong answers, 0 to 1."""
        return (self.n - self.correct) / self.n

    def __str__(self) -> str:
        return summary(self)

    def table(self) -> str:
        """All of it as text of at most 80 columns."""
        return evaluation_table(self)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data; rates are fractions, and the mean of an empty bin is None."""
        return {
            "name": self.name,
            "class_names": list(self.class_names),
            "n": self.n,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "error_rate": self.error_rate,
            "interval_95": list(self.interval),
            "confusion": self.confusion.tolist(),
            "per_class": {key: _plain(values) for key, values in self.per_class._asdict().items()},
            "nll": self.nll,
            "ece": self.ece,
            "reliability": {key: _plain(values) for key, values in self.reliability._asdict().items()},
            "surest_mistakes": [vars(mistake) for mistake in self.surest_mistakes],
            "seconds": self.seconds,
        }


def evaluate(network: Network, dataset: Dataset) -> Evaluation:
    """Let a network answer every example of a data set and hold the answers against the labels.

    The answer is the class with the largest output. Confidence is that output divided by the sum of
    all outputs (see `metrics.shares`), which leaves softmax outputs as they are and makes
    probabilities of sigmoid outputs, whose sum is not 1; NLL and ECE are computed from these.
    Raw examples (uint8) go through the network's own scaling.

    Raises:
        DataError: no examples, or examples or classes other than the network was made for; but a network
            that knows one class more, "none" of them, may say that too, and is wrong then.
        DivergedError: outputs that are NaN or infinite.
    """
    names = _class_names(network, dataset)
    start = time.perf_counter()
    outputs = network.predict(dataset.inputs).reshape(len(dataset), -1)
    seconds = time.perf_counter() - start
    if not np.isfinite(outputs).all():
        raise DivergedError("the network's outputs are NaN or infinite; it has diverged. Train it anew.")
    labels, predictions = dataset.labels, outputs.argmax(axis=1)
    right = predictions == labels
    correct = int(right.sum())
    probabilities = shares(outputs)
    confidence = probabilities[np.arange(len(labels)), predictions].astype(np.float64)
    wrong = np.flatnonzero(~right)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:_MISTAKES_KEPT]
    confusion = confusion_matrix(labels, predictions, len(names))
    found = reliability(confidence, right)
    return Evaluation(
        name=dataset.name,
        class_names=names,
        n=len(dataset),
        correct=correct,
        interval=wilson_interval(correct, len(dataset)),
        confusion=confusion,
        per_class=class_scores(confusion),
        nll=negative_log_likelihood(probabilities, labels),
        ece=expected_calibration_error(found),
        reliability=found,
        surest_mistakes=tuple(
            Mistake(int(index), int(labels[index]), int(predictions[index]), float(confidence[index]))
            for index in surest
        ),
        seconds=seconds,
    )


def _class_names(network: Network, dataset: Dataset) -> tuple[str, ...]:
    """The classes that answers may fall into."""
    features, outputs = prod(network.input_shape), prod(network.output_shape)
    if not len(dataset):
        raise DataError(f"{dataset.name}: expected at least one example to evaluate on, got none.")
    if dataset.labels.ndim > 1:
        raise DataError(
            f"{dataset.name}: expected one label an example to evaluate by, got {dataset.labels.shape[1]}."
        )
    if dataset.features != features:
        raise DataError(
            f"{dataset.name}: this network takes examples of shape {network.input_shape} ({features} numbers "
            f"each), the data set has shape {dataset.input_shape} ({dataset.features} numbers)."
        )
    if dataset.classes == outputs:
        return dataset.class_names
    if network.class_names == (*dataset.class_names, "none"):
        return network.class_names
    raise DataError(
        f"{dataset.name}: this network tells {outputs} classes apart, "
        f"the data set has {dataset.classes}; expected the same."
    )


def _plain(values: NDArray[Any]) -> list[float | int | None]:
    return [value if isfinite(value) else None for value in values.tolist()]
