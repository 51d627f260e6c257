"""What a picture says, and where: its digits with their boxes, line by line."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "TrueDigit", "Truth"]

Box = tuple[int, int, int, int]
"""Left, top, width and height in whole pixels of the picture."""


@dataclass(frozen=True)
class TrueDigit:
    """One digit as it stands in the picture: which, and the box of its ink (where it covers half a pixel)."""

    text: str
    box: Box


@dataclass(frozen=True)
class Truth:
    """All digits of a picture, line by line from above, each line from the left."""

    lines: tuple[tuple[TrueDigit, ...], ...]

    @property
    def text(self) -> str:
        """The digits of each line, a line break between lines."""
        return "\n".join("".join(digit.text for digit in line) for line in self.lines)

    @property
    def digits(self) -> tuple[TrueDigit, ...]:
        """The digits of all lines, one after the other."""
        return tuple(digit for line in self.lines for digit in line)
