"""How good answers are, as numbers: how many are right, what is confused, whether confidence is earned.

Throughout, ``labels`` and ``predictions`` are ``(n,)`` whole numbers, the true and the predicted
classes, and ``n`` is at least 1.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import DataError, SettingError

__all__ = [
    "ClassScores",
    "Reliability",
    "accuracy",
    "class_scores",
    "confusion_matrix",
    "expected_calibration_error",
    "fitted_temperature",
    "negative_log_likelihood",
    "reliability",
    "shares",
    "tempered",
    "wilson_interval",
]

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

_NORMAL_97_5 = 1.959963984540054
"""Below this lies 97.5 % of the standard normal distribution."""


class ClassScores(NamedTuple):
    """One number a class in each array, ``(classes,)``; a quotient 0/0 counts as 0.

    ``precision``: of what was predicted as the class, the share that is of it.
    ``recall``: of what is of the class, the share that was predicted as it.
    ``f1``: 2 · precision · recall / (precision + recall), their harmonic mean.
    ``support``: how many examples are of the class.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Integers


class Reliability(NamedTuple):
    """Confidence against accuracy in bins of equal width; bin i holds edges[i] < confidence ≤ edges[i + 1].

    ``edges``: ``(bins + 1,)`` from 0 to 1. ``counts``: ``(bins,)`` examples in each bin.
    ``confidence``, ``accuracy``: ``(bins,)`` mean over each bin; NaN where it is empty.
    """

    edges: Floats
    counts: Integers
    confidence: Floats
    accuracy: Floats


def accuracy(labels: Integers, predictions: Integers) -> float:
    """The share of right answers, 0 to 1.

    Raises:
        DataError: no labels, or not one prediction a label.
    """
    _require_rows(labels, predictions)
    return float(np.mean(labels == predictions))


