"""The same function by learning: what gradient descent makes of as many neurons as were set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.hand_set import FUNCTIONS, approximate, errors
from chainrule.lab.style import COLOURS, band, panels
from chainrule.layers.activations import Sigmoid
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Layer
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.numerics.initializers import Normal
from chainrule.numerics.parameters import Array
from chainrule.objective import Objective
from chainrule.optimizers import LBFGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

LOUDER = 1e6
"""The loss is multiplied by this: SciPy ends a search when the loss falls by less than about 2e-9."""

SHARPNESS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 50.0, 1e4)
"""Weights for each bump that are tried when they are set by hand; the best counts."""


@dataclass(frozen=True)
class Parameters:
    """A function, the sizes of the networks, and how they learn it."""

    function: str = parameter("book", "function to be learnt", choices=tuple(FUNCTIONS))
    hidden: tuple[int, ...] = parameter(
        (10, 20, 40, 100), "hidden neurons of each network, an even number", low=2, high=1000
    )
    samples: int = parameter(200, "samples to learn from, evenly from 0 to 1", low=10, high=10_000)
    steepness: float = parameter(100.0, "spread of the first weights, steep start", low=1.0, high=1e5)
    iterations: int = parameter(2000, "iterations of L-BFGS", low=1, high=100_000)


def _start(hidden: int, steepness: float, seed: int) -> Network:
    """Weights from N(0, steepness²); the steps of a steep start stand at random places from 0 to 1."""
    generator = np.random.default_rng((seed, hidden))
    spread = Normal(steepness)
    layers: list[Layer[Any]] = [Dense(hidden, spread, bias_initializer=spread), Sigmoid(), Dense(1)]
    network = Network(layers, input_shape=1, seed=generator, dtype=np.float64)
    if steepness > 1:
        view = network.parameters.view
        view("0.biases")[:] = -view("0.weights")[:, 0] * generator.uniform(0, 1, hidden)
    return network


def _learn(network: Network, inputs: Array, targets: Array, iterations: int) -> None:
    """Minimise the quadratic loss over all samples; both arrays are ``(samples, 1)``."""
    objective = Objective(network, Quadratic(), len(inputs))
    optimizer = LBFGS(iterations)
    optimizer.bind(network.parameters)

    def loss_and_gradient() -> float:
        value = objective.forward(inputs, targets)
        objective.backward()
        network.parameters.gradient[:] *= LOUDER
        return LOUDER * value

    optimizer.minimize(loss_and_gradient)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Errors over inputs never shown, by hand and learnt from two starts, for each number of neurons."""
    function, dense = FUNCTIONS[parameters.function], np.linspace(0.0, 1.0, 4001)
    inputs = np.linspace(0.0, 1.0, parameters.samples)[:, np.newaxis]
    targets, shown = function(inputs), np.linspace(0.0, 1.0, 401)
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    outputs = []
    for index, hidden in enumerate(parameters.hidden):
        pairs = max(1, hidden // 2)
        found["by hand"].append(
            min(errors(approximate(function, pairs, pairs * each), function, dense)[1] for each in SHARPNESS)
        )
        for part, (name, steepness) in enumerate(
            (("flat start", 1.0), ("steep start", parameters.steepness))
        ):
            report((index + part / 2) / len(parameters.hidden), f"{hidden} hidden neurons, {name}")
            network = _start(hidden, steepness, seed)
            _learn(network, inputs, targets, parameters.iterations)
            found[name].append(errors(network, function, dense)[1])
            if hidden == max(parameters.hidden):
                outputs.append(network.predict(shown[:, np.newaxis])[:, 0])
    last = int(np.argmax(parameters.hidden))
    return Result(
        {
            **{f"error, {name}": values[last] for name, values in found.items()},
            "by hand to learnt": found["by hand"][last] / found["steep start"][last],
            "flat start to steep": found["flat start"][last] / found["steep start"][last],
        },
        {
            **{name: np.array(values) for name, values in found.items()},
            "input": shown.astype(np.float32),
            "wanted": function(shown).astype(np.float32),
            "network": np.array(outputs[:2], np.float32),
        },
    )


WAYS = ("by hand", "flat start", "steep start")


def finding(results: Results) -> str:
    """The three errors of the largest network."""
    hand, flat, steep = (results.mean(f"error, {name}") for name in WAYS)
    return (
        f"{max(results.parameters.hidden)} hidden neurons miss the function by {hand:.2g} on average set by "
        f"hand, {flat:.2g} learnt from a flat start, {steep:.2g} learnt from a steep one"
    )


def figure(results: Results) -> Figure:
    """What was learnt beside the function, and the errors against the number of neurons."""
    drawn, (curves, sizes) = panels(finding(results), 2)
    run, hidden = results.runs[0].arrays, np.array(results.parameters.hidden)
    curves.plot(run["input"], run["wanted"], color="black", linestyle=":", linewidth=2.5, label="function")
    for index, (name, line) in enumerate((("flat start", "--"), ("steep start", "-"))):
        curves.plot(
            run["input"],
            run["network"][index],
            color=COLOURS[1 - index],
            linestyle=line,
            label=f"{hidden.max()} neurons, {name}",
        )
    curves.set(xlabel="input x", ylabel="output of the network")
    curves.legend(fontsize=9)
    order = np.argsort(hidden)
    for index, (name, line, marker) in enumerate(zip(WAYS, ("-.", "--", "-"), ("^", "s", "o"), strict=True)):
        errors_seen = results.arrays(name)[:, order]
        label = name if name == "by hand" else f"learnt, {name}"
        band(sizes, hidden[order], errors_seen, (2, 1, 0)[index], label, linestyle=line, marker=marker)
    sizes.set(xscale="log", yscale="log", xlabel="hidden neurons", ylabel="mean distance from the function")
    sizes.set_xticks(hidden, [str(count) for count in hidden])
    sizes.xaxis.set_minor_formatter("")
    sizes.legend(fontsize=9)
    return drawn


EXPERIMENTS = (
    Experiment(
        name="learnt-function",
        title="The same function, learnt instead of set by hand",
        subject="universality",
        parameters=Parameters(),
        quick={"hidden": (10, 40), "iterations": 600},
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            Published("learnt-function", "measured here", what, None, value, unit=unit)
            for what, value, unit in (
                ("mean error of the largest network, set by hand", "error, by hand", ""),
                ("mean error of the largest network, learnt from a flat start", "error, flat start", ""),
                ("mean error of the largest network, learnt from a steep start", "error, steep start", ""),
                ("error set by hand as a multiple of that learnt", "by hand to learnt", "times"),
            )
        ),
        asks="That a network can be near any function says nothing of whether it gets there by learning. The "
        "book's function of chapter 4 is learnt from 200 samples by networks as large as those set by hand: "
        "one hidden layer, linear output, quadratic loss, all samples at once by L-BFGS. One start is flat: "
        "weights and biases of the hidden neurons are from N(0, 1), as in the book's first chapter, and each "
        "neuron is nearly a straight line on inputs from 0 to 1. The other start is steep: steps at "
        "random places. By hand, the steepness is the best of nine.",
        look_for="From a flat start the slow part of the function is learnt and the fast wiggle is not, "
        "however many neurons there are: for it the weights would have to grow very large. From a steep "
        "start learning moves the steps to where they are needed, and comes nearer than the hand does with "
        "as many neurons. The error is measured at 4,001 inputs, nearly all of them never shown.",
        seconds=4.7,
        seeds=5,
    ),
)
