"""How figures look: one size of type, colours that colour-blind people tell apart, a finding as title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from chainrule import files

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "MARKERS", "band", "panels", "published_line", "save_figure"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")
"""Okabe and Ito's colours, the ones legible on white first."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

_SETTINGS = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "svg.fonttype": "path",
}
_WIDTH, _NARROW, _HEIGHT = 5.2, 4.2, 3.6
"""Inches of a panel; three in a row are narrower, so that a page need not shrink their type as much."""


def panels(title: str, columns: int = 1, rows: int = 1, **given: Any) -> tuple[Figure, list[Axes]]:
    """A figure of ``rows`` times ``columns`` panels under one title, which says the finding.

    Further arguments go to matplotlib's ``Figure.subplots``.
    """
    import textwrap

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        width = max(6.4, columns * (_WIDTH if columns < 3 else _NARROW))
        figure = Figure(figsize=(width, _HEIGHT * rows + 0.5), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **given)
    figure.suptitle("\n".join(textwrap.wrap(title, int(width * 10.5))), fontsize=12, x=0.02, ha="left")
    return figure, list(axes.flat)


def band(axes: Axes, x: ArrayLike, runs: ArrayLike, index: int, label: str, **given: Any) -> None:
    """The mean of ``runs``, ``(seeds, points)``, as a line, and a band of ± 1 sd around it."""
    runs = np.asarray(runs)
    mean = runs.mean(axis=0)
    colour = COLOURS[index % len(COLOURS)]
    axes.plot(x, mean, color=colour, label=label, **given)
    if len(runs) > 1:
        spread = runs.std(axis=0, ddof=1)
        axes.fill_between(np.asarray(x), mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)


def published_line(axes: Axes, figure: float, label: str = "published") -> None:
    """A dotted line where a published figure stands."""
    axes.axhline(figure, color="black", linestyle=":", linewidth=1.2, label=f"{label}: {figure:g}")


def save_figure(figure: Figure, path: Path) -> None:
    """Write it in the laboratory's type, as SVG or PNG by the name's ending.

    Raises:
        FileError: the file cannot be written.
    """
    from matplotlib import rc_context

    with rc_context(_SETTINGS):
        files.save_figure(figure, path)
