"""The roofline: what this machine's matrix product could do, beside what an epoch needs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.process import ROOT, environment_for
from benchmarks.workloads import WORKLOADS

__all__ = ["measure", "share_of_peak"]


def measure(threads: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Rates of the float32 matrix product by thread count and size, 10⁹ operations a second, and needs.

    Only the matrix products of an epoch are counted as needed: what no way of doing it can avoid,
    as long as no use is made of zeros.
    """
    found = {}
    for count in threads:
        answered = subprocess.run(
            [sys.executable, "-m", "benchmarks.sgemm", str(count)],
            cwd=ROOT,
            env=environment_for(count),
            capture_output=True,
            text=True,
            check=True,
        )
        found[str(count)] = json.loads(answered.stdout)
    needs = {name: 2 * workload.multiplications() for name, workload in WORKLOADS.items()}
    return {"rates": found, "operations": needs}


def share_of_peak(sections: dict[str, Any], workload: str, seconds: float, threads: int) -> float | None:
    """The share of the best measured rate at which a workload's operations were done.

    None where the rate was not measured, or on another machine than the workload.
    """
    figures = sections.get("roofline")
    if not figures or figures["machine"] != sections[workload]["machine"]:
        return None
    rates = figures["rates"].get(str(threads))
    if not rates or workload not in figures["operations"]:
        return None
    return float(figures["operations"][workload] / seconds / 1e9 / max(rates.values()))
