"""Mini-batches: a few examples at a time, gathered into buffers that are there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chainrule.data.ahead import worked_ahead
from chainrule.data.augment import Augmentation
from chainrule.data.augment_images import Augmenter, require_image_shape
from chainrule.data.dataset import Dataset, Scaling
from chainrule.errors import SettingError

__all__ = ["Batches"]

_ROWS_AT_ONCE = 100
"""Examples gathered at once: as many as the processor's cache holds beside a small network."""

_ROWS_AHEAD = 500
"""Examples changed at once beside the training, so many that handing them over costs little."""

_ROOMS_AHEAD = 3
"""Chunks in memory at once: one to train on, one ready, one in the making."""


class Batches:
    """Batches of one data set, in any order asked for.

    Raw uint8 examples stay as they are until their batch is due, and are scaled on the way into it.
    Small batches are gathered several at once, which spares calls. Where images are to be changed at
    random, that is done anew for every epoch, by a thread that works a little ahead of the training.

    Args:
        dataset: where the examples come from.
        batch_size: examples a batch, at least 1 and at most as many as there are; the last
            batch of an epoch holds what is left.
        dtype: of the network inputs and targets.
        targets: the two numbers that stand for "not this class" and "this class": (0, 1), or
            (0.1, 0.9) as in note 002.
        augmentation: what may happen to the images; nothing if not given.

    Raises:
        SettingError: a batch size outside these bounds, targets that are not two rising numbers, or an
            augmentation of data that are no images from 0 to 1.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        dtype: DTypeLike = np.float32,
        targets: tuple[float, float] = (0.0, 1.0),
        augmentation: Augmentation | None = None,
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
        self.augmentation = augmentation or None
        self._scaling, self._background = dataset.scaling, 0.0
        if augmentation:
            _require_images(dataset)
            if dataset.inputs.dtype == np.uint8:
                # The background must be 0 while an image is changed.
                self._scaling, self._background = Scaling(dataset.scaling.scale), dataset.scaling.shift
        at_once = _ROWS_AHEAD if augmentation else _ROWS_AT_ONCE
        self._rows = max(1, at_once // batch_size) * batch_size
        # The last row is that of label -1: nothing is said, and no class is wanted.
        self._target_rows = np.full((dataset.classes + 1, dataset.classes), low, self.dtype)
        np.fill_diagonal(self._target_rows, high)
        self._target_rows[-1] = 0.0

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.dataset) // self.batch_size)

    def epoch(
        self, order: NDArray[np.int64], first: int = 0, generator: np.random.Generator | None = None
    ) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        """Yield ``(inputs, targets)`` batch by batch, borrowed until the next one is asked for.

        Args:
            order: a permutation of the examples.
            first: the batch to begin with.
            generator: what an augmentation draws one number from, before the first batch; one of its own
                if not given. On this number and on an image's place in the epoch depends what becomes of
                the image, and on nothing else.

        Yields:
            inputs ``(batch, features)`` and targets ``(batch, classes)``, or ``(batch, places, classes)``
            with rows of zeros where nothing is said of a place.
        """
        size, begin = self.batch_size, first * self.batch_size
        starts = range(begin // self._rows * self._rows, len(order), self._rows)
        rooms = [_Room(self) for _ in range(min(_ROOMS_AHEAD if self.augmentation else 1, len(starts)))]
        if self.augmentation is None:
            chunks = (self._gathered(order, start, rooms[0]) for start in starts)
        else:
            key = int(np.random.default_rng(generator).integers(1 << 63))
            augmenter = Augmenter(self.augmentation, self.dataset.input_shape)
            chunks = worked_ahead(partial(self._changed, order, augmenter, key), starts, rooms)
        with closing(chunks):
            for start, (inputs, targets) in zip(starts, chunks, strict=True):
                for row in range(max(0, begin - start), len(inputs), size):
                    yield inputs[row : row + size], targets[row : row + size]

    def _gathered(
        self, order: NDArray[np.int64], start: int, room: _Room
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """The chunk that begins at this place of the epoch, scaled as the network wants it."""
        chosen = order[start : start + self._rows]
        raw, inputs, targets = (array[: len(chosen)] for array in (room.raw, room.gathered, room.targets))
        self.dataset.inputs.take(chosen, axis=0, out=raw, mode="clip")
        labels = self.dataset.labels.take(chosen, axis=0, out=room.labels[: len(chosen)], mode="clip")
        self._target_rows.take(labels, axis=0, out=targets, mode="wrap")
        if raw.dtype == np.uint8:
            self._scaling.apply(raw, out=inputs)
        elif room.gathered is not room.raw:
            np.copyto(inputs, raw)
        return inputs, targets

    def _changed(
        self, order: NDArray[np.int64], augmenter: Augmenter, key: int, start: int, room: _Room
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """The same with its images changed, by random numbers of its own."""
        images, targets = self._gathered(order, start, room)
        changed, inputs = room.changed[: len(images)], room.inputs[: len(images)]
        augmenter.apply(images, np.random.default_rng((key, start)), changed)
        np.add(changed, self._background, out=inputs)
        return inputs, targets


class _Room:
    """The buffers of one chunk."""

    def __init__(self, batches: Batches) -> None:
        data, dtype = batches.dataset, batches.dtype
        rows = min(batches._rows, len(data))
        shape = (rows, data.features)
        self.labels = np.empty((rows, *data.labels.shape[1:]), np.int64)
        self.targets = np.empty((*self.labels.shape, data.classes), dtype)
        self.raw = np.empty(shape, data.inputs.dtype)
        wanted = np.dtype(np.float32) if batches.augmentation else dtype
        self.gathered = self.raw if data.inputs.dtype == wanted else np.empty(shape, wanted)
        if batches.augmentation:
            self.changed = np.empty(shape, np.float32)
            self.inputs = self.changed if dtype == np.float32 else np.empty(shape, dtype)


def _require_images(data: Dataset) -> None:
    """Make sure that the examples are images, and from 0, the background, to 1 once they are scaled.

    Raises:
        SettingError: they are not.
    """
    require_image_shape(data.input_shape)
    scale = data.scaling.scale if data.inputs.dtype == np.uint8 else 1.0
    least, most = float(data.inputs.min()) * scale, float(data.inputs.max()) * scale
    if least < 0 or most > 1 + 1e-6:
        raise SettingError(
            f"augmentation is for images whose pixels are from 0, the background, to 1; those of {data.name} "
            f"are from {least:g} to {most:g}. Scale them, or train without it."
        )
