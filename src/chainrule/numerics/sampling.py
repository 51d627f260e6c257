"""Bilinear sampling: the brightness of images between their pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.numerics.parameters import Array

__all__ = ["MARGIN", "SamplingRoom", "sample_bilinear"]

MARGIN = (1, 2)
"""Rows (and columns) of zeros that stand before and after an image, so that no neighbour is missing."""


class SamplingRoom:
    """What ``sample_bilinear`` writes to on its way, for at most ``count`` images.

    Attributes:
        parts: ``(6, count, height, width)`` float32: how far right and how far down of a pixel each place
            lies, and the four pixels around it.
        index: ``(count, height, width)`` where the pixel above and to the left stands in memory.
        offsets: ``(count, 1, 1)`` where each image begins.
    """

    def __init__(self, count: int, height: int, width: int) -> None:
        more = sum(MARGIN)
        self.parts: Array = np.empty((6, count, height, width), np.float32)
        self.index: NDArray[np.intp] = np.empty((count, height, width), np.intp)
        self.offsets = np.arange(count, dtype=np.intp)[:, None, None] * ((height + more) * (width + more))


def sample_bilinear(images: Array, rows: Array, columns: Array, out: Array, room: SamplingRoom) -> None:
    """Write to ``out`` what each image shows at the places asked for; beyond its edge it is 0.

    Between four pixels the brightness is (1 − y)((1 − x) a + x b) + y ((1 − x) c + x d), where a and b are
    the upper two, c and d the lower two, and x and y from 0 to 1 say how far right and down the place lies.

    Args:
        images: ``(n, 1 + height + 2, 1 + width + 2)`` float32, contiguous, with zeros in the margin, and
            of at most 2²⁴ pixels each: float32 holds no larger whole numbers exactly.
        rows: ``(n, height, width)`` float32 places, counted in pixels from the margin's first row.
        columns: likewise, from its first column.
        out: ``(n, height, width)`` float32, overwritten.
        room: for at least n images.
    """
    n, height, width = images.shape
    x, y, a, b, c, d = room.parts[:, :n]
    index, flat, whole = room.index[:n], images.reshape(-1), b
    np.clip(rows, 0, height - 2, out=y)
    np.floor(y, out=whole)
    np.subtract(y, whole, out=y)
    np.multiply(whole, width, out=a)
    np.clip(columns, 0, width - 2, out=x)
    np.floor(x, out=whole)
    np.subtract(x, whole, out=x)
    np.add(a, whole, out=a)
    np.copyto(index, a, casting="unsafe")
    np.add(index, room.offsets[:n], out=index)
    for pixels, start in ((a, 0), (b, 1), (c, width), (d, width + 1)):
        flat[start:].take(index, out=pixels, mode="clip")
    for left, right in ((a, b), (c, d)):
        np.subtract(right, left, out=right)
        np.multiply(right, x, out=right)
        np.add(left, right, out=left)
    np.subtract(c, a, out=c)
    np.multiply(c, y, out=c)
    np.add(a, c, out=out)
