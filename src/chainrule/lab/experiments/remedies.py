"""What makes early layers of a deep network learn: activations, starts, normalisation, short cuts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from chainrule.data.load import load_data
from chainrule.errors import DivergedError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.learning_speed import first_images, length, mean_gradient
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import accuracy_and_loss
from chainrule.layers import BatchNorm, Dense, Layer, Residual, Sigmoid
from chainrule.layers.registry import activation_named
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "REMEDIES", "remedied"]


@dataclass(frozen=True)
class Remedy:
    """How the hidden layers are built and started."""

    activation: str = "sigmoid"
    initializer: str = "lecun_normal"
    bias_initializer: str = "normal"
    batch_norm: bool = False
    residual: bool = False


REMEDIES = {
    "sigmoid": Remedy(),
    "sigmoid, Xavier": Remedy("sigmoid", "glorot_normal", "constant"),
    "tanh, Xavier": Remedy("tanh", "glorot_normal", "constant"),
    "ReLU": Remedy("relu"),
    "ReLU, He": Remedy("relu", "he_normal", "constant"),
    "LeakyReLU, He": Remedy("leaky_relu", "he_normal", "constant"),
    "PReLU, He": Remedy("prelu", "he_normal", "constant"),
    "ELU, He": Remedy("elu", "he_normal", "constant"),
    "sigmoid, batch norm": Remedy(batch_norm=True),
    "sigmoid, residual": Remedy(residual=True),
}
GUESSING = 10.0


def remedied(
    remedy: Remedy, depth: int, neurons: int, seed: int, dtype: DTypeLike = np.float32
) -> tuple[Network, list[tuple[Array, Array]]]:
    """A network with ``depth`` hidden layers, and the gradients of each: of its weights, of its shifts."""
    layers: list[Layer[Any]] = []
    watched: list[tuple[Dense, BatchNorm | None]] = []
    for index in range(depth):
        dense = Dense(neurons, initializer=remedy.initializer, bias_initializer=remedy.bias_initializer)
        norm = BatchNorm() if remedy.batch_norm else None
        block: list[Layer[Any]] = [dense, *([norm] if norm else []), activation_named(remedy.activation)]
        layers += [Residual(block)] if remedy.residual and index else block
        watched.append((dense, norm))
    layers += [Dense(10, bias_initializer=remedy.bias_initializer), Sigmoid()]
    network = Network(layers, 784, seed=seed, dtype=dtype)
    gradients = [
        (dense.weights_gradient, norm.shift_gradient if norm else dense.biases_gradient)
        for dense, norm in watched
    ]
    return network, gradients


@dataclass(frozen=True)
class SpeedParameters:
    """The network that every remedy is tried on, and what its gradient is the mean over."""

    depth: int = parameter(8, "hidden layers", low=2, high=100)
    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    images: int = parameter(
        1000, "images that the gradient is the mean over", unit="images", low=10, high=5000
    )


def run_speed(parameters: SpeedParameters, seed: int, report: Report) -> Result:
    """One start of each remedy, and the length of each hidden layer's gradient."""
    data = first_images(parameters.images)
    values, by_biases, by_weights = {}, [], []
    for index, (name, remedy) in enumerate(REMEDIES.items()):
        report(index / len(REMEDIES), name)
        network, gradients = remedied(remedy, parameters.depth, parameters.neurons, seed, np.float64)
        mean_gradient(network, data)
        by_weights.append([length(weights) for weights, _ in gradients])
        by_biases.append([length(biases) for _, biases in gradients])
        values[f"share by biases, {name}"] = by_biases[-1][0] / by_biases[-1][-1]
        values[f"share by weights, {name}"] = by_weights[-1][1] / by_weights[-1][-1]
    return Result(values, {"by biases": np.array(by_biases), "by weights": np.array(by_weights)})


def _times(ratio: float) -> str:
    """Such as ``"20,000 times slower"``."""
    factor, word = (ratio, "faster") if ratio >= 1 else (1 / ratio, "slower")
    return f"{float(f'{factor:.2g}'):,g} times {word}"


