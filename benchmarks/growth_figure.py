"""Draws how cost grows, from results that were saved: one picture for time, one for memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rows import Row
from chainrule.files import written_whole

__all__ = ["draw"]

STYLES = {"chainrule": ("#0072B2", "o", "-"), "torch_eager": ("#D55E00", "s", "--")}
"""Colour (Okabe and Ito's, told apart by the colour-blind), marker and line of each contender."""

Value = Callable[[Row], float]


def draw(figures: dict[str, Any], folder: Path) -> list[str]:
    """Write ``growth-time.svg`` and ``growth-memory.svg``; returns their names."""
    pictures: dict[str, tuple[str, Value]] = {
        "growth-time.svg": ("seconds an epoch", lambda row: median(row.seconds)),
        "growth-memory.svg": ("peak memory (MiB)", lambda row: row.peak_mb),
    }
    for name, (label, value) in pictures.items():
        with written_whole(folder / name) as temporary:
            _picture(figures, label, value, temporary)
    return list(pictures)


def _picture(figures: dict[str, Any], label: str, value: Value, path: Path) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style = {
        "svg.hashsalt": "chainrule",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(9, 6.4), layout="constrained")
        for axes, sweep in zip(figure.subplots(2, 2).flat, figures["sweeps"].values(), strict=False):
            _panel(axes, sweep, label, value, logarithmic=label.startswith("seconds"))
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _panel(axes: Any, sweep: dict[str, Any], label: str, value: Value, *, logarithmic: bool) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    lines: dict[str, tuple[str, list[int], list[float]]] = {}
    for point in sweep["points"]:
        for row in map(Row.of, point["rows"]):
            if row.counts:
                _, places, values = lines.setdefault(row.name, (row.title, [], []))
                places.append(point["value"])
                values.append(value(row))
    for name, (title, places, values) in lines.items():
        colour, marker, dashes = STYLES[name]
        axes.plot(places, values, color=colour, marker=marker, linestyle=dashes, label=title)
    ticks = [point["value"] for point in sweep["points"]]
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(sweep["label"])
    axes.set_ylabel(label)
    axes.grid(color="#dddddd", linewidth=0.6)
