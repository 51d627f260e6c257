"""All ways to read a line at once: a lattice of hypotheses, its best paths, and how sure each part is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, log

__all__ = ["ANY_DIGIT", "Arc", "Path", "Solved", "solve"]

ANY_DIGIT = "d"
"""In a pattern, the place of one digit; any other character stands for itself."""
_MISSING = -3.0
"""What it costs if a character of the pattern that is no digit is not there."""


@dataclass(frozen=True)
class Arc:
    """One hypothesis: the atoms from ``start`` up to ``end`` are this character.

    Attributes:
        start: boundary between atoms where it begins.
        end: boundary where it ends, after ``start``.
        text: what is read: a digit, another character of the pattern, or "" for dust that is passed over.
        score: log-likelihood of this against its not being so; the scores along a path add up.
        piece: a number by which the caller knows the piece.
    """

    start: int
    end: int
    text: str
    score: float
    piece: int


@dataclass(frozen=True)
class Path:
    """A way from the first boundary to the last: arcs, one after the other, and the sum of their scores."""

    score: float
    arcs: tuple[Arc, ...]

    @property
    def text(self) -> str:
        """What is read along it."""
        return "".join(arc.text for arc in self.arcs)


@dataclass(frozen=True)
class Solved:
    """What a lattice says.

    Attributes:
        paths: the best paths with different texts, the best first; empty where none fits the pattern.
        shares: for each piece the probability that the true path takes it for a digit, as the scores have it;
            pieces that are on no path are left out.
    """

    paths: list[Path]
    shares: dict[int, float]


_State = tuple[int, int]
_Step = tuple[_State, _State, Arc | None, float]
_Way = tuple[float, int, _Step | None, int]


def solve(arcs: Sequence[Arc], boundaries: int, pattern: str | None = None, count: int = 3) -> Solved:
    """The best ways to read a line, by dynamic programming over its boundaries and the pattern's places.

    Args:
        arcs: the hypotheses, in any order.
        boundaries: how many there are; the first is 0.
        pattern: "d" for each digit, other characters for themselves, or None where anything goes. "dddd"
            asks for four digits. A character that is no digit may be missing in the picture.
        count: how many readings at most.
    """
    places = 0 if pattern is None else len(pattern)
    steps = list(_steps(arcs, boundaries, pattern))
    last = (boundaries - 1, places)
    best: dict[_State, list[_Way]] = {(0, 0): [(0.0, 0, None, 0)]}
    forward: dict[_State, float] = {(0, 0): 0.0}
    arriving: dict[_State, list[_Step]] = {}
    for step in steps:
        arriving.setdefault(step[1], []).append(step)
    order = dict.fromkeys(step[1] for step in sorted(steps, key=lambda step: step[1]))
    for state in order:
        ways: list[_Way] = [
            (score + step[3], -number, step, rank)
            for number, step in enumerate(arriving[state])
            for rank, (score, *_) in enumerate(best.get(step[0], []))
        ]
        best[state] = sorted(ways, reverse=True)[: 2 * count]
        forward[state] = _log_sum(forward.get(step[0], -inf) + step[3] for step in arriving[state])
    total = forward.get(last, -inf)
    if total == -inf or not best.get(last):
        return Solved([], {})
    backward: dict[_State, float] = {last: 0.0}
    shares: dict[int, float] = {}
    for state in reversed(order):
        onward = backward.get(state, -inf)
        for before, _, arc, score in arriving[state]:
            through = onward + score
            backward[before] = _log_sum((backward[before], through)) if before in backward else through
            if arc is not None and arc.text.isdecimal() and through > -inf:
                share = exp(min(0.0, forward.get(before, -inf) + through - total))
                shares[arc.piece] = min(1.0, shares.get(arc.piece, 0.0) + share)
    paths: dict[str, Path] = {}
    for rank in range(len(best[last])):
        path = _traced(best, last, rank)
        paths.setdefault(path.text, path)
    return Solved(list(paths.values())[:count], shares)


def _steps(arcs: Iterable[Arc], boundaries: int, pattern: str | None) -> Iterable[_Step]:
    """The moves between states: a boundary, and how much of the pattern is done."""
    for arc in arcs:
        if pattern is None or not arc.text:
            for place in range(len(pattern or "") + 1):
                yield (arc.start, place), (arc.end, place), arc, arc.score
        else:
            for place, wanted in enumerate(pattern):
                if arc.text == wanted or (wanted == ANY_DIGIT and arc.text.isdecimal()):
                    yield (arc.start, place), (arc.end, place + 1), arc, arc.score
    for place, wanted in enumerate(pattern or ""):
        if wanted != ANY_DIGIT:
            for boundary in range(boundaries):
                yield (boundary, place), (boundary, place + 1), None, _MISSING


def _traced(best: dict[_State, list[_Way]], state: _State, rank: int) -> Path:
    score, _, step, before = best[state][rank]
    arcs: list[Arc] = []
    while step is not None:
        if step[2] is not None:
            arcs.append(step[2])
        _, _, step, before = best[step[0]][before]
    return Path(score, tuple(reversed(arcs)))


def _log_sum(values: Iterable[float]) -> float:
    """The logarithm of Σ exp(value), safely."""
    numbers = list(values)
    largest = max(numbers, default=-inf)
    if largest == -inf or len(numbers) == 1:
        return largest
    return largest + log(sum(exp(number - largest) for number in numbers))
