"""Large weights: what saturates, what explodes, and what clipped gradients and weight decay can mend."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import sqrt
from sys import float_info
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.batches import Batches
from chainrule.data.load import load_data
from chainrule.errors import DivergedError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.learning_speed import first_images, length, mean_gradient, speeds
from chainrule.lab.style import COLOURS, MARKERS, band, panels
from chainrule.lab.watching import accuracy_and_loss
from chainrule.layers import Dense, Layer, Sigmoid
from chainrule.layers.registry import activation_named
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.initializers import Normal
from chainrule.optimizers import SGD
from chainrule.regularizers import L2, Regularizer
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "Clipping"]

GUESSING = 10.0
BINS = 50


class Clipping(Regularizer):
    """Shortens the gradient to length ``strength`` where it is longer, and notes every length it met."""

    name = "clipping"

    def __init__(self, strength: float) -> None:
        super().__init__(strength)
        self.lengths: list[float] = []

    def add_gradient(self) -> None:
        gradient = self.vector.gradient
        found = length(gradient)
        self.lengths.append(found)
        if found > self.strength:
            np.multiply(gradient, self.strength / found, out=gradient)


def wide_start(activation: str, gain: float, depth: int, neurons: int, seed: int) -> Network:
    """A deep network whose hidden weights start from N(0, gain²/fan_in), its biases at 0."""
    layers: list[Layer[Any]] = []
    for inputs in (784, *[neurons] * (depth - 1)):
        layers += [Dense(neurons, initializer=Normal(gain / sqrt(inputs))), activation_named(activation)]
    return Network([*layers, Dense(10), Sigmoid()], 784, seed=seed)


@dataclass(frozen=True)
class SaturationParameters:
    """The networks whose start is widened."""

    depth: int = parameter(8, "hidden layers", low=2, high=32)
    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    least: float = parameter(0.5, "smallest gain of the start", low=0.01, high=10.0)
    largest: float = parameter(100.0, "largest gain of the start", low=1.0, high=10_000.0)
    gains: int = parameter(24, "gains tried", low=2, high=200)
    images: int = parameter(500, "images looked at", unit="images", low=10, high=5000)


SATURATING = ("sigmoid", "tanh")


def run_saturation(parameters: SaturationParameters, seed: int, report: Report) -> Result:
    """For each gain, the share of hidden neurons at their flat ends, and the first layer's speed."""
    data = first_images(parameters.images)
    gains = np.geomspace(parameters.least, parameters.largest, parameters.gains)
    inputs, _ = next(iter(Batches(data, len(data)).epoch(np.arange(len(data)))))
    flat, speed = np.zeros((2, len(SATURATING), len(gains)))
    for (row, column), _ in np.ndenumerate(flat):
        report((row * len(gains) + column) / flat.size, SATURATING[row])
        network = wide_start(
            SATURATING[row], float(gains[column]), parameters.depth, parameters.neurons, seed
        )
        mean_gradient(network, data)
        speed[row, column] = speeds(network)[0]
        bench = network.bench(len(data))
        network.forward(inputs, bench)
        outputs = np.array(
            [bench.workspace.steps[2 * layer + 1][1].outputs for layer in range(parameters.depth)]
        )
        slope = 4 * outputs * (1 - outputs) if SATURATING[row] == "sigmoid" else 1 - outputs**2
        flat[row, column] = 100 * np.mean(slope < 0.05)
    values = {}
    for name, shares, found in zip(SATURATING, flat, speed, strict=True):
        values[f"flat at the smallest gain, {name}"] = float(shares[0])
        values[f"flat at the largest gain, {name}"] = float(shares[-1])
        values[f"growth of the speed, {name}"] = float(np.log10(found[-1] / found[0]))
    return Result(values, {"gain": gains, "flat": flat.astype(np.float32), "speed": speed.astype(np.float32)})


def finding_saturation(results: Results) -> str:
    """How many neurons are flat with large weights, and how little the early layer gains."""
    asked = results.parameters
    ratio = asked.largest / asked.least
    flat = {name: results.mean(f"flat at the largest gain, {name}") for name in SATURATING}
    return (
        f"Weights {ratio:g} times as large saturate {flat['sigmoid']:.0f} % of "
        f"the sigmoid neurons and {flat['tanh']:.0f} % of tanh; the first "
        f"layer's speed gains {results.mean('growth of the speed, sigmoid'):.0f} and "
        f"{results.mean('growth of the speed, tanh'):.0f} powers of ten, where the weights between hidden "
        f"layers alone would give {(asked.depth - 1) * np.log10(ratio):.0f}"
    )


