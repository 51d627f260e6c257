"""Metrics against values worked out by hand and against their definitions."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from chainrule.errors import DataError, SettingError
from chainrule.metrics import (
    accuracy,
    class_scores,
    confusion_matrix,
    expected_calibration_error,
    fitted_temperature,
    negative_log_likelihood,
    reliability,
    shares,
    tempered,
    wilson_interval,
)

LABELS = np.array([0, 0, 0, 1, 1, 2])
PREDICTIONS = np.array([0, 0, 1, 1, 1, 0])


def test_accuracy_is_the_share_of_right_answers() -> None:
    assert accuracy(LABELS, PREDICTIONS) == 4 / 6


def test_rows_of_the_confusion_matrix_are_true_classes() -> None:
    assert confusion_matrix(LABELS, PREDICTIONS, 3).tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]


def test_class_scores_by_hand_with_0_for_a_class_never_predicted() -> None:
    scores = class_scores(confusion_matrix(LABELS, PREDICTIONS, 4))
    assert scores.precision == pytest.approx([2 / 3, 2 / 3, 0, 0])
    assert scores.recall == pytest.approx([2 / 3, 1, 0, 0])
    assert scores.f1 == pytest.approx([2 / 3, 4 / 5, 0, 0])
    assert scores.support.tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [
        (np.array([], np.int64), np.array([], np.int64)),
        (np.array([1, 2]), np.array([1])),
        (np.array([1, 2]), np.array([[1], [2]])),
    ],
)
def test_arrays_that_do_not_match_are_refused(labels: np.ndarray, predictions: np.ndarray) -> None:
    with pytest.raises(DataError, match="one answer for each"):
        accuracy(labels, predictions)
    with pytest.raises(DataError, match="one answer for each"):
        confusion_matrix(labels, predictions, 3)


@pytest.mark.parametrize("wrong", [-1, 3])
def test_a_class_out_of_range_is_refused(wrong: int) -> None:
    with pytest.raises(DataError, match="classes 0 to 2"):
        confusion_matrix(np.array([0, 1]), np.array([0, wrong]), 3)


def test_wilson_interval_of_known_cases() -> None:
    assert wilson_interval(9531, 10_000) == pytest.approx((0.9488, 0.9571), abs=5e-5)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_wilson_bounds_are_the_rates_that_would_just_be_accepted(n: int, data: st.DataObject) -> None:
    """The bounds p solve |rate − p| = 1.96 √(p (1 − p) / n), found here by bisection."""
    correct = data.draw(st.integers(0, n))
    rate = correct / n
    low, high = wilson_interval(correct, n)
    assert 0 <= low <= rate <= high <= 1

    def excess(p: float) -> float:
        return (rate - p) ** 2 - 1.959963984540054**2 * p * (1 - p) / n

    if 0 < correct < n:
        assert low == pytest.approx(brentq(excess, 0, rate), abs=1e-9)
        assert high == pytest.approx(brentq(excess, rate, 1), abs=1e-9)


@pytest.mark.parametrize(("correct", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_interval_of_impossible_counts_is_refused(correct: int, n: int) -> None:
    with pytest.raises(SettingError):
        wilson_interval(correct, n)


def test_sigmoid_outputs_become_shares_of_their_sum() -> None:
    outputs = np.array([[0.2, 0.6], [0.0, 0.0], [-1.0, 0.5]], np.float32)
    found = shares(outputs)
    assert found == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]]))
    assert found.dtype == np.float32


def test_negative_log_likelihood_by_hand() -> None:
    probabilities = np.array([[0.5, 0.5], [0.1, 0.9]])
    assert negative_log_likelihood(probabilities, np.array([0, 1])) == pytest.approx(
        -(log(0.5) + log(0.9)) / 2
    )


def test_perfect_answers_have_likelihood_loss_0_without_a_minus_sign() -> None:
    assert str(negative_log_likelihood(np.eye(3), np.arange(3))) == "0.0"


@pytest.mark.parametrize(("dtype", "cost"), [(np.float32, 87.3365), (np.float64, 708.3964)])
def test_a_probability_of_0_costs_what_the_smallest_number_costs(dtype: type, cost: float) -> None:
    found = negative_log_likelihood(np.array([[1, 0]], dtype), np.array([1]))
    assert found == pytest.approx(cost, abs=1e-4)


def test_expected_calibration_error_by_hand() -> None:
    """Bins of a fifth: 0.3 and 0.4 in (0.2, 0.4], half right; 0.9 in (0.8, 1], right."""
    found = reliability(np.array([0.3, 0.4, 0.9]), np.array([True, False, True]), bins=5)
    assert found.counts.tolist() == [0, 2, 0, 0, 1]
    assert found.confidence == pytest.approx([np.nan, 0.35, np.nan, np.nan, 0.9], nan_ok=True)
    assert found.accuracy == pytest.approx([np.nan, 0.5, np.nan, np.nan, 1.0], nan_ok=True)
    assert expected_calibration_error(found) == pytest.approx(2 / 3 * 0.15 + 1 / 3 * 0.1)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_every_confidence_lies_in_exactly_one_of_15_bins(answers: list[tuple[float, bool]]) -> None:
    confidence, right = (np.array(column) for column in zip(*answers, strict=True))
    found = reliability(confidence, right)
    expected = [
        int(((confidence > low) & (confidence <= high)).sum())
        for low, high in zip([-1, *found.edges[1:-1]], found.edges[1:], strict=True)
    ]
    assert found.counts.tolist() == expected
    assert 0 <= expected_calibration_error(found) <= 1


def test_answers_as_often_right_as_sure_are_calibrated() -> None:
    generator = np.random.default_rng(0)
    confidence = generator.uniform(0.5, 1.0, 50_000)
    right = generator.random(50_000) < confidence
    assert expected_calibration_error(reliability(confidence, right)) < 0.01
    assert expected_calibration_error(reliability(np.sqrt(confidence), right)) > 0.05


def test_negative_log_likelihood_of_softmax_outputs_is_the_cross_entropy() -> None:
    logits = np.array([[1.0, 2.0, 3.0]])
    outputs = np.exp(logits) / np.exp(logits).sum()
    expected = log(exp(1) + exp(2) + exp(3)) - 2
    assert negative_log_likelihood(shares(outputs), np.array([1])) == pytest.approx(expected)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_tempered_answers_are_softmax_of_divided_logits(temperature: float) -> None:
    logits = np.random.default_rng(0).normal(0, 3, (50, 10))
    found = tempered(softmax(logits), temperature)
    assert found == pytest.approx(softmax(logits / temperature), rel=1e-9)


def test_an_answer_of_0_and_1_can_be_tempered() -> None:
    found = tempered(np.array([[0, 1, 0]], np.float32), 20.0)
    assert found.sum() == pytest.approx(1)
    assert 0 < found[0, 0] == found[0, 2] < found[0, 1] < 1


@pytest.mark.parametrize("temperature", [0, -1, float("nan")])
def test_a_temperature_not_above_0_is_refused(temperature: float) -> None:
    with pytest.raises(SettingError, match="above 0"):
        tempered(np.array([[0.5, 0.5]]), temperature)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_by_which_answers_are_too_sure_is_found(temperature: float) -> None:
    """Labels are drawn from softmax(z); whoever answers softmax(T z) is off by exactly T."""
    generator = np.random.default_rng(1)
    logits = generator.normal(0, 2, (20_000, 10))
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)
    answers = softmax(temperature * logits)
    found = fitted_temperature(answers, labels)
    assert found == pytest.approx(temperature, rel=0.03)
    assert negative_log_likelihood(tempered(answers, found), labels) <= negative_log_likelihood(
        answers, labels
    )


def test_answers_that_are_always_right_are_made_as_sure_as_may_be() -> None:
    assert fitted_temperature(np.array([[0.6, 0.4], [0.3, 0.7]]), np.array([0, 1])) < 0.06
