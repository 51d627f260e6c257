"""What a reader learns from: images of digits, pieces of writing, and what is no digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from chainrule.data.dataset import Dataset
from chainrule.errors import DataError
from chainrule.handwriting.cutting import NONE, to_be_written
from chainrule.handwriting.no_digits import not_a_digit
from chainrule.handwriting.pieces import pieces_to_learn
from chainrule.handwriting.redrawing import redrawn
from chainrule.images.framing import SIDE

__all__ = ["reading_lessons"]

_PIECES, _NO_DIGITS = 1.0, 0.25
"""How many pieces of writing, and drawings that are no digit, there are for each image."""
_AT_ONCE = 256
"""Images that are drawn anew together: as many as keep the arrays between small."""


def reading_lessons(data: Dataset, generator: Generator) -> Dataset:
    """The data set with pieces of writing, and an eleventh class, "none", of what is no single digit.

    Every second of its own images is drawn anew as the others are (`redrawn`): softness tells nothing then.

    Args:
        data: MNIST's training part, or another of raw 28 by 28 images of the ten digits.
        generator: where all chance comes from.

    Raises:
        DataError: other images, or not the ten digits.
    """
    if data.class_names != tuple("0123456789") or data.input_shape[:2] != (SIDE, SIDE):
        raise DataError(
            f"{data.name}: expected {SIDE} by {SIDE} images of the ten digits, got images of shape "
            f"{data.input_shape} of {', '.join(data.class_names)}."
        )
    count = round(_NO_DIGITS * len(data))
    shapes = not_a_digit(data.inputs, data.labels, count, generator)
    pieces, known = pieces_to_learn(*to_be_written(data, generator), round(_PIECES * len(data)), generator)
    own = data.inputs.reshape(-1, SIDE, SIDE).copy()
    for start in range(0, len(own), 2 * _AT_ONCE):
        some = own[start : start + 2 * _AT_ONCE : 2]
        some[...] = np.rint(255 * redrawn(some.astype(np.float32) / np.float32(255), generator))
    return replace(
        data,
        inputs=np.concatenate([own, pieces, shapes]).reshape(-1, SIDE * SIDE),
        labels=np.concatenate([data.labels, known, np.full(count, NONE)]),
        class_names=(*data.class_names, "none"),
        name=f"{data.name}, pieces of writing, and what is no digit",
    )
