"""What each recipe was meant to reach, and whether it did; a target missed is reported as missed."""

from __future__ import annotations

from dataclasses import dataclass

from records.store import Record

__all__ = ["MOST_PEAK_MB", "MOST_SHIPPED_BYTES", "TARGETS", "Target"]

MOST_PEAK_MB = 1000
"""No training may hold more."""
MOST_SHIPPED_BYTES = {"tiny": 100_000, "reader": 1_000_000, "convnet": 1_000_000}
"""The models that may come with the package, and below how many bytes their files must stay."""


@dataclass(frozen=True)
class Target:
    """What a recipe was meant to reach, on two cores.

    Attributes:
        accuracy: mean share of right answers on the test images, labels as given.
        seeds: of how many seeds at least.
        seconds: most of them from the start of the process to its end, on average; None for no limit.
        size: most bytes of the model's file; None for no limit.
    """

    accuracy: float
    seeds: int
    seconds: float | None = None
    size: int | None = None

    def wanted(self) -> str:
        """The target in words."""
        parts = [f"≥ {100 * self.accuracy:.2f} %, n ≥ {self.seeds}"]
        if self.seconds is not None:
            parts.append(f"< {self.seconds:g} s")
        if self.size is not None:
            parts.append(f"< {self.size:,} bytes")
        return ", ".join(parts)

    def outcome(self, record: Record) -> str:
        """``met``, or what is missed, or what has still to be run."""
        missed = []
        accuracy, seconds, peak = (record.spread(name) for name in ("accuracy", "seconds", "peak_mb"))
        if accuracy is None or accuracy.n < self.seeds:
            return f"open: n = {accuracy.n if accuracy else 0} of {self.seeds}"
        if accuracy.mean < self.accuracy:
            missed.append("accuracy")
        if self.seconds is not None:
            if seconds is None:
                return "open: no run without an interruption"
            if seconds.mean >= self.seconds:
                missed.append("seconds")
        if self.size is not None and max(run["bytes"] for run in record.judged()) >= self.size:
            missed.append("file size")
        if peak is not None and max(run["peak_mb"] for run in record.judged()) >= MOST_PEAK_MB:
            missed.append("peak memory")
        return f"**missed**: {', '.join(missed)}" if missed else "met"


TARGETS = {
    "quick": Target(0.990, 5, seconds=20),
    "tiny": Target(0.994, 3, size=MOST_SHIPPED_BYTES["tiny"]),
    "mlp": Target(0.993, 3, seconds=30 * 60),
    "convnet": Target(0.996, 5, seconds=10 * 60),
    "ensemble": Target(0.9970, 3, seconds=60 * 60),
}
"""By recipe."""
