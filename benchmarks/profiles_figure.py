"""Draws where the time of a step goes: a bar a call, and in it what its products take at BLAS's best rate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from chainrule.lab.style import COLOURS, panels, save_figure

__all__ = ["draw", "finding"]


def finding(figures: dict[str, Any]) -> str:
    """The shares of the calls that hold the matrix products, in a sentence."""
    said = []
    for name, found in figures["workloads"].items():
        share = sum(line["share"] for line in found["calls"] if line["at_the_rate"])
        said.append(f"{share:.0%} of a step of {name}")
    return f"The dense layers take {' and '.join(said)}"


def draw(figures: dict[str, Any], path: Path) -> None:
    """Write the picture; each workload is a panel."""
    figure, axes = panels(finding(figures), columns=len(figures["workloads"]))
    figure.set_size_inches(12.5, 5.8)
    for panel, (name, found) in zip(axes, figures["workloads"].items(), strict=True):
        _panel(panel, name, found)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    save_figure(figure, path)


def _panel(panel: Any, name: str, found: dict[str, Any]) -> None:
    calls = found["calls"][::-1]
    unit, factor = ("ms", 1e3) if found["step"] > 1e3 else ("µs", 1.0)
    taken = [line["microseconds"] / factor for line in calls]
    needed = [line["at_the_rate"] / factor for line in calls]
    places = range(len(calls))
    panel.barh(places, taken, color=COLOURS[5], label="time of the call")
    panel.barh(
        places, needed, height=0.35, color=COLOURS[0], label="its products at the best rate of large ones"
    )
    for place, line, width in zip(places, calls, taken, strict=True):
        panel.text(width, place, f" {line['share']:.1%}", va="center", fontsize=9)
    panel.set_yticks(places, [re.sub(r", layer \d+", "", line["what"]) for line in calls], fontsize=9)
    panel.set_xlim(0, max(taken) * 1.15)
    panel.set_xlabel(f"processor time of one step ({unit})")
    panel.set_title(
        f"{name}: {found['step'] / factor:.3g} {unit} a step, {found['share_of_rate']:.0%} of that rate",
        loc="left",
    )
    panel.grid(axis="y", visible=False)
