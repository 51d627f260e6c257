"""The first networks of the book: 30 or 100 hidden sigmoid neurons, and what the rate does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, band, panels, published_line
from chainrule.lab.watching import Observer
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


HARDLY = 10.0
"""Per cent of a digit's images below which the network hardly reads that digit."""


@dataclass(frozen=True)
class Parameters:
    """A network with at most one hidden layer, and its training by plain gradient descent."""

    hidden: int = parameter(30, "hidden neurons, 0 for no hidden layer", low=0, high=2000)
    learning_rate: float = parameter(3.0, "learning rate", low=0.0, high=1000.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(30, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train from N(0, 1) by the quadratic cost, and look at the test images after every epoch."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    sizes = [784, parameters.hidden, 10] if parameters.hidden else [784, 10]
    observer = Observer({"test": data.test}, report)
    network = Network(sizes, seed=seed)
    Trainer(
        network,
        optimizer=SGD(parameters.learning_rate),
        batch_size=parameters.batch_size,
        epochs=parameters.epochs,
        seed=seed,
        callbacks=[observer],
    ).fit(train)
    accuracy = observer.accuracy("test")
    right, labels = network.classify(data.test.inputs) == data.test.labels, data.test.labels
    by_digit = 100 * np.bincount(labels, right) / np.bincount(labels)
    read = by_digit >= HARDLY
    return Result(
        {
            "best test accuracy": accuracy.max(),
            "last test accuracy": accuracy[-1],
            "first test accuracy": accuracy[0],
            "digits hardly read": float(np.count_nonzero(~read)),
            "accuracy on the other digits": 100 * float(right[read[labels]].mean()) if read.any() else 0.0,
        },
        {"test accuracy": accuracy, "epoch": np.array(observer.epochs) - 1},
    )


def finding(results: Results) -> str:
    """What the network came to, in a sentence."""
    hidden = results.parameters.hidden
    network = f"{hidden} hidden neurons" if hidden else "No hidden layer"
    missing = int((results.values("digits hardly read") > 0).sum())
    never = f"; {missing} of {len(results.runs)} runs hardly read some digit" if missing else ""
    return (
        f"{network}, rate {results.parameters.learning_rate:g}: {results.said('last test accuracy')} % of "
        f"the test images after {results.parameters.epochs} epochs{never}"
    )


def figure(results: Results) -> Figure:
    """Accuracy on the test images, epoch by epoch, and each run as a faint line."""
    drawn, (axes,) = panels(finding(results))
    epochs, accuracy = results.runs[0].arrays["epoch"], results.arrays("test accuracy")
    band(axes, epochs, accuracy, 0, "ours, mean ± sd")
    if len(accuracy) > 1:
        axes.plot(epochs, accuracy.T, color=COLOURS[0], linewidth=0.7, alpha=0.6)
    for claim in results.published:
        if claim.figure is not None:
            published_line(axes, claim.figure, f"published, {claim.what}")
    axes.set(xlabel="epoch", ylabel="test accuracy (%)")
    axes.legend()
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 1"
BEST = "test accuracy, best epoch"

FIRST = Experiment(
    name="ch1-30",
    title="The book's first network: 30 hidden neurons",
    subject="first networks",
    parameters=Parameters(),
    quick={"images": 5_000, "epochs": 5},
    run=run,
    figure=figure,
    finding=finding,
    published=(
        Published("ch1-30", BOOK, BEST, 95.42, "best test accuracy", tolerance=0.5),
        Published("ch1-30", BOOK, "test accuracy after epoch 0", 91.29, "first test accuracy", tolerance=0.5),
    ),
    asks="How well does a small network read digits that has learnt by nothing but gradient descent?",
    look_for="Most of the climb is in the first epochs. Runs that differ in their start alone differ by some "
    "tenths of a per cent: that is the spread any single published run has.",
    seconds=16.0,
)

EXPERIMENTS = (
    FIRST,
    replace(
        FIRST,
        name="ch1-100",
        title="100 hidden neurons",
        parameters=Parameters(hidden=100),
        published=(
            Published("ch1-100", BOOK, BEST, 96.59, "best test accuracy", tolerance=0.5),
            Published("ch1-100", BOOK, "digits hardly read", None, "digits hardly read", "digits"),
            Published("ch1-100", BOOK, "accuracy on the others", None, "accuracy on the other digits"),
        ),
        asks="Do more hidden neurons read better?",
        seconds=35.0,
    ),
    replace(
        FIRST,
        name="ch1-slow",
        title="A learning rate of 0.001",
        parameters=Parameters(hidden=100, learning_rate=0.001),
        published=(
            Published("ch1-slow", BOOK, "test accuracy after epoch 0", 11.39, "first test accuracy"),
            Published("ch1-slow", BOOK, "test accuracy at the end", 21.42, "last test accuracy"),
        ),
        asks="What does a learning rate far too small look like?",
        look_for="Accuracy still rises in a straight line when training ends: nothing is wrong but the pace.",
        seconds=33.0,
    ),
    replace(
        FIRST,
        name="ch1-fast",
        title="A learning rate of 100",
        parameters=Parameters(learning_rate=100.0),
        published=(
            Published("ch1-fast", BOOK, "test accuracy, about", 10.0, "last test accuracy", tolerance=1.0),
        ),
        asks="What does a learning rate far too large look like?",
        look_for="Accuracy stays where guessing is: the first steps drove every neuron to its flat end.",
    ),
    replace(
        FIRST,
        name="ch1-none",
        title="No hidden layer at all",
        parameters=Parameters(hidden=0),
        published=(Published("ch1-none", "note 001, exercise", BEST, None, "best test accuracy"),),
        asks="What can ten neurons do that look at the pixels directly?",
        look_for="The curve is flat from early on, some points below that with a hidden layer.",
        seconds=10.0,
    ),
)
