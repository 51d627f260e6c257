"""A truth table: every combination of inputs, and what comes out for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from numbers import Integral

from chainrule.errors import SettingError

__all__ = ["MOST_INPUTS", "TruthTable", "rows_of"]

MOST_INPUTS = 20
"""A table of n inputs has 2ⁿ rows: a million of them here."""


@dataclass(frozen=True)
class TruthTable:
    """What a circuit says to every combination of inputs; print it to see it.

    Attributes:
        inputs: names of the inputs.
        outputs: names of the outputs.
        rows: pairs of inputs and outputs, counted up as binary numbers, the first input's digit the highest.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

    def __str__(self) -> str:
        """A line for the names, then a line a row."""
        lines = [f"{'  '.join(self.inputs)} | {'  '.join(self.outputs)}"]
        for inputs, outputs in self.rows:
            lines.append(f"{_under(self.inputs, inputs)} | {_under(self.outputs, outputs)}")
        return "\n".join(lines)


def _under(names: Iterable[str], values: Iterable[int]) -> str:
    """Each value below the last letter of its name."""
    return "  ".join(str(value).rjust(len(name)) for name, value in zip(names, values, strict=True))


def rows_of(inputs: int) -> Iterator[tuple[int, ...]]:
    """Every row of so many bits: 00, 01, 10, 11 for two.

    Raises:
        SettingError: more than 20 bits, or fewer than none.
    """
    if not isinstance(inputs, Integral) or not 0 <= inputs <= MOST_INPUTS:
        raise SettingError(
            f"a truth table has from 0 to {MOST_INPUTS} inputs, not {inputs}: with n inputs it has 2ⁿ rows. "
            "Try single rows instead."
        )
    return product((0, 1), repeat=int(inputs))
