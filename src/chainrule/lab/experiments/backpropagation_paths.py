"""What a small change of one weight does on its way to the cost, along every path."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.backpropagation import ByHand
from chainrule.lab.style import COLOURS, band, panels
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

SMALL = (4, 5, 4, 3, 2)
SHOWN = (0.1, 5.0)
FITTED = (1e-5, 1e-2)


@dataclass(frozen=True)
class Parameters:
    """A network at its start, and how many of its weights are moved, by how little."""

    hidden: tuple[int, ...] = parameter((30, 30), "neurons of each hidden layer", low=1, high=200)
    weights: int = parameter(50, "weights of the first layer that are moved", low=1, high=1000)
    smallest: float = parameter(1e-11, "smallest change of a weight", low=1e-14, high=1e-6)
    steps: int = parameter(23, "changes from the smallest to 1", low=10, high=200)


def _changes(hand: ByHand, neuron: int, pixel: int, change: float) -> tuple[Array, Array]:
    """Lengths of the true Δz and Δa of each layer and ΔC, and of those that the chain rule foretells."""
    foretold: list[Array] = []
    for layer, weights in enumerate(hand.weights):
        if layer:
            step = weights @ foretold[-1]
        else:
            step = np.zeros(len(weights))
            step[neuron] = hand.image[pixel] * change
        foretold += [step, hand.slopes(layer) * step]
    foretold.append(np.array([(hand.a[-1] - hand.target) @ foretold[-1]]))
    moved, cost = _moved(hand, neuron, pixel, change)
    true = [
        after - before
        for layer in range(len(hand.z))
        for before, after in ((hand.z[layer], moved.z[layer]), (hand.a[layer + 1], moved.a[layer + 1]))
    ]
    true.append(np.array([cost]))
    return np.array([np.linalg.norm(each) for each in true]), np.array(
        [np.linalg.norm(each) for each in foretold]
    )


def _moved(hand: ByHand, neuron: int, pixel: int, change: float) -> tuple[ByHand, float]:
    """The same image with one weight of the first layer changed, and the change of the cost."""
    weights = hand.weights[0]
    before, start = hand.cost(), weights[neuron, pixel]
    weights[neuron, pixel] = start + change
    moved = ByHand(hand.network, hand.image, hand.target)
    cost = moved.cost() - before
    weights[neuron, pixel] = start
    return moved, cost


def _along_paths(hand: ByHand, neuron: int, entry: int) -> Array:
    """Product of the derivatives along every path from one weight of the first layer to the cost."""
    layers = len(hand.z)
    found = []
    for way in product(*(range(len(z)) for z in hand.z[1:])):
        neurons = (neuron, *way)
        factors = [hand.slopes(layer)[neurons[layer]] for layer in range(layers)]
        factors += [hand.weights[layer][neurons[layer], neurons[layer - 1]] for layer in range(1, layers)]
        last = neurons[-1]
        found.append(hand.image[entry] * prod(factors) * (hand.a[-1][last] - hand.target[last]))
    return np.array(found)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Move weights of a network that sees a digit; then sum over all paths in a network of 18 neurons."""
    generator = np.random.default_rng(seed)
    data = load_data("mnist").train
    layers = fully_connected([784, *parameters.hidden, 10], initializer="lecun_normal")
    network = Network(layers, 784, seed=generator, dtype=np.float64)
    index = int(generator.integers(len(data)))
    image = data.scaling.apply(data.inputs[index], out=np.empty(784))
    hand = ByHand(network, image, np.eye(10)[data.labels[index]])
    slopes = np.outer(hand.errors()[0], image)
    inked = np.flatnonzero(image > 0.5)
    changes = np.geomspace(parameters.smallest, 1.0, parameters.steps)
    errors = np.empty((parameters.weights, len(changes)))
    for number in range(parameters.weights):
        report(0.9 * number / parameters.weights, "moving one weight")
        neuron, pixel = int(generator.integers(len(slopes))), int(generator.choice(inked))
        foretold = slopes[neuron, pixel] * changes
        true = np.array([_moved(hand, neuron, pixel, float(change))[1] for change in changes])
        errors[number] = np.abs(true - foretold) / np.abs(foretold)
    error = np.median(errors, axis=0)
    fitted = (changes >= FITTED[0]) & (changes <= FITTED[1])
    slope = np.polyfit(np.log10(changes[fitted]), np.log10(error[fitted]), 1)[0]
    steepest = divmod(int(np.abs(slopes).argmax()), len(image))
    followed = np.array([_changes(hand, *steepest, change) for change in SHOWN])

    small = Network(list(SMALL), seed=generator, dtype=np.float64)
    tiny = ByHand(small, generator.uniform(0.2, 1.0, SMALL[0]), np.eye(SMALL[-1])[0])
    gradient = np.outer(tiny.errors()[0], tiny.image)
    sums = np.array([[_along_paths(tiny, j, k).sum() for k in range(SMALL[0])] for j in range(SMALL[1])])
    values = {
        "slope": float(slope),
        "smallest error": float(error.min()),
        "best change": float(changes[error.argmin()]),
        "paths": float(prod(SMALL[2:])),
        "error of the sum over paths": float(np.abs(sums - gradient).max() / np.abs(gradient).max()),
        "derivative of the small network": float(gradient[0, 0]),
    }
    arrays = {
        "change": changes,
        "error": error,
        "followed": followed,
        "paths": _along_paths(tiny, 0, 0),
    }
    return Result(values, arrays)


