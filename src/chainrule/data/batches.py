"""Mini-batches: a few examples at a time, gathered into buffers that are there already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chainrule.data.dataset import Dataset
from chainrule.errors import SettingError

__all__ = ["Batches"]

_ROWS_AT_ONCE = 100
"""Examples gathered at once: as many as the processor's cache holds beside a small network."""


class Batches:
    """Batches of one data set, in any order asked for.

    Raw uint8 examples stay as they are until their batch is due, and are scaled on the way into it.
    Small batches are gathered several at once, which spares calls.

    Args:
        dataset: where the examples come from.
        batch_size: examples a batch, at least 1 and at most as many as there are; the last
            batch of an epoch holds what is left.
        dtype: of the network inputs and targets.
        targets: the two numbers that stand for "not this class" and "this class": (0, 1), or
            (0.1, 0.9) as in note 002.

    Raises:
        SettingError: a batch size outside these bounds, or targets that are not two rising numbers.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        dtype: DTypeLike = np.float32,
        targets: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        if not 1 <= batch_size <= len(dataset):
            raise SettingError(
                f"a batch size is from 1 to the number of examples, here {len(dataset)}, not {batch_size}."
            )
        low, high = targets
        if not low < high < float("inf") or low == float("-inf"):
            raise SettingError(f"targets are two finite numbers, the smaller one first, not {targets}.")
        self.dataset = dataset
        self.batch_size = batch_size
        self.dtype = np.dtype(dtype)
        rows = np.full((dataset.classes, dataset.classes), low, self.dtype)
        np.fill_diagonal(rows, high)
        self._targets: NDArray[np.floating] = rows[dataset.labels]

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.dataset) // self.batch_size)

    def epoch(
        self, order: NDArray[np.int64], first: int = 0
    ) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        """Yield ``(inputs, targets)`` batch by batch, borrowed until the next one is asked for.

        Args:
            order: a permutation of the examples.
            first: the batch to begin with.

        Yields:
            inputs ``(batch, features)`` and targets ``(batch, classes)``.
        """
        size = self.batch_size
        whole = len(order) // size * size
        yield from self._gathered(order[first * size : whole], size)
        if first < len(self) and whole < len(order):
            yield from self._gathered(order[whole:], len(order) - whole)

    def _gathered(
        self, order: NDArray[np.int64], size: int
    ) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        if not len(order):
            return
        examples, scaling = self.dataset.inputs, self.dataset.scaling
        rows = min(len(order), max(1, _ROWS_AT_ONCE // size) * size)
        raw = np.empty((rows, self.dataset.features), examples.dtype)
        targets = np.empty((rows, self.dataset.classes), self.dtype)
        scaled = examples.dtype == np.uint8
        inputs = np.empty(raw.shape, self.dtype) if scaled or raw.dtype != self.dtype else raw
        for start in range(0, len(order), rows):
            chosen = order[start : start + rows]
            found = len(chosen)
            examples.take(chosen, axis=0, out=raw[:found], mode="clip")
            self._targets.take(chosen, axis=0, out=targets[:found], mode="clip")
            if scaled:
                scaling.apply(raw[:found], out=inputs[:found])
            elif inputs is not raw:
                np.copyto(inputs[:found], raw[:found])
            for first in range(0, found, size):
                yield inputs[first : first + size], targets[first : first + size]
