"""What we set out to reach, and whether it was reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.contenders import CONTENDERS, FAST, OURS
from benchmarks.roofline import share_of_peak
from benchmarks.rows import Row, best, ratio

__all__ = ["TARGETS", "Outcome", "Target", "outcomes"]


@dataclass(frozen=True)
class Target:
    """At least so many times as fast as a peer, each at its better thread count.

    Attributes:
        workload: where.
        peers: contenders or groups, the fastest of which counts.
        at_least: the peer's seconds divided by ours.
        whom: the peers in words.
        ours: which row of ours is held against them.
    """

    workload: str
    peers: tuple[str, ...]
    at_least: float
    whom: str
    ours: str = OURS


_EVERYONE = tuple(name for name, entry in CONTENDERS.items() if name != OURS and entry.peer)

TARGETS = (
    Target("W1", ("torch_eager",), 9.0, "PyTorch eager"),
    Target("W1", ("torch_tuned",), 1.5, "the best tuned PyTorch"),
    Target("W1", ("jax_scan",), 1.0, "JAX's scan"),
    Target("W1", ("book",), 13.0, "the book's algorithm"),
    Target("W2", ("torch_eager",), 5.5, "PyTorch eager"),
    Target("W2", ("jax_scan",), 1.0, "JAX's scan"),
    Target("W4", ("torch_eager",), 8.0, "PyTorch eager"),
    Target("W5", _EVERYONE, 1.0, "the best peer"),
    Target("W6", ("torch_eager",), 1.0, "PyTorch eager"),
    Target("W6", ("torch_eager", "torch_tuned"), 1.2, "the best PyTorch, with chainrule[fast]", FAST),
    Target("W6-many", ("onnx_runtime",), 1 / 1.3, "ONNX Runtime"),
    Target("convnet", ("onnx_runtime",), 1 / 1.3, "ONNX Runtime"),
    Target("W7-one", ("onnx_runtime",), 1.0, "ONNX Runtime"),
    Target("W7-many", ("onnx_runtime",), 1 / 1.1, "ONNX Runtime"),
)
SHARE_OF_PEAK = ("W5", 0.6)
STARTUP_SECONDS = 0.4


@dataclass(frozen=True)
class Outcome:
    """A target in words, what was found, and whether that is enough; None where it could not be told."""

    wanted: str
    found: str
    met: bool | None


def outcomes(sections: dict[str, Any]) -> Iterator[Outcome]:
    """Every target held against the results."""
    for target in TARGETS:
        rows = [Row.of(data) for data in sections.get(target.workload, {}).get("rows", [])]
        peer = best(rows, *target.peers)
        wanted = f"{target.workload}: at least {target.at_least:.2g} × {target.whom}"
        if peer is None or (times := ratio(peer, rows, target.ours)) is None:
            yield Outcome(wanted, "not measured", None)
        else:
            threads = f"{peer.threads} thread" + "s" * (peer.threads > 1)
            yield Outcome(wanted, f"{times:.2f} × ({peer.title}, {threads})", times >= target.at_least)
    yield _share(sections)
    yield _startup(sections)


def _share(sections: dict[str, Any]) -> Outcome:
    workload, wanted = SHARE_OF_PEAK
    text = f"{workload}: at least {wanted:.0%} of the measured rate of the matrix product"
    rows = [Row.of(data) for data in sections.get(workload, {}).get("rows", [])]
    ours = best(rows, OURS)
    share = share_of_peak(sections, workload, median(ours.seconds), ours.threads) if ours else None
    if share is None:
        return Outcome(text, "not measured", None)
    return Outcome(text, f"{share:.0%}", share >= wanted)


def _startup(sections: dict[str, Any]) -> Outcome:
    text = f"start, load a model and predict one image: under {STARTUP_SECONDS} s"
    seconds = sections.get("startup", {}).get("rows", {}).get(OURS, {}).get("median")
    if seconds is None:
        return Outcome(text, "not measured", None)
    return Outcome(text, f"{seconds:.3f} s", seconds < STARTUP_SECONDS)
