"""Any function fits in two layers; what it costs there, and what it costs in many."""

import random

import pytest

from chainrule.errors import DataError, SettingError
from chainrule.logic import AND, counting_parity, parity, parity_chain, true_rows, two_layers


def table(circuit):
    return {inputs: outputs[0] for inputs, outputs in circuit.truth_table().rows}


@pytest.mark.parametrize("code", range(16))
def test_each_function_of_two_bits_fits_in_two_layers(code):
    circuit = two_layers(lambda first, second: code >> (2 * first + second) & 1, 2)
    assert list(table(circuit).values()) == [code >> place & 1 for place in range(4)]
    assert len(circuit) == code.bit_count() + 1
    assert circuit.depth <= 2


def test_random_functions_of_six_bits_fit_in_two_layers():
    draw = random.Random(1)
    for _ in range(5):
        wanted = {row: draw.getrandbits(1) for row in table(two_layers(parity, 6))}
        circuit = two_layers(lambda *row, wanted=wanted: wanted[row], 6)
        assert table(circuit) == wanted
        assert (
            len(circuit) - 1
            == sum(wanted.values())
            == len(true_rows(lambda *row, wanted=wanted: wanted[row], 6))
        )


@pytest.mark.parametrize("inputs", range(2, 17))
def test_parity_takes_half_the_rows_in_two_layers_and_four_gates_a_bit_in_many(inputs):
    assert len(true_rows(parity, inputs)) == 2 ** (inputs - 1)
    assert len(parity_chain(inputs)) == 4 * (inputs - 1)
    assert len(counting_parity(inputs)) == inputs + 1


@pytest.mark.parametrize("inputs", range(2, 9))
def test_the_three_circuits_for_parity_agree_with_it(inputs):
    shallow, deep, counting = two_layers(parity, inputs), parity_chain(inputs), counting_parity(inputs)
    assert len(shallow) == 2 ** (inputs - 1) + 1
    assert table(shallow) == table(deep) == table(counting)
    assert all(value == parity(*row) for row, value in table(deep).items())


@pytest.mark.parametrize(("inputs", "depth"), [(2, 3), (4, 6), (5, 9), (8, 9), (16, 12), (17, 15)])
def test_the_chain_is_three_gates_deep_for_each_doubling(inputs, depth):
    assert parity_chain(inputs).depth == depth
    assert counting_parity(inputs).depth == 2


def test_a_function_that_returns_no_bit_is_told():
    with pytest.raises(DataError, match=r"for \(0, 1\) it returned 2"):
        two_layers(lambda first, second: 2 * second, 2)


def test_too_many_inputs_are_told():
    with pytest.raises(SettingError, match="from 0 to 20 inputs, not 21"):
        two_layers(parity, 21)
    with pytest.raises(SettingError, match="2 to 1000 bits"):
        parity_chain(1)
    with pytest.raises(SettingError, match="2 to 1000 bits"):
        counting_parity(1001)


def test_a_gate_is_compiled_as_well_as_a_function():
    assert len(two_layers(AND, 2)) == 2
