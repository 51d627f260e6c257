"""A row of a table: one contender at one thread count, its rounds, and whether it may be compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.contenders import OURS

__all__ = ["Row", "best", "judge", "ratio"]


@dataclass
class Row:
    """What is known of one contender.

    Attributes:
        name: of the contender.
        title: what the page calls it.
        group: of which idea it is a variant, or "".
        threads: how many it had.
        seconds: one a round: an epoch, scaled to the whole where a part was run; or a call.
        accuracies: one a round, on the test images.
        images: how many images of an epoch it was run on.
        around: seconds of one ``fit`` outside the epoch, one a round; for chainrule alone.
        peak_mb: the most memory its process held, MiB.
        differs: what it does otherwise than the others.
        lost: why there are no figures: not installed, crashed, cannot express it.
        void: why its figures may not be compared.
    """

    name: str
    title: str
    group: str
    threads: int
    seconds: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    images: int = 0
    around: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    differs: str = ""
    lost: str = ""
    void: str = ""

    @property
    def counts(self) -> bool:
        """Whether it has figures that may be compared."""
        return bool(self.seconds) and not self.lost and not self.void

    def as_data(self) -> dict[str, Any]:
        """The row as plain data, with its median."""
        return asdict(self) | {"median": median(self.seconds) if self.seconds else None}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Row:
        """The row that ``as_data`` made this of."""
        return cls(**{key: value for key, value in data.items() if key != "median"})


def best(rows: list[Row], *names: str) -> Row | None:
    """The fastest row, by its median, of the contenders or groups of these names."""
    able = [row for row in rows if row.counts and (row.name in names or row.group in names)]
    return min(able, key=lambda row: median(row.seconds), default=None)


def ratio(row: Row, rows: list[Row], name: str = OURS) -> float | None:
    """How many times as long as our fastest row of that name it takes: the median of the rounds' ratios."""
    ours = best(rows, name)
    if ours is None or not row.counts:
        return None
    return median(theirs / our for theirs, our in zip(row.seconds, ours.seconds, strict=False))


def judge(rows: list[Row], band: float, marks: dict[int, float]) -> None:
    """Void each row whose accuracy is not within ``band`` percentage points of chainrule's.

    Args:
        rows: all of one workload; ``void`` is set.
        band: percentage points.
        marks: chainrule's accuracy after so many images of the first round, for contenders that
            trained on a part of the epoch.
    """
    ours = next((row for row in rows if row.name == OURS and row.seconds), None)
    for row in rows:
        row.void = ""
        if not row.seconds or row.lost:
            continue
        if ours is None:
            row.void = "chainrule has no figures to hold it against"
        elif row.images == ours.images:
            pairs = list(zip(row.accuracies, ours.accuracies, strict=False))
            row.void = _outside([theirs - our for theirs, our in pairs], band)
        elif row.images in marks:
            row.void = _outside([row.accuracies[0] - marks[row.images]], band)
        else:
            row.void = f"its accuracy after {row.images} images could not be checked"


def _outside(differences: list[float], band: float) -> str:
    apart = 100 * median(differences)
    if abs(apart) <= band:
        return ""
    return f"accuracy {apart:+.1f} percentage points from chainrule's; the band is ±{band:g}"
