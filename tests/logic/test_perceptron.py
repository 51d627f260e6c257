"""One perceptron: what it says, when it refuses, and the gates that it can be."""

from itertools import product

import numpy as np
import pytest

from chainrule.errors import DataError, SettingError
from chainrule.logic import AND, NAND, NOT, OR, Gate, Perceptron, weighted_decision


def answers(gate):
    return [gate(*row) for row in product((0, 1), repeat=len(gate.weights))]


def test_it_fires_above_nought_and_not_at_nought():
    assert Perceptron((1, 1), -1)(1, 0) == 0
    assert Perceptron((1, 1), -1)(1, 1) == 1
    assert Perceptron((1, 1), -1)(0.5, 0.6) == 1


def test_without_inputs_the_bias_decides_for_ever():
    assert Perceptron((), 1)() == 1
    assert Perceptron((), 0)() == 0


def test_the_gates_are_the_gates():
    assert answers(AND) == [0, 0, 0, 1]
    assert answers(OR) == [0, 1, 1, 1]
    assert answers(NAND) == [1, 1, 1, 0]
    assert answers(NOT) == [1, 0]


def test_nand_has_the_weights_of_the_note():
    assert NAND.weights == (-2, -2)
    assert NAND.bias == 3


def test_with_threshold_five_the_weather_alone_decides():
    go = weighted_decision()
    for weather, company, transport in product((0, 1), repeat=3):
        assert go(weather, company, transport) == weather


def test_with_threshold_three_company_and_transport_together_are_enough():
    go = weighted_decision(threshold=3)
    for weather, company, transport in product((0, 1), repeat=3):
        assert go(weather, company, transport) == (weather or (company and transport))


@pytest.mark.parametrize("factor", [1e-3, 0.5, 7, 1e6])
def test_a_factor_above_nought_changes_no_answer(factor):
    for gate in (AND, OR, NOT, NAND, weighted_decision(), Perceptron((1, -1), 0)):
        assert answers(gate.scaled(factor)) == answers(gate)


def test_numbers_of_numpy_are_numbers():
    assert NAND(np.int64(1), np.uint8(1)) == 0
    assert Perceptron((2, 2), -300)(np.uint8(200), np.uint8(0)) == 1
    assert Perceptron(np.array([1.0, 1.0]), np.float32(-1))(np.float64(0.7), 0.7) == 1


def test_a_wrong_number_of_inputs_is_told():
    with pytest.raises(DataError, match="with 2 weights takes as many inputs, not 3"):
        Perceptron((1, 2), 0)(1, 0, 1)
    with pytest.raises(DataError, match="with 1 weights"):
        NOT(1, 0)


@pytest.mark.parametrize("given", [2, -1, 0.5, float("nan"), "1", None, [0]])
def test_a_gate_takes_nothing_but_bits(given):
    with pytest.raises(DataError, match="gate NAND takes 0 or 1; input 2 is"):
        NAND(0, given)


@pytest.mark.parametrize("given", [float("nan"), float("inf"), "1", None, 10**400])
def test_a_perceptron_takes_finite_numbers(given):
    with pytest.raises(DataError, match="finite number"):
        Perceptron((1,), 0)(given)


@pytest.mark.parametrize(
    ("weights", "bias"), [((1, float("nan")), 0), ((1,), float("inf")), ("12", 0), (3, 0), ((1,), None)]
)
def test_weights_and_bias_are_finite_numbers(weights, bias):
    with pytest.raises(SettingError, match="numbers"):
        Perceptron(weights, bias)


@pytest.mark.parametrize("factor", [0, -1, float("nan")])
def test_a_factor_is_above_nought(factor):
    with pytest.raises(SettingError, match="above 0"):
        NAND.scaled(factor)


def test_a_gate_has_a_printable_name():
    with pytest.raises(SettingError, match="printable"):
        Gate((1,), 0, "\x00")
