"""Adders and multipliers of NAND perceptrons are right: all cases where few, many where not."""

from functools import cache
from itertools import product
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.errors import DataError, SettingError
from chainrule.logic import NAND, adder, calculate, multiplier, to_bits, to_number

NUMBERS = st.integers(0, 2**32 - 1)
wide_adder = cache(lambda: adder(32))
wide_multiplier = cache(lambda: multiplier(32))


@pytest.mark.parametrize("bits", range(1, 6))
def test_an_adder_adds_all_pairs(bits):
    circuit = adder(bits)
    assert all(
        calculate(circuit, first, second) == first + second
        for first, second in product(range(2**bits), repeat=2)
    )


@pytest.mark.parametrize("bits", range(1, 6))
def test_a_multiplier_multiplies_all_pairs(bits):
    circuit = multiplier(bits)
    assert all(
        calculate(circuit, first, second) == first * second
        for first, second in product(range(2**bits), repeat=2)
    )


@settings(max_examples=20)
@given(NUMBERS, NUMBERS)
def test_an_adder_of_32_bits_adds(first, second):
    assert calculate(wide_adder(), first, second) == first + second


@settings(max_examples=12)
@given(NUMBERS, NUMBERS)
def test_a_multiplier_of_32_bits_multiplies(first, second):
    assert calculate(wide_multiplier(), first, second) == first * second


def test_the_largest_product_carries_through_every_row():
    assert calculate(wide_multiplier(), 2**32 - 1, 2**32 - 1) == (2**32 - 1) ** 2


def test_a_product_of_32_bits_takes_less_than_a_fifth_of_a_second():
    """The least of a few: other programs on the machine can only add to it."""
    circuit = wide_multiplier()
    times = []
    for _ in range(5):
        start = perf_counter()
        calculate(circuit, 3_141_592_653, 2_718_281_828)
        times.append(perf_counter() - start)
    assert min(times) < 0.2


@pytest.mark.parametrize("bits", [*range(2, 17), 32])
def test_gates_are_as_many_as_the_formulas_say(bits):
    assert len(adder(bits)) == 9 * bits - 4
    assert len(multiplier(bits)) == 11 * bits**2 - 13 * bits


def test_every_gate_is_the_nand_perceptron():
    for circuit in (adder(4), multiplier(4)):
        assert {perceptron for perceptron, _ in circuit.gates.values()} == {NAND}


@given(NUMBERS)
def test_bits_give_back_their_number(number):
    assert to_number(to_bits(number, 32)) == number


def test_the_lowest_bit_comes_first():
    assert to_bits(6, 4) == (0, 1, 1, 0)
    assert to_number((0, 1, 1, 0)) == 6


@pytest.mark.parametrize("number", [-1, 8, 1.5])
def test_a_number_that_does_not_fit_is_told(number):
    with pytest.raises(DataError, match="from 0 to 7 for 3 bits"):
        to_bits(number, 3)
    with pytest.raises(DataError, match="from 0 to 7 for 3 bits"):
        calculate(adder(3), number, 0)


def test_whole_numbers_of_numpy_are_whole_numbers():
    assert calculate(adder(np.int64(8)), np.uint8(200), np.uint8(55)) == 255


def test_a_digit_is_0_or_1():
    with pytest.raises(DataError, match="input 2 is 2"):
        to_number([1, 2])


@pytest.mark.parametrize("bits", [0, -1, 65, 1.5])
def test_a_width_out_of_bounds_is_told(bits):
    for build in (adder, multiplier):
        with pytest.raises(SettingError, match="from 1 to 64 bits"):
            build(bits)
