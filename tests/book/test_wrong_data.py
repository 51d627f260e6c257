"""What cannot be trained on is refused with a word on what was expected, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.book import network, network2
from chainrule.errors import DataError, SettingError

X, Y = np.zeros((3, 1)), np.zeros((2, 1))
PAIRS = [(X, Y)] * 6
LABELLED = [(X, 0), (X, 1)]


def nets() -> list[Any]:
    return [network.Network([3, 2]), network2.Network([3, 2])]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "at least one pair"),
        (5, "expected a list of pairs"),
        ([X, X], "entry 0 is no pair"),
        ([(X, Y), (X, Y, Y)], "entry 1 is no pair"),
        ((np.zeros((9, 3)), np.zeros(9)), "load_data_wrapper"),
        ([(X, Y), (np.zeros(3), Y)], r"x of pair 1: expected a column of shape \(3, 1\), got \(3,\)"),
        ([(np.zeros((4, 1)), Y)], r"x of pair 0: .* got \(4, 1\)"),
        (
            [(X, Y), (X, Y), (X, 1)],
            r"y of pair 2: expected a column of shape \(2, 1\), got 1\. .*vectorized_result",
        ),
        ([(X, np.zeros((10, 1)))], r"y of pair 0: .* got \(10, 1\)"),
        ([(X, Y), (np.full((3, 1), np.nan), Y)], "x of pair 1 holds NaN or infinity"),
        ([(X, np.full((2, 1), np.inf))], "y of pair 0 holds NaN or infinity"),
        ([(np.array([["a"], ["b"], ["c"]]), Y)], "expected numbers in x"),
    ],
)
def test_training_data_of_another_form(data: Any, message: str) -> None:
    for net in nets():
        with pytest.raises(DataError, match=message):
            net.SGD(data, 1, 1, 1.0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([(X, 0), (X, 2)], "pair 1: expected a label from 0 to 1, got 2"),
        ([(X, -1)], "pair 0: expected a label from 0 to 1, got -1"),
        ([(X, 0.0)], "whole number from 0 to 1, got 0.0"),
        ([(X, Y)], "convert=True"),
        ([(np.zeros((1, 3)), 0)], r"x of pair 0: .* got \(1, 3\)"),
    ],
)
def test_labelled_data_of_another_form(data: Any, message: str) -> None:
    one, two = nets()
    for judge in (
        lambda: one.evaluate(data),
        lambda: one.SGD(PAIRS, 1, 2, 1.0, test_data=data),
        lambda: two.accuracy(data),
        lambda: two.SGD(PAIRS, 1, 2, 1.0, evaluation_data=data, monitor_evaluation_accuracy=True),
        lambda: two.total_cost(data, 0.0, convert=True),
    ):
        with pytest.raises(DataError, match=message):
            judge()


def test_a_label_beyond_nine() -> None:
    with pytest.raises(DataError, match="from 0 to 9, got 10"):
        network.Network([3, 10]).evaluate([(X, 10)])


@pytest.mark.parametrize("size", [0, -1, 7, 2.0, True, None])
def test_a_mini_batch_larger_than_the_data_or_below_one(size: Any) -> None:
    for net in nets():
        with pytest.raises(SettingError, match="from 1 to all 6"):
            net.SGD(PAIRS, 1, size, 1.0)


@pytest.mark.parametrize("epochs", [-1, 1.5, "3", None])
def test_epochs_that_cannot_be_counted(epochs: Any) -> None:
    for net in nets():
        with pytest.raises(SettingError, match="number of epochs"):
            net.SGD(PAIRS, epochs, 2, 1.0)


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_rates_and_strengths_that_cannot_work(rate: float) -> None:
    for net in nets():
        with pytest.raises(SettingError, match="learning rate"):
            net.SGD(PAIRS, 1, 2, rate)
    with pytest.raises(SettingError, match="l2"):
        nets()[1].SGD(PAIRS, 1, 2, 1.0, lmbda=rate)


@pytest.mark.parametrize(
    "wish",
    [{"monitor_evaluation_cost": True}, {"monitor_evaluation_accuracy": True}, {"early_stopping_n": 3}],
)
@pytest.mark.parametrize("data", [None, []])
def test_monitoring_evaluation_data_that_are_not_there(wish: dict[str, Any], data: Any) -> None:
    with pytest.raises(SettingError, match="evaluation_data=validation_data"):
        network2.Network([3, 2]).SGD(PAIRS, 1, 2, 1.0, evaluation_data=data, **wish)


def test_patience_below_nothing() -> None:
    with pytest.raises(SettingError, match="patience"):
        network2.Network([3, 2]).SGD(PAIRS, 1, 2, 1.0, evaluation_data=LABELLED, early_stopping_n=-1)


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [3, 2.0], ["3", 2], [3, True]])
@pytest.mark.parametrize("kind", [network.Network, network2.Network])
def test_sizes_that_make_no_network(kind: Any, sizes: Any) -> None:
    with pytest.raises(SettingError, match="two sizes"):
        kind(sizes)


def test_a_cost_that_is_none() -> None:
    with pytest.raises(SettingError, match="delta"):
        network2.Network([3, 2], cost="CrossEntropyCost")


def test_a_row_of_pixels_is_not_spread_into_a_square() -> None:
    for net in nets():
        for a in (np.zeros(3), np.zeros((1, 3)), 5.0):
            with pytest.raises(DataError, match=r"reshape\(-1, 1\)"):
                net.feedforward(a)
        with pytest.raises(DataError, match="expected x as a column"):
            net.backprop(np.zeros(3), Y)
        with pytest.raises(DataError, match="expected y as a column"):
            net.backprop(X, np.zeros(2))


@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("weights", [np.zeros((3, 2))]),
        ("weights", []),
        ("biases", [np.zeros(2)]),
        ("biases", [np.zeros((2, 1)), np.zeros((2, 1))]),
    ],
)
def test_assigned_arrays_that_do_not_fit_the_sizes(name: str, arrays: Any) -> None:
    for net in nets():
        setattr(net, name, arrays)
        with pytest.raises(DataError, match=rf"{name}: for sizes \[3, 2\] expected"):
            net.SGD(PAIRS, 1, 2, 1.0)


def test_a_cost_of_ones_own_with_an_error_of_another_shape() -> None:
    class Flat:
        fn = delta = staticmethod(lambda *columns: np.zeros(2))

    with pytest.raises(DataError, match="δ of the last layer"):
        network2.Network([3, 2], cost=Flat).backprop(X, Y)
