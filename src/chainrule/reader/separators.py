"""How much a piece of writing looks like a character between digits: a stroke, a dash, a dot."""

from __future__ import annotations

from chainrule.images.segmentation import Piece, WrittenLine

__all__ = ["likeness"]

_SHAPES = {
    "/": (1.0, 0.45, 0.5),
    "\\": (1.0, 0.45, 0.5),
    "|": (1.0, 0.12, 0.5),
    "-": (0.12, 0.4, 0.5),
    "_": (0.12, 0.5, 0.95),
    "=": (0.3, 0.4, 0.5),
    "+": (0.5, 0.5, 0.5),
    ".": (0.13, 0.13, 0.93),
    ",": (0.25, 0.15, 0.97),
    ":": (0.5, 0.13, 0.6),
    "'": (0.25, 0.12, 0.1),
}
"""Height and width in heights of a digit, and how far down the line its middle is, from 0 to 1."""
_SPREAD = 0.18
_BEST = 2.5
_UNKNOWN = 0.0


def likeness(character: str, line: WrittenLine, piece: Piece) -> float:
    """The log-likelihood that a piece is this character rather than not.

    A character whose shape is not known here is as likely as not.
    """
    if character not in _SHAPES:
        return _UNKNOWN
    rows, columns = piece.box
    unit = line.digit_height
    middle = (rows.start + rows.stop) / 2 / line.ink.shape[0]
    found = ((rows.stop - rows.start) / unit, (columns.stop - columns.start) / unit, middle)
    away = sum(((one - other) / _SPREAD) ** 2 for one, other in zip(found, _SHAPES[character], strict=True))
    return float(_BEST - away / 2)
