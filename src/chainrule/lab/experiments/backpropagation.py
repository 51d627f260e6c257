"""The four equations of backpropagation, each held against slopes that were measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.load import load_data
from chainrule.diagnostics.slope import measured_slope
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.layers.registry import fully_connected
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.numerics.functions import sigmoid
from chainrule.numerics.parameters import Array
from chainrule.objective import Objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "ByHand"]

STEP = 1e-3
EQUATIONS = ("BP1", "BP2", "BP3", "BP4")
CONTROL = "BP2 without σ′"


@dataclass(frozen=True)
class Parameters:
    """A network of sigmoid neurons at its start, and how much of it is looked at."""

    hidden: tuple[int, ...] = parameter((30, 30), "neurons of each hidden layer", low=1, high=200)
    images: int = parameter(10, "images, each looked at by itself", unit="images", low=1, high=1000)
    numbers: int = parameter(100, "weights of each layer that are moved", low=1, high=10_000)


class ByHand:
    """One image in a network of sigmoid neurons with the quadratic cost, in the book's letters.

    Attributes:
        weights, biases: of each layer, views of the network's own numbers; index 0 leads into layer 2, as
            the book counts, whose layer 1 is the image.
        z, a: weighted inputs and activations of each layer, the image first among ``a``.
    """

    def __init__(self, network: Network, image: Array, target: Array) -> None:
        names = network.parameters.parameters
        view = network.parameters.view
        self.weights = [view(name) for name in names if name.endswith("weights")]
        self.biases = [view(name) for name in names if name.endswith("biases")]
        self.network, self.image, self.target = network, image, target
        self.a, self.z = [image], []
        for weights, biases in zip(self.weights, self.biases, strict=True):
            self.z.append(weights @ self.a[-1] + biases)
            self.a.append(_sigmoid(self.z[-1]))

    def cost(self) -> float:
        """½ ‖a − y‖² with the weights and biases as they are now."""
        return self.cost_from(0, self.weights[0] @ self.image + self.biases[0])

    def cost_from(self, layer: int, z: Array) -> float:
        """The cost that follows from these weighted inputs of a layer, index 0 the first that has any."""
        for weights, biases in zip(self.weights[layer + 1 :], self.biases[layer + 1 :], strict=True):
            z = weights @ _sigmoid(z) + biases
        return 0.5 * float(np.sum((_sigmoid(z) - self.target) ** 2))

    def slopes(self, layer: int) -> Array:
        """σ′(z) of a layer."""
        a: Array = self.a[layer + 1]
        slopes: Array = a * (1 - a)
        return slopes

    def errors(self) -> list[Array]:
        """δ of each layer: BP1 at the last, BP2 from there down."""
        found = [(self.a[-1] - self.target) * self.slopes(-1 + len(self.z))]
        for layer in range(len(self.z) - 2, -1, -1):
            found.insert(0, (self.weights[layer + 1].T @ found[0]) * self.slopes(layer))
        return found


def _sigmoid(z: Array) -> Array:
    return sigmoid(z, np.empty_like(z))


def _measured(cost: Callable[[], float], place: Array, chosen: Array) -> Array:
    """The slope of the cost by each chosen number of ``place``, by moving it and putting it back."""
    centre = cost()
    found = []
    for index in chosen:
        start = float(place.flat[index])

        def value_at(distance: float, index: int = index, start: float = start) -> float:
            place.flat[index] = start + distance
            value = cost()
            place.flat[index] = start
            return value

        slope = measured_slope(value_at, centre, STEP, np.finfo(np.float64).eps)
        found.append(np.nan if slope is None else slope)
    return np.array(found)


def _compared(
    hand: ByHand, numbers: int, generator: np.random.Generator
) -> dict[tuple[str, int], tuple[Array, Array]]:
    """Right side and measured slopes, by equation and layer as the book counts."""
    found: dict[tuple[str, int], tuple[Array, Array]] = {}
    errors = hand.errors()
    for layer, error in enumerate(errors):
        z = hand.z[layer].copy()
        every = np.arange(len(z))

        def cost(layer: int = layer, z: Array = z) -> float:
            return hand.cost_from(layer, z)

        by_z = _measured(cost, z, every)
        last = layer == len(errors) - 1
        found["BP1" if last else "BP2", layer + 2] = error, by_z
        if not last:
            found[CONTROL, layer + 2] = hand.weights[layer + 1].T @ errors[layer + 1], by_z
        found["BP3", layer + 2] = error, _measured(hand.cost, hand.biases[layer], every)
        by_weight = np.outer(error, hand.a[layer])
        moved = np.flatnonzero(by_weight)
        chosen = generator.choice(moved, min(numbers, len(moved)), replace=False)
        found["BP4", layer + 2] = by_weight.flat[chosen], _measured(hand.cost, hand.weights[layer], chosen)
    return found


def _library_gap(network: Network, hand: ByHand) -> float:
    """Largest difference of the library's gradient from BP3 and BP4, as a share of the largest derivative."""
    objective = Objective(network, Quadratic(), rows=1)
    objective.forward(hand.image[np.newaxis], hand.target[np.newaxis])
    objective.backward()
    errors = hand.errors()
    by_hand = [np.outer(error, hand.a[layer]).ravel() for layer, error in enumerate(errors)] + errors
    line = np.concatenate(by_hand)
    return float(np.abs(network.parameters.gradient - line).max() / np.abs(line).max())


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Work out each right side by hand, then move every z and b, and some of the weights, and see."""
    generator = np.random.default_rng(seed)
    data = load_data("mnist").train
    layers = fully_connected([784, *parameters.hidden, 10], initializer="lecun_normal")
    network = Network(layers, 784, seed=generator, dtype=np.float64)
    worst: dict[tuple[str, int], float] = {}
    gap = 0.0
    pairs: dict[tuple[str, int], tuple[Array, Array]] = {}
    for done, index in enumerate(generator.choice(len(data), parameters.images, replace=False)):
        report(done / parameters.images, "moving one number after another")
        image = data.scaling.apply(data.inputs[index], out=np.empty(784))
        hand = ByHand(network, image, np.eye(10)[data.labels[index]])
        found = _compared(hand, parameters.numbers, generator)
        pairs = pairs or found
        gap = max(gap, _library_gap(network, hand))
        for key, (given, measured) in found.items():
            error = float(np.nanmax(np.abs(given - measured)) / np.nanmax(np.abs(measured)))
            worst[key] = max(worst.get(key, 0.0), error)
    values = {f"{equation}, layer {layer}": error for (equation, layer), error in worst.items()}
    values["largest error"] = max(error for (equation, _), error in worst.items() if equation != CONTROL)
    values["smallest error without σ′"] = min(
        (error for (equation, _), error in worst.items() if equation == CONTROL), default=np.nan
    )
    values["library against equations"] = gap
    arrays = {
        equation: np.hstack([np.stack(pair) for (name, _), pair in pairs.items() if name == equation])[
            :, :200
        ]
        for equation in EQUATIONS
        if any(name == equation for name, _ in pairs)
    }
    return Result(values, {name: array.astype(np.float32) for name, array in arrays.items()})


def finding(results: Results) -> str:
    """How far apart equations and measurements are."""
    worst = results.values("largest error").max()
    return (
        f"Computed and measured derivatives differ by at most {worst:.0e} of the largest one, "
        f"over all four equations and all layers"
    )


def figure(results: Results) -> Figure:
    """The largest error of each equation and layer, and the derivatives themselves."""
    drawn, (left, right) = panels(finding(results), 2)
    names = sorted(name for name in results.runs[0].values if ", layer" in name)
    for place, name in enumerate(names):
        wrong = name.startswith(CONTROL)
        left.barh(
            place,
            results.values(name).max(),
            color="#BBBBBB" if wrong else COLOURS[EQUATIONS.index(name[:3])],
            hatch="//" if wrong else None,
        )
    left.set_xscale("log")
    left.set_xlim(1e-16, 100)
    left.set_yticks(range(len(names)), names)
    left.invert_yaxis()
    left.set(xlabel="largest error (share of the largest derivative)", ylabel="equation and layer")
    drawn_arrays = results.runs[0].arrays
    for index, name in enumerate(EQUATIONS):
        if name in drawn_arrays:
            given, measured = np.abs(drawn_arrays[name])
            kind: dict[str, Any] = {"color": COLOURS[index], "marker": MARKERS[index], "s": 16, "alpha": 0.7}
            right.scatter(given, measured, label=name, **kind)
    right.set(xscale="log", yscale="log", xlabel="size by the equation", ylabel="size as measured")
    right.axline((1e-3, 1e-3), (1e-2, 1e-2), color="black", linewidth=0.8, linestyle=":")
    right.legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="four-equations",
        title="The four equations of backpropagation, one by one",
        subject="how backpropagation works",
        parameters=Parameters(),
        quick={"images": 2, "numbers": 50},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "four-equations",
                "measured here",
                "largest relative error of BP1 to BP4",
                None,
                "largest error",
                unit="",
            ),
        ),
        asks="Backpropagation is four equations: BP1 gives the error δ of the last layer, BP2 carries it "
        "down one layer, BP3 and BP4 turn it into derivatives by biases and weights. Are they true? A "
        "derivative can also be measured: move one number a little each way and see what the cost does. Here "
        "every weighted input and bias, and some weights of each layer, are moved, one at a time, in a "
        "network that reads real digits.",
        look_for="The coloured bars end near the rounding of 64-bit numbers. The hatched bars are BP2 with "
        "the factor σ′(z) left out: a rule that looks almost the same and is wrong. On the right every point "
        "lies on the diagonal.",
        seconds=1.1,
        seeds=5,
    ),
)
