"""Writing cut as a reader cuts it, and of each piece which digit it is, or that it is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chainrule.handwriting.hands import HANDS
from chainrule.handwriting.writing import SOLID, Floats, Placed, set_line
from chainrule.images.framing import SIDE
from chainrule.images.segmentation import Piece, WrittenLine, cut_into_lines
from chainrule.images.strips import Strip, is_wide, strip_of

__all__ = ["NONE", "CutLine", "cut", "laid", "windows_to_learn", "written"]

NONE = 10
"""Label of a piece that is not one digit."""
_SAME, _OTHER = 0.82, 0.68
"""A piece is a digit if they share this much of the ink of both together; below the other, it is none."""
_AT, _AWAY = 1.2, 2.6
"""Pixels of a strip: so near, a window is on a digit; so far from all, it is on none."""
_MARGIN = 8


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


def written(
    hand: str, images: NDArray[np.uint8], labels: NDArray[np.int64], digits: int, generator: Generator
) -> tuple[list[Placed], list[int]]:
    """A line of writing: its digits and their labels.

    Args:
        hand: one of ``HANDS``.
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose digits from.
        labels: ``(n,)``, which digit each shows.
        digits: how many to write, two at least where they are to touch.
        generator: where all chance comes from.
    """
    chosen = generator.integers(0, len(images), digits)
    digits_chosen = list(images.reshape(-1, SIDE, SIDE)[chosen])
    return set_line(digits_chosen, [""] * digits, HANDS[hand](digits, generator)), labels[chosen].tolist()


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
        shares = _owners(line, owner, len(placed))
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


def windows_to_learn(
    images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, generator: Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What the window sees that slides along wide writing, and which digit is in its middle, or none.

    From lines of 1 to 6 digits in all ``HANDS``, three times as often in those where digits touch. A window
    within 1.2 pixels of a digit's centre of mass shows that digit, one that is 2.6 or more from all of them
    shows none, and what lies between is left out. Of each digit two, and of none about as many.

    Args:
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, to choose digits from.
        labels: ``(n,)``, which digit each shows.
        count: how many windows.
        generator: where all chance comes from.

    Returns:
        ``(count, 28, 28)`` uint8 and ``(count,)`` labels, 0 to 9 or ``NONE``.
    """
    frames = np.empty((count, SIDE, SIDE), np.uint8)
    known: list[int] = []
    hands = [*HANDS, *2 * ("touching", "overlapping")]
    while len(known) < count:
        hand = hands[generator.integers(0, len(hands))]
        digits = int(generator.integers(2 if hand in ("touching", "overlapping") else 1, 7))
        for strip, middles, names in _strips(*written(hand, images, labels, digits, generator)):
            for place, name in _chosen(len(strip.windows), middles, names, generator)[: count - len(known)]:
                frames[len(known)] = np.rint(255 * strip.windows[place])
                known.append(name)
    return frames, np.array(known, np.int64)


def _strips(placed: Sequence[Placed], names: Sequence[int]) -> Iterator[tuple[Strip, Floats, list[int]]]:
    """The wide atoms of a line as strips, with the places of the digits in them and their names."""
    ink, owner = laid(placed)
    left = min(part.left for part in placed) - _MARGIN
    centres = np.array(
        [
            part.left - left + part.ink.sum(axis=0) @ np.arange(part.ink.shape[1]) / part.ink.sum()
            for part in placed
        ]
    )
    for line in cut_into_lines(ink, joined=True):
        most = _owners(line, owner, len(placed)).argmax(axis=0)
        for atom in range(len(line.boxes)):
            if is_wide(line, atom):
                strip, own = strip_of(line, atom), np.flatnonzero(most == atom)
                yield (
                    strip,
                    strip.places((centres[own] - line.corner[1]) / line.scale),
                    [names[number] for number in own.tolist()],
                )


def _chosen(count: int, middles: Floats, names: list[int], generator: Generator) -> list[tuple[int, int]]:
    """Some places of a strip, and what is in the middle there."""
    chosen = []
    for middle, name in zip(middles.tolist(), names, strict=True):
        for place in np.rint(middle + generator.uniform(-_AT, _AT, 2)).astype(int).tolist():
            if 0 <= place < count:
                chosen.append((place, name))
    apart = np.abs(np.arange(count)[:, None] - middles).min(axis=1, initial=np.inf)
    away = generator.permutation(np.flatnonzero(apart >= _AWAY))
    return chosen + [(place, NONE) for place in away[: 2 * len(names) + 1].tolist()]


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
    ink = np.zeros((bottom - top + 2 * _MARGIN, right - left + 2 * _MARGIN), np.float32)
    owner = np.zeros(ink.shape, np.intp)
    for number, part in enumerate(placed, start=1):
        row, column = part.top - top + _MARGIN, part.left - left + _MARGIN
        place = np.s_[row : row + part.ink.shape[0], column : column + part.ink.shape[1]]
        ink[place] = np.maximum(ink[place], part.ink)
        owner[place][part.ink > SOLID] = number
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
