"""Ten outputs, one a digit, or four, one a bit: two networks trained alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.four_bits import BITS, as_number
from chainrule.lab.style import MARKERS, band, panels
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import blas_threads_for
from chainrule.objective import Objective
from chainrule.optimizers import SGD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class TenOrFour:
    """Two networks that differ in their outputs alone, and how both are trained."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=1000.0)
    epochs: int = parameter(10, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


BATCH = 10
CODES = {"ten": np.eye(10, dtype=np.float32), "four": BITS}
"""What each kind of network is to put out for each digit, ``(10, outputs)``."""


def trained(
    parameters: TenOrFour, codes: Array, seed: int, train: Dataset, test: Dataset, report: Report
) -> Array:
    """Per cent of the test images read right after each epoch, ``(epochs, 2)``: plainly, and by nearest code.

    The trainer takes digits as one output each, so this is its loop with other targets: cross-entropy on the
    logits of the last layer, plain gradient descent.
    """
    start, shuffle = np.random.default_rng(seed).spawn(2)
    network = Network([784, parameters.hidden, codes.shape[1]], seed=start)
    optimizer = SGD(parameters.learning_rate)
    optimizer.bind(network.parameters)
    batches = Batches(train, BATCH)
    objectives = {
        rows: Objective(network, SigmoidCrossEntropy(), rows) for rows in {BATCH, len(train) % BATCH} - {0}
    }
    accuracy = []
    for epoch in range(parameters.epochs):
        for inputs, targets in batches.epoch(shuffle.permutation(len(train))):
            objective = objectives[len(inputs)]
            objective.forward(inputs, targets @ codes)
            objective.backward()
            optimizer.step(parameters.learning_rate)
        report((epoch + 1) / parameters.epochs, f"{codes.shape[1]} outputs")
        accuracy.append(read_right(network.predict(test.inputs), codes, test.labels))
    return np.array(accuracy)


def read_right(outputs: Array, codes: Array, labels: Array) -> tuple[float, float]:
    """Per cent read right: plainly (largest of ten, or four bits as a number), and by the nearest code."""
    plain = outputs.argmax(axis=1) if codes.shape[1] == 10 else as_number(outputs)
    nearest = ((outputs[:, None, :] - codes) ** 2).sum(axis=2).argmin(axis=1)
    return 100 * float(np.mean(plain == labels)), 100 * float(np.mean(nearest == labels))


def run_ten_or_four(parameters: TenOrFour, seed: int, report: Report) -> Result:
    """Train a network with ten outputs and one with four, and read the test images after every epoch."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    found: dict[str, Array] = {}
    with blas_threads_for(BATCH * 784 * parameters.hidden):
        for name, codes in CODES.items():

            def told(share: float, doing: str, before: int = len(found)) -> None:
                report((before + share) / len(CODES), doing)

            found[name] = trained(parameters, codes, seed, train, data.test, told)
    ten, four = found["ten"][-1], found["four"][-1]
    return Result(
        {
            "ten outputs": ten[0],
            "four outputs": four[0],
            "four outputs, nearest digit": four[1],
            "ten above four": ten[0] - four[0],
            "ten above four, nearest digit": ten[0] - four[1],
        },
        {"ten": found["ten"][:, 0], "four": found["four"][:, 0], "four, nearest": found["four"][:, 1]},
    )


def finding_ten_or_four(results: Results) -> str:
    """Which read better and by how much, in a sentence."""
    ahead = results.mean("ten above four")
    return (
        f"Ten outputs read {results.said('ten outputs')} % of the test images, four bits "
        f"{results.said('four outputs')} % ({results.said('four outputs, nearest digit')} % by the nearest "
        f"digit): {'ten' if ahead > 0 else 'four'} are ahead by {abs(ahead):.2f} points"
    )


def figure_ten_or_four(results: Results) -> Figure:
    """Accuracy epoch by epoch."""
    drawn, (axes,) = panels(finding_ten_or_four(results))
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, (name, label, look) in enumerate(
        (
            ("ten", "ten outputs, the largest", "-"),
            ("four", "four bits, as a number", "--"),
            ("four, nearest", "four bits, nearest digit", ":"),
        )
    ):
        band(
            axes,
            epochs,
            results.arrays(name),
            index,
            label,
            linestyle=look,
            marker=MARKERS[index],
            markersize=4,
        )
    axes.set(xlabel="epoch", ylabel="test accuracy (%)")
    axes.locator_params(axis="x", integer=True)
    axes.legend(loc="lower right")
    return drawn


MEASURED = "measured here"

EXPERIMENTS = (
    Experiment(
        name="ten-or-four",
        title="Ten outputs, or four binary ones, trained",
        subject="perceptrons and circuits",
        parameters=TenOrFour(),
        quick={"images": 3_000, "epochs": 4},
        run=run_ten_or_four,
        figure=figure_ten_or_four,
        finding=finding_ten_or_four,
        published=(
            Published("ten-or-four", MEASURED, "test accuracy of ten outputs", None, "ten outputs"),
            Published("ten-or-four", MEASURED, "test accuracy of four bits", None, "four outputs"),
            Published(
                "ten-or-four", MEASURED, "the same by the nearest digit", None, "four outputs, nearest digit"
            ),
        ),
        asks="Four bits would be enough to tell ten digits apart. Why ten outputs? Note 001 and the book say "
        "that ten do better by experience, and guess why: a bit such as the lowest has to be told from "
        "shapes that have nothing in common. How much better, when nothing else differs?",
        look_for="The gap between the curves, against the bands. The dotted curve gives the four bits a "
        "second chance: the nearest of the ten codes is taken, so that 10 to 15 are never read.",
        seconds=12.0,
    ),
)
