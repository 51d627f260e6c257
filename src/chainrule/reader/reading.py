"""What was read in a picture: lines of digits, where each stands, and how sure each is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import Any

__all__ = ["REFUSED", "Box", "Digit", "Line", "Reading"]

REFUSED = "?"
"""What stands in a text for a digit that is not sure enough, or that is none."""

Box = tuple[int, int, int, int]
"""Left, top, width and height in whole pixels of the original picture."""


@dataclass(frozen=True)
class Digit:
    """One place where a digit stands, or should.

    Attributes:
        text: the digit, or "?" where none is accepted.
        box: where it stands.
        probabilities: of 0 to 9, given that it is a digit at all; they sum to 1.
        confidence: probability that a digit stands in just this place and that it is the likeliest one.
        runner_up: the second likeliest digit.
        accepted: whether the confidence is as high as was asked for.
        reason: why not, in plain words; empty where it is accepted.
    """

    text: str
    box: Box
    probabilities: tuple[float, ...]
    confidence: float
    runner_up: str
    accepted: bool
    reason: str = ""

    @property
    def likeliest(self) -> str:
        """The likeliest digit, accepted or not."""
        return str(max(range(len(self.probabilities)), key=self.probabilities.__getitem__))


@dataclass(frozen=True)
class Line:
    """One line of writing.

    Attributes:
        digits: its digits, from left to right.
        text: what they say, with the pattern's other characters where a pattern was given.
        box: where the line stands.
        alternatives: other readings of the line with their probabilities, the likeliest first.
    """

    digits: tuple[Digit, ...]
    text: str
    box: Box
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    Attributes:
        lines: lines of writing from top to bottom.
        text: their texts, a line break between lines; empty where nothing is written.
        accepted: whether there is a digit, and every digit is accepted.
        reasons: why not, in plain words; empty where it is accepted.
        name: what was read: a path, or "picture".
        seconds: how long it took, loading included.
    """

    lines: tuple[Line, ...]
    text: str
    accepted: bool
    reasons: tuple[str, ...]
    name: str
    seconds: float

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of all lines."""
        return tuple(digit for line in self.lines for digit in line.digits)

    def as_data(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON; ``line`` counts from 0."""
        return {
            "name": self.name,
            "text": self.text,
            "accepted": self.accepted,
            "reasons": list(self.reasons),
            "seconds": round(self.seconds, 4),
            "lines": [
                {
                    "text": line.text,
                    "box": list(line.box),
                    "alternatives": [
                        {"text": text, "probability": round(share, 6)} for text, share in line.alternatives
                    ],
                }
                for line in self.lines
            ],
            "digits": [
                asdict(digit)
                | {
                    "line": number,
                    "box": list(digit.box),
                    "likeliest": digit.likeliest,
                    "probabilities": [round(share, 6) for share in digit.probabilities],
                    "confidence": round(digit.confidence, 6),
                }
                for number, line in enumerate(self.lines)
                for digit in line.digits
            ],
        }

    def _repr_html_(self) -> str:
        """The text, large, and under each digit its confidence, for notebooks."""
        rows = "".join(
            "<tr>" + "".join(_cell(digit) for digit in line.digits) + "</tr>" for line in self.lines
        )
        why = "".join(f"<li>{escape(reason)}</li>" for reason in self.reasons)
        return (
            f"<div><strong>{escape(self.name)}</strong>"
            f"<table style='text-align:center'>{rows}</table><ul>{why}</ul></div>"
        )


def _cell(digit: Digit) -> str:
    colour = "inherit" if digit.accepted else "#c4421a"
    hint = escape(digit.reason or f"then {digit.runner_up}", quote=True)
    return (
        f"<td style='text-align:center;color:{colour}' title='{hint}'>"
        f"<span style='font-size:2em'>{escape(digit.text)}</span><br>"
        f"<small>{digit.confidence:.0%}</small></td>"
    )
