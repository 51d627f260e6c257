"""The networks of the book's chapter 6: one, two and no convolutions, and rectified linear units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.dataset import Dataset, Split
from chainrule.data.load import load_data
from chainrule.data.shifts import with_shifts
from chainrule.lab.best_epoch import BestEpoch, percent_right
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.nearest_neighbours import votes
from chainrule.lab.style import COLOURS, band, panels, published_line
from chainrule.layers.activations import Softmax
from chainrule.layers.convolution import Convolution
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.layer import Layer
from chainrule.layers.pooling import MaxPool
from chainrule.layers.registry import activation_named
from chainrule.layers.reshape import Flatten
from chainrule.network import Network
from chainrule.numerics.initializers import Normal
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "AT_BEST",
    "BOOK",
    "EXPERIMENTS",
    "FIRST",
    "Parameters",
    "claim",
    "parts_of",
    "trained",
]

BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 6"

FILTERS = (20, 40)
WINDOW, POOL = 5, 2
AT_BEST = "test accuracy at the best validation epoch"


@dataclass(frozen=True)
class Parameters:
    """A network of convolutions and fully connected layers, and how it is trained."""

    convolutions: int = parameter(0, "convolutions: of 20 filters, then of 40", low=0, high=2)
    activation: str = parameter(
        "sigmoid", "activation of all but the last layer", choices=("sigmoid", "tanh", "relu")
    )
    hidden: tuple[int, ...] = parameter((100,), "neurons of each fully connected layer", low=1, high=5000)
    dropout: float = parameter(
        0.0, "share dropped of what comes into a fully connected layer", low=0.0, high=0.95
    )
    shifts: bool = parameter(False, "whether each image stands there moved by a pixel, four times, too")
    learning_rate: float = parameter(0.1, "learning rate", low=0.0, high=100.0)
    weight_decay: float = parameter(
        0.0, "λ of L2, for the term λ/(2m) Σw² with m batches an epoch", low=0.0, high=1000.0
    )
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(60, "epochs", low=1, high=1000)
    voters: int = parameter(1, "networks that vote", low=1, high=100)
    images: int = parameter(50_000, "training images before shifting", unit="images", low=100, high=50_000)
    judged: int = parameter(10_000, "validation and test images", unit="images", low=100, high=10_000)


def layers_of(parameters: Parameters) -> list[Layer[Any]]:
    """The layers, each with the start that the book's program gives it."""
    layers: list[Layer[Any]] = []
    for filters in FILTERS[: parameters.convolutions]:
        start = Normal(sqrt(POOL**2 / (filters * WINDOW**2)))
        convolution = Convolution(filters, WINDOW, initializer=start, bias_initializer="normal")
        layers += [convolution, MaxPool(POOL), activation_named(parameters.activation)]
    layers.append(Flatten())
    for size in parameters.hidden:
        dense = Dense(size, initializer=Normal(1 / sqrt(size)), bias_initializer="normal")
        layers += [*dropout(parameters), dense, activation_named(parameters.activation)]
    return [*layers, *dropout(parameters), Dense(10, initializer="constant"), Softmax()]


def dropout(parameters: Parameters) -> list[Layer[Any]]:
    """A layer that drops, where any is wanted."""
    return [Dropout(parameters.dropout)] if parameters.dropout else []


def parts_of(parameters: Parameters) -> Split:
    """The training images, shifted or not, and those to be judged on."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    few = slice(parameters.judged)
    return Split(
        with_shifts(train) if parameters.shifts else train,
        data.validation.part(few, data.validation.name),
        data.test.part(few, data.test.name),
    )


def trained(
    parameters: Parameters, generator: np.random.Generator, train: Dataset, best: BestEpoch
) -> Network:
    """A network after all its epochs; the start and the order of the images come from ``generator``."""
    network = Network(layers_of(parameters), (28, 28, 1), seed=generator)
    decay = parameters.weight_decay * parameters.batch_size
    Trainer(
        network,
        loss="softmax_cross_entropy",
        optimizer=SGD(parameters.learning_rate),
        epochs=parameters.epochs,
        batch_size=parameters.batch_size,
        regularizers=[L2(decay)] if decay else [],
        seed=generator,
        callbacks=[best],
    ).fit(train)
    return network


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train as many networks as vote, each from its own start; each answers from its best epoch."""
    data = parts_of(parameters)
    at_best, last, epochs, answers, curves = [], [], [], [], []
    generators = np.random.default_rng(seed).spawn(parameters.voters)
    for index, generator in enumerate(generators):
        share = 1 / parameters.voters
        best = BestEpoch(data, report, f"network {index + 1}", index * share, (index + 1) * share)
        network = trained(parameters, generator, data.train, best)
        answers.append(best.answers)
        at_best.append(percent_right(best.answers, data.test))
        last.append(percent_right(network.classify(data.test.inputs), data.test))
        epochs.append(best.epoch)
        curves.append(best.validation)
    voted = [percent_right(vote, data.test) for vote in votes(np.stack(answers, axis=1)).T]
    values = {
        AT_BEST: float(np.mean(at_best)),
        "last test accuracy": float(np.mean(last)),
        "best epoch": float(np.mean(epochs)),
        "best validation accuracy": float(np.max(curves, axis=1).mean()),
        "last validation accuracy": float(np.mean(curves, axis=0)[-1]),
        "test accuracy of the vote": voted[-1],
    }
    return Result(
        values, {"validation accuracy": np.array(curves), "test accuracy of votes": np.array(voted)}
    )


