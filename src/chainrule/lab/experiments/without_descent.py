"""Reading without descending a gradient: L-BFGS, fixed random features, nearest neighbours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset, Split
from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.lab.best_epoch import percent_right
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.nearest_neighbours import Neighbours, neighbours
from chainrule.lab.ridge import RidgeRegression
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import quiet
from chainrule.layers.activations import ReLU
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Layer
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import LBFGS, SGD, Optimizer
from chainrule.regularizers import L2
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

CLASSES, PIXELS = 10, 784
ROWS = 250
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Parameters:
    """The same training images for each way of reading."""

    hidden: int = parameter(30, "hidden neurons of the trained network", low=1, high=1000)
    weight_decay: float = parameter(5.0, "λ of L2 for it, for the term λ/(2n) Σw²", low=1e-6, high=1000.0)
    iterations: int = parameter(200, "iterations of L-BFGS", low=1, high=10_000)
    learning_rate: float = parameter(0.3, "rate of plain gradient descent", low=0.0, high=100.0)
    epochs: int = parameter(30, "its epochs", low=1, high=1000)
    features: tuple[int, ...] = parameter((1_000, 3_000, 8_000), "random features", low=10, high=10_000)
    ridges: tuple[float, ...] = parameter(
        (1e-5, 1e-4, 1e-3, 1e-2, 1e-1),
        "ridges to choose from, as shares of a feature's mean square",
        low=1e-8,
        high=1e3,
    )
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    judged: int = parameter(10_000, "validation and test images", unit="images", low=100, high=10_000)


def with_random_features(
    parameters: Parameters, count: int, data: Split, generator: np.random.Generator
) -> tuple[float, float]:
    """Test accuracy of least squares on a layer that is never trained, and the ridge chosen on validation."""
    validation = data.validation
    assert validation is not None
    layers: list[Layer[Any]] = [Dense(count, initializer="he_normal"), ReLU()]
    layer = Network(layers, PIXELS, seed=generator)
    layer.scaling = data.train.scaling
    centre = layer.predict(data.train.inputs[:ROWS]).mean(axis=0)
    rates = np.bincount(data.train.labels, minlength=CLASSES) / len(data.train)
    codes = (np.eye(CLASSES) - rates).astype(np.float32)

    def pieces(part: Dataset) -> Iterator[tuple[Floats, Floats]]:
        for start in range(0, len(part), ROWS):
            rows = slice(start, start + ROWS)
            features = layer.predict(part.inputs[rows])
            yield np.subtract(features, centre, out=features), codes[part.labels[rows]]

    regression = RidgeRegression(pieces(data.train), count, CLASSES)
    found: dict[float, Floats] = {}
    for ridge in parameters.ridges:
        try:
            found[ridge] = regression.weights(ridge)
        except SettingError:
            continue
    del regression
    if not found:
        raise SettingError(f"ridges {parameters.ridges} are all too small for float32; add a larger one.")

    def accuracy(part: Dataset, weights: Floats) -> float:
        answers = [(features @ weights + rates).argmax(axis=1) for features, _ in pieces(part)]
        return percent_right(np.concatenate(answers), part)

    best = max(found, key=lambda ridge: accuracy(validation, found[ridge]))
    return accuracy(data.test, found[best]), best


def by_descent(
    parameters: Parameters, optimizer: Optimizer, epochs: int, data: Split, seed: int
) -> tuple[float, int]:
    """Test accuracy of the network with one hidden layer after its last epoch, and its parameters."""
    layers = fully_connected([PIXELS, parameters.hidden, CLASSES], initializer="lecun_normal")
    network = Network(layers, PIXELS, seed=seed)
    Trainer(
        network,
        loss="sigmoid_cross_entropy",
        optimizer=optimizer,
        epochs=epochs,
        regularizers=[L2(parameters.weight_decay * len(data.train) / 50_000)],
        seed=seed,
    ).fit(data.train)
    return percent_right(network.classify(data.test.inputs), data.test), len(network.parameters)


def ways(parameters: Parameters) -> tuple[str, ...]:
    """The ways of reading, as the figure names them."""
    randoms = (f"{count:,} random features" for count in parameters.features)
    return ("SGD", "L-BFGS", *randoms, "nearest neighbours")


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Each way from the same images; what has to be chosen is chosen on the validation part."""
    whole = load_data("mnist")
    assert whole.validation is not None
    few = slice(parameters.judged)
    data = Split(
        whole.train.part(slice(parameters.images), whole.train.name),
        whole.validation.part(few, whole.validation.name),
        whole.test.part(few, whole.test.name),
    )
    names = ways(parameters)
    values: dict[str, float] = {}
    for index, name in enumerate(names):
        report(index / len(names), name)
        started = time.perf_counter()
        if name == "nearest neighbours":
            chosen = Neighbours(images=parameters.images, judged=parameters.judged)
            accuracy = neighbours(chosen, seed, quiet).values["test accuracy"]
            kept = parameters.images * PIXELS / 1e6
        elif name in ("SGD", "L-BFGS"):
            descends = name == "SGD"
            optimizer = SGD(parameters.learning_rate) if descends else LBFGS(parameters.iterations)
            epochs = parameters.epochs if descends else 1
            accuracy, count = by_descent(parameters, optimizer, epochs, data, seed)
            kept = count * 4 / 1e6
        else:
            count = parameters.features[index - 2]
            generator = np.random.default_rng((seed, count))
            accuracy, values[f"{name}: ridge"] = with_random_features(parameters, count, data, generator)
            kept = count * (PIXELS + 1 + CLASSES) * 4 / 1e6
        values[f"{name}: test accuracy"] = accuracy
        values[f"{name}: seconds"] = time.perf_counter() - started
        values[f"{name}: megabytes"] = kept
    most = f"{max(parameters.features):,} random features"
    values["most random features: test accuracy"] = values[f"{most}: test accuracy"]
    return Result(values)


