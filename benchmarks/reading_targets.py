"""What reading is to reach, and whether it was reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.targets import Outcome

__all__ = ["reading_outcomes"]

STRINGS = {
    "separate": 0.96,
    "gradient": 0.93,
    "shadow": 0.93,
    "ruled": 0.93,
    "squared": 0.93,
    "boxed": 0.93,
    "jpeg": 0.93,
    "blur": 0.93,
    "touching": 0.9,
    "touching pair": 0.9,
    "overlapping": 0.75,
}
DIGITS = {"separate": 0.99}
AUROC, REFUSED, FROM_OTHER_HANDS = 0.98, 0.9, 0.95
MILLISECONDS = {"picture": (50, "6 digits on 800 × 600"), "line": (10, "a line of a page")}
PHOTOGRAPH = (3000, "a photograph of 12 megapixels")


def reading_outcomes(figures: dict[str, Any]) -> Iterator[Outcome]:
    """Every target held against what was measured; None where it was not."""
    for name, wanted in DIGITS.items():
        yield _at_least(f"{name}: digits", wanted, _look(figures, "conditions", name, "digits", "share"))
    for name, wanted in STRINGS.items():
        yield _at_least(f"{name}: strings", wanted, _look(figures, "conditions", name, "strings", "share"))
    yield _at_least("digits told from garbage: AUROC", AUROC, _look(figures, "rejection", "auroc"), ".4f")
    refused = _look(figures, "rejection", "refused", "share")
    yield _at_least("garbage refused where 98 % of digits are kept", REFUSED, refused)
    found = _look(figures, "load_digits", "share")
    yield _at_least("digits of load_digits", FROM_OTHER_HANDS, found)
    for what, (most, said) in (MILLISECONDS | {"photograph": PHOTOGRAPH}).items():
        taken = _look(figures, "time", what)
        text = "not measured" if taken is None else f"{taken:,.1f} ms"
        yield Outcome(f"{said}: under {most:,} ms", text, None if taken is None else taken < most)


def _at_least(said: str, wanted: float, found: float | None, form: str = ".1%") -> Outcome:
    if found is None:
        return Outcome(f"{said}: at least {wanted:{form}}", "not measured", None)
    return Outcome(f"{said}: at least {wanted:{form}}", f"{found:{form}}", found >= wanted)


def _look(figures: dict[str, Any], *names: str) -> float | None:
    """A figure, or None if it or anything above it is missing."""
    found: Any = figures
    for name in names:
        found = (found or {}).get(name)
    return None if found is None else float(found)
