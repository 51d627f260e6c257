"""Weights and biases multiplied: perceptrons stay as they are, sigmoid neurons become perceptrons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.numerics.functions import sigmoid
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

MEASURED = "measured here"
EXERCISE = "note 001, exercise"


@dataclass(frozen=True)
class Steepness:
    """Random networks, and the factors that all their weights and biases are multiplied by."""

    networks: int = parameter(1000, "random networks", low=1, high=10_000)
    inputs: int = parameter(6, "bits that go in, all combinations of them", low=1, high=10)
    hidden: int = parameter(5, "neurons of each of two hidden layers", low=1, high=50)
    outputs: int = parameter(3, "outputs", low=1, high=50)
    factors: tuple[float, ...] = parameter(
        (0.01, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 10_000.0),
        "factors on all weights and biases",
        low=1e-6,
        high=1e9,
    )


def answered(layers: list[tuple[Array, Array]], inputs: Array, factor: float, steep: bool) -> Array:
    """Outputs of many networks at once, ``(networks, rows, outputs)``, perceptrons if ``steep``."""
    activations = inputs
    for weights, biases in layers:
        z = factor * (activations @ weights + biases)
        activations = (z > 0).astype(float) if steep else sigmoid(z, z)
    return activations


def run_steepness(parameters: Steepness, seed: int, report: Report) -> Result:
    """Scale many random networks, of perceptrons and of sigmoid neurons, on every combination of bits."""
    draw = np.random.default_rng(seed)
    widths = (parameters.inputs, parameters.hidden, parameters.hidden, parameters.outputs)
    layers = [
        (
            draw.normal(size=(parameters.networks, below, width)),
            draw.normal(size=(parameters.networks, 1, width)),
        )
        for below, width in pairwise(widths)
    ]
    rows = np.arange(2**parameters.inputs)[:, None] >> np.arange(parameters.inputs) & 1
    inputs = np.broadcast_to(rows.astype(float), (parameters.networks, *rows.shape))
    plain = answered(layers, inputs, 1.0, True)
    changed, away, wrong, at_zero, after_zero = [], [], [], [], []
    for place, factor in enumerate(parameters.factors):
        report(place / len(parameters.factors), f"factor {factor:g}")
        changed.append(int(np.count_nonzero(answered(layers, inputs, factor, True) != plain)))
        smooth = answered(layers, inputs, factor, False)
        away.append(np.abs(smooth - plain).mean())
        wrong.append(100 * np.mean((smooth > 0.5) != (plain > 0.5)))
        half, following = undecided(factor)
        at_zero.append(half)
        after_zero.append(following)
    return Result(
        {
            "perceptron answers": plain.size,
            "perceptron answers changed": sum(changed),
            "mean distance, largest factor": float(away[-1]),
            "sigmoid answers that differ, largest factor": float(wrong[-1]),
            "output where z is 0, largest factor": at_zero[-1],
            "output after it, largest factor": after_zero[-1],
        },
        {
            name: np.array(found)
            for name, found in (
                ("distance", away),
                ("differ", wrong),
                ("at zero", at_zero),
                ("after zero", after_zero),
            )
        },
    )


def undecided(factor: float) -> tuple[float, float]:
    """A sigmoid neuron at w·x + b = 0, and one that reads it with weight 4 and bias −1.

    Perceptrons say 0 and 0, since z = 0 is not above 0 and then z = −1.
    """
    z = np.array([factor * 0.0])
    half = sigmoid(z, np.empty(1))
    return half.item(), sigmoid(factor * (4 * half - 1), np.empty(1)).item()


def finding_steepness(results: Results) -> str:
    """What scaling changes and what not, in a sentence."""
    return (
        f"Scaling changed {results.values('perceptron answers changed').sum():.0f} of "
        f"{results.values('perceptron answers').sum():,.0f} perceptron answers, whatever the factor; sigmoid "
        f"networks come within {results.mean('mean distance, largest factor'):.1g} of them on average at c = "
        f"{results.parameters.factors[-1]:g}, but where w·x + b = 0 a sigmoid neuron stays at "
        f"{results.mean('output where z is 0, largest factor'):g}"
    )


def figure_steepness(results: Results) -> Figure:
    """Distance from the perceptron network against the factor, and the one exception."""
    drawn, (left, right) = panels(finding_steepness(results), 2)
    factors = np.array(results.parameters.factors)
    for index, (name, share, label) in enumerate(
        (
            ("distance", 1.0, "mean |sigmoid − perceptron|"),
            ("differ", 0.01, "share of outputs on the other side of ½"),
        )
    ):
        runs = np.maximum(share * results.arrays(name), 1e-9)
        spread = runs.min(axis=0), runs.max(axis=0)
        left.plot(factors, runs.mean(axis=0), MARKERS[index] + "-", color=COLOURS[index], label=label)
        left.fill_between(factors, *spread, color=COLOURS[index], alpha=0.2, linewidth=0)
    left.set(xscale="log", xlabel="factor c on all weights and biases", ylabel="over networks and inputs")
    left.set(yscale="log", ylim=(1e-6, 2), title="random networks")
    left.legend(fontsize=9, loc="lower left")
    arrays = results.runs[0].arrays
    right.plot(factors, arrays["at zero"], "o-", color=COLOURS[0], label="neuron with w·x + b = 0")
    right.plot(
        factors, arrays["after zero"], "s-", color=COLOURS[1], label="neuron that reads it, w = 4, b = −1"
    )
    right.axhline(0.0, color="black", linestyle=":", label="what both perceptrons say")
    right.set(xscale="log", xlabel="factor c on all weights and biases", ylabel="output", ylim=(-0.05, 1.05))
    right.set_title("the exception")
    right.legend(fontsize=9, loc="center left", bbox_to_anchor=(0.0, 0.3))
    return drawn


EXPERIMENTS = (
    Experiment(
        name="steepness",
        title="Sigmoid neurons made steep become perceptrons",
        subject="perceptrons and circuits",
        parameters=Steepness(),
        quick={"networks": 60},
        run=run_steepness,
        figure=figure_steepness,
        finding=finding_steepness,
        published=(
            Published(
                "steepness",
                EXERCISE,
                "perceptron answers changed by scaling",
                0.0,
                "perceptron answers changed",
                "",
            ),
            Published(
                "steepness",
                EXERCISE,
                "output of a sigmoid neuron at w·x + b = 0",
                1.0,
                "output where z is 0, largest factor",
                "",
            ),
            Published(
                "steepness",
                MEASURED,
                "mean distance from perceptrons at the largest factor",
                None,
                "mean distance, largest factor",
                "",
            ),
        ),
        asks="Two exercises of note 001. Multiply all weights and biases of a perceptron network by c > 0: "
        "does any answer change? Put sigmoid neurons in place of the perceptrons and let c grow: do they "
        "come to the same answers, and what if w·x + b = 0 somewhere?",
        look_for="Left: the distance between the two networks falls about as 1/c, since only neurons with "
        "|z| below about 1/c are still undecided. Right: the exception. At z = 0 every factor leaves σ(0) = "
        "½, where the perceptron says 0, and a neuron that reads this half can come to the opposite answer. "
        "(The note's answer says that σ would give 1 there; it gives ½.)",
        seconds=0.4,
    ),
)
