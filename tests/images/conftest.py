"""Small scenes for the tests of pictures: MNIST's training digits, larger, in a row on paper."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


class Scenes:
    """Draws cover of ink, ``(height, width)`` float32 from 0 to 1, and pictures of it."""

    def __init__(self, images):
        self.images = images

    def digit(self, generator, height):
        image = self.images[generator.integers(len(self.images))]
        rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        width = max(3, round(height * cut.shape[1] / cut.shape[0]))
        return np.asarray(
            Image.fromarray(cut).resize((width, height), Image.Resampling.BICUBIC)
        ) / np.float32(255)

    def row(self, seed, digits=6, shape=(300, 800), height=80, gap=14, top=None, left=None):
        """Digits beside each other on one line; in the middle unless ``top`` and ``left`` say otherwise."""
        generator = np.random.default_rng(seed)
        cover = np.zeros(shape, np.float32)
        pieces = [self.digit(generator, height) for _ in range(digits)]
        x = (
            (shape[1] - sum(piece.shape[1] for piece in pieces) - gap * (digits - 1)) // 2
            if left is None
            else left
        )
        y = (shape[0] - height) // 2 if top is None else top
        for piece in pieces:
            place = cover[y : y + height, x : x + piece.shape[1]]
            np.maximum(place, piece, out=place)
            x += piece.shape[1] + gap
        return cover

    def boxed(self, seed, digits=6, shape=(300, 800), side=90, gap=0, thick=2):
        """Digits in boxes: the cover, the frames alone, and the boxes (top, left, bottom, right)."""
        generator = np.random.default_rng(seed)
        cover, frames, boxes = np.zeros(shape, np.float32), np.zeros(shape, np.float32), []
        top, left = (shape[0] - side) // 2, (shape[1] - digits * (side + gap)) // 2
        for number in range(digits):
            x = left + number * (side + gap)
            piece = self.digit(generator, side - 30)[:, : side - 12]
            down, across = top + 16, x + (side - piece.shape[1]) // 2
            cover[down : down + piece.shape[0], across : across + piece.shape[1]] = piece
            frames[top : top + side + thick, x : x + side + thick] = 1
            frames[top + thick : top + side, x + thick : x + side] = 0
            boxes.append((top + thick, x + thick, top + side, x + side))
        for _, x, _, _ in boxes[1:] if not gap else []:
            frames[top : top + side, x - thick : x] = 1
        return cover, frames, boxes

    def picture(self, cover, ink=0.15, paper=0.9):
        return (paper + (ink - paper) * cover).astype(np.float32)

    def turned(self, cover, degrees):
        """Lines that fell by so many degrees; the corners are paper."""
        return np.asarray(Image.fromarray(cover).rotate(-degrees, Image.Resampling.BICUBIC)).clip(0, 1)

    def leaning(self, cover, degrees):
        """Strokes that lean so many degrees to the right."""
        slope, height = np.tan(np.radians(degrees)), cover.shape[0]
        numbers = (1, slope, -slope * height / 2, 0, 1, 0)
        seen = Image.fromarray(cover).transform(
            cover.shape[::-1], Image.Transform.AFFINE, numbers, Image.Resampling.BICUBIC
        )
        return np.asarray(seen).clip(0, 1)


@pytest.fixture(scope="session")
def scenes(mnist) -> Scenes:
    return Scenes(mnist.train.inputs[:1000].reshape(-1, 28, 28))


def overlap(one, other):
    """What two masks share, by what either covers."""
    return np.count_nonzero(one & other) / max(1, np.count_nonzero(one | other))


@pytest.fixture(scope="session")
def common():
    return overlap
