"""Digits of MNIST enlarged as if a pen had written them, and set side by side at measured distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Hand", "Placed", "cropped", "digit_ink", "set_line"]

Floats = NDArray[np.float32]

BOX = 20
"""MNIST's digits fill a box of so many pixels, by their longer side."""
SOLID = 0.5
"""Ink that covers more of a pixel than this counts when distances are measured."""


@dataclass(frozen=True)
class Hand:
    """How one line of digits is written; arrays hold one number a digit.

    Attributes:
        sizes: pixels that MNIST's box of 20 is enlarged to.
        slants: pixels to the right for one pixel up, beside the slant that the digit has already.
        turns: degrees, clockwise.
        rises: pixels by which the digit stands above the line.
        gaps: pixels between the ink of a digit and that of its left neighbour, measured along the rows;
            below zero they run into each other. The first counts for nothing.
        apart: pixels that two digits keep in every direction, where gaps are above zero.
        thinness: how much ink (0 to 1) a point of MNIST's image must have to be in the stroke's middle;
            0.5 gives strokes as thick as MNIST's, less gives thicker ones.
        pitch: width of the boxes of a form, in the middle of which the digits stand; gaps then count for
            nothing. 0 where there is no form.
    """

    sizes: NDArray[np.float64]
    slants: NDArray[np.float64]
    turns: NDArray[np.float64]
    rises: NDArray[np.float64]
    gaps: NDArray[np.float64]
    apart: int = 0
    thinness: float = 0.45
    pitch: float = 0


@dataclass(frozen=True)
class Placed:
    """A piece of ink, ``(height, width)`` with 1 for full ink, and where its upper left corner lies."""

    ink: Floats
    left: int
    top: int
    text: str


def digit_ink(
    image: NDArray[np.uint8], size: float, *, slant: float = 0, turn: float = 0, thinness: float = 0.45
) -> Floats:
    """An image of MNIST, ``(28, 28)``, enlarged by bicubic interpolation, cropped to its ink.

    MNIST's grey edges would become broad and soft; here they become about a pixel and a half wide, as
    a pen's are, and what is black there holds no ink. ``Hand`` says what the other numbers are.

    Returns:
        ``(height, width)`` float32 in [0, 1], 1 for full ink.
    """
    from PIL import Image

    scale = size / BOX
    angle = np.deg2rad(turn)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    forward = scale * turned @ np.array([[1, -slant], [0, 1]])
    side = int(np.ceil(28 * scale * (1.1 + abs(slant)))) + 4
    back = np.linalg.inv(forward)
    shift = np.array([14, 14]) - back @ np.array([side / 2, side / 2])
    coefficients = (*back[0], shift[0], *back[1], shift[1])
    large = Image.fromarray(image).transform(
        (side, side), Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC
    )
    grey = np.asarray(large, np.float32) / 255
    steepness = max(scale, 0.5 / min(thinness, 1 - thinness))
    return cropped(((grey - thinness) * steepness + 0.5).clip(0, 1))


def cropped(ink: Floats) -> Floats:
    """The part of a picture ``(height, width)`` that holds ink; all of it where there is none."""
    held = ink > 0.02
    rows, columns = np.flatnonzero(held.any(axis=1)), np.flatnonzero(held.any(axis=0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def set_line(images: Sequence[Any], texts: Sequence[str], hand: Hand) -> list[Placed]:
    """Digits one after the other, the first at column 0, the line they stand on at row 0.

    Tops are therefore mostly negative; whoever has a sheet moves the line onto it.
    """
    shapes = zip(images, hand.sizes, hand.slants, hand.turns, strict=True)
    inks = [
        digit_ink(image, size, slant=slant, turn=turn, thinness=hand.thinness)
        for image, size, slant, turn in shapes
    ]
    tops = [-len(ink) - round(rise) for ink, rise in zip(inks, hand.rises, strict=True)]
    if hand.pitch:
        lefts = [round((place + 0.5) * hand.pitch - ink.shape[1] / 2) for place, ink in enumerate(inks)]
    else:
        lefts = _lefts(inks, tops, hand)
    return [Placed(*one) for one in zip(inks, lefts, tops, texts, strict=True)]


def _lefts(inks: list[Floats], tops: list[int], hand: Hand) -> list[int]:
    """Where each piece begins so that its ink is at its gap from the ink before it."""
    first_row = min(tops) - hand.apart
    last_row = hand.apart + max(top + len(ink) for top, ink in zip(tops, inks, strict=True))
    reached = np.full(last_row - first_row, -np.inf)
    lefts: list[int] = []
    for ink, top, gap in zip(inks, tops, hand.gaps, strict=True):
        solid = ink > SOLID
        start = np.where(solid.any(axis=1), solid.argmax(axis=1), np.inf)
        end = np.where(solid.any(axis=1), ink.shape[1] - 1 - solid[:, ::-1].argmax(axis=1), -np.inf)
        apart = hand.apart if gap > 0 else 0
        rows = slice(top - first_row - apart, top - first_row + len(ink) + apart)
        meeting = float(np.max(reached[rows] - _least_about(start, apart)))
        if not np.isfinite(meeting):
            meeting = float(reached.max())
        left = round(meeting + 1 + gap) if lefts else 0
        own = slice(top - first_row, top - first_row + len(ink))
        reached[own] = np.maximum(reached[own], left + end)
        lefts.append(left)
    return lefts


def _least_about(edge: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The least value within ``reach`` rows of each row, beginning ``reach`` rows above the first."""
    wide = np.pad(edge, 2 * reach, constant_values=np.inf)
    least: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(wide, 2 * reach + 1).min(axis=1)
    return least
