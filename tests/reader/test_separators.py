"""Separators: a shape is likest to its own character."""

import numpy as np
import pytest

from chainrule.images.segmentation import cut_into_lines
from chainrule.reader.separators import likeness


def line_and_piece(rows, columns):
    """A line between two bars 40 high, and the piece of ink put between them."""
    ink = np.zeros((60, 120), np.float32)
    ink[10:50, 30:34] = ink[10:50, 70:74] = 1
    ink[rows, columns] = 1
    (line,) = cut_into_lines(ink)
    return line, line.piece(1, len(line.boxes) - 1)


@pytest.mark.parametrize(
    ("rows", "columns", "character", "others"),
    [
        (slice(44, 50), slice(50, 56), ".", "-:/"),
        (slice(28, 32), slice(42, 58), "-", ".:/"),
        (slice(10, 50), slice(48, 53), "|", ".-:"),
    ],
    ids=["dot", "dash", "bar"],
)
def test_a_shape_is_likest_to_its_own_character(rows, columns, character, others):
    line, piece = line_and_piece(rows, columns)
    own = likeness(character, line, piece)
    assert own > 0
    assert own > max(likeness(other, line, piece) for other in others)


def test_a_character_of_unknown_shape_is_as_likely_as_not():
    assert likeness("€", *line_and_piece(slice(20, 40), slice(40, 60))) == 0
