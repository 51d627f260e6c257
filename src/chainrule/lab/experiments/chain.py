"""A chain of single neurons: the gradient as a product, how it vanishes, explodes, and when it can last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.diagnostics import gradient_check
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.layers import Dense
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.objective import Objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

SOURCE = "Nielsen, Neural Networks and Deep Learning, chapter 5; note 003"
NEURONS = 4
_FACTOR_EDGES = np.linspace(0.0, 1.0, 41)
_RATIO_EDGES = np.linspace(-5.0, 0.0, 41)


def chain(seed: int = 0) -> tuple[Network, NDArray[np.float64], NDArray[np.float64]]:
    """One input and four sigmoid neurons in a row, with views of the four weights and the four biases."""
    network = Network([1] * (NEURONS + 1), seed=seed, dtype=np.float64)
    values = network.parameters.values
    return network, values[:NEURONS], values[NEURONS:]


def factors(weights: NDArray[np.float64], biases: NDArray[np.float64], given: float) -> Any:
    """σ'(z) of each neuron, ``(4,)``, and the output a₄, computed by hand and not by the network."""
    slopes, activation = [], given
    for weight, bias in zip(weights, biases, strict=True):
        activation = 1 / (1 + np.exp(-(weight * activation + bias)))
        slopes.append(activation * (1 - activation))
    return np.array(slopes), activation


def bias_gradients(network: Network, given: float, wanted: float) -> NDArray[np.float64]:
    """∂C/∂b of the four neurons by our backpropagation, C = ½ (a₄ − y)²."""
    objective = Objective(network, Quadratic(), rows=1)
    objective.forward(np.array([[given]]), np.array([[wanted]]))
    objective.backward()
    layers = [layer for layer in network.layers if isinstance(layer, Dense)]
    return np.array([layer.biases_gradient[0] for layer in layers])


@dataclass(frozen=True)
class ProductParameters:
    """How many chains are started, weights and biases from N(0, 1)."""

    starts: int = parameter(2000, "chains started", low=10, high=100_000)
    checked: int = parameter(100, "of them held against finite differences too", low=1, high=1000)
    given: float = parameter(1.0, "the input a₀", low=-100.0, high=100.0)
    wanted: float = parameter(0.0, "the target y", low=0.0, high=1.0)


def run_product(parameters: ProductParameters, seed: int, report: Report) -> Result:
    """Draw chains; compare the product with backpropagation, and count the sizes of its factors."""
    generator = np.random.default_rng(seed)
    network, weights, biases = chain()
    by_product, by_differences = [], []
    sizes, ratios, small = [], [], []
    for start in range(parameters.starts):
        if start % 200 == 0:
            report(start / parameters.starts, "chains")
        weights[:], biases[:] = generator.standard_normal((2, NEURONS))
        slopes, output = factors(weights, biases, parameters.given)
        product = slopes[0] * np.prod(weights[1:] * slopes[1:]) * (output - parameters.wanted)
        gradients = bias_gradients(network, parameters.given, parameters.wanted)
        by_product.append(abs(gradients[0] - product) / abs(product))
        sizes.append(np.abs(weights[1:] * slopes[1:]))
        small.append(np.abs(weights[1:]) < 1)
        ratios.append(abs(gradients[0] / gradients[2]))
        if start < parameters.checked:
            rows = np.array([[parameters.given]]), np.array([[parameters.wanted]])
            by_differences.append(gradient_check(network, Quadratic(), *rows).errors["0.biases"])
    every, under_one = np.concatenate(sizes), np.concatenate(small)
    counts = {
        "factors": np.histogram(np.minimum(every, _FACTOR_EDGES[-1]), _FACTOR_EDGES)[0],
        "ratios": np.histogram(np.clip(np.log10(ratios), *_RATIO_EDGES[[0, -1]]), _RATIO_EDGES)[0],
    }
    return Result(
        {
            "largest relative error of the product": float(max(by_product)),
            "largest relative error by differences": float(max(by_differences)),
            "factors under 1/4": float(100 * np.mean(every < 0.25)),
            "factors of at least 1": float(100 * np.mean(every >= 1)),
            "largest factor where |w| < 1": float(every[under_one].max()),
            "median factor": float(np.median(every)),
            "median of first against third": float(np.median(ratios)),
        },
        counts,
    )


def finding_product(results: Results) -> str:
    """How exact the product is, and how small its factors are."""
    worst = results.values("largest relative error of the product").max()
    return (
        f"Product and backpropagation agree to {worst:.0e}; "
        f"{results.mean('factors under 1/4'):.0f} % of the factors |wσ'| are under 1/4, and the first bias "
        f"learns {1 / results.mean('median of first against third'):.0f} times slower than the third (median)"
    )


def figure_product(results: Results) -> Figure:
    """How often each size of a factor occurs, and of the quotient of two gradients."""
    drawn, (left, right) = panels(finding_product(results), columns=2)
    for axes, name, edges in ((left, "factors", _FACTOR_EDGES), (right, "ratios", _RATIO_EDGES)):
        counts = results.arrays(name).sum(axis=0)
        axes.stairs(100 * counts / counts.sum(), edges, fill=True, color=COLOURS[0], alpha=0.7)
        axes.set_ylabel("share of the draws (%)")
    left.axvline(0.25, color="black", linestyle=":", label="1/4")
    left.set(xlabel="factor |wσ'(z)| (last bar: 1 and more)")
    right.axvline(np.log10(1 / 16), color="black", linestyle=":", label="1/16")
    right.set(xlabel="|∂C/∂b₁| / |∂C/∂b₃|", xticks=range(-5, 1))
    right.set_xticklabels([f"$10^{{{power}}}$" for power in range(-5, 1)])
    for axes in (left, right):
        axes.legend()
    return drawn


