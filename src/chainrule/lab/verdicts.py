"""Published figures beside ours, and whether they agree: one rule for all."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import Any

from chainrule.lab.experiment import Published
from chainrule.lab.store import Stored

__all__ = ["RULE", "Verdict", "agrees", "verdicts", "written"]

_SMALL = 1e-4

RULE = (
    "A figure is reproduced if it lies within two standard deviations of our mean over the seeds, or within "
    "the tolerance that the source's own rounding asks for, whichever is wider. Else it differs, and by how "
    "much is said. Only the full form, with the published settings and all its seeds, gets a verdict."
)


@dataclass(frozen=True)
class Verdict:
    """One published figure, and what we have beside it.

    Attributes:
        claim: the published figure and its source.
        published: the figure as text, "none given" where there is none.
        ours: mean ± standard deviation, and how many seeds, as text.
        word: "reproduced", "differs", "measured here", or why there is no verdict: "quick form",
            "changed parameters" or "too few seeds".
        by: ours less theirs as text, where they differ.
        mean, deviation: ours, over ``n`` seeds.
    """

    claim: Published
    published: str
    ours: str
    word: str
    by: str
    mean: float
    deviation: float
    n: int

    def __str__(self) -> str:
        return f"{self.word} by {self.by}" if self.by else self.word

    def as_data(self) -> dict[str, Any]:
        """It as plain JSON data."""
        return {
            "id": self.claim.id,
            "source": self.claim.source,
            "what": self.claim.what,
            "unit": self.claim.unit,
            "published": self.claim.figure,
            "mean": self.mean,
            "sd": self.deviation,
            "n": self.n,
            "verdict": self.word,
        }


def agrees(published: float, mean: float, deviation: float, tolerance: float) -> bool:
    """Whether a published figure is reproduced: |published − mean| ≤ max(2·sd, tolerance).

    Two standard deviations, because a published figure is mostly one run, and 19 of 20 runs lie so
    near. Where there is one seed the standard deviation is 0 and the tolerance decides. A billionth
    of the figure is added, since decimal fractions are not exact in binary.
    """
    return abs(published - mean) <= max(2 * deviation, tolerance) + 1e-9 * abs(published)


def verdicts(stored: Stored) -> tuple[Verdict, ...]:
    """What became of every figure that an experiment stands beside."""
    return tuple(_verdict(stored, claim) for claim in stored.experiment.published)


def written(figure: float, digits: int | None = None) -> str:
    """A number to be read: with so many decimals, or those it has; very small ones as powers of ten."""
    if figure and abs(figure) < _SMALL:
        return f"{figure:.1e}"
    if digits is not None:
        return f"{figure:,.{digits}f}"
    return f"{figure:,.0f}" if figure == round(figure) else f"{figure:,.5g}"


def _verdict(stored: Stored, claim: Published) -> Verdict:
    results, unit = stored.results, f" {claim.unit}" if claim.unit else ""
    n, mean, deviation = len(results.seeds), results.mean(claim.value), results.deviation(claim.value)
    published = "none given" if claim.figure is None else written(claim.figure) + unit
    digits = _digits(claim, mean, deviation)
    word, by = _word(stored), ""
    if not word and claim.figure is None:
        word = "measured here"
    elif not word and claim.figure is not None:
        word = "reproduced"
        if not agrees(claim.figure, mean, deviation, claim.tolerance):
            difference = mean - claim.figure
            sign = "+" if difference > 0 else "−"
            word, by = "differs", f"{sign}{written(abs(difference), max(digits, _leading(difference)))}{unit}"
    spread = f" ± {written(deviation, digits)}" if n > 1 else ""
    ours = f"{written(mean, digits)}{spread}{unit} ({n})"
    return Verdict(claim, published, ours, word, by, mean, deviation, n)


def _word(stored: Stored) -> str:
    """Why these results get no verdict, or nothing where they get one."""
    if stored.form != "full":
        return {"quick": "quick form", "changed": "changed parameters"}[stored.form]
    return "too few seeds" if len(stored.results.seeds) < stored.experiment.seeds else ""


def _digits(claim: Published, mean: float, deviation: float) -> int:
    """Decimals to print: as many as published, two of a percentage, three significant ones of others."""
    published = 0 if claim.figure is None else len(written(claim.figure).partition(".")[2])
    if mean == round(mean) and not deviation and claim.unit != "%":
        return min(published, 2)
    return max(min(published, 6), 2 if claim.unit == "%" else min(6, _leading(mean) + 2), 0)


def _leading(value: float) -> int:
    """Decimals up to the first significant one, not below 0 less two."""
    return max(-2, -floor(log10(abs(value)))) if value else 0
