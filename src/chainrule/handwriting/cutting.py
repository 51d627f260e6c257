"""Writing cut as a reader cuts it, and of each piece which digit it is, or that it is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.handwriting.hands import HANDS
from chainrule.handwriting.no_digits import not_a_digit
from chainrule.handwriting.writing import SOLID, Floats, Hand, Placed, set_line
from chainrule.images.framing import SIDE
from chainrule.images.segmentation import Piece, WrittenLine, cut_into_lines

__all__ = ["MARGIN", "NONE", "CutLine", "cut", "laid", "owners", "to_be_written", "written"]

NONE = 10
"""Label of a piece that is not one digit."""
_SAME, _OTHER = 0.82, 0.68
"""A piece is a digit if they share this much of the ink of both together; below the other, it is none."""
MARGIN = 8
"""Pixels of paper around the ink on a sheet."""
_AMONG_DIGITS = {"halves": 2.0, "doubles": 2.0, "strokes": 2.0, "runes": 3.0, "scribbles": 2.0, "blots": 1.0}
"""What stands between digits in a line, by shares: no pairs, which in a line are two digits."""
_ONE_IN = 8
"""Of so many things in a line, one is no digit."""


@dataclass(frozen=True)
class CutLine:
    """A line that was cut, and what each of its clear pieces is.

    Attributes:
        line: the line.
        pieces: those pieces that clearly are a digit, or clearly are none.
        labels: ``(pieces,)`` 0 to 9, or ``NONE``.
    """

    line: WrittenLine
    pieces: list[Piece]
    labels: NDArray[np.int64]


def to_be_written(data: Dataset, generator: Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images of digits and, one in eight, of shapes that are none: ``(n, 28, 28)``, and their labels.

    Args:
        data: 28 by 28 images of the ten digits.
        generator: draws the shapes.
    """
    shapes = not_a_digit(data.inputs, data.labels, len(data) // (_ONE_IN - 1), generator, _AMONG_DIGITS)
    labels = np.append(data.labels, np.full(len(shapes), NONE))
    return np.concatenate([data.inputs.reshape(-1, SIDE, SIDE), shapes]), labels


def written(
    hand: str | Hand,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    digits: int,
    generator: Generator,
) -> tuple[list[Placed], list[int]]:
    """A line of writing: its digits and their labels.

    Args:
        hand: one of ``HANDS``, or one that writes just so many digits.
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose digits from.
        labels: ``(n,)``, which digit each shows, or ``NONE``.
        digits: how many to write, two at least where they are to touch.
        generator: where all chance comes from.
    """
    chosen = generator.integers(0, len(images), digits)
    digits_chosen = list(images.reshape(-1, SIDE, SIDE)[chosen])
    if isinstance(hand, str):
        hand = HANDS[hand](digits, generator)
    return set_line(digits_chosen, [""] * digits, hand), labels[chosen].tolist()


def cut(placed: Sequence[Placed], names: Sequence[int], *, joined: bool = False) -> Iterator[CutLine]:
    """Writing laid out on a clean sheet and cut into pieces, as a reader does it.

    Args:
        placed: the parts, each a digit or a shape that is none.
        names: of each part, 0 to 9 or ``NONE``.
        joined: True to leave whole what is connected.
    """
    ink, owner = laid(placed)
    sizes = np.bincount(owner.reshape(-1), minlength=len(placed) + 1)[1:]
    for line in cut_into_lines(ink, joined=joined):
        pieces, known = [], []
        shares = owners(line, owner, len(placed))
        for piece in line.pieces():
            held = shares[piece.first : piece.end].sum(axis=0)
            same = held / (held.sum() + sizes / line.scale**2 - held).clip(1)
            best = int(same.argmax())
            if names[best] == NONE or same[best] < _OTHER:
                pieces.append(piece)
                known.append(NONE)
            elif same[best] > _SAME:
                pieces.append(piece)
                known.append(names[best])
        yield CutLine(line, pieces, np.array(known, np.int64))


def laid(placed: Sequence[Placed]) -> tuple[Floats, NDArray[np.intp]]:
    """The ink of all parts on one sheet, with a margin, and which part each full pixel belongs to.

    Args:
        placed: the parts.

    Returns:
        ``(height, width)`` ink from 0 to 1, and of each pixel the number of its part, from 1, or 0.
    """
    top, left = min(part.top for part in placed), min(part.left for part in placed)
    bottom = max(part.top + len(part.ink) for part in placed)
    right = max(part.left + part.ink.shape[1] for part in placed)
    ink = np.zeros((bottom - top + 2 * MARGIN, right - left + 2 * MARGIN), np.float32)
    owner = np.zeros(ink.shape, np.intp)
    for number, part in enumerate(placed, start=1):
        row, column = part.top - top + MARGIN, part.left - left + MARGIN
        place = np.s_[row : row + part.ink.shape[0], column : column + part.ink.shape[1]]
        ink[place] = np.maximum(ink[place], part.ink)
        owner[place][part.ink > SOLID] = number
    return ink, owner


def owners(line: WrittenLine, owner: NDArray[np.intp], parts: int) -> NDArray[Any]:
    """How many of the line's pixels of each atom belong to each part, ``(atoms, parts)``.

    Args:
        line: cut of the sheet.
        owner: ``(height, width)`` of the sheet, as `laid` gives it.
        parts: how many there are.
    """
    places = [
        np.minimum((start + (np.arange(side) + 0.5) * line.scale).astype(np.intp), most - 1)
        for start, side, most in zip(line.corner, line.ink.shape, owner.shape, strict=True)
    ]
    owned = owner[np.ix_(*places)]
    cells = line.atoms.astype(np.intp) * (parts + 1) + owned
    counts = np.bincount(cells.reshape(-1), minlength=(len(line.boxes) + 1) * (parts + 1))
    return counts.reshape(len(line.boxes) + 1, parts + 1)[1:, 1:]