@dataclass(frozen=True)
class ExplodingParameters:
    """The chain whose gradient explodes."""

    weight: float = parameter(100.0, "each weight", low=0.1, high=1000.0)
    given: float = parameter(1.0, "the input a₀ for which every z is 0", low=-10.0, high=10.0)
    furthest: float = parameter(1.0, "how far the input is moved from it", low=0.001, high=10.0)


def run_exploding(parameters: ExplodingParameters, seed: int, report: Report) -> Result:
    """Measure each neuron's gradient where every z is 0, for three weights; then move the input away."""
    report(0.0, "chains")
    network, weights, biases = chain()
    rows = {}
    for weight in (1.0, 4.0, parameters.weight):
        weights[:] = weight
        biases[:] = -0.5 * weight
        biases[0] = -weight * parameters.given
        rows[weight] = np.abs(bias_gradients(network, parameters.given, 0.0))
    growth = [earlier / later for earlier, later in pairwise(rows[parameters.weight])]
    moves = np.logspace(-7, np.log10(parameters.furthest), 281)
    moved = [np.abs(bias_gradients(network, parameters.given + move, 0.0)) for move in moves]
    first = np.array(moved)[:, 0]
    faster = first >= rows[parameters.weight][-1]
    return Result(
        {
            "growth a layer": float(np.mean(growth)),
            "growth furthest from the mean": float(np.max(np.abs(growth - np.mean(growth)))),
            "growth a layer, w = 4": float(rows[4.0][0] / rows[4.0][1]),
            "growth a layer, w = 1": float(rows[1.0][0] / rows[1.0][1]),
            "move of the input that ends it": float(moves[faster].max(initial=0.0)),
        },
        {"gradient": np.array(list(rows.values())), "moves": moves, "first": first},
    )


def finding_exploding(results: Results) -> str:
    """By what each layer's gradient grows, and how narrow the place is where it does."""
    return (
        f"With every weight {results.parameters.weight:g} and every z = 0 the gradient grows "
        f"{results.mean('growth a layer'):.4g}-fold a layer, but moving the input by "
        f"{results.mean('move of the input that ends it'):.1g} is enough to bring the first below the last"
    )


def figure_exploding(results: Results) -> Figure:
    """The gradient of each neuron, and that of the first one when the input is moved."""
    drawn, (left, right) = panels(finding_exploding(results), columns=2)
    run = results.runs[0].arrays
    for index, (weight, row) in enumerate(
        zip((1.0, 4.0, results.parameters.weight), run["gradient"], strict=True)
    ):
        left.plot(
            range(1, NEURONS + 1), row, color=COLOURS[index], marker=MARKERS[index], label=f"w = {weight:g}"
        )
    left.set(xlabel="neuron, counted from the input", yscale="log", xticks=range(1, NEURONS + 1))
    left.set_ylabel("|∂C/∂b|, every z = 0")
    right.plot(run["moves"], np.maximum(run["first"], 1e-30), color=COLOURS[2], label="first neuron")
    right.axhline(run["gradient"][-1, -1], color="black", linestyle=":", label="last neuron, every z = 0")
    right.set(xlabel="input moved by", xscale="log", yscale="log", ylim=(1e-10, None))
    right.set_ylabel(f"|∂C/∂b₁|, w = {results.parameters.weight:g}")
    for axes in (left, right):
        axes.legend(fontsize=9)
    return drawn


EXPERIMENTS = (
    Experiment(
        name="chain-product",
        title="The gradient of a chain of neurons is a product",
        subject="chains of neurons",
        parameters=ProductParameters(),
        quick={"starts": 500, "checked": 20},
        run=run_product,
        figure=figure_product,
        finding=finding_product,
        published=(
            Published(
                "chain-product",
                "note 003; Nielsen, Neural Networks and Deep Learning, chapter 5",
                "largest relative error of the product",
                0.0,
                "largest relative error of the product",
                "",
                tolerance=1e-12,
            ),
            Published(
                "chain-product",
                "note 003; Nielsen, Neural Networks and Deep Learning, chapter 5",
                "share of factors under 1/4",
                None,
                "factors under 1/4",
                "%",
            ),
        ),
        asks="In a chain of four sigmoid neurons the derivative of the cost by the first bias is "
        "σ'(z₁) w₂σ'(z₂) w₃σ'(z₃) w₄σ'(z₄) ∂C/∂a₄. Does our backpropagation give that product, "
        "and how large are its factors when weights and biases are drawn from N(0, 1)?",
        look_for="Most factors lie left of 1/4, because σ' is never more than 1/4 and two weights of three "
        "are below 1; a factor of 1 or more needs a weight of at least 4. A product of several is "
        "small. Between the first bias and the third stand two weights and two derivatives: the "
        "usual quotient is under the 1/16 of the notes.",
        seconds=0.8,
    ),
    Experiment(
        name="chain-exploding",
        title="A chain whose gradient explodes",
        subject="chains of neurons",
        parameters=ExplodingParameters(),
        quick={},
        run=run_exploding,
        figure=figure_exploding,
        finding=finding_exploding,
        published=(
            Published(
                "chain-exploding", SOURCE, "growth of the gradient a layer", 25.0, "growth a layer", unit=""
            ),
        ),
        asks="Can the product of the chain explode instead of vanishing? Take every weight as 100, and "
        "the biases such that every weighted input z is 0, where σ' is largest.",
        look_for="On the left each step back to the input multiplies the gradient by w/4: it shrinks for a "
        "weight of 1, keeps its size for 4, and grows for 100. On the right the input is moved a "
        "little: the explosion is over at once, for then the large weight drives z to where σ' is "
        "flat.",
        seconds=0.1,
        seeds=1,
    ),
)
