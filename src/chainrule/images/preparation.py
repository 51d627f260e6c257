"""From a picture to the writing in it: each step in turn, and the way back to the picture's own pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chainrule.images.boxes import Box
from chainrule.images.cleaning import Cleaned, clean
from chainrule.images.ink import Ink, find_ink
from chainrule.images.light import block_means
from chainrule.images.mapping import Mapping, cropped
from chainrule.images.pictures import Picture
from chainrule.images.sheet import find_sheet, flattened
from chainrule.images.upright import lean, leaned, skew, turned
from chainrule.numerics.parameters import Array

__all__ = ["Prepared", "prepare"]

_LEVEL = 0.5
"""Degrees of skew that are left as they are."""
_THICK = 4.0
"""Strokes that are so many pixels thick at half the picture's size are as well read there."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The writing in a picture, level and upright, without anything else.

    Attributes:
        ink: ``(height, width)`` float32 in [0, 1], 1 = full ink, 0 = paper.
        mask: ``(height, width)`` bool: where more than half is ink.
        boxes: boxes (top, left, bottom, right) of a form, one digit each, in reading order; often none.
        stroke_width: pixels across a stroke, about; 0 where nothing is written.
        mapping: from places in ``ink`` to places in the original picture.
        dark_on_light: whether the ink was darker than the paper.
        skew: degrees by which lines fell to the right, now level.
        lean: degrees by which strokes leaned farther right than is usual, and no longer do.
    """

    ink: Array
    mask: Array
    boxes: list[Box]
    stroke_width: float
    mapping: Mapping
    dark_on_light: bool
    skew: float
    lean: float


def prepare(picture: Picture, show: Callable[[str, Array], None] | None = None) -> Prepared:
    """Find the writing in a picture and set it upright.

    A sheet of paper and thick strokes are looked for at half the picture's size, which is a quarter of the
    work; where strokes are thin, some of the writing is small, or the paper is ruled, in the whole.

    Args:
        picture: as `load_picture` gives it.
        show: called after each step that changed something, with a name and the grey picture, 1 = white.
    """
    show = show or (lambda name, grey: None)
    grey, mapping = picture.grey, Mapping.scaled(picture.scale, picture.grey.shape)
    show("picture", grey)
    halved = block_means(grey, 2)
    corners = find_sheet(halved)
    if corners is not None:
        grey, matrix = flattened(grey, 2 * corners)
        mapping, halved = mapping.after(matrix), block_means(grey, 2)
        show("sheet", grey)
    found, written = find_ink(halved), None
    if found.stroke_width >= _THICK:
        written = _written(found, mapping.after(np.diag([2.0, 2.0, 1.0])))
    if written is None or written.cleaned.fine:
        written = _written(find_ink(grey), mapping)
    for name, ink in written.steps:
        show(name, 1 - ink)
    cleaned, mapping, slant = written.cleaned, written.mapping, 0.0
    ink, mask = cleaned.ink, cleaned.mask
    if not cleaned.boxes:
        slant = lean(mask, cleaned.labels)
        (ink, mask), matrix = cropped(ink, mask)
        mapping = mapping.after(matrix)
        if slant:
            ink, matrix = leaned(ink, slant)
            mapping, mask = mapping.after(matrix), ink > 0.5
            show("upright", 1 - ink)
    return Prepared(
        ink=ink,
        mask=mask,
        boxes=cleaned.boxes,
        stroke_width=cleaned.stroke_width,
        mapping=mapping,
        dark_on_light=written.dark_on_light,
        skew=written.skew,
        lean=slant,
    )


class _Written(NamedTuple):
    """Level and clean ink, where it lies in the picture, what `Prepared` says of it, and the steps to it."""

    cleaned: Cleaned
    mapping: Mapping
    dark_on_light: bool
    skew: float
    steps: list[tuple[str, Array]]


def _written(found: Ink, mapping: Mapping) -> _Written:
    """The writing among the ink of a picture, level."""
    steps = [("ink", found.ink)]
    (ink, mask), matrix = cropped(found.ink, found.mask)
    mapping = mapping.after(matrix)
    angle = skew(mask)
    if abs(angle) < _LEVEL:
        angle = 0.0
    else:
        ink, matrix = turned(ink, angle)
        mapping, mask = mapping.after(matrix), ink > 0.5
        steps.append(("level", ink))
    cleaned = clean(Ink(ink, mask, found.dark_on_light, found.stroke_width))
    steps.append(("clean", cleaned.ink))
    return _Written(cleaned, mapping, found.dark_on_light, angle, steps)
