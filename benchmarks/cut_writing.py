"""Writing cut as the reader cuts it, and of each piece which digit it is, or that it is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.conditions import CONDITIONS
from benchmarks.scenes.garbage import GARBAGE
from benchmarks.scenes.writing import Floats, set_line
from chainrule.images.framing import frame_all
from chainrule.images.segmentation import Piece, WrittenLine, cut_into_lines

__all__ = ["HANDS", "NONE", "CutLine", "cut_lines", "cut_pieces"]

HANDS = ("separate", "uneven spacing", "sizes", "slanted", "wavy", "touching", "touching pair", "overlapping")
"""The conditions that differ in how digits are written, and not in the paper or in what takes the picture."""
NONE = 10
"""Label of a piece that is not one digit."""
_SAME, _OTHER = 0.82, 0.68
"""A piece is a digit if they share this much of the ink of both together; below the other, it is none."""
_MARGIN = 8
_SOLID = 0.5


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


def cut_lines(
    hand: str, images: NDArray[np.uint8], labels: NDArray[np.int64], digits: int, generator: Generator
) -> Iterator[CutLine]:
    """One line of writing, or one shape that is no digit, on clean paper, cut into pieces.

    Args:
        hand: one of ``HANDS``, or of the kinds of garbage.
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose digits from.
        labels: ``(n,)``, which digit each shows.
        digits: how many, in a line of digits.
        generator: where all chance comes from.
    """
    images = images.reshape(-1, 28, 28)
    if hand in GARBAGE:
        shape = GARBAGE[hand](images, labels, generator.uniform(30, 80), generator)
        parts = [(np.pad(shape, _MARGIN), 0, 0)]
        names = [NONE]
    else:
        kind = CONDITIONS[hand]
        count = kind.digits or digits
        chosen = generator.integers(0, len(images), count)
        placed = set_line(list(images[chosen]), [""] * count, kind.hand(count, generator))
        parts = [(each.ink, each.top, each.left) for each in placed]
        names = [int(label) for label in labels[chosen]]
    ink, owner = _laid(parts)
    sizes = np.bincount(owner.reshape(-1), minlength=len(parts) + 1)[1:]
    for line in cut_into_lines(ink):
        pieces, known = [], []
        shares = _owners(line, owner, len(parts))
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


def cut_pieces(
    images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, generator: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pieces of cut lines to learn from: digits as cutting leaves them, and what it leaves that is none.

    Lines of 1 to 6 digits in all ``HANDS``; of each line all digits, and of the rest at random up to twice
    as many pieces and two more.

    Args:
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose digits from.
        labels: ``(n,)``, which digit each shows.
        count: how many pieces.
        generator: where all chance comes from.

    Returns:
        ``(count, 28, 28)`` uint8, framed, and ``(count,)`` labels, 0 to 9 or ``NONE``.
    """
    pieces: list[Piece] = []
    known: list[int] = []
    while len(pieces) < count:
        hand = HANDS[generator.integers(0, len(HANDS))]
        digits = int(generator.integers(2 if hand in ("touching", "overlapping") else 1, 7))
        for line in cut_lines(hand, images, labels, digits, generator):
            (whole,), (rest,) = np.nonzero(line.labels != NONE), np.nonzero(line.labels == NONE)
            some = generator.permutation(rest)[: 2 * len(whole) + 2]
            for number in (*whole, *some):
                pieces.append(line.pieces[number])
                known.append(int(line.labels[number]))
    frames = frame_all([piece.ink for piece in pieces[:count]])
    return np.rint(255 * frames).astype(np.uint8), np.array(known[:count], np.int64)


def _laid(parts: list[tuple[Floats, int, int]]) -> tuple[Floats, NDArray[np.intp]]:
    """The ink of all parts on one sheet, and which part, from 1, each full pixel belongs to."""
    top, left = min(part[1] for part in parts), min(part[2] for part in parts)
    bottom = max(start + len(ink) for ink, start, _ in parts)
    right = max(start + ink.shape[1] for ink, _, start in parts)
    ink = np.zeros((bottom - top + 2 * _MARGIN, right - left + 2 * _MARGIN), np.float32)
    owner = np.zeros(ink.shape, np.intp)
    for number, (part, row, column) in enumerate(parts, start=1):
        rows = slice(row - top + _MARGIN, row - top + _MARGIN + part.shape[0])
        columns = slice(column - left + _MARGIN, column - left + _MARGIN + part.shape[1])
        ink[rows, columns] = np.maximum(ink[rows, columns], part)
        owner[rows, columns][part > _SOLID] = number
    return ink, owner


def _owners(line: WrittenLine, owner: NDArray[np.intp], parts: int) -> NDArray[Any]:
    """``(atoms, parts)``: how many of the line's pixels of each atom belong to each part."""
    places = [
        np.minimum((start + (np.arange(side) + 0.5) * line.scale).astype(np.intp), most - 1)
        for start, side, most in zip(line.corner, line.ink.shape, owner.shape, strict=True)
    ]
    owned = owner[np.ix_(*places)]
    cells = line.atoms.astype(np.intp) * (parts + 1) + owned
    counts = np.bincount(cells.reshape(-1), minlength=(len(line.boxes) + 1) * (parts + 1))
    return counts.reshape(len(line.boxes) + 1, parts + 1)[1:, 1:]
