"""Reading by memory alone: the training images nearest to a new one vote on what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.simple_baselines import scaled
from chainrule.lab.style import COLOURS, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "nearest_labels", "votes"]

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

_ROWS = 200


@dataclass(frozen=True)
class Neighbours:
    """Whom to ask, and how many."""

    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    judged: int = parameter(10_000, "validation and test images", unit="images", low=100, high=10_000)
    most: int = parameter(10, "largest number of neighbours tried", low=1, high=100)


def nearest_labels(train: Floats, labels: Labels, asked: Floats, count: int) -> Iterator[Labels]:
    """Labels of the ``count`` training images nearest to each of ``asked``, nearest first, block by block.

    |x − t|² = |x|² − 2 x·t + |t|², and |x|² is the same for every t: so one matrix product finds them.
    """
    squares = np.einsum("np,np->n", train, train)
    for start in range(0, len(asked), _ROWS):
        distances = asked[start : start + _ROWS] @ train.T
        np.multiply(distances, -2, out=distances)
        np.add(distances, squares, out=distances)
        near = np.argpartition(distances, count - 1, axis=1)[:, :count]
        order = np.take_along_axis(distances, near, axis=1).argsort(axis=1)
        yield labels[np.take_along_axis(near, order, axis=1)]


def votes(near: Labels) -> Labels:
    """The majority of the first 1, 2, … neighbours, ``(images, count)``; a tie goes to the nearer ones.

    Each neighbour has one vote and a share of another that halves from one to the next: all shares
    together are less than a vote, so that they decide nothing but ties.
    """
    weights = 1 + 0.5 ** np.arange(2, near.shape[1] + 2)
    ballots = (near[:, :, np.newaxis] == np.arange(10)) * weights[:, np.newaxis]
    winners: Labels = ballots.cumsum(axis=1).argmax(axis=2)
    return winners


def neighbours(parameters: Neighbours, seed: int, report: Report) -> Result:
    """Choose the number of neighbours on the validation part, then ask the test images once."""
    data = load_data("mnist")
    assert data.validation is not None
    train, labels = scaled(data.train)[: parameters.images], data.train.labels[: parameters.images]
    right = []
    for index, part in enumerate((data.validation, data.test)):
        asked, truth = scaled(part)[: parameters.judged], part.labels[: parameters.judged, np.newaxis]
        found: list[Labels] = []
        for block in nearest_labels(train, labels, asked, parameters.most):
            report((index + len(found) * _ROWS / len(asked)) / 2, "measuring distances")
            found.append(votes(block))
        right.append(100 * (np.concatenate(found) == truth).mean(axis=0))
    validation, test = right
    best = int(validation.argmax())
    return Result(
        {
            "neighbours": best + 1,
            "validation accuracy": float(validation[best]),
            "test accuracy": float(test[best]),
        },
        {"validation accuracy": validation},
    )


def neighbours_finding(results: Results) -> str:
    """How many neighbours were best, and what they came to."""
    count = int(results.mean("neighbours"))
    asked = "the nearest" if count == 1 else f"the {count} nearest"
    return (
        f"Asking {asked} of {results.parameters.images:,} training images reads "
        f"{results.said('test accuracy')} % of the test images"
    )


def neighbours_figure(results: Results) -> Figure:
    """Validation accuracy by the number of neighbours."""
    drawn, (axes,) = panels(neighbours_finding(results))
    accuracy = results.arrays("validation accuracy").mean(axis=0)
    counts, best = np.arange(1, len(accuracy) + 1), results.mean("neighbours")
    axes.plot(counts, accuracy, marker="o", color=COLOURS[0], label="validation")
    axes.plot(best, results.mean("test accuracy"), "s", color=COLOURS[1], label="test, once, at the best")
    axes.set(xlabel="neighbours asked", ylabel="accuracy (%)", xticks=counts[:: max(1, len(counts) // 10)])
    axes.legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="nearest-neighbours",
        title="A vote of the nearest training images",
        subject="baselines",
        parameters=Neighbours(),
        quick={"images": 5_000, "judged": 2_000},
        run=neighbours,
        figure=neighbours_figure,
        finding=neighbours_finding,
        published=(Published("nearest-neighbours", "measured here", "test accuracy", None, "test accuracy"),),
        asks="How well does one read who has learnt nothing, but remembers every training image and lets "
        "those nearest to the new one vote? How many should vote is chosen on the validation part.",
        look_for="A handful of neighbours is best: one can be an odd image, and many reach into other "
        "digits. Two do no better than one, since a tie goes to the nearer. No training is needed, but "
        "every answer compares with all the training images.",
        seconds=75.0,
        seeds=1,
    ),
)