def figure_saturation(results: Results) -> Figure:
    """Saturation and the first layer's speed against the gain of the start."""
    drawn, (left, right) = panels(finding_saturation(results), columns=2)
    gains = results.runs[0].arrays["gain"]
    for index, name in enumerate(SATURATING):
        look = {"marker": MARKERS[index], "markersize": 4}
        band(left, gains, results.arrays("flat")[:, index], index, name, **look)
        logarithms = np.log10(np.maximum(results.arrays("speed")[:, index], 1e-30))
        band(right, gains, logarithms, index, name, **look)
    left.set(xlabel="gain g; weights from N(0, g²/fan_in)", ylabel="neurons that are saturated (%)")
    right.set(
        xlabel="gain g; weights from N(0, g²/fan_in)", ylabel="log₁₀ of the first layer's speed ‖∂C/∂b‖"
    )
    for axes in (left, right):
        axes.set_xscale("log")
        axes.legend()
    return drawn


@dataclass(frozen=True)
class CureParameters:
    """Two ill-started networks, and the strength of the two cures."""

    exploding_gain: float = parameter(2.8, "gain of the ReLU network's start", low=0.1, high=100.0)
    saturating_gain: float = parameter(6.0, "gain of the tanh network's start", low=0.1, high=100.0)
    bound: float = parameter(1.0, "length to which gradients are clipped", low=1e-6, high=1e6)
    weight_decay: float = parameter(20.0, "λ of the L2 term", low=1e-6, high=1e6)
    learning_rate: float = parameter(0.05, "learning rate", low=0.0, high=10.0)
    depth: int = parameter(8, "hidden layers", low=2, high=32)
    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    images: int = parameter(2000, "training images", unit="images", low=100, high=50_000)
    epochs: int = parameter(10, "epochs", low=1, high=100)


ARMS = ("nothing", "clipping", "L2", "both")
NETWORKS = {"exploding": "relu", "saturating": "tanh"}


