"""How the light falls on the paper, told in blocks of pixels: smooth, but sharp at a shadow's edge."""

from __future__ import annotations

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["best_in_squares", "block_means", "enlarged", "paper_light"]

_REACH = 5
"""The longer side, by this, is as far as the paper is looked for beside a stroke."""


def block_means(image: Array, block: int) -> Array:
    """Means of blocks of ``block`` by ``block`` pixels; those at the right and lower edge may be smaller.

    Args:
        image: ``(height, width)`` float32.
        block: pixels, at least 1.

    Returns:
        ``(⌈height / block⌉, ⌈width / block⌉)``; the image itself for blocks of one pixel.
    """
    return image if block == 1 else _means_down(_means_down(image, block).T, block).T


def _means_down(image: Array, block: int) -> Array:
    """Means of ``block`` rows each, the last of those that are left."""
    whole, left = divmod(len(image), block)
    sums = np.zeros((whole + bool(left), image.shape[1]), np.float32)
    for place in range(block):
        rows = image[place::block]
        sums[: len(rows)] += rows
    sums[:whole] *= np.float32(1 / block)
    sums[whole:] *= np.float32(1 / max(1, left))
    return sums


def enlarged(blocks: Array, block: int, shape: tuple[int, ...]) -> Array:
    """Values of blocks spread over their pixels, linearly between the blocks' middles.

    Args:
        blocks: ``(rows, columns)`` float32, as `block_means` gives them.
        block: pixels of a block's side.
        shape: height and width of the result.
    """
    if block == 1:
        return blocks
    height, width = shape
    return _spread_down(np.ascontiguousarray(_spread_down(blocks.T, block, width).T), block, height)


def _spread_down(blocks: Array, block: int, height: int) -> Array:
    """Rows of blocks spread over ``height`` rows of pixels."""
    around = np.concatenate([blocks[:1], blocks, blocks[-1:]])
    steps = np.diff(around, axis=0)
    pixels = np.empty((height, blocks.shape[1]), np.float32)
    for place in range(block):
        after = (place + 0.5) / block + 0.5
        first = int(after)
        rows = pixels[place::block]
        np.multiply(steps[first : first + len(rows)], np.float32(after - first), out=rows)
        rows += around[first : first + len(rows)]
    return pixels


def paper_light(blocks: Array) -> Array:
    """The light on the paper, block by block, also under the ink.

    A grey closing: each block takes the brightest light nearby, and then the least of those. Dark strokes
    that are narrower than the reach vanish, while an edge between light and shadow stays where it is. It is
    done twice, for what is seen and for what differs from a smooth surface (a light that falls off, dark
    corners), and the darker result counts. Being the light of the brightest blocks, it is brought down to
    that of the middle one.

    Args:
        blocks: ``(rows, columns)`` means of blocks of a picture of dark ink on light paper.

    Returns:
        ``(rows, columns)``.
    """
    reach = max(3, max(blocks.shape) // _REACH)
    surface = _surface(blocks)
    closed = np.minimum(_closed(blocks, reach), _closed(blocks - surface, reach) + surface)
    below = closed - blocks
    paper: Array = closed - np.float32(np.median(below[below <= 2 * np.median(below)]))
    return paper


def _closed(blocks: Array, reach: int) -> Array:
    """The most in a square of ``reach`` by ``reach`` blocks; of all squares that hold a block, the least."""
    wider = np.pad(blocks, reach - 1, mode="edge")
    return best_in_squares(best_in_squares(wider, reach, np.maximum), reach, np.minimum)


def best_in_squares(values: Array, reach: int, best: np.ufunc) -> Array:
    """The most or the least in each square of ``reach`` by ``reach`` values.

    Args:
        values: ``(rows, columns)``.
        reach: side of a square.
        best: ``np.maximum`` or ``np.minimum``.

    Returns:
        ``(rows - reach + 1, columns - reach + 1)``.
    """
    for _ in range(2):
        covered = 1
        while covered < reach:
            step = min(covered, reach - covered)
            values = best(values[step:], values[:-step])
            covered += step
        values = values.T
    return values


def _surface(blocks: Array) -> Array:
    """The polynomial of the second degree in both places that lies nearest to the lighter blocks."""
    down, right = (np.linspace(-1, 1, side, dtype=np.float32) for side in blocks.shape)
    some = np.arange(0, blocks.size, 1 + blocks.size // 1000)
    y, x = down[some // len(right)], right[some % len(right)]
    terms, light = np.stack([np.ones_like(x), y, x, y * y, y * x, x * x]), blocks.reshape(-1)[some]
    chosen, surface = np.ones_like(light), np.zeros(6, np.float32)
    for _ in range(3):
        if np.count_nonzero(chosen) < 12:
            break
        picked = terms * chosen
        surface = np.linalg.lstsq(picked @ terms.T, picked @ light, rcond=None)[0]
        over = light - surface @ terms
        chosen = (over >= -np.median(np.abs(over))).astype(np.float32)
    one, by_y, by_x, by_yy, by_yx, by_xx = surface
    along = one + by_x * right + by_xx * right * right
    spread: Array = along + down[:, None] * (by_y + by_yy * down[:, None] + by_yx * right)
    return spread