def finding(results: Results) -> str:
    """Test accuracy of each way."""
    listed = ", ".join(
        f"{name} {results.mean(f'{name}: test accuracy'):.2f}" for name in ways(results.parameters)
    )
    return f"{results.parameters.images:,} images, test accuracy, %: {listed}"


def figure(results: Results) -> Figure:
    """Accuracy by the time that it took, and by what must be kept to answer."""
    from matplotlib.ticker import NullFormatter

    drawn, all_axes = panels(finding(results), columns=2, sharey=True)
    labels = ("seconds until the test images were read", "megabytes kept to answer with")
    for axes, value, label in zip(all_axes, ("seconds", "megabytes"), labels, strict=True):
        for index, name in enumerate(ways(results.parameters)):
            axes.errorbar(
                results.mean(f"{name}: {value}"),
                results.mean(f"{name}: test accuracy"),
                yerr=results.deviation(f"{name}: test accuracy"),
                marker=MARKERS[index % len(MARKERS)],
                color=COLOURS[index % len(COLOURS)],
                linestyle="none",
                markersize=8,
                capsize=3,
                label=name,
            )
        axes.set(xscale="log", xlabel=label, ylabel="test accuracy (%)")
        axes.xaxis.set_minor_formatter(NullFormatter())
    all_axes[1].yaxis.set_tick_params(labelleft=True)
    all_axes[0].legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="without-descent",
        title="L-BFGS, random features, nearest neighbours",
        subject="without gradient descent",
        parameters=Parameters(),
        quick={
            "images": 3_000,
            "judged": 500,
            "features": (200, 800),
            "iterations": 25,
            "epochs": 4,
            "hidden": 20,
        },
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published("lbfgs", "measured here", "test accuracy, L-BFGS", None, "L-BFGS: test accuracy"),
            Published(
                "random-features",
                "measured here",
                "test accuracy, most random features",
                None,
                "most random features: test accuracy",
            ),
            Published(
                "nearest-neighbours",
                "measured here",
                "test accuracy, nearest neighbours",
                None,
                "nearest neighbours: test accuracy",
            ),
        ),
        asks="Everything in the book is learnt by stochastic gradient descent. What do three other ways come "
        "to on the same images? L-BFGS is a quasi-Newton method that looks at all images before each step. "
        "A layer of random ReLU neurons may stay as it was drawn, if least squares finds the weights behind "
        "it in one solve, with a ridge chosen on the validation part. Neighbours need no learning at all.",
        look_for="The axes below are logarithmic: a point further left is cheaper. The small network is "
        "trained by plain descent and by L-BFGS with the same λ. The random layer is counted among what is "
        "kept, though a seed would do to draw it again; the neighbours keep every training image, a byte a "
        "pixel, and their time is spent in answering, for the validation and the test images.",
        seconds=400.0,
        seeds=3,
    ),
)
