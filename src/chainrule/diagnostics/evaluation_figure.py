"""An evaluation as a picture: what is confused with what, the surest mistakes, and calibration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.diagnostics.evaluation import Evaluation
from chainrule.diagnostics.evaluation_text import percent, short_names, summary
from chainrule.files import save_figure
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["evaluation_figure", "save_evaluation_figure"]

_MISTAKES_ACROSS, _MISTAKES_DOWN = 5, 4


def evaluation_figure(evaluation: Evaluation, dataset: Dataset) -> Figure:
    """Draw an evaluation; nothing of pyplot is touched.

    On the left the confusion matrix, its colours on a logarithmic scale so that rare confusions
    show beside the many right answers. On the right the surest mistakes, if the examples of
    ``dataset`` are square images, and the reliability diagram.

    Args:
        evaluation: what `evaluate` found on ``dataset``.
        dataset: the same data set; its examples are shown.
    """
    from matplotlib.figure import Figure

    side = _side(dataset.input_shape)
    with_images = side is not None and bool(evaluation.surest_mistakes)
    figure = Figure(figsize=(15, 8.6), dpi=110, layout="constrained")
    figure.suptitle(f"{evaluation.name}: {summary(evaluation)}", parse_math=False)
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1.25, 1]).flat
    _draw_confusion(left.subplots(), evaluation)
    if with_images:
        above, below = right.subfigures(2, 1, squeeze=False, height_ratios=[2.1, 1]).flat
        _draw_mistakes(above, evaluation, dataset.inputs.reshape(len(dataset), side or 1, -1))
        _draw_reliability(below.subplots(), evaluation)
    else:
        _draw_reliability(right.subplots(), evaluation)
    return figure


def save_evaluation_figure(evaluation: Evaluation, dataset: Dataset, path: str | Path) -> None:
    """Write `evaluation_figure` to a ``.png`` or ``.svg`` file, whole or not at all.

    Raises:
        SettingError: another suffix.
        FileError: the file cannot be written.
    """
    save_figure(evaluation_figure(evaluation, dataset), path)


def _side(shape: tuple[int, ...]) -> int | None:
    """The side of a square image, ``(side, side)`` or ``(side, side, 1)``; None for anything else."""
    square = len(shape) in (2, 3) and shape[0] == shape[1] and shape[2:] in ((), (1,))
    return shape[0] if square else None


def _draw_confusion(axes: Axes, evaluation: Evaluation) -> None:
    from matplotlib.colors import LogNorm

    confusion, names = evaluation.confusion, short_names(evaluation.class_names)
    size = len(names)
    top = max(int(confusion.max()), 2)
    drawn = axes.imshow(np.ma.masked_equal(confusion, 0), cmap="Blues", norm=LogNorm(0.5, top))
    axes.figure.colorbar(drawn, ax=axes, shrink=0.7, label="examples (logarithmic scale)")
    letters = 10 if size <= 12 else max(5, 120 // size)
    if size <= 30:
        for (row, column), count in np.ndenumerate(confusion):
            if count:
                ink = "white" if np.log(count) > 0.6 * np.log(top) else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=ink, fontsize=letters)
    slanted = max(map(len, names)) > 3
    axes.set_xticks(range(size))
    axes.set_yticks(range(size))
    axes.set_xticklabels(
        names,
        rotation=45 if slanted else 0,
        ha="right" if slanted else "center",
        fontsize=letters,
        parse_math=False,
    )
    axes.set_yticklabels(names, fontsize=letters, parse_math=False)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title("Confusions")


def _draw_mistakes(figure: SubFigure, evaluation: Evaluation, images: Array) -> None:
    figure.suptitle("Surest mistakes: true → predicted, confidence")
    names = short_names(evaluation.class_names)
    longest = max(map(len, names))
    gap = "\n" if longest > 3 else " "
    cells = figure.subplots(_MISTAKES_DOWN, _MISTAKES_ACROSS).flat
    for axes in cells:
        axes.axis("off")
    for axes, mistake in zip(figure.axes, evaluation.surest_mistakes, strict=False):
        axes.imshow(images[mistake.index], cmap="gray_r")
        title = f"{names[mistake.label]}{gap}→ {names[mistake.prediction]}, {100 * mistake.confidence:.1f} %"
        axes.set_title(title, fontsize=9 if longest < 12 else 7, parse_math=False)


def _draw_reliability(axes: Axes, evaluation: Evaluation) -> None:
    found = evaluation.reliability
    filled = found.counts > 0
    width = found.edges[1] - found.edges[0]
    axes.bar(
        found.edges[:-1][filled], found.accuracy[filled], width, align="edge", color="#7f9fc6", ec="white"
    )
    axes.plot([0, 1], [0, 1], color="#666666", linestyle="--", linewidth=1, label="as sure as right")
    axes.plot(
        found.confidence[filled],
        found.accuracy[filled],
        "o",
        color="#b35900",
        markersize=4,
        label="mean of bin",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy")
    axes.set_title(f"Reliability: expected calibration error {percent(evaluation.ece)} %")
    axes.legend(loc="upper left", fontsize=9)
