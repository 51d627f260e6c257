"""The book's network with cross-entropy in place of the quadratic cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.dataset import Dataset, Split
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import band, panels, published_line
from chainrule.lab.watching import Observer
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.training import History, Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BOOK", "EXPERIMENTS", "train_by_cross_entropy"]

BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 3"


def train_by_cross_entropy(
    data: Dataset | Split,
    observer: Observer,
    seed: int,
    *,
    hidden: int,
    learning_rate: float,
    start: str = "normal",
    dropout: float = 0.0,
    **settings: Any,
) -> History:
    """Train one hidden layer of sigmoid neurons by sigmoid cross-entropy and plain gradient descent.

    Args:
        data: to learn from.
        observer: looks on.
        seed: of the start and of the order of the images.
        hidden: hidden neurons.
        learning_rate: of plain gradient descent.
        start: initialiser of the weights, by name; biases start from N(0, 1), as in the book.
        dropout: share of hidden neurons dropped.
        settings: further arguments of the Trainer.
    """
    layers = fully_connected([784, hidden, 10], initializer=start, bias_initializer="normal", dropout=dropout)
    return Trainer(
        Network(layers, 784, seed=seed),
        loss="sigmoid_cross_entropy",
        optimizer=SGD(learning_rate),
        seed=seed,
        callbacks=[observer],
        **settings,
    ).fit(data)


@dataclass(frozen=True)
class Parameters:
    """A network with one hidden layer, started from N(0, 1) and trained by cross-entropy."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(30, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and look at the validation and the test images after every epoch."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    observer = Observer({"validation": data.validation or data.test, "test": data.test}, report)
    train_by_cross_entropy(
        train,
        observer,
        seed,
        hidden=parameters.hidden,
        learning_rate=parameters.learning_rate,
        batch_size=parameters.batch_size,
        epochs=parameters.epochs,
    )
    validation, test = observer.accuracy("validation"), observer.accuracy("test")
    return Result(
        {
            "last test accuracy": test[-1],
            "best test accuracy": test.max(),
            "last validation accuracy": validation[-1],
            "best validation accuracy": validation.max(),
            "test accuracy at the best validation epoch": test[validation.argmax()],
        },
        {"validation accuracy": validation, "test accuracy": test, "epoch": np.array(observer.epochs)},
    )


def finding(results: Results) -> str:
    """What cross-entropy came to, at the last epoch and at the best."""
    return (
        f"{results.parameters.hidden} hidden neurons by cross-entropy: "
        f"{results.said('last test accuracy')} % of the test images after "
        f"{results.parameters.epochs} epochs, "
        f"{results.said('best test accuracy')} % at the best test epoch"
    )


def figure(results: Results) -> Figure:
    """Accuracy on the validation and the test images, epoch by epoch."""
    drawn, (axes,) = panels(finding(results))
    epochs = results.runs[0].arrays["epoch"]
    band(axes, epochs, results.arrays("test accuracy"), 0, "test, mean ± sd", marker="o", markersize=4)
    band(axes, epochs, results.arrays("validation accuracy"), 1, "validation", linestyle="--")
    for claim in results.published:
        if claim.figure is not None:
            published_line(axes, claim.figure)
    axes.set(xlabel="epochs trained", ylabel="accuracy (%)")
    axes.locator_params(axis="x", integer=True)
    axes.legend()
    return drawn


WHAT = "test accuracy (best test epoch taken here)"

FIRST = Experiment(
    name="ce-30",
    title="30 hidden neurons by cross-entropy",
    subject="better learning",
    parameters=Parameters(),
    quick={"images": 5_000, "epochs": 5},
    run=run,
    figure=figure,
    finding=finding,
    published=(Published("ce-30", BOOK, WHAT, 95.49, "best test accuracy", tolerance=0.3),),
    asks="The book replaces the quadratic cost by cross-entropy and leaves the rest as it was, with a rate "
    "of 0.5 in place of 3.0. Does the network read more digits?",
    look_for="Compare with ch1-30, the same network under the quadratic cost: is the gap between the two "
    "costs larger than the band, the spread between starts? The published figure was read off the test "
    "images, so the best test epoch stands beside it; the last epoch and the best validation epoch are "
    "kept too.",
    seconds=18.0,
)

EXPERIMENTS = (
    FIRST,
    replace(
        FIRST,
        name="ce-100",
        title="100 hidden neurons by cross-entropy",
        parameters=Parameters(hidden=100),
        published=(Published("ce-100", BOOK, WHAT, 96.82, "best test accuracy", tolerance=0.3),),
        asks="The same change of cost, with 100 hidden neurons: what does it bring where there is more room?",
        look_for="Compare with ch1-100, the same network under the quadratic cost, where some starts leave "
        "output neurons stuck at their flat end; cross-entropy has no flat end to be stuck at.",
        seconds=32.0,
    ),
)
