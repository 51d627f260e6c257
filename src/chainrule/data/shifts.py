"""The book's expanded data: each image, and the four that lie one pixel beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.data.dataset import Dataset

__all__ = ["SHIFTED", "with_shifts"]

SHIFTED = 5
"""How many images there are for each one."""


def with_shifts(data: Dataset) -> Dataset:
    """The images, and each of them moved by one pixel up, down, left and right: five times as many.

    ``data`` holds images of one channel, ``(n, height * width)``; what moves in at an edge is background, 0.
    """
    height, width = data.input_shape
    images = data.inputs.reshape(-1, height, width)
    rooms = np.zeros((SHIFTED, *images.shape), images.dtype)
    rooms[0] = images
    rooms[1, :, :-1] = images[:, 1:]
    rooms[2, :, 1:] = images[:, :-1]
    rooms[3, :, :, :-1] = images[:, :, 1:]
    rooms[4, :, :, 1:] = images[:, :, :-1]
    return replace(
        data,
        inputs=rooms.reshape(-1, height * width),
        labels=np.tile(data.labels, SHIFTED),
        name=f"{data.name}, shifted",
    )