def wilson_interval(correct: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a rate of which ``correct`` in ``n`` were seen (Wilson 1927).

    With p = correct / n and z = 1.96:  [p + z²/2n ± z √(p (1 − p)/n + z²/4n²)] / (1 + z²/n).
    It stays within 0 and 1 and is sound near both, where p ± z √(p (1 − p)/n) is not.

    Raises:
        SettingError: ``n`` below 1, or ``correct`` not in 0 to ``n``.
    """
    if n < 1 or not 0 <= correct <= n:
        raise SettingError(f"an interval needs n ≥ 1 and 0 ≤ correct ≤ n, not {correct} of {n}.")
    rate, z = correct / n, _NORMAL_97_5
    centre = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    low, high = (centre - half) / whole, (centre + half) / whole
    return max(0.0, min(rate, low)), min(1.0, max(rate, high))


def confusion_matrix(labels: Integers, predictions: Integers, classes: int) -> NDArray[np.int64]:
    """``(classes, classes)``: row i, column j counts the examples of class i that were predicted as j.

    Raises:
        DataError: no labels, not one prediction a label, or a class outside ``0 .. classes - 1``.
    """
    _require_rows(labels, predictions)
    for numbers in (labels, predictions):
        if numbers.min() < 0 or numbers.max() >= classes:
            raise DataError(f"expected classes 0 to {classes - 1}, got {numbers.min()} to {numbers.max()}.")
    cells = np.bincount(labels * classes + predictions, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64)


def class_scores(confusion: Integers) -> ClassScores:
    """Precision, recall, F1 and support of each class of a confusion matrix, ``(classes, classes)``."""
    right = np.diagonal(confusion).astype(np.float64)
    predicted, support = confusion.sum(axis=0), confusion.sum(axis=1)
    return ClassScores(
        precision=_quotient(right, predicted),
        recall=_quotient(right, support),
        f1=_quotient(2 * right, predicted + support),
        support=support,
    )


def shares(outputs: Floats) -> Floats:
    """Outputs as probabilities: each divided by the sum of its row, ``(n, classes)``, of the same dtype.

    Softmax outputs stay as they are but for rounding; sigmoid outputs, each a probability by
    itself, become shares of their sum. Outputs below 0 count as 0, a row of zeros as equal shares.
    """
    positive = np.maximum(outputs, 0)
    sums = positive.sum(axis=1, keepdims=True, dtype=np.float64)
    equal = 1 / outputs.shape[1]
    probabilities = np.where(sums > 0, positive / np.where(sums > 0, sums, 1), equal)
    return probabilities.astype(outputs.dtype)


def negative_log_likelihood(probabilities: Floats, labels: Integers) -> float:
    """Mean over the examples of −ln p(right class); natural logarithm, 0 is perfect.

    A p below the smallest positive normal number of the dtype counts as that number, so that an
    answer of 0 costs 87.3 in float32, and 708.4 in float64, and not infinity.

    Args:
        probabilities: ``(n, classes)``, each row summing to 1.
        labels: ``(n,)``.

    Raises:
        DataError: no labels, or not one row a label.
    """
    _require_rows(labels, probabilities[:, 0])
    right = probabilities[np.arange(len(labels)), labels]
    floor = np.finfo(probabilities.dtype).tiny
    return abs(float(np.mean(np.log(np.maximum(right, floor)), dtype=np.float64)))


def reliability(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> Reliability:
    """What a reliability diagram shows: how often answers of each confidence are right.

    Args:
        confidence: ``(n,)`` the probability given to the predicted class, 0 to 1.
        right: ``(n,)`` whether the prediction is the true class.
        bins: how many, of equal width; 15 is the number of Guo et al. (2017).

    Raises:
        DataError: no answers, or not one ``right`` a confidence.
    """
    _require_rows(confidence, right)
    edges = np.arange(bins + 1) / bins
    place = np.searchsorted(edges[1:-1], confidence, side="left")
    counts = np.bincount(place, minlength=bins)
    return Reliability(
        edges=edges,
        counts=counts,
        confidence=_quotient(np.bincount(place, confidence, bins), counts, where_empty=np.nan),
        accuracy=_quotient(np.bincount(place, right, bins), counts, where_empty=np.nan),
    )


def expected_calibration_error(found: Reliability) -> float:
    """Σ over the bins of (count / n) · |accuracy − confidence|, 0 to 1 (Guo et al. 2017, equation 3)."""
    filled = found.counts > 0
    gaps = np.abs(found.accuracy[filled] - found.confidence[filled])
    return float(np.dot(found.counts[filled], gaps) / found.counts.sum())


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities as softmax would give them of its logits divided by ``temperature``; float64.

    Softmax gives pₖ ∝ exp zₖ, and so exp(zₖ/T) ∝ pₖ^(1/T): the logits themselves are not needed. The order
    of the classes stays; T > 1 makes answers less sure, T < 1 surer (Guo et al. 2017, section 4.2). A p
    below the smallest positive normal number of its dtype counts as that number.

    Args:
        probabilities: ``(n, classes)``, each row summing to 1.
        temperature: T, above 0.

    Raises:
        SettingError: a temperature that is not above 0.
    """
    if not temperature > 0:
        raise SettingError(f"a temperature is a number above 0, not {temperature}.")
    floor = np.finfo(probabilities.dtype).tiny
    logits = np.log(np.maximum(probabilities, floor), dtype=np.float64) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fitted_temperature(probabilities: Floats, labels: Integers) -> float:
    """The temperature, 0.05 to 20, at which the negative log-likelihood is least.

    To be fitted on examples that the network has not learnt from, and not on those it is judged on.

    Args:
        probabilities: ``(n, classes)``, each row summing to 1.
        labels: ``(n,)``.

    Raises:
        DataError: no labels, or not one row a label.
    """
    from scipy.optimize import minimize_scalar

    def cost(exponent: float) -> float:
        return negative_log_likelihood(tempered(probabilities, float(np.exp(exponent))), labels)

    least = minimize_scalar(cost, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(least.x))


def _quotient(above: NDArray[Any], below: Integers, where_empty: float = 0.0) -> Floats:
    return np.where(below > 0, above / np.maximum(below, 1), where_empty)


def _require_rows(labels: NDArray[Any], answers: NDArray[Any]) -> None:
    if labels.ndim != 1 or labels.shape != answers.shape or not len(labels):
        raise DataError(
            "expected one answer for each of at least one example, as rows of numbers; "
            f"got arrays of shapes {labels.shape} and {answers.shape}."
        )
