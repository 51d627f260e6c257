"""Images that are no single digit, as many as asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.errors import DataError, SettingError
from chainrule.handwriting import drawn_shapes, spoilt_digits
from chainrule.handwriting.redrawing import redrawn
from chainrule.images.framing import SIDE
from chainrule.numerics.parameters import Array

__all__ = ["KINDS", "not_a_digit"]

SPOILT: dict[str, Callable[[NDArray[np.uint8], NDArray[np.int64], int, Generator], Array]] = {
    "halves": spoilt_digits.halves,
    "doubles": spoilt_digits.doubles,
    "pairs": spoilt_digits.pairs,
}
DRAWN: dict[str, Callable[[int, Generator], Array]] = {
    "strokes": drawn_shapes.strokes,
    "runes": drawn_shapes.runes,
    "scribbles": drawn_shapes.scribbles,
    "dashes": drawn_shapes.dashes,
    "blots": drawn_shapes.blots,
    "noise": drawn_shapes.noise,
}
KINDS = {
    "halves": 0.12,
    "doubles": 0.12,
    "pairs": 0.18,
    "strokes": 0.09,
    "runes": 0.1,
    "scribbles": 0.04,
    "dashes": 0.03,
    "blots": 0.03,
    "noise": 0.03,
}
"""What there is, and its share among the images."""
_AT_ONCE = 256
_MOST_TRIES = 100


def not_a_digit(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    count: int,
    generator: Generator,
    shares: dict[str, float] = KINDS,
) -> NDArray[np.uint8]:
    """Images in MNIST's frame in which no single digit can be read, in chance order.

    Halves, doubles and pairs are made of the images given; the rest is drawn. What might be
    read as a digit after all is left out by measure (``HALVES`` and the numbers beside it), so an occasional
    one remains.

    Args:
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, white on black; of the training part only,
            where the result is learnt from.
        labels: ``(n,)``, which digit each shows.
        count: how many to make.
        generator: where all chance comes from; the same state gives the same images.
        shares: of each kind, in any unit; kinds not named are not made.

    Returns:
        ``(count, 28, 28)`` uint8.

    Raises:
        DataError: images of another shape or number type, not of all ten digits, or of no use.
        SettingError: a count below 0, an unknown kind, or no share above 0.
    """
    _check(images, labels, count, shares)
    images = images.reshape(-1, SIDE, SIDE)
    names = sorted(shares)
    weights = np.array([shares[name] for name in names], float)
    many = generator.multinomial(count, weights / weights.sum())
    made = np.empty((count, SIDE, SIDE), np.uint8)
    start = 0
    for name, wanted in zip(names, many, strict=True):
        end, tries = start + int(wanted), 0
        while start < end:
            found = _some(name, images, labels, min(_AT_ONCE, end - start), generator)[: end - start]
            tries = 0 if len(found) else tries + 1
            if tries == _MOST_TRIES:
                raise DataError(f"no {name} can be made of these images; expected digits, white on black.")
            made[start : start + len(found)] = np.rint(255 * redrawn(found, generator))
            start += len(found)
    generator.shuffle(made)
    return made


def _some(
    name: str, images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, generator: Generator
) -> Array:
    """At most ``count`` or so drawings of a kind; fewer where some had to be left out."""
    if name in DRAWN:
        return DRAWN[name](count, generator)
    return SPOILT[name](images, labels, 2 * count, generator)


def _check(images: NDArray[Any], labels: NDArray[Any], count: int, shares: dict[str, float]) -> None:
    if images.dtype != np.uint8 or images.shape[1:] not in ((SIDE, SIDE), (SIDE * SIDE,)):
        raise DataError(
            f"expected uint8 images of shape (n, {SIDE}, {SIDE}) or (n, {SIDE * SIDE}), got {images.dtype} "
            f"of shape {images.shape}."
        )
    if len(labels) != len(images) or set(np.unique(labels)) != set(range(10)):
        raise DataError(
            f"expected a label for each image and images of all ten digits, got {len(images)} images and "
            f"{len(labels)} labels: {', '.join(map(str, np.unique(labels)[:20]))}."
        )
    weights = shares.values()
    if count < 0 or not set(shares) <= set(KINDS) or not sum(weights) > 0 or min(weights) < 0:
        raise SettingError(
            f"expected a count of 0 or more and shares of {', '.join(KINDS)}, one above 0 at least; got "
            f"{count} and {shares}."
        )
