"""From a picture to lines of writing cut into atoms: every step before a network is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chainrule.images.pictures import Picture, load_picture
from chainrule.images.preparation import Prepared, prepare
from chainrule.images.segmentation import WrittenLine, cut_into_lines
from chainrule.numerics.parameters import Array
from chainrule.reader.reading import Box

__all__ = ["Page", "prepared_page"]


@dataclass(frozen=True)
class Page:
    """A picture made ready to be read.

    Attributes:
        picture: as it was loaded.
        prepared: the writing on it, level and upright.
        lines: its lines, cut into atoms.
    """

    picture: Picture
    prepared: Prepared
    lines: list[WrittenLine]

    def on_picture(self, line: WrittenLine, box: tuple[slice, slice]) -> Box:
        """A box of a line, in whole pixels of the original picture."""
        return self.prepared.mapping.box(*line.on_page(box))


def prepared_page(
    source: Any, show: Callable[[str, Array], None] | None = None, *, joined: bool = False
) -> Page:
    """Load a picture, find the writing on it, and cut it into lines and atoms.

    Args:
        source: whatever `load_picture` takes.
        show: called after each step of the preparation with its name and the grey picture, 1 = white.
        joined: True to leave whole what is connected.

    Raises:
        PictureError: no picture, or one that is damaged or too large.
        FileError: the file cannot be read.
    """
    picture = load_picture(source)
    prepared = prepare(picture, show)
    return Page(picture, prepared, cut_into_lines(prepared.ink, joined=joined))
