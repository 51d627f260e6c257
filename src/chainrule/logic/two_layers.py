"""Any Boolean function in two layers of perceptrons: one for each row on which it is true."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.errors import DataError
from chainrule.logic.circuits import Circuit
from chainrule.logic.gates import Gate
from chainrule.logic.truth import rows_of

__all__ = ["true_rows", "two_layers"]

Row = tuple[int, ...]


def two_layers(function: Callable[..., int], inputs: int) -> Circuit:
    """The computer that the mad customer ordered: a hidden layer, and one output that gathers it.

    Each hidden perceptron knows one row on which the function is 1 and fires on no other; the output fires
    when any of them does. This is the sum of products of logic. It has as many hidden perceptrons as there
    are true rows, ``len(circuit) - 1``, which may be 2ⁿ.

    Args:
        function: takes so many bits and returns 0 or 1.
        inputs: how many.

    Raises:
        SettingError: more than 20 inputs.
        DataError: the function returned something else than 0 or 1.
    """
    names = [f"x{place}" for place in range(1, inputs + 1)]
    hidden = {f"row {''.join(map(str, row))}": row for row in true_rows(function, inputs)}
    gates = {name: (only_on(row), *names) for name, row in hidden.items()}
    gates["any"] = (Gate((2,) * len(hidden), -1, "OR"), *hidden)
    return Circuit(names, gates, {"y": "any"})


def true_rows(function: Callable[..., int], inputs: int) -> list[Row]:
    """The rows on which the function is 1: as many as the hidden layer has perceptrons.

    Args, errors: as in :func:`two_layers`.
    """
    found = []
    for row in rows_of(inputs):
        answer = function(*row)
        if answer not in (0, 1):
            raise DataError(f"a Boolean function returns 0 or 1; for {row} it returned {answer!r}.")
        if answer:
            found.append(row)
    return found


def only_on(row: Row) -> Gate:
    """The perceptron that fires on one row alone: +2 where it has a 1, −2 where it has a 0.

    On its row z = 1; each digit that differs takes 2 away.
    """
    return Gate(tuple(2 if bit else -2 for bit in row), 1 - 2 * sum(row), "ROW")
