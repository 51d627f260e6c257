"""Parity, whether an odd number of bits is 1: few gates where layers are many, and the reverse."""

from __future__ import annotations

from numbers import Integral

from chainrule.errors import SettingError
from chainrule.logic.arithmetic import Gates, exclusive_or
from chainrule.logic.circuits import Circuit
from chainrule.logic.gates import Gate
from chainrule.logic.perceptron import Perceptron

__all__ = ["counting_parity", "parity", "parity_chain"]

MOST_INPUTS = 1000


def parity(*bits: int) -> int:
    """1 where an odd number of the bits is 1, else 0: the function itself, to compile or to compare."""
    return sum(bits) % 2


def parity_chain(inputs: int) -> Circuit:
    """Parity of pairs, then of pairs of pairs, and so on: 4(n − 1) NAND gates in many layers.

    Raises:
        SettingError: ``inputs`` is not from 2 to 1000.
    """
    names = _names(inputs)
    gates: Gates = {}
    wires, layer = names, 0
    while len(wires) > 1:
        layer += 1
        pairs = zip(wires[::2], wires[1::2], strict=False)
        joined = [exclusive_or(gates, f"l{layer}.{at}.", *pair) for at, pair in enumerate(pairs)]
        wires = joined + wires[len(joined) * 2 :]
    return Circuit(names, gates, {"odd": wires[0]})


def counting_parity(inputs: int) -> Circuit:
    """Parity in two layers of n + 1 perceptrons, by counting, which no AND, OR or NAND gate can do.

    Hidden perceptron k fires where at least k bits are 1. The output adds the first, takes away the second,
    adds the third: for m bits that are 1 the sum is 1 − 1 + 1 …, m terms, which is 1 where m is odd.

    Raises:
        SettingError: ``inputs`` is not from 2 to 1000.
    """
    names = _names(inputs)
    gates: Gates = {
        f"at least {least}": (Gate((2,) * inputs, 1 - 2 * least, f"≥ {least}"), *names)
        for least in range(1, inputs + 1)
    }
    signs = tuple(2 if place % 2 == 0 else -2 for place in range(inputs))
    return Circuit(names, {**gates, "odd": (Perceptron(signs, -1), *gates)}, ["odd"])


def _names(inputs: int) -> list[str]:
    if not isinstance(inputs, Integral) or not 2 <= inputs <= MOST_INPUTS:
        raise SettingError(f"parity is of 2 to {MOST_INPUTS} bits here, not {inputs!r}.")
    return [f"x{place}" for place in range(1, inputs + 1)]
