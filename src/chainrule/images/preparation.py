"""From a picture to the writing in it: each step in turn, and the way back to the picture's own pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.images.boxes import Box
from chainrule.images.cleaning import clean
from chainrule.images.ink import Ink, find_ink
from chainrule.images.mapping import Mapping, cropped
from chainrule.images.pictures import Picture
from chainrule.images.sheet import find_sheet, flattened
from chainrule.images.upright import lean, leaned, skew, turned
from chainrule.numerics.parameters import Array

__all__ = ["Prepared", "prepare"]

_LEVEL = 0.5
"""Degrees of skew that are left as they are."""


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

    Args:
        picture: as `load_picture` gives it.
        show: called after each step that changed something, with a name and the grey picture, 1 = white.
    """
    show = show or (lambda name, grey: None)
    grey, mapping = picture.grey, Mapping.scaled(picture.scale, picture.grey.shape)
    show("picture", grey)
    corners = find_sheet(grey)
    if corners is not None:
        grey, matrix = flattened(grey, corners)
        mapping = mapping.after(matrix)
        show("sheet", grey)
    found = find_ink(grey)
    show("ink", 1 - found.ink)
    (ink, mask), matrix = cropped(found.ink, found.mask)
    mapping = mapping.after(matrix)
    angle = skew(mask)
    if abs(angle) < _LEVEL:
        angle = 0.0
    else:
        ink, matrix = turned(ink, angle)
        mapping, mask = mapping.after(matrix), ink > 0.5
        show("level", 1 - ink)
    cleaned = clean(Ink(ink, mask, found.dark_on_light, found.stroke_width))
    show("clean", 1 - cleaned.ink)
    ink, mask, boxes, slant = cleaned.ink, cleaned.mask, cleaned.boxes, 0.0
    if not boxes:
        slant = lean(mask, cleaned.labels)
        (ink, mask), matrix = cropped(ink, mask)
        mapping = mapping.after(matrix)
        if slant:
            ink, matrix = leaned(ink, slant)
            mapping, mask = mapping.after(matrix), ink > 0.5
            show("upright", 1 - ink)
    return Prepared(ink, mask, boxes, cleaned.stroke_width, mapping, found.dark_on_light, angle, slant)
