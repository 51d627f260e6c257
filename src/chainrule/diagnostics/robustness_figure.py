"""Robustness as a picture: a dot a network for every corruption, and beside it what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from chainrule.data.dataset import Dataset
from chainrule.diagnostics.evaluation_text import percent, short_names
from chainrule.diagnostics.robustness import RobustnessReport
from chainrule.diagnostics.robustness_text import data_said
from chainrule.files import save_figure
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["corruption_sheet", "robustness_figure", "save_robustness_figure"]

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DIGITS_SHOWN = 6
_ROW, _LABELS, _DOTS, _GAP, _ABOVE, _BELOW = 0.36, 1.35, 4.6, 0.15, 0.6, 0.6
"""Inches: a row and so an image's side, the names' room, the dots', between, above and below."""
_LEGEND_ACROSS, _LEGEND_ROW = 2, 0.21


def robustness_figure(reports: Mapping[str, RobustnessReport], dataset: Dataset) -> Figure:
    """Draw reports of one or more networks, by name; nothing of pyplot is touched.

    On the left the accuracies, a colour and marker a network, with their 95 % intervals. On the right,
    row by row, examples of the same corruption at the same severity.

    Args:
        reports: of the same data set, severity and seed.
        dataset: the same data set; an example of each of its first six classes is shown.
    """
    from matplotlib.figure import Figure

    first = next(iter(reports.values()))
    rows = ["clean", *first.corruptions]
    shown = dataset.part(_one_of_each(dataset)[:_DIGITS_SHOWN], dataset.name)
    width = _LABELS + _DOTS + _GAP + len(shown) * _ROW + _GAP
    legend = _LEGEND_ROW * -(-len(reports) // _LEGEND_ACROSS)
    height = _ABOVE + legend + len(rows) * _ROW + _BELOW
    figure = Figure(figsize=(width, height), dpi=110)
    dots, images = (
        figure.add_axes((left / width, _BELOW / height, wide / width, len(rows) * _ROW / height))
        for left, wide in ((_LABELS, _DOTS), (_LABELS + _DOTS + _GAP, len(shown) * _ROW))
    )
    _draw_dots(dots, reports, rows)
    pictures = [
        _images(shown if row == "clean" else corrupted(shown, row, severity=first.severity, seed=first.seed))
        for row in rows
    ]
    _draw_images(images, pictures)
    images.set_title("examples", fontsize=10)
    figure.text(
        0.15 / width,
        1 - 0.25 / height,
        f"{data_said(first)}, clean and corrupted (severity {first.severity} of 5)",
        fontsize=11,
        parse_math=False,
        va="center",
    )
    return figure


def corruption_sheet(dataset: Dataset, *, seed: int = 1) -> Figure:
    """A contact sheet: every corruption of the first two examples, at severity 1 to 5.

    Raises:
        DataError: examples that are no raw images of 28 × 28 pixels.
    """
    from matplotlib.figure import Figure

    examples = [dataset.part(slice(which, which + 1), dataset.name) for which in range(min(2, len(dataset)))]
    pictures = [
        np.concatenate(
            [
                _images(corrupted(example, name, severity=severity, seed=seed))
                for example in examples
                for severity in SEVERITIES
            ]
        )
        for name in CORRUPTIONS
    ]
    columns = len(pictures[0])
    width, height = _LABELS + columns * _ROW + _GAP, 0.35 + len(pictures) * _ROW + _GAP
    figure = Figure(figsize=(width, height), dpi=100)
    axes = figure.add_axes(
        (_LABELS / width, _GAP / height, columns * _ROW / width, len(pictures) * _ROW / height)
    )
    _draw_images(axes, pictures)
    axes.set_yticks(range(len(pictures)), list(CORRUPTIONS), fontsize=9)
    axes.set_xticks(np.arange(columns) + 0.5, [*map(str, SEVERITIES)] * len(examples), fontsize=9)
    axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
    return figure


def save_robustness_figure(
    reports: Mapping[str, RobustnessReport], dataset: Dataset, path: str | Path
) -> None:
    """Write `robustness_figure` to a ``.png`` or ``.svg`` file, whole or not at all.

    Raises:
        SettingError: another suffix.
        FileError: the file cannot be written.
    """
    save_figure(robustness_figure(reports, dataset), path)


def _one_of_each(dataset: Dataset) -> Array:
    """The place of the first example of each class that there is."""
    return np.unique(dataset.labels, return_index=True)[1]


def _images(dataset: Dataset) -> Array:
    return dataset.inputs.reshape(-1, 28, 28)


def _draw_dots(axes: Axes, reports: Mapping[str, RobustnessReport], rows: Sequence[str]) -> None:
    step = 0.6 / max(len(reports), 4)
    lowest = 1.0
    names = short_names(tuple(reports))
    for index, (name, report) in enumerate(zip(names, reports.values(), strict=True)):
        scores = [report.clean, *report.corruptions.values()]
        accuracy = np.array([score.accuracy for score in scores])
        low, high = np.array([score.interval for score in scores]).T
        lowest = min(lowest, low.min())
        axes.errorbar(
            100 * accuracy,
            np.arange(len(rows)) + step * (index - (len(reports) - 1) / 2),
            xerr=100 * np.array([accuracy - low, high - accuracy]),
            fmt=_MARKERS[index % len(_MARKERS)],
            color=_COLOURS[index % len(_COLOURS)],
            markersize=5,
            linewidth=1,
            label=f"{name} (mean {percent(report.mean)} %)",
        )
    axes.set_yticks(range(len(rows)), rows, fontsize=10)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(10 * np.floor(10 * lowest - 0.2), 101)
    axes.set_xlabel("accuracy in %, with 95 % interval")
    axes.grid(alpha=0.3)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    legend = axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=_LEGEND_ACROSS,
        frameon=False,
        fontsize=9,
        borderaxespad=0,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _draw_images(axes: Axes, pictures: Sequence[Array]) -> None:
    """Rows of images, each ``(columns, 28, 28)`` uint8, with a grey line about every one."""
    framed = np.pad(np.array(pictures), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=128)
    rows, columns, side = framed.shape[:3]
    sheet = framed.swapaxes(1, 2).reshape(rows * side, columns * side)
    axes.imshow(
        sheet,
        cmap="gray",
        vmin=0,
        vmax=255,
        extent=(0, columns, rows - 0.5, -0.5),
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