def finding(results: Results) -> str:
    """How the error of the first-order change falls, and what the paths add up to."""
    return (
        f"A change Δ of a weight moves the cost by ∂C/∂w·Δ, with an error that falls as Δ to the power "
        f"{results.said('slope')}; the sum over all {results.mean('paths'):.0f} paths of a small network "
        f"misses ∂C/∂w by {results.values('error of the sum over paths').max():.0e} of the largest derivative"
    )


def figure(results: Results) -> Figure:
    """A small and a large change layer by layer, the error against the change, and the paths one by one."""
    drawn, (first, large, second, third) = panels(finding(results), 2, 2)
    run = results.runs[0].arrays
    layers = (run["followed"].shape[-1] - 1) // 2
    names = [f"Δ{kind}, layer {layer + 2}" for layer in range(layers) for kind in "za"] + ["ΔC"]
    for axes, shown, (true, foretold) in zip((first, large), SHOWN, run["followed"], strict=True):
        axes.plot(names, true, color=COLOURS[0], marker="o", label="true")
        axes.plot(names, foretold, color=COLOURS[1], linestyle="--", marker="x", label="by the chain rule")
        axes.tick_params(axis="x", rotation=40)
        axes.set(
            yscale="log", ylabel="length of the change", xlabel=f"where one weight moved by {shown:g} shows"
        )
        axes.legend()
    change = run["change"]
    band(second, change, results.arrays("error"), 0, "median over weights", marker="o", markersize=4)
    guide = np.array(FITTED)
    height = np.interp(np.log10(FITTED[1]), np.log10(change), results.arrays("error").mean(axis=0))
    second.plot(guide, 3 * height * guide / FITTED[1], color="black", linestyle=":", label="slope 1")
    second.set(xscale="log", yscale="log", xlabel="change Δ of the weight", ylabel="error (share of ∂C/∂w·Δ)")
    second.legend()
    paths = run["paths"]
    place = np.arange(1, len(paths) + 1)
    third.bar(place, paths, color=COLOURS[5], label="one path")
    third.step(place, np.cumsum(paths), color=COLOURS[1], where="mid", label="sum so far")
    third.axhline(
        results.runs[0].values["derivative of the small network"],
        color="black",
        linestyle=":",
        label="∂C/∂w by backpropagation",
    )
    third.axhline(0, color="black", linewidth=0.6)
    third.set(xlabel="path", ylabel="product of derivatives")
    lowest, highest = third.get_ylim()
    third.set_ylim(lowest, highest + 0.5 * (highest - lowest))
    third.legend(loc="upper left")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="perturbation",
        title="One weight changed a little, followed to the cost",
        subject="how backpropagation works",
        parameters=Parameters(),
        quick={"weights": 15},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "perturbation",
                "theory: the second term of the Taylor series",
                "power of Δ by which the error falls",
                1.0,
                "slope",
                unit="",
                tolerance=0.05,
            ),
            Published(
                "perturbation",
                "measured here",
                "error of the sum over all paths, as a share of the largest derivative",
                None,
                "error of the sum over paths",
                unit="",
            ),
        ),
        asks="What does a derivative by a weight mean? Change one weight of the first layer by Δ: one "
        "neuron's weighted input changes, then its activation, then every neuron of the next layer, and at "
        "last the cost. Each link of this chain multiplies the change by one derivative. The book explains "
        "backpropagation so: ∂C/∂w is the sum, over all paths from the weight to the cost, of the products "
        "of the derivatives along the path.",
        look_for="Above: the true change and the one that the chain rule foretells, link by link, for a "
        "small and a large Δ. Below, left: the smaller Δ, the better the two agree, in proportion, until "
        "rounding takes over on the far left. Below, right: single paths are large and small, up and down; "
        "their sum is what backpropagation computes.",
        seconds=0.3,
    ),
)