def run_cures(parameters: CureParameters, seed: int, report: Report) -> Result:
    """Train each network plainly, with each cure and with both; what diverges counts as guessing."""
    data, loss = load_data("mnist"), SigmoidCrossEntropy()
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    validation = data.validation.part(slice(2000), data.validation.name)
    gains = {"exploding": parameters.exploding_gain, "saturating": parameters.saturating_gain}
    steps = parameters.epochs * -(-parameters.images // 10)
    values, norms = {}, np.full((len(NETWORKS), len(ARMS), BINS), np.nan, np.float32)
    for row, (kind, activation) in enumerate(NETWORKS.items()):
        for column, arm in enumerate(ARMS):
            report((row * len(ARMS) + column) / (len(NETWORKS) * len(ARMS)), f"{kind}, {arm}")
            network = wide_start(activation, gains[kind], parameters.depth, parameters.neurons, seed)
            clipping = Clipping(parameters.bound if arm in ("clipping", "both") else float_info.max)
            decay = [L2(parameters.weight_decay)] if arm in ("L2", "both") else []
            trainer = Trainer(
                network,
                loss=loss,
                optimizer=SGD(parameters.learning_rate),
                regularizers=[clipping, *decay],
                epochs=parameters.epochs,
                seed=seed,
            )
            accuracy = GUESSING
            with suppress(DivergedError):
                trainer.fit(train)
                accuracy = accuracy_and_loss(network, validation, loss)[0]
            values[f"accuracy, {kind}, {arm}"] = accuracy
            values[f"steps done, {kind}, {arm}"] = float(len(clipping.lengths))
            values[f"first gradient, {kind}, {arm}"] = clipping.lengths[0]
            for place, part in enumerate(np.array_split(np.arange(steps), BINS)):
                met = np.array(clipping.lengths)[part[part < len(clipping.lengths)]]
                if len(met) and np.isfinite(met).all():
                    norms[row, column, place] = np.median(met)
    return Result(values, {"gradient length": norms})


def finding_cures(results: Results) -> str:
    """Which of the two cures helps more, in each network."""
    said = []
    for kind, activation in NETWORKS.items():
        means = {arm: results.mean(f"accuracy, {kind}, {arm}") for arm in ARMS[:3]}
        better = max(("clipping", "L2"), key=means.__getitem__)
        said.append(
            f"{kind} {'ReLU' if activation == 'relu' else activation} network: {means['nothing']:.0f} % "
            f"uncured, {means['clipping']:.0f} % with clipping, {means['L2']:.0f} % with L2; "
            f"{better} does more"
        )
    return ". ".join(text[0].upper() + text[1:] for text in said)


def figure_cures(results: Results) -> Figure:
    """The accuracies of every arm, and the length of the gradient while training went on."""
    drawn, (bars, *curves) = panels(finding_cures(results), columns=3)
    places = np.arange(len(ARMS))
    for index, kind in enumerate(NETWORKS):
        names = [f"accuracy, {kind}, {arm}" for arm in ARMS]
        bars.bar(
            places + 0.4 * index - 0.2,
            [results.mean(name) for name in names],
            0.38,
            yerr=[results.deviation(name) for name in names],
            capsize=3,
            color=COLOURS[index],
            hatch=("", "//")[index],
            edgecolor="white",
            label=kind,
        )
    bars.axhline(GUESSING, color="black", linestyle=":", linewidth=1, label="guessing")
    bars.set_xticks(places, ARMS)
    bars.set(xlabel="cure", ylabel="validation accuracy (%)", ylim=(0, 100))
    bars.legend(fontsize=9)
    steps = results.parameters.epochs * -(-results.parameters.images // 10)
    at = (np.arange(BINS) + 0.5) * steps / BINS
    for row, (axes, kind) in enumerate(zip(curves, NETWORKS, strict=True)):
        for column, arm in enumerate(ARMS):
            shown = results.arrays("gradient length")[:, row, column].T
            look: dict[str, Any] = {"color": COLOURS[column + 2], "linestyle": ("-", "--", "-.", ":")[column]}
            look |= {"marker": MARKERS[column], "markevery": 10, "markersize": 5}
            axes.plot(at, shown, linewidth=0.8 if len(results.runs) > 1 else 1.5, **look)
            axes.plot([], [], label=arm, **look)
        axes.set(xlabel="steps done", ylabel="length of the gradient, unclipped", yscale="log")
        axes.set_title(f"{kind} start", loc="left")
        axes.legend(fontsize=9)
    return drawn


HERE = "measured here"

EXPERIMENTS = (
    Experiment(
        name="chain-saturation",
        title="Larger weights: neurons saturate",
        subject="chains of neurons",
        parameters=SaturationParameters(),
        quick={"gains": 8},
        run=run_saturation,
        figure=figure_saturation,
        finding=finding_saturation,
        published=tuple(
            Published("chain-saturation", HERE, f"{what}, {name}", None, f"{what}, {name}")
            for what in ("flat at the smallest gain", "flat at the largest gain")
            for name in ("sigmoid", "tanh")
        ),
        asks="A factor |wσ'(z)| is large only if w is large and σ'(z) is not small, and z grows with "
        "w. What happens to the first of eight hidden layers as the weights start wider and "
        "wider?",
        look_for="On the left the share of neurons that sit where their curve is nearly flat, its slope "
        "under a twentieth of the steepest. On the right the first layer's speed rises with the "
        "weights as long as few neurons are flat, and far more slowly from there on, though every "
        "further step back multiplies by the larger weights: saturation takes most of what they "
        "give. What is left is carried by the few neurons that are still steep.",
        seconds=0.5,
    ),
    Experiment(
        name="chain-cures",
        title="Clipped gradients and weight decay as cures",
        subject="chains of neurons",
        parameters=CureParameters(),
        quick={"images": 1000, "epochs": 4, "depth": 6},
        run=run_cures,
        figure=figure_cures,
        finding=finding_cures,
        published=tuple(
            Published("chain-cures", HERE, f"accuracy, {start}, {cure}", None, f"accuracy, {start}, {cure}")
            for start in ("exploding", "saturating")
            for cure in ("nothing", "clipping", "L2")
        ),
        asks="Two networks of eight hidden layers start with weights far too large. ReLU neurons let "
        "the gradient explode; tanh neurons saturate. Does it help to clip the gradient to length "
        "1, to let weights decay (L2), or to do both?",
        look_for="Clipping bounds the step, which is what an exploding gradient calls for; L2 acts over "
        "many steps and comes too late for the first. A saturated network is the other way round: "
        "its steps are not too long, its weights are, and only decay takes them back. A line that "
        "ends diverged.",
        seconds=4.4,
    ),
)