def named(parameters: Parameters) -> str:
    """The network in words: ``"2 convolutions, 100 relu"``."""
    count = parameters.convolutions
    convolutions = f"{count} convolution{'s' if count > 1 else ''}, " if count else ""
    sizes = "+".join(map(str, parameters.hidden))
    dropped = f", dropout {parameters.dropout:g}" if parameters.dropout else ""
    shifted = ", shifted images" if parameters.shifts else ""
    return f"{convolutions}{sizes} {parameters.activation}{dropped}{shifted}"


def finding(results: Results) -> str:
    """Test accuracy at the best validation epoch, at the last, and of the vote."""
    parameters = results.parameters
    epochs = f"{parameters.epochs} epoch{'s' if parameters.epochs > 1 else ''}"
    text = (
        f"{named(parameters)}, {epochs}: {results.said(AT_BEST)} % of the test images at the best validation "
        f"epoch, {results.said('last test accuracy')} % at the last"
    )
    if parameters.voters == 1:
        return text
    return f"{text}; a vote of {parameters.voters}: {results.said('test accuracy of the vote')} %"


def figure(results: Results) -> Figure:
    """Validation accuracy epoch by epoch with the test accuracy at its best; and of votes, where any."""
    parameters = results.parameters
    drawn, all_axes = panels(finding(results), columns=1 if parameters.voters == 1 else 2)
    axes = all_axes[0]
    curves = np.concatenate(list(results.arrays("validation accuracy")))
    band(axes, np.arange(1, parameters.epochs + 1), curves, 0, "validation", marker="o", markersize=4)
    axes.plot(
        results.values("best epoch"),
        results.values(AT_BEST),
        "s",
        color=COLOURS[1],
        label="test, at the best validation epoch",
    )
    axes.set(xlabel="epochs trained", ylabel="accuracy (%)")
    axes.locator_params(axis="x", integer=True)
    if parameters.voters > 1:
        counts = np.arange(1, parameters.voters + 1)
        band(all_axes[1], counts, results.arrays("test accuracy of votes"), 2, "vote, test", marker="^")
        all_axes[1].set(xlabel="networks that vote", ylabel="test accuracy (%)", xticks=counts)
    for claim in results.published:
        if claim.figure is not None:
            where = all_axes[1] if "vote" in claim.value else axes
            published_line(where, claim.figure)
    for each in all_axes:
        each.legend()
    return drawn


def claim(name: str, figure: float | None, value: str = AT_BEST) -> Published:
    """A row of the chapter's table."""
    what = "test accuracy of the vote" if "vote" in value else AT_BEST
    return Published(name, BOOK, what, figure, value, tolerance=0.1)


FIRST = Experiment(
    name="conv-none",
    title="Softmax on 100 sigmoid neurons, no convolution",
    subject="convolution",
    parameters=Parameters(),
    quick={"images": 3_000, "epochs": 3, "judged": 1_000},
    run=run,
    figure=figure,
    finding=finding,
    published=(claim("conv-none", 97.80),),
    asks="Chapter 6 begins with a network that has no convolution, to have something to compare with: 100 "
    "sigmoid neurons, a softmax output, no regularisation. How far does it get?",
    look_for="The published figures of this table are test accuracies at the epoch at which validation "
    "accuracy was best, and stand beside ours at that epoch; the last epoch's is kept as well. Here images "
    "are shuffled anew for every epoch, which the book's program does not do.",
    seconds=100.0,
    seeds=3,
)

SHORTENED = (
    "The book trains for 60 epochs; the full form here for 20, which is what fits. --set epochs=60 runs the "
    "book's."
)

EXPERIMENTS = (
    FIRST,
    replace(
        FIRST,
        name="conv-one",
        title="One convolution: 20 filters of 5×5",
        parameters=Parameters(convolutions=1, epochs=20),
        quick={"images": 800, "epochs": 3, "judged": 300, "activation": "relu", "learning_rate": 0.03},
        published=(claim("conv-one", 98.78),),
        asks="Twenty filters that look at every place of the image with the same 25 weights, then the "
        f"largest of each 2×2: what do they add to the hundred neurons? {SHORTENED}",
        look_for="A convolution has 520 numbers to learn, the layer after it 288,100. Compare with "
        "conv-none. The quick form has rectified linear units, because sigmoid ones do not leave the plateau "
        "at the start within its few steps.",
        seconds=260.0,
    ),
    replace(
        FIRST,
        name="conv-two",
        title="Two convolutions, 20 and 40 filters",
        parameters=Parameters(convolutions=2, epochs=20),
        quick={"images": 500, "epochs": 3, "judged": 300, "activation": "tanh", "learning_rate": 0.03},
        published=(claim("conv-two", 99.06),),
        asks="A second convolution looks at the maps of the first, all twenty at once, as if they were an "
        f"image with twenty colours. Does it gain as much again? {SHORTENED}",
        look_for="Compare with conv-one, epoch by epoch: sigmoid neurons behind sigmoid neurons start "
        "slowly. The quick form has tanh neurons for that reason.",
        seconds=410.0,
    ),
    replace(
        FIRST,
        name="conv-relu",
        title="Two convolutions of rectified linear units",
        parameters=Parameters(
            convolutions=2, activation="relu", learning_rate=0.03, weight_decay=0.1, epochs=20
        ),
        quick={"images": 500, "epochs": 3, "judged": 300},
        published=(claim("conv-relu", 99.23),),
        asks="The same network with rectified linear units in place of sigmoid ones, a lower rate and a "
        f"little decay. What does the activation alone bring? {SHORTENED}",
        look_for="Compare with conv-two: how many epochs does each need to pass 98 per cent? λ is divided by "
        "the number of batches in the book's program network3, not by the number of images as in network2: "
        "its λ = 0.1 is as strong as λ = 1 there.",
        seconds=410.0,
    ),
)
