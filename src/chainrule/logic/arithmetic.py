"""Arithmetic out of NAND perceptrons alone: half adder, adder of any width, multiplier."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from chainrule.errors import DataError, SettingError
from chainrule.logic.circuits import Circuit
from chainrule.logic.gates import NAND, require_bits
from chainrule.logic.perceptron import Perceptron

__all__ = ["adder", "calculate", "half_adder", "multiplier", "to_bits", "to_number"]

Gates = dict[str, tuple[Any, ...]]
"""The gates of a circuit in the making, as ``Circuit`` takes them."""

MOST_BITS = 64


def half_adder(doubled: bool = True) -> Circuit:
    """The sum and the carry of two bits, in five gates.

    The carry turns n1 round. A NAND does so if it reads n1 twice, with the weight −2 each; or a
    perceptron that reads n1 once, with the weight −4.

    Args:
        doubled: True for the connection that is doubled, False for the single one.
    """
    gates: Gates = {}
    sums, carry = add_two(gates, "", "x1", "x2")
    if not doubled:
        gates[carry] = (Perceptron((-4,), 3), "n1")
    return Circuit(["x1", "x2"], gates, {"sum": sums, "carry": carry})


def adder(bits: int) -> Circuit:
    """Adds two numbers as on paper, digit by digit from the right, each carry handed on: 9n − 4 gates.

    Inputs are a0, a1 … and b0, b1 …, outputs s0, s1 …, the lowest digit first; the sum has a digit more.

    Raises:
        SettingError: ``bits`` is not from 1 to 64.
    """
    first, second = _names("a", bits), _names("b", bits)
    gates: Gates = {}
    sums = add_numbers(gates, "", first, second)
    return Circuit(first + second, gates, {f"s{place}": wire for place, wire in enumerate(sums)})


def multiplier(bits: int) -> Circuit:
    """Multiplies two numbers as on paper: a row a digit, rows added: 11n² − 13n gates for n ≥ 2.

    Inputs are a0, a1 … and b0, b1 …, outputs p0, p1 …, the lowest digit first; 2n digits come out.
    One bit times one bit is one digit, in two gates.

    Raises:
        SettingError: ``bits`` is not from 1 to 64.
    """
    first, second = _names("a", bits), _names("b", bits)
    gates: Gates = {}
    high: list[str] = []
    digits: list[str] = []
    for place, factor in enumerate(second):
        row = [_and(gates, f"r{place}.{column}.", wire, factor) for column, wire in enumerate(first)]
        lowest, *high = add_numbers(gates, f"r{place}.", row, high) if high else row
        digits.append(lowest)
    outputs = {f"p{place}": wire for place, wire in enumerate(digits + high)}
    return Circuit(first + second, gates, outputs)


def add_two(gates: Gates, name: str, first: str, second: str) -> tuple[str, str]:
    """Add the five gates of a half adder; returns the wires of its sum and its carry."""
    total = exclusive_or(gates, name, first, second)
    gates[f"{name}carry"] = (NAND, f"{name}n1", f"{name}n1")
    return total, f"{name}carry"


def add_three(gates: Gates, name: str, first: str, second: str, third: str) -> tuple[str, str]:
    """Add the nine gates of a full adder; returns the wires of its sum and its carry."""
    two = exclusive_or(gates, f"{name}x.", first, second)
    total = exclusive_or(gates, f"{name}y.", two, third)
    gates[f"{name}carry"] = (NAND, f"{name}x.n1", f"{name}y.n1")
    return total, f"{name}carry"


def exclusive_or(gates: Gates, name: str, first: str, second: str) -> str:
    """Add four gates that say whether just one of two wires is 1; returns the wire that says so."""
    gates[f"{name}n1"] = (NAND, first, second)
    gates[f"{name}n2"] = (NAND, first, f"{name}n1")
    gates[f"{name}n3"] = (NAND, second, f"{name}n1")
    gates[f"{name}sum"] = (NAND, f"{name}n2", f"{name}n3")
    return f"{name}sum"


def add_numbers(gates: Gates, name: str, longer: list[str], shorter: list[str]) -> list[str]:
    """Add the gates of an adder, lowest digit first; ``shorter`` has at most one digit fewer."""
    digit, carry = add_two(gates, f"{name}d0.", longer[0], shorter[0])
    digits = [digit]
    for place in range(1, len(longer)):
        part = f"{name}d{place}."
        if place < len(shorter):
            digit, carry = add_three(gates, part, longer[place], shorter[place], carry)
        else:
            digit, carry = add_two(gates, part, longer[place], carry)
        digits.append(digit)
    return [*digits, carry]


def _and(gates: Gates, name: str, first: str, second: str) -> str:
    gates[f"{name}nand"] = (NAND, first, second)
    gates[f"{name}and"] = (NAND, f"{name}nand", f"{name}nand")
    return f"{name}and"


def _names(letter: str, bits: int) -> list[str]:
    if not isinstance(bits, Integral) or not 1 <= bits <= MOST_BITS:
        raise SettingError(f"numbers have from 1 to {MOST_BITS} bits here, not {bits!r}.")
    return [f"{letter}{place}" for place in range(bits)]


def to_bits(number: int, bits: int) -> tuple[int, ...]:
    """A whole number as bits, the lowest first: 6 in 4 bits is (0, 1, 1, 0).

    Raises:
        DataError: it is negative, or too large for so many bits.
    """
    if not isinstance(number, Integral) or not 0 <= number < 2**bits:
        raise DataError(f"expected a whole number from 0 to {2**bits - 1} for {bits} bits, got {number!r}.")
    return tuple(int(number) >> place & 1 for place in range(bits))


def to_number(bits: Iterable[int]) -> int:
    """The whole number that these bits are, the lowest first.

    Raises:
        DataError: a digit that is neither 0 nor 1.
    """
    digits = tuple(bits)
    require_bits(digits, "a binary number")
    return sum(int(bit) << place for place, bit in enumerate(digits))


def calculate(circuit: Circuit, first: int, second: int) -> int:
    """What an adder or a multiplier makes of two whole numbers.

    Raises:
        DataError: a number that is negative or has more bits than the circuit.
    """
    bits = len(circuit.inputs) // 2
    return to_number(circuit(*to_bits(first, bits), *to_bits(second, bits)))
