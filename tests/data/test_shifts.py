"""Each image, and the four that lie one pixel beside it."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.shifts import with_shifts


def test_a_shift_moves_an_image_by_one_pixel_and_leaves_background_behind():
    image = np.arange(9, dtype=np.uint8).reshape(1, 3, 3)
    shifted = with_shifts(Dataset(image.reshape(1, 9), np.array([7]), input_shape=(3, 3)))
    up, down, left, right = shifted.inputs.reshape(5, 3, 3)[1:].tolist()
    assert up == [[3, 4, 5], [6, 7, 8], [0, 0, 0]]
    assert down == [[0, 0, 0], [0, 1, 2], [3, 4, 5]]
    assert left == [[1, 2, 0], [4, 5, 0], [7, 8, 0]]
    assert right == [[0, 0, 1], [0, 3, 4], [0, 6, 7]]
    assert shifted.labels.tolist() == [7] * 5
