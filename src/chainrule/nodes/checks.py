"""What comes from outside is looked at once, here, so that nodes and connections need not doubt it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from math import isfinite
from numbers import Integral, Real

from chainrule.errors import DataError, SettingError

__all__ = [
    "checked_count",
    "checked_examples",
    "checked_numbers",
    "checked_rate",
    "checked_rows",
    "checked_seed",
    "checked_sizes",
    "checked_step",
]


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_finite(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)


def checked_sizes(sizes: Iterable[int]) -> list[int]:
    """Sizes of at least two layers, none of them empty.

    Raises:
        SettingError: they are something else.
    """
    given = list(sizes) if isinstance(sizes, Iterable) else []
    if len(given) < 2:
        raise SettingError(
            "a network has at least two layers, inputs and outputs, such as [2, 3, 1]; "
            f"got {sizes!r}. Give the number of nodes of each layer."
        )
    for size in given:
        if not _is_whole(size) or size < 1:
            raise SettingError(f"a layer has a whole number of nodes, at least 1, not {size!r}.")
    return given


def checked_numbers(name: str, values: Iterable[float], length: int) -> list[float]:
    """``length`` finite numbers, as a list; ``name`` says in an error what they are.

    Raises:
        DataError: too few, too many, or not all of them numbers.
    """
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise DataError(f"{name}: expected a list of {length} numbers, got {repr(values)[:40]}.")
    given = list(values)
    if len(given) != length:
        raise DataError(f"{name}: expected a list of {length} numbers, one a node, got {len(given)}.")
    try:
        numbers = [float(value) for value in given]
    except (TypeError, ValueError):
        raise DataError(f"{name}: expected numbers, got {repr(given)[:60]}.") from None
    if not all(isfinite(number) for number in numbers):
        raise DataError(f"{name}: NaN or infinity is among them; expected finite numbers.")
    return numbers


def checked_rate(learning_rate: float) -> float:
    """A learning rate: a finite number of at least 0.

    Raises:
        SettingError: it is something else.
    """
    if not _is_finite(learning_rate) or learning_rate < 0:
        raise SettingError(f"a learning rate is a number of at least 0, such as 0.3, not {learning_rate!r}.")
    return float(learning_rate)


def checked_step(step: float) -> float:
    """How far a weight is moved to measure its gradient: a finite number above 0.

    Raises:
        SettingError: it is something else.
    """
    if not _is_finite(step) or step <= 0:
        raise SettingError(f"a weight is moved by a small number above 0, such as 0.0001, not by {step!r}.")
    return float(step)


def checked_count(name: str, count: int) -> int:
    """A whole number of at least 1.

    Raises:
        SettingError: it is something else.
    """
    if not _is_whole(count) or count < 1:
        raise SettingError(f"{name}: expected a whole number, at least 1, not {count!r}.")
    return count


def checked_seed(seed: int | None) -> int | None:
    """A seed: a whole number, or None for another start each time.

    Raises:
        SettingError: it is something else.
    """
    if seed is not None and not _is_whole(seed):
        raise SettingError(f"a seed is a whole number or None, not {seed!r}.")
    return None if seed is None else int(seed)


def checked_examples(
    examples: Iterable[tuple[Iterable[float], Iterable[float]]],
) -> list[tuple[Iterable[float], Iterable[float]]]:
    """Pairs of inputs and targets, at least one.

    Raises:
        DataError: they are something else.
    """
    given = list(examples) if isinstance(examples, Iterable) else []
    if not given or not all(isinstance(example, Sized) and len(example) == 2 for example in given):
        raise DataError(
            "expected examples to learn from, each a pair of inputs and targets such as ([0, 1], [1]); "
            f"got {repr(examples)[:60]}."
        )
    return given


def checked_rows(
    tables: Sequence[Sequence[Sequence[float]]], rows_a_table: list[int]
) -> list[Sequence[float]]:
    """The rows of all tables one after the other, where each table has as many as it should.

    Raises:
        DataError: another number of tables, or of rows in one.
    """
    given = [list(table) if isinstance(table, Iterable) else [] for table in tables]
    rows_given = [len(table) for table in given]
    if rows_given != rows_a_table:
        raise DataError(
            f"weights: expected a table for each layer after the inputs, with {rows_a_table} rows, "
            f"one a node; got {rows_given}."
        )
    return [row for table in given for row in table]
