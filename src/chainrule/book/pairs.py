"""The book's data, lists of pairs (x, y), and the two arrays that stand for such a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import DataError
from chainrule.numerics.parameters import Array

__all__ = ["Data", "Pairs", "mini_batches", "vectorized_result"]

Data = Iterable[tuple[Any, Any]]
DIGITS = 10

_ROWS_AT_ONCE = 100


class Pairs(list[tuple[Any, Any]]):
    """A list of pairs (x, y) that knows its arrays: each is made once, when it is first asked for.

    Args:
        data: pairs in a list, or in anything that yields them, such as ``zip``.
        name: what to call it in messages.

    Raises:
        DataError: not pairs, or none at all.
    """

    def __init__(self, data: Data, name: str) -> None:
        if not isinstance(data, Iterable):
            raise DataError(f"{name}: expected a list of pairs (x, y), got {type(data).__name__}.")
        super().__init__(data)
        self.name = name
        self._arrays: dict[str, Array] = {}
        if not self:
            raise DataError(
                f"{name}: expected at least one pair (x, y), got none. A zip or a generator can be "
                "gone through only once; make a list of it."
            )
        for place, pair in enumerate(self):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise DataError(
                    f"{name}: entry {place} is no pair (x, y). Expected what "
                    "mnist_loader.load_data_wrapper() returns, not load_data()."
                )

    @classmethod
    def of(cls, data: Data, name: str) -> Pairs:
        """The pairs of ``data``; if they are `Pairs` already, those, with the arrays they have."""
        return data if isinstance(data, cls) else cls(data, name)

    @classmethod
    def if_any(cls, data: Data | None, name: str) -> Pairs | None:
        """The pairs of ``data``, or None where there is nothing to go through, as in the book's programs."""
        given = list(data) if isinstance(data, Iterable) else data
        return cls(given, name) if given else None

    def inputs(self, features: int) -> Array:
        """Every x as a row, ``(n, features)`` float32 or float64.

        Raises:
            DataError: an x that is not a column ``(features, 1)`` of finite numbers.
        """
        if "inputs" not in self._arrays:
            self._arrays["inputs"] = self._rows([x for x, _ in self], features, "x")
        return self._arrays["inputs"]

    def targets(self, outputs: int) -> Array:
        """Every y as a row, ``(n, outputs)`` float32 or float64.

        Raises:
            DataError: a y that is not a column ``(outputs, 1)`` of finite numbers.
        """
        if "targets" not in self._arrays:
            self._arrays["targets"] = self._rows([y for _, y in self], outputs, "y")
        return self._arrays["targets"]

    def labels(self, outputs: int) -> NDArray[np.int64]:
        """Every y as a class, ``(n,)``.

        Raises:
            DataError: a y that is not a whole number from 0 to ``outputs`` − 1.
        """
        if "labels" not in self._arrays:
            found = [label_of(y, outputs, f"{self.name}: pair {place}") for place, (_, y) in enumerate(self)]
            self._arrays["labels"] = np.array(found, np.int64)
        return self._arrays["labels"]

    def _rows(self, columns: Sequence[Any], size: int, letter: str) -> Array:
        for place, column in enumerate(columns):
            if np.shape(column) != (size, 1):
                raise DataError(
                    f"{self.name}: {letter} of pair {place}: expected a column of shape ({size}, 1), "
                    f"got {np.shape(column) or repr(column)[:40]}. {_ADVICE[letter]}"
                )
        rows = np.concatenate(columns).reshape(len(columns), size)
        if rows.dtype.kind not in "fiub":
            raise DataError(f"{self.name}: expected numbers in {letter}, got {rows.dtype}.")
        if rows.dtype not in (np.float32, np.float64):
            rows = rows.astype(np.float64)
        if not np.isfinite(rows.sum(dtype=np.float64)):
            place = int(np.argmin(np.isfinite(rows).all(axis=1)))
            raise DataError(
                f"{self.name}: {letter} of pair {place} holds NaN or infinity; expected finite numbers."
            )
        return rows


_ADVICE = {
    "x": "A row x becomes one by x.reshape(-1, 1).",
    "y": "To learn from labels, make columns of them by vectorized_result(y).",
}


def label_of(y: Any, classes: int, where: str) -> int:
    """``y`` as a whole number from 0 to ``classes`` − 1.

    Raises:
        DataError: it is none; the message begins with ``where``.
    """
    try:
        label = index(y)
    except TypeError as error:
        shape = f"an array of shape {np.shape(y)}" if np.ndim(y) else repr(y)[:40]
        raise DataError(
            f"{where}: expected a label, a whole number from 0 to {classes - 1}, got {shape}. Columns as "
            "labels belong to training data; network2's accuracy takes them with convert=True."
        ) from error
    if not 0 <= label < classes:
        raise DataError(
            f"{where}: expected a label from 0 to {classes - 1}, got {label}. Mend the data, or give the "
            "network's last layer as many neurons as there are classes."
        )
    return label


def vectorized_result(j: int) -> Array:
    """A column ``(10, 1)`` with 1.0 at place j and 0.0 elsewhere: what the output for digit j should be.

    Raises:
        DataError: j is not a whole number from 0 to 9.
    """
    column = np.zeros((DIGITS, 1))
    column[label_of(j, DIGITS, "vectorized_result")] = 1.0
    return column


def mini_batches(
    inputs: Array, targets: Array, order: NDArray[np.int64], size: int
) -> Iterator[tuple[Array, Array]]:
    """Yield ``(inputs, targets)`` in float64, ``size`` rows at a time, borrowed until the next are due.

    Rows are gathered some hundred at once, which spares calls.

    Args:
        inputs: ``(n, features)``.
        targets: ``(n, outputs)``.
        order: the rows, in the order in which they are wanted.
        size: rows of a mini-batch; the last one holds what is left.
    """
    rows = min(len(order), max(1, _ROWS_AT_ONCE // size) * size)
    gathered = [np.empty((rows, array.shape[1]), array.dtype) for array in (inputs, targets)]
    wide = [array if array.dtype == np.float64 else array.astype(np.float64) for array in gathered]
    for start in range(0, len(order), rows):
        chosen = order[start : start + rows]
        for source, taken, block in zip((inputs, targets), gathered, wide, strict=True):
            source.take(chosen, axis=0, out=taken[: len(chosen)], mode="clip")
            if block is not taken:
                np.copyto(block[: len(chosen)], taken[: len(chosen)])
        for first in range(0, len(chosen), size):
            last = min(first + size, len(chosen))
            yield wide[0][first:last], wide[1][first:last]
