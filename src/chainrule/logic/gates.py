"""AND, OR, NOT and NAND, each of them one perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from chainrule.errors import DataError, SettingError
from chainrule.logic.perceptron import Perceptron

__all__ = ["AND", "NAND", "NOT", "OR", "Gate", "require_bits"]


@dataclass(frozen=True)
class Gate(Perceptron):
    """A perceptron with a name that takes nothing but 0 and 1.

    Args:
        weights: one for each input.
        bias: the threshold with its sign turned.
        name: what is written on it, such as ``"NAND"``.

    Raises:
        SettingError: weights, a bias or a name that cannot be used.
    """

    name: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.name, str) or not self.name or not self.name.isprintable():
            raise SettingError(f"a gate's name is a printable word such as 'NAND', not {self.name!r}.")

    def __call__(self, *inputs: float) -> int:
        """What it says, 0 or 1, to as many bits as it has weights: ``NAND(1, 1)``.

        Raises:
            DataError: more or fewer inputs than weights, or an input that is neither 0 nor 1.
        """
        require_bits(inputs, f"gate {self.name}")
        return super().__call__(*inputs)


def require_bits(inputs: Sequence[Any], taker: str) -> None:
    """Make sure that every input is 0 or 1.

    Raises:
        DataError: one is neither; the message names its place, counted from 1, and the ``taker``.
    """
    for place, given in enumerate(inputs, start=1):
        if not isinstance(given, Real) or given not in (0, 1):
            raise DataError(f"{taker} takes 0 or 1; input {place} is {given!r}.")


AND = Gate((2, 2), -3, "AND")
OR = Gate((2, 2), -1, "OR")
NOT = Gate((-2,), 1, "NOT")
NAND = Gate((-2, -2), 3, "NAND")
