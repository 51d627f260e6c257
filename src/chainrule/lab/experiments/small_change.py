"""A small change of a weight makes a perceptron jump or stay, and a sigmoid neuron move a little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.network import Network
from chainrule.numerics.functions import sigmoid
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

MEASURED = "measured here"
WEIGHTS, BIAS, INPUTS = np.array([-2.0, -2.0]), 3.0, np.array([1.0, 1.0])
"""The NAND perceptron, and the inputs to which it says 0."""


@dataclass(frozen=True)
class SmallChanges:
    """A small sigmoid network, and how its parameters are changed."""

    inputs: int = parameter(4, "inputs", low=1, high=100)
    hidden: int = parameter(6, "hidden neurons", low=1, high=100)
    directions: int = parameter(200, "random directions of change", low=5, high=5000)
    sizes: tuple[float, ...] = parameter(
        (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001), "lengths of a change", low=1e-5, high=10.0
    )


def changed_weight(offsets: Array) -> tuple[Array, Array]:
    """Outputs of the step neuron and of the sigmoid neuron as the first weight moves by each offset."""
    z = WEIGHTS @ INPUTS + BIAS + offsets * INPUTS[0]
    return (z > 0).astype(float), sigmoid(z, np.empty_like(z))


def run_small_changes(parameters: SmallChanges, seed: int, report: Report) -> Result:
    """Move one weight of one neuron; then all parameters of a network, in random directions."""
    offsets = np.linspace(-3.0, 3.0, 601)
    step, smooth = changed_weight(offsets)
    draw = np.random.default_rng(seed)
    network = Network([parameters.inputs, parameters.hidden, 1], seed=draw, dtype=np.float64)
    inputs = draw.uniform(size=(1, parameters.inputs))
    bench = network.bench(1, training=True)
    vector = network.parameters
    before = network.forward(inputs, bench).item()
    network.backward(np.ones((1, 1)), bench)
    start, gradient = vector.values.copy(), vector.gradient.copy()
    directions = draw.normal(size=(parameters.directions, len(vector)))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    moved, error = (np.zeros((len(parameters.sizes), parameters.directions)) for _ in range(2))
    for row, size in enumerate(parameters.sizes):
        report(row / len(parameters.sizes), f"changes of length {size:g}")
        for column, direction in enumerate(directions):
            vector.values[:] = start + size * direction
            moved[row, column] = network.forward(inputs, bench).item() - before
            error[row, column] = abs(moved[row, column] - size * gradient @ direction)
    vector.values[:] = start
    sizes = np.array(parameters.sizes)
    change, off = np.sqrt((moved**2).mean(axis=1)), np.sqrt((error**2).mean(axis=1))
    few = sizes <= 0.1
    slope = np.polyfit(np.log(sizes[few]), np.log(off[few]), 1)[0] if few.sum() > 1 else float("nan")
    return Result(
        {
            "largest jump of the step neuron": float(np.abs(np.diff(step)).max()),
            "largest move of the sigmoid neuron": float(np.abs(np.diff(smooth)).max()),
            "power of the error": float(slope),
            "error as a share of the change, smallest change": float(off[-1] / change[-1]),
        },
        {"offset": offsets, "step": step, "sigmoid": smooth, "change": change, "error": off},
    )


def finding_small_changes(results: Results) -> str:
    """The jump, the move and the power, in a sentence."""
    return (
        f"As one weight moves by 0.01 at a time, a perceptron's output jumps by up to "
        f"{results.mean('largest jump of the step neuron'):.0f}, a sigmoid neuron's moves by at most "
        f"{results.mean('largest move of the sigmoid neuron'):.4f}; in a network the error of "
        f"Σ ∂output/∂w Δw falls as |Δ| to the power {results.said('power of the error')}"
    )


def figure_small_changes(results: Results) -> Figure:
    """Output against the weight; change and error against the length of the change."""
    drawn, (left, right) = panels(finding_small_changes(results), 2)
    arrays = results.runs[0].arrays
    left.plot(arrays["offset"], arrays["step"], color=COLOURS[1], label="perceptron")
    left.plot(arrays["offset"], arrays["sigmoid"], "--", color=COLOURS[0], label="sigmoid neuron")
    left.set(xlabel="change Δw of one weight of the NAND neuron", ylabel="output for the inputs 1, 1")
    left.legend()
    sizes = np.array(results.parameters.sizes)
    for index, (name, label) in enumerate(
        (("change", "change of the output"), ("error", "error of the sum"))
    ):
        runs = results.arrays(name)
        right.plot(
            sizes, np.exp(np.log(runs).mean(axis=0)), MARKERS[index] + "-", color=COLOURS[index], label=label
        )
        right.fill_between(
            sizes, runs.min(axis=0), runs.max(axis=0), color=COLOURS[index], alpha=0.2, linewidth=0
        )
    right.set(xscale="log", yscale="log", xlabel="length of the change |Δ| of all parameters")
    right.set_ylabel("root of the mean square")
    right.legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="small-change",
        title="A small change of a weight: a jump or a move",
        subject="perceptrons and circuits",
        parameters=SmallChanges(),
        quick={"directions": 40},
        run=run_small_changes,
        figure=figure_small_changes,
        finding=finding_small_changes,
        published=(
            Published(
                "small-change",
                MEASURED,
                "power of |Δ| by which the error falls",
                None,
                "power of the error",
                "",
            ),
            Published(
                "small-change",
                MEASURED,
                "largest jump of a perceptron",
                None,
                "largest jump of the step neuron",
                "",
            ),
        ),
        asks="Learning by small steps needs an output that follows small changes. Note 001 says that Δoutput "
        "≈ Σ ∂output/∂w Δw + Σ ∂output/∂b Δb for sigmoid neurons. How good is it, and what does a "
        "perceptron do?",
        look_for="Left: both neurons pass from 0 to 1 at the same weight, one at a stroke. Right: the change "
        "of the output falls with the length of the change, the error of the sum with its square: at a "
        "tenth of the change the formula is ten times better in proportion.",
        seconds=0.1,
    ),
)