def _typical(results: Results, name: str) -> float:
    return float(np.exp(np.log(results.values(name)).mean()))


def finding_speed(results: Results) -> str:
    """What the plain network loses on the way back, and which remedy keeps its layers most alike."""
    shares = {name: _typical(results, f"share by weights, {name}") for name in REMEDIES}
    evenest = min(shares, key=lambda name: abs(np.log(shares[name])))
    return (
        f"With plain sigmoid neurons the second of {results.parameters.depth} hidden layers learns "
        f"{_times(shares['sigmoid'])} than the last; most alike are the two with {evenest} "
        f"(a ratio of {shares[evenest]:.2f})"
    )


def figure_speed(results: Results) -> Figure:
    """The speed of each layer under each remedy, by the biases and by the weights."""
    drawn, both = panels(finding_speed(results), columns=2, sharey=True)
    layers = np.arange(1, results.parameters.depth + 1)
    for axes, kind in zip(both, ("by biases", "by weights"), strict=True):
        curves = np.exp(np.log(results.arrays(kind)).mean(axis=0))
        for index, (name, curve) in enumerate(zip(REMEDIES, curves, strict=True)):
            axes.plot(layers, curve, label=name, markersize=5, **_look(index))
        axes.set(xlabel="hidden layer, counted from the input", yscale="log")
    both[0].set_title("by the biases; with batch norm by its shifts", loc="left")
    both[0].set_ylabel("speed ‖∂C/∂b‖")
    both[1].set_title("by the weights", loc="left")
    both[1].set_ylabel("speed ‖∂C/∂w‖")
    drawn.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=9)
    return drawn


def _look(index: int) -> dict[str, Any]:
    again = index // len(COLOURS)
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[(index + 3 * again) % len(MARKERS)],
        "linestyle": "--" if again else "-",
    }


@dataclass(frozen=True)
class AccuracyParameters:
    """The depths and the short training that every remedy goes through."""

    depths: tuple[int, ...] = parameter((2, 4, 8, 16, 32), "numbers of hidden layers", low=1, high=100)
    rates: tuple[float, ...] = parameter(
        (0.1, 0.02), "learning rates, the better counts", low=1e-6, high=10.0
    )
    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    images: int = parameter(8000, "training images", unit="images", low=100, high=50_000)
    epochs: int = parameter(3, "epochs", low=1, high=100)
    judged: int = parameter(5000, "validation images to judge by", unit="images", low=100, high=10_000)


def run_accuracy(parameters: AccuracyParameters, seed: int, report: Report) -> Result:
    """Train each remedy at each depth and rate; what diverges counts as guessing."""
    data, loss = load_data("mnist"), SigmoidCrossEntropy()
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    validation = data.validation.part(slice(parameters.judged), data.validation.name)
    accuracy = np.full((len(REMEDIES), len(parameters.depths), len(parameters.rates)), GUESSING, np.float32)
    for done, (row, column, cell) in enumerate(np.ndindex(accuracy.shape)):
        name, remedy = list(REMEDIES.items())[row]
        depth, rate = parameters.depths[column], parameters.rates[cell]
        report(done / accuracy.size, f"{name}, {depth} hidden")
        network, _ = remedied(remedy, depth, parameters.neurons, seed)
        trainer = Trainer(network, loss=loss, optimizer=SGD(rate), epochs=parameters.epochs, seed=seed)
        with suppress(DivergedError):
            trainer.fit(train)
            accuracy[row, column, cell] = accuracy_and_loss(network, validation, loss)[0]
    best = accuracy.max(axis=2)
    values = {
        f"accuracy, {name}, {depth} hidden": float(best[row, column])
        for row, name in enumerate(REMEDIES)
        for column, depth in enumerate(parameters.depths)
    }
    deepest = int(np.argmax(parameters.depths))
    values |= {f"accuracy, {name}, deepest": float(best[row, deepest]) for row, name in enumerate(REMEDIES)}
    return Result(values, {"accuracy": accuracy})


