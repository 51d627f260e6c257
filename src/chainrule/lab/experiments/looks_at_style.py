"""Which hands a network reads well: accuracy by the amount of ink, the width of the stroke and the slant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results
from chainrule.lab.experiments.looks import QUICK, Parameters, trained
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.metrics import wilson_interval
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "ink", "slant", "stroke_width"]

FIFTHS = 5


def ink(images: Array) -> Array:
    """Black pixels' worth of ink of each image; ``(n, 28, 28)`` in 0 to 1 to ``(n,)``."""
    amount: Array = images.sum(axis=(1, 2))
    return amount


def stroke_width(images: Array) -> Array:
    """Mean width of the stroke in pixels, ``(n,)``: twice the ink by the length of its edges.

    A stroke of length l and width w has w·l of ink and edges of length 2l; the length of the edges is
    the sum of the gradient of the image, which grey edges do not lengthen.
    """
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    down, across = np.gradient(framed, axis=(1, 2))
    edges = np.hypot(down, across).sum(axis=(1, 2))
    width: Array = 2 * ink(images) / np.maximum(edges, 1e-6)
    return width


def slant(images: Array) -> Array:
    """Lean of each image in degrees, positive to the right, ``(n,)``, from its second moments.

    A row that lies y above the centre of the ink is shifted by y·tan(slant) = y·μ₁₁/μ₂₀ in the mean.
    """
    y, x = (axis.ravel().astype(np.float64) for axis in np.mgrid[: images.shape[1], : images.shape[2]])
    moments = images.reshape(len(images), -1) @ np.column_stack([np.ones_like(x), x, y, x * y, y * y])
    mean_x, mean_y, mean_xy, mean_yy = moments[:, 1:].T / np.maximum(moments[:, 0], 1e-6)
    above_and_aside, tall = mean_x * mean_y - mean_xy, mean_yy - mean_y**2
    degrees: Array = np.degrees(np.arctan2(above_and_aside, np.maximum(tall, 1e-6)))
    return degrees


MEASURES = {
    "ink": (ink, "amount of ink (black pixels)", ("with the least ink", "with the most ink")),
    "width": (
        stroke_width,
        "width of the stroke (pixels)",
        ("with the thinnest stroke", "with the thickest stroke"),
    ),
    "slant": (
        slant,
        "slant (degrees to the right)",
        ("leaning most to the left", "leaning most to the right"),
    ),
}


def fifths(measure: Array, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fifth each image is in among those of its own digit, 0 to 4, ``(n,)``."""
    place = np.empty(len(labels), np.int64)
    for digit in np.unique(labels):
        members = np.flatnonzero(labels == digit)
        rank = measure[members].argsort(kind="stable").argsort(kind="stable")
        place[members] = rank * FIFTHS // len(members)
    return place


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and count the right answers in each fifth of the test images by each measure."""
    network, data, accuracy = trained(parameters, seed, report, end=0.9)
    labels = data.test.labels
    right = network.classify(data.test.inputs) == labels
    images = data.test.inputs.reshape(-1, 28, 28) / np.float32(255)
    values = {"test accuracy": accuracy}
    arrays = {}
    for name, (measured, _, ends) in MEASURES.items():
        report(0.95, f"measuring {name}")
        measure = measured(images)
        place = fifths(measure, labels)
        by_fifth = np.array([100 * right[place == fifth].mean() for fifth in range(FIFTHS)])
        values |= {
            f"accuracy, {ends[0]}": float(by_fifth[0]),
            f"accuracy, middle by {name}": float(by_fifth[FIFTHS // 2]),
            f"accuracy, {ends[1]}": float(by_fifth[-1]),
        }
        arrays[f"accuracy by {name}"] = by_fifth
        arrays[f"mean {name}"] = np.array([measure[place == fifth].mean() for fifth in range(FIFTHS)])
    return Result(values, arrays)


def finding(results: Results) -> str:
    """The best and the worst read fifth of all, by name."""
    named = {end: results.mean(f"accuracy, {end}") for _, _, ends in MEASURES.values() for end in ends} | {
        f"in the middle by {name}": results.mean(f"accuracy, middle by {name}") for name in MEASURES
    }
    best, worst = max(named, key=lambda name: named[name]), min(named, key=lambda name: named[name])
    return (
        f"Read best is the fifth {best}, {named[best]:.2f} %, worst the fifth {worst}, {named[worst]:.2f} %; "
        f"all test images {results.said('test accuracy')} %"
    )


def figure(results: Results) -> Figure:
    """Accuracy by fifths of each measure."""
    drawn, (*axes, last) = panels(finding(results), 2, 2, sharey=True)
    accuracy = results.mean("test accuracy")
    low, high = wilson_interval(round(20 * accuracy), 2000)
    for index, (each, (name, (_, label, _))) in enumerate(zip(axes, MEASURES.items(), strict=True)):
        by_fifth = results.arrays(f"accuracy by {name}")
        spread = by_fifth.std(axis=0, ddof=1) if len(by_fifth) > 1 else None
        each.axhspan(100 * low, 100 * high, color="0.9", label="95 % interval of 2,000 such images by chance")
        each.axhline(accuracy, color="0.4", linewidth=1, linestyle="--", label="all test images")
        each.errorbar(
            results.runs[0].arrays[f"mean {name}"],
            by_fifth.mean(axis=0),
            spread,
            color=COLOURS[index],
            marker=MARKERS[index],
            capsize=4,
            label="a fifth, mean ± sd over seeds",
        )
        each.set(xlabel=label, ylabel="test accuracy (%)")
    last.set_axis_off()
    last.legend(*axes[0].get_legend_handles_labels(), loc="center")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="writing-style",
        title="Thin, thick and slanted hands",
        subject="what a network looks at",
        parameters=Parameters(),
        quick=QUICK,
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            Published(
                "writing-style", "measured here", f"test accuracy, the fifth {end}", None, f"accuracy, {end}"
            )
            for _, _, ends in MEASURES.values()
            for end in ends
        ),
        asks="Does the network read everybody's hand equally well? Three plain measures describe the "
        "writing: how much ink there is, how wide the stroke is (ink by length of edge), and how far the "
        "digit leans (from the moments of the image). The test images of each digit are divided into fifths "
        "by each measure, so that every fifth holds the same digits: otherwise the ones, thin and easy, "
        "would decide.",
        look_for="Where the points leave the grey band, the difference is more than the luck of which images "
        "are in a fifth. The bars are the spread over seeds, that is, over starts of the network; they say "
        "nothing about the choice of images.",
        seconds=13.0,
    ),
)
