"""How the light falls on the paper, told in blocks of pixels: smooth, but sharp at a shadow's edge."""

from __future__ import annotations

import numpy as np

from chainrule.numerics.parameters import Array

__all__ = ["block_means", "enlarged", "paper_light"]

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
    from PIL import Image

    if block == 1:
        return image
    means: Array = np.asarray(Image.fromarray(image).reduce(block))
    return means


def enlarged(blocks: Array, block: int, shape: tuple[int, ...]) -> Array:
    """Values of blocks spread over their pixels, linearly between the blocks' middles.

    Args:
        blocks: ``(rows, columns)`` float32, as `block_means` gives them.
        block: pixels of a block's side.
        shape: height and width of the result.
    """
    from PIL import Image
    from PIL.Image import Resampling

    if block == 1:
        return blocks
    height, width = shape
    box = (0, 0, width / block, height / block)
    pixels: Array = np.asarray(Image.fromarray(blocks).resize((width, height), Resampling.BILINEAR, box=box))
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
    from scipy.ndimage import grey_closing

    height, width = blocks.shape
    wider = np.pad(blocks, reach, mode="edge")
    closed: Array = grey_closing(wider, (reach, reach))[reach : reach + height, reach : reach + width]
    return closed


def _surface(blocks: Array) -> Array:
    """The polynomial of the second degree in both places that lies nearest to the lighter blocks."""
    down, right = (np.linspace(-1, 1, side, dtype=np.float32) for side in blocks.shape)
    y, x = down[:, None], right[None, :]
    terms = np.stack(np.broadcast_arrays(np.float32(1), y, x, y * y, y * x, x * x)).reshape(6, -1)
    step = 1 + terms.shape[1] // 4000
    some, light = terms[:, ::step], blocks.ravel()[::step]
    chosen = np.ones(len(light), np.bool_)
    surface = np.zeros(6, np.float32)
    for _ in range(3):
        if np.count_nonzero(chosen) < 12:
            break
        surface = np.linalg.lstsq(some[:, chosen].T, light[chosen], rcond=None)[0].astype(np.float32)
        over = light - surface @ some
        chosen = over >= -np.median(np.abs(over))
    spread: Array = (surface @ terms).reshape(blocks.shape)
    return spread