def finding_accuracy(results: Results) -> str:
    """Who reads most at the greatest depth, and what becomes of plain sigmoid neurons there."""
    deepest = max(results.parameters.depths)
    means = {name: results.mean(f"accuracy, {name}, {deepest} hidden") for name in REMEDIES}
    best, second = sorted(means, key=lambda name: -means[name])[:2]
    return (
        f"With {deepest} hidden layers most images are read with {best}, {means[best]:.1f} %, and {second}, "
        f"{means[second]:.1f} %; with plain sigmoid neurons {means['sigmoid']:.1f} %"
    )


def figure_accuracy(results: Results) -> Figure:
    """Accuracy after the short training against depth, a line a remedy."""
    drawn, (axes,) = panels(finding_accuracy(results))
    drawn.set_size_inches(8.4, 4.6)
    depths = results.parameters.depths
    for index, name in enumerate(REMEDIES):
        names = [f"accuracy, {name}, {depth} hidden" for depth in depths]
        axes.errorbar(
            depths,
            [results.mean(each) for each in names],
            [results.deviation(each) for each in names],
            capsize=3,
            markersize=5,
            label=name,
            **_look(index),
        )
    axes.axhline(GUESSING, color="black", linestyle=":", linewidth=1, label="guessing")
    axes.set_xscale("log", base=2)
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.set(xlabel="hidden layers", ylabel="validation accuracy (%)", ylim=(0, 100))
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return drawn


HERE = "measured here"
SHOWN = ("sigmoid", "ReLU, He", "sigmoid, batch norm", "sigmoid, residual")

SPEED = Experiment(
    name="remedies-speed",
    title="Remedies against vanishing: who learns how fast at the start",
    subject="depth",
    parameters=SpeedParameters(),
    quick={},
    run=run_speed,
    figure=figure_speed,
    finding=finding_speed,
    published=tuple(
        Published(
            "remedies-speed", HERE, f"second layer to last, {name}", None, f"share by weights, {name}", ""
        )
        for name in SHOWN
    ),
    asks="Note 004 names remedies against vanishing gradients: ReLU and its relatives, batch normalisation, "
    "other starts; residual blocks came later. Which of them lets the early layers of a network with eight "
    "hidden layers learn as fast as the late ones? The speed of a layer is the length of its gradient, "
    "averaged over a thousand images, right after the start.",
    look_for="A line that falls to the left is a vanishing gradient, a level one is a cure. Xavier's start "
    "alone does not save the sigmoid: its derivative is at most 1/4. Batch normalisation takes away the "
    "mean of what comes in, and so most of what a bias of the layer before can do; this is why its "
    "line is low on the left and has to be judged by the weights, on the right.",
    seconds=0.3,
)

ACCURACY = Experiment(
    name="remedies-accuracy",
    title="Remedies against vanishing: how deep can one learn",
    subject="depth",
    parameters=AccuracyParameters(),
    quick={"depths": (8,), "rates": (0.1,), "images": 1000, "judged": 2000},
    run=run_accuracy,
    figure=figure_accuracy,
    finding=finding_accuracy,
    published=tuple(
        Published("remedies-accuracy", HERE, f"deepest network, {name}", None, f"accuracy, {name}, deepest")
        for name in SHOWN
    ),
    asks="Gradients of even size are a means; what counts is that deep networks learn. Every remedy trains "
    "for a few epochs on part of the images, at five depths and two learning rates, of which the one that "
    "does better on the validation images counts, the same offer for all.",
    look_for="Follow each line to the right and see where it drops to guessing. What draws an even gradient "
    "at the start need not train: some steep lines belong to networks whose gradients grow instead, "
    "so that even the small rate is too large. A short training favours what begins fast.",
    seconds=122.0,
    seeds=3,
)

EXPERIMENTS = (SPEED, ACCURACY)
