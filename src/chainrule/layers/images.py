"""What layers on images have in common: sides that are given as one number or two, and what may come in."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import TypeAlias

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Shape
from chainrule.numerics.patches import positions

__all__ = ["Sides", "pair_of", "places_in", "require_images", "times"]

Pair: TypeAlias = tuple[int, int]
Sides: TypeAlias = int | Pair


def pair_of(given: object, what: str) -> Pair:
    """Height and width; one number stands for both.

    Raises:
        SettingError: not one or two whole numbers, at least 1.
    """
    sides = tuple(given) if isinstance(given, (list, tuple)) else (given, given)
    whole = all(isinstance(side, (int, np.integer)) and not isinstance(side, bool) for side in sides)
    if len(sides) != 2 or not whole or min(sides) < 1:
        raise SettingError(
            f"{what} is a whole number of at least 1, or two of them, height and width; not {given!r:.80}."
        )
    return int(sides[0]), int(sides[1])


def places_in(image: Sequence[int], window: Sequence[int], stride: Sequence[int], what: str) -> Pair:
    """Rows and columns of places that a window takes in an image.

    Raises:
        SettingError: it is larger than the image; ``what`` says which window it is.
    """
    rows, columns = map(positions, image, window, stride)
    if min(rows, columns) < 1:
        raise SettingError(
            f"{what} is {times(window)}, larger than the images of {times(image)} that reach it. "
            "Take a smaller one, or let the layers before it shrink the images less."
        )
    return rows, columns


def times(sides: Sequence[int]) -> str:
    """``5 × 5``."""
    return " × ".join(map(str, sides))


def require_images(layer: str, input_shape: Shape) -> None:
    """Make sure that one example is an image, ``(height, width, channels)``.

    Raises:
        SettingError: it is not; says what to put before the layer.
    """
    if len(input_shape) == 3:
        return
    if len(input_shape) == 2:
        shape = f"({input_shape[0]}, {input_shape[1]}, 1)"
    elif input_shape and isqrt(input_shape[0]) ** 2 == input_shape[0]:
        shape = f"({isqrt(input_shape[0])}, {isqrt(input_shape[0])}, 1)"
    else:
        shape = "(height, width, channels)"
    raise SettingError(
        f"{layer} takes images, (height, width, channels), not examples of shape {input_shape}. "
        f"Put a Reshape layer before it, such as Reshape({shape})."
    )
