"""What is wide and connected in a line of writing, as strips, and which digit is where on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from chainrule.handwriting.cutting import MARGIN, laid, owners
from chainrule.handwriting.writing import Floats, Placed
from chainrule.images.segmentation import cut_into_lines
from chainrule.images.strips import Strip, is_wide, strip_of

__all__ = ["joined_strips"]


def joined_strips(
    placed: Sequence[Placed], names: Sequence[int]
) -> Iterator[tuple[Strip, Floats, list[int]]]:
    """The wide atoms of a line as strips, with how far along them its digits are, and their names.

    Args:
        placed: the parts of the line, each a digit or a shape that is none.
        names: of each part, 0 to 9 or ``NONE``.
    """
    ink, owner = laid(placed)
    left = min(part.left for part in placed) - MARGIN
    centres = np.array(
        [
            part.left - left + part.ink.sum(axis=0) @ np.arange(part.ink.shape[1]) / part.ink.sum()
            for part in placed
        ]
    )
    for line in cut_into_lines(ink, joined=True):
        most = owners(line, owner, len(placed)).argmax(axis=0)
        for atom in range(len(line.boxes)):
            if is_wide(line, atom):
                strip, own = strip_of(line, atom), np.flatnonzero(most == atom)
                middles = strip.on_strip((centres[own] - line.corner[1]) / line.scale)
                yield strip, middles, [names[number] for number in own.tolist()]
