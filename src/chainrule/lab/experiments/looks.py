"""What the first layer of a network looks at, with its weights kept small and without."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.dataset import Split
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import panels
from chainrule.lab.watching import Observer
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "Parameters", "trained"]

BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 3"
KINDS = ("with L2", "without")
ACROSS = 6


@dataclass(frozen=True)
class Parameters:
    """A good network of the book's third chapter, trained for ten epochs."""

    hidden: int = parameter(100, "hidden neurons", low=12, high=1000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    strength: float = parameter(5.0, "λ of L2, on as many training images as there are", low=0.0, high=1000.0)
    epochs: int = parameter(10, "epochs", low=1, high=200)
    images: int = parameter(50_000, "training images", unit="images", low=1000, high=50_000)


QUICK = {"hidden": 30, "strength": 0.5, "epochs": 4, "images": 5_000}


def trained(
    parameters: Parameters, seed: int, report: Report, *, begin: float = 0.0, end: float = 1.0
) -> tuple[Network, Split, float]:
    """A network trained on the first images of MNIST, the data, and its accuracy on the test images in %."""
    data = load_data("mnist")
    layers = fully_connected([784, parameters.hidden, 10], initializer="lecun_normal")
    network = Network(layers, 784, seed=seed)
    observer = Observer({"test": data.test}, report, begin=begin, end=end, every=parameters.epochs)
    Trainer(
        network,
        loss="sigmoid_cross_entropy",
        optimizer=SGD(parameters.learning_rate),
        regularizers=[L2(parameters.strength)] if parameters.strength else [],
        epochs=parameters.epochs,
        seed=seed,
        callbacks=[observer],
    ).fit(data.train.part(slice(parameters.images), data.train.name))
    return network, data, float(observer.accuracy("test")[-1])


def _likeness_of_neighbours(images: Array, inked: Array) -> float:
    """Correlation of the weights of pixels side by side, over those that are ever inked."""
    beside = inked[:, 1:] & inked[:, :-1]
    return float(np.corrcoef(images[:, :, 1:][:, beside].ravel(), images[:, :, :-1][:, beside].ravel())[0, 1])


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train twice from one start, with L2 and without, and keep the weights into the first neurons."""
    start = Network(fully_connected([784, parameters.hidden, 10], initializer="lecun_normal"), 784, seed=seed)
    before = start.parameters.view("0.weights")
    inputs = load_data("mnist").train.inputs[: parameters.images]
    inked = inputs.max(axis=0) > 0
    values: dict[str, float] = {"blank pixels": float(np.count_nonzero(~inked))}
    arrays = {}
    settings = (parameters, type(parameters)(**{**vars(parameters), "strength": 0.0}))
    for index, (kind, given) in enumerate(zip(KINDS, settings, strict=True)):
        network, _, accuracy = trained(given, seed, report, begin=0.5 * index, end=0.5 * (index + 1))
        weights = network.parameters.view("0.weights")
        images = weights.reshape(-1, 28, 28)
        values[f"test accuracy, {kind}"] = accuracy
        values[f"blank pixels keep, {kind}"] = float(
            np.linalg.norm(weights[:, ~inked]) / np.linalg.norm(before[:, ~inked])
        )
        values[f"likeness of neighbours, {kind}"] = _likeness_of_neighbours(images, inked.reshape(28, 28))
        shown = images[: 2 * ACROSS]
        largest = float(np.abs(shown).max())
        values[f"largest weight shown, {kind}"] = largest
        arrays[kind] = np.round(127 * shown / largest).astype(np.int8)
    return Result(values, arrays)


def finding(results: Results) -> str:
    """How alike neighbouring weights are, and what is left of the start where there is never ink."""
    likeness, keep = (
        [results.said(f"{name}, {kind}") for kind in KINDS]
        for name in ("likeness of neighbours", "blank pixels keep")
    )
    return (
        f"Weights of neighbouring pixels correlate by {likeness[0]} with L2 and {likeness[1]} without; where "
        f"there is never ink, {keep[0]} and {keep[1]} of the start are left"
    )


def figure(results: Results) -> Figure:
    """The weights into the same neurons of both networks, as images."""
    drawn, axes = panels(finding(results), 1, 2)
    drawn.set_size_inches(7.2, 6.2)
    run = results.runs[0]
    weights = [run.arrays[kind] * (run.values[f"largest weight shown, {kind}"] / 127) for kind in KINDS]
    limit = max(float(np.quantile(np.abs(tiles), 0.98)) for tiles in weights)
    for each, kind, tiles in zip(axes, KINDS, weights, strict=True):
        framed = np.pad(tiles, ((0, 0), (1, 1), (1, 1)), constant_values=np.nan)
        sheet = framed.reshape(-1, ACROSS, 30, 30).swapaxes(1, 2).reshape(-1, ACROSS * 30)
        shown = each.imshow(sheet, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
        each.grid(False)
        each.set_xticks(30 * np.arange(ACROSS) + 15, [str(neuron) for neuron in range(1, ACROSS + 1)])
        each.set_yticks(30 * np.arange(2) + 15, ("1", str(ACROSS + 1)))
        accuracy = results.said(f"test accuracy, {kind}")
        each.set(
            title=f"{kind}: {accuracy} % of the test images",
            xlabel="hidden neuron",
            ylabel="first of the row",
        )
        drawn.colorbar(shown, ax=each, label="weight", shrink=0.8)
    return drawn


EXPERIMENTS = (
    Experiment(
        name="first-layer",
        title="The weights of the first layer as images",
        subject="what a network looks at",
        parameters=Parameters(),
        quick=QUICK | {"strength": 5.0},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "first-layer",
                "theory: exp(−ηλ/n · steps), as only the decay acts on these weights",
                "share left of the weights of pixels that are always blank, with L2",
                exp(-2.5),
                "blank pixels keep, with L2",
                unit="",
                tolerance=0.001,
            ),
            Published(
                "first-layer", "measured here", "test accuracy, last epoch", None, "test accuracy, with L2"
            ),
            Published("first-layer", "measured here", "test accuracy, no L2", None, "test accuracy, without"),
        ),
        asks="Every hidden neuron has one weight a pixel, so its weights are an image: red where ink excites "
        "the neuron, blue where it inhibits it. What do the neurons look for, and what does L2 "
        "regularisation change? Both networks begin with the same weights, so that the neurons can be "
        "compared one by one.",
        look_for="L2 smooths the images: strokes and arcs that must be there or must not stand out from the "
        "grain, rarely anything one would call a digit. A weight changes by δ times its input, so where "
        "there is never any ink the weights without L2 stay at the faint noise they began with; with L2 they "
        "decay, by the same factor at every step. Accuracy says whether the smoother images also read better "
        "after so few epochs.",
        seconds=44.0,
    ),
)
