"""Ink told from paper: which of the two is dark, how the light falls, and how much ink covers each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.images.light import block_means, enlarged, paper_light
from chainrule.numerics.parameters import Array

__all__ = ["Ink", "find_ink", "near", "stroke_width"]

_BLOCKS = 128
"""Blocks along the longer side, in which light and the strength of the ink are told."""
_AROUND = 6
"""A side of the picture, by this, is how far around each place lighter and darker are told."""
_DECIDED = 0.7
"""Skewness, either way, of a picture of which about a third is ink."""
_CLEAR = 0.08
"""The least share of the paper's light that ink must take away."""
_DARKEST = 0.05
"""Paper, as a share of white."""
_ABOVE_NOISE = 4.0
"""Deviations of the paper from itself beyond which a pixel may be ink; its mean lies half as far again."""
_NOISY = 0.03
"""Deviation from pixel to pixel, as a share of white, above which a picture is smoothed."""
_STEADY = (0.8, 1.25)
"""Shares of the ink's strength in the whole picture, between which that in one place may lie."""
_RAMP = (0.2, 0.8)
"""Shares of the ink's full strength where paper ends and where full ink begins; the edge is halfway."""


@dataclass(frozen=True)
class Ink:
    """What is written, apart from light and paper.

    Attributes:
        ink: ``(height, width)`` float32 in [0, 1], 1 = full ink, 0 = paper, grey at the edges of strokes and
            where something is printed fainter than what is written.
        mask: ``(height, width)`` bool: where more than half is ink.
        dark_on_light: whether the ink was darker than the paper.
        stroke_width: pixels across a stroke, about; 0 where there is no ink.
    """

    ink: Array
    mask: Array
    dark_on_light: bool
    stroke_width: float


def find_ink(grey: Array) -> Ink:
    """Tell ink from paper.

    Paper is the large and smooth part: its light is measured in blocks and followed across the picture
    (`paper_light`). Ink is what takes a clear share of that light away: more than the paper's own grain, and
    at least half as much as the ink around it does. A picture where nothing does so holds no ink.

    Args:
        grey: ``(height, width)`` float32 in [0, 1], 1 = white.
    """
    block = max(1, round(max(grey.shape) / _BLOCKS))
    means = block_means(grey, block)
    dark_on_light = _is_dark_on_light(means)
    seen = _quiet(grey if dark_on_light else np.float32(1) - grey)
    light = enlarged(paper_light(means if seen is grey else block_means(seen, block)), block, grey.shape)
    taken = light - seen
    taken /= np.maximum(light, np.float32(_DARKEST), out=light)
    gate = max(_CLEAR, _ABOVE_NOISE * _grain(taken))
    strength = _strength(taken, block, gate)
    if strength is None:
        return Ink(np.zeros_like(grey), np.zeros(grey.shape, np.bool_), dark_on_light, 0.0)
    low, high = _RAMP
    ink = taken / enlarged(strength, block, grey.shape)
    ink -= np.float32(low)
    ink *= np.float32(1 / (high - low))
    np.clip(ink, 0, 1, out=ink)
    mask = ink > 0.5
    ink *= near(mask) | (taken > gate)
    return Ink(ink, mask, dark_on_light, stroke_width(mask))


def stroke_width(mask: Array) -> float:
    """Pixels across a stroke: its area by its length; 0 without ink.

    A stroke of length l and width w at an angle θ is crossed by l |sin θ| rows and l |cos θ| columns, so
    the root of the sum of the squares of both counts is its length; of strokes in all directions, 0.9 of it.
    """
    rows = np.count_nonzero(mask[:, 1:] > mask[:, :-1]) + np.count_nonzero(mask[:, 0])
    columns = np.count_nonzero(mask[1:] > mask[:-1]) + np.count_nonzero(mask[0])
    crossings = float(np.hypot(rows, columns))
    return float(np.count_nonzero(mask)) / crossings if crossings else 0.0


def _is_dark_on_light(blocks: Array) -> bool:
    """Whether the lesser part of the picture, which is the ink, is the darker: the sign of the skewness.

    Where neither part is clearly the lesser, as in a picture cut close to a digit, paper is what the edge of
    the picture is made of.
    """
    from scipy.ndimage import uniform_filter

    window = [max(3, side // _AROUND) for side in blocks.shape]
    apart = (blocks - uniform_filter(blocks, window)).astype(np.float64)
    squares = np.square(apart)
    skewness = (squares * apart).mean() / max(squares.mean() ** 1.5, 1e-30)
    if abs(skewness) >= _DECIDED:
        return bool(skewness < 0)
    edge = np.concatenate([blocks[0], blocks[-1], blocks[:, 0], blocks[:, -1]])
    return bool(edge.mean() >= (blocks.min() + blocks.max()) / 2)


def _quiet(seen: Array) -> Array:
    """The picture, smoothed where it is noisy."""
    from scipy.ndimage import gaussian_filter

    pairs = seen[::4, : seen.shape[1] // 2 * 2]
    steps = np.abs(pairs[:, 1::2] - pairs[:, ::2])
    # The median of |a - b| is 0.954 for a deviation of 1.
    noisy, very_noisy = (
        np.count_nonzero(steps < 0.954 * least) < steps.size / 2 for least in (_NOISY, 4 * _NOISY)
    )
    if not noisy:
        return seen
    smooth: Array = gaussian_filter(seen, 1.6 if very_noisy else 1.0, truncate=2.5)
    return smooth


def _grain(taken: Array) -> float:
    """The deviation of the paper from its own mean, by those of its pixels that are lighter than it."""
    sample = taken[::3, ::3] if taken.size > 10_000 else taken
    lighter = -sample[sample < 0]
    return float(np.percentile(lighter, 90)) / 1.645 if lighter.size else 0.0


def _strength(taken: Array, block: int, gate: float) -> Array | None:
    """How much light full ink takes away around each block; None where there is no ink at all.

    The mean of what is taken, weighted by itself, so that the middle of strokes counts and their edges do
    not; where no ink is near, that of the whole picture.
    """
    from scipy.ndimage import uniform_filter

    over = taken * (taken > gate)
    weights, squares = block_means(over, block), block_means(np.square(over), block)
    total = float(weights.sum())
    if total <= 0:
        return None
    whole = float(squares.sum()) / total
    if whole < 1.5 * gate:
        return None
    window = [max(3, side // 6) for side in weights.shape]
    around, around_squares = uniform_filter(weights, window), uniform_filter(squares, window)
    some = np.float32(0.02 * gate)
    low, high = np.float32(whole * _STEADY[0]), np.float32(whole * _STEADY[1])
    strength: Array = np.clip((around_squares + some * np.float32(whole)) / (around + some), low, high)
    return strength


def near(mask: Array) -> Array:
    """The mask with all its neighbours, two pixels around: soft edges belong to ink, other greys to paper.

    Args:
        mask: ``(height, width)`` bool; so is what is returned.
    """
    reached = mask
    for _ in range(2):
        higher = reached.copy()
        higher[1:] |= reached[:-1]
        higher[:-1] |= reached[1:]
        reached = higher.copy()
        reached[:, 1:] |= higher[:, :-1]
        reached[:, :-1] |= higher[:, 1:]
    return reached
