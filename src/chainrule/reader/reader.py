"""A reader: a network of digits put to work on pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter
from typing import Any

import numpy as np

from chainrule.errors import SettingError
from chainrule.images.lattice import Solved, solve
from chainrule.images.segmentation import WrittenLine
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import one_blas_thread
from chainrule.reader.confidence import Signs, confidence, signs_of
from chainrule.reader.evidence import require_digits, weigh
from chainrule.reader.hypotheses import Tried, arcs_of
from chainrule.reader.page import Page, prepared_page
from chainrule.reader.reading import REFUSED, Digit, Line, Reading
from chainrule.reader.refusal import reason_for
from chainrule.reader.spotter import Spotter, shipped_spotter
from chainrule.reader.spotting import Spotted, spot, sure_atoms

__all__ = ["MIN_CONFIDENCE", "Reader", "Studied"]

MIN_CONFIDENCE = 0.7
"""A digit less sure than this is refused, if nothing else is asked for."""

_READINGS = 3


@dataclass(frozen=True)
class Studied:
    """A picture that was read, with all that led to it.

    Attributes:
        page: the picture and how it was prepared.
        tried: of each line, what was tried as a digit.
        solved: the best ways to read each line.
        signs: what the confidence of each digit is made of, in the order of the reading.
        reading: what came out.
    """

    page: Page
    tried: list[Tried]
    solved: list[Solved]
    signs: list[Signs]
    reading: Reading


class Reader:
    """Reads digits in pictures.

    Args:
        network: takes 28 × 28 images framed as MNIST's are and answers 0 to 9, or these and "none".
        spotter: spots digits in joined writing, which is then not cut; None for the one that comes with the
            package if the network knows "none", and else for cuts.

    Raises:
        SettingError: a network of another kind.
    """

    def __init__(self, network: Network, spotter: Spotter | None = None) -> None:
        self.knows_none = require_digits(network)
        self.network = network
        self.spotter = spotter or (shipped_spotter() if self.knows_none else None)

    def read(
        self,
        source: Any,
        *,
        digits: int | None = None,
        pattern: str | None = None,
        min_confidence: float = MIN_CONFIDENCE,
    ) -> Reading:
        """The numbers in a picture.

        Args:
            source: a path, the bytes of a file, an open file, a Pillow image, or an array of pixels.
            digits: how many digits each line has, where that is known.
            pattern: what each line looks like, where that is known: "d" for each digit, other characters for
                themselves, such as "dd/dd/dddd".
            min_confidence: a digit less sure than this, 0 to 1, is read as "?".

        Raises:
            PictureError: no picture, or one that is damaged or too large.
            FileError: the file cannot be read.
            SettingError: no such number, pattern or confidence.
        """
        return self.study(source, digits=digits, pattern=pattern, min_confidence=min_confidence).reading

    # All products are small: a second thread of BLAS would mostly wait, and keep others from working.
    @one_blas_thread()
    def study(
        self,
        source: Any,
        *,
        digits: int | None = None,
        pattern: str | None = None,
        min_confidence: float = MIN_CONFIDENCE,
        show: Callable[[str, Array], None] | None = None,
    ) -> Studied:
        """Read a picture as `read` does, and keep what each step gave.

        ``show`` is called after each step of the preparation with its name and the grey picture, 1 = white.
        """
        wanted = _wanted(digits, pattern)
        if not 0 <= min_confidence <= 1:
            raise SettingError(f"a least confidence is a probability, 0 to 1, not {min_confidence}.")
        started = perf_counter()
        page = prepared_page(source, show, joined=self.spotter is not None)
        everything = self._try(page.lines)
        lines: list[Line] = []
        solved: list[Solved] = []
        signs: list[Signs] = []
        reasons: list[str] = []
        for tried in everything:
            arcs, boundaries = list(arcs_of(tried, wanted)), tried.boundaries[-1] + 1
            answer = solve(arcs, boundaries, wanted, _READINGS)
            if not answer.paths:
                answer = solve(arcs, boundaries, None, _READINGS)
                reasons.append(f"line {len(lines) + 1} does not fit '{wanted}'")
            solved.append(answer)
            made_of = list(signs_of(tried, answer))
            if made_of:
                lines.append(self._line(page, tried, answer, made_of, min_confidence))
                signs += made_of
        found = [digit for each in lines for digit in each.digits]
        if not found:
            reasons.append("blank: no writing was found")
        reasons += [
            f"digit {number + 1}: {digit.reason}" for number, digit in enumerate(found) if not digit.accepted
        ]
        text = "\n".join(line.text for line in lines)
        seconds = perf_counter() - started
        reading = Reading(tuple(lines), text, not reasons, tuple(reasons), page.picture.name, seconds)
        return Studied(page, everything, solved, signs, reading)

    def _try(self, lines: list[WrittenLine]) -> list[Tried]:
        """All that may be a digit on each line, and what the network says of it."""
        if not lines:
            return []
        pieces = [list(line.pieces()) for line in lines]
        weighed = weigh(self.network, lines, pieces)
        ends = np.cumsum([len(some) for some in pieces]).tolist()
        slices = [slice(end - len(some), end) for some, end in zip(pieces, ends, strict=True)]
        spotted: list[list[Spotted]] = [[] for _ in lines]
        if self.spotter:
            odds = [weighed.odds[here].tolist() for here in slices]
            spotted = spot(
                self.spotter, lines, [sure_atoms(*each) for each in zip(pieces, odds, strict=True)]
            )
        return [Tried.of(*each) for each in zip(lines, pieces, repeat(weighed), slices, spotted)]

    def _line(
        self, page: Page, tried: Tried, answer: Solved, signs: list[Signs], min_confidence: float
    ) -> Line:
        """What the best path of a line reads; the signs are those of its digits."""
        digits: list[Digit] = []
        text = ""
        for arc in answer.paths[0].arcs:
            if not arc.text.isdecimal():
                text += arc.text
                continue
            piece, made_of = tried.pieces[arc.piece], signs[len(digits)]
            probabilities, place = tried.probabilities[arc.piece], answer.shares[arc.piece]
            second, first = np.argsort(probabilities)[-2:]
            sure = confidence(made_of, self.knows_none)
            accepted = sure >= min_confidence
            text += str(first) if accepted else REFUSED
            digits.append(
                Digit(
                    text=str(first) if accepted else REFUSED,
                    box=page.on_picture(tried.line, piece.box),
                    probabilities=tuple(probabilities.tolist()),
                    confidence=sure,
                    runner_up=str(second),
                    accepted=accepted,
                    reason=""
                    if accepted
                    else reason_for(tried.line, piece, made_of.digit, place, probabilities),
                )
            )
        total = np.logaddexp.reduce([path.score for path in answer.paths])
        others = tuple((path.text, float(np.exp(path.score - total))) for path in answer.paths[1:])
        whole = (slice(0, tried.line.ink.shape[0]), slice(0, tried.line.ink.shape[1]))
        return Line(tuple(digits), text, page.on_picture(tried.line, whole), others)


def _wanted(digits: int | None, pattern: str | None) -> str | None:
    """The pattern that each line has to follow, or None."""
    if digits is not None and pattern is not None:
        raise SettingError("say either how many digits there are, or their pattern, not both.")
    if digits is not None:
        if not 1 <= digits <= 100:
            raise SettingError(f"a line has 1 to 100 digits, not {digits}.")
        return "d" * digits
    if pattern is not None and ("d" not in pattern or len(pattern) > 100):
        raise SettingError(f"a pattern has a 'd' for each digit, such as dd/dd/dddd; got {pattern!r}.")
    return pattern
