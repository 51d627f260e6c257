"""For which inputs a sigmoid neuron can pass a gradient on undiminished: never many."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, panels
from chainrule.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "width_by_formula"]


def width_by_formula(weight: float) -> float:
    """How wide the interval of inputs a is in which |w σ'(wa + b)| ≥ 1; 0 for |w| < 4, whatever b is.

    σ'(z) = 1/|w| at σ(z) = (1 ± √(1 − 4/|w|)) / 2, so at z = ± ln( |w| (1 + √(1 − 4/|w|)) / 2 − 1 ),
    and z runs through that interval |w| times as fast as a.
    """
    size = abs(weight)
    if size < 4:
        return 0.0
    return 2 / size * log(size * (1 + sqrt(1 - 4 / size)) / 2 - 1)


@dataclass(frozen=True)
class Parameters:
    """The weights tried, and how finely the inputs lie."""

    largest: float = parameter(30.0, "largest weight tried", low=8.0, high=1000.0)
    weights: int = parameter(561, "weights tried, evenly from 2 on", low=20, high=10_000)
    inputs: int = parameter(5001, "inputs tried for each, from 0 to 1/2", low=100, high=1_000_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Let our own layers say w σ'(wa), as the derivative of the output by the input, and find where it is 1.

    The interval lies evenly around a = −b/w; with b = 0 half of it is on either side of 0.
    """
    network = Network([1, 1], dtype=np.float64)
    network.parameters.values[:] = 0.0
    bench = network.bench(parameters.inputs, training=True, input_gradient=True)
    inputs = np.linspace(0.0, 0.5, parameters.inputs)[:, np.newaxis]
    ones = np.ones_like(inputs)
    tried = np.linspace(2.0, parameters.largest, parameters.weights)
    measured = np.zeros_like(tried)
    for index, weight in enumerate(tried):
        if index % 50 == 0:
            report(index / len(tried), "weights")
        network.parameters.weights[:] = weight
        network.forward(inputs, bench)
        derivative = network.backward(ones, bench)
        assert derivative is not None
        if derivative[0, 0] >= 1:
            measured[index] = 2 * np.interp(-1.0, -derivative[:, 0], inputs[:, 0])
    formula = np.array([width_by_formula(weight) for weight in tried])
    widest = int(measured.argmax())
    return Result(
        {
            "least weight": float(tried[measured > 0].min()),
            "widest": float(measured[widest]),
            "weight of the widest": float(tried[widest]),
            "widest by formula": float(formula.max()),
            "weight of the widest by formula": float(tried[formula.argmax()]),
            "measured furthest from formula": float(np.abs(measured - formula).max()),
        },
        {
            name: each.astype(np.float32)
            for name, each in (("weight", tried), ("measured", measured), ("formula", formula))
        },
    )


def finding(results: Results) -> str:
    """From which weight on, how wide at most, and where."""
    return (
        f"Of the weights tried, those from {results.mean('least weight'):.3g} on let |wσ'(wa + b)| exceed "
        f"1, in an interval of inputs never wider than {results.mean('widest'):.2f}, at |w| = "
        f"{results.mean('weight of the widest'):.1f}"
    )


def figure(results: Results) -> Figure:
    """The width of the interval against |w|, measured and by formula."""
    drawn, (axes,) = panels(finding(results))
    run = results.runs[0].arrays
    axes.plot(run["weight"], run["formula"], color=COLOURS[0], label="formula")
    every = max(1, len(run["weight"]) // 28)
    axes.plot(
        run["weight"][::every],
        run["measured"][::every],
        "o",
        color=COLOURS[1],
        markersize=4,
        label="measured",
    )
    claims = {claim.value: claim.figure or 0.0 for claim in results.published}
    if claims:
        place = [claims["weight of the widest"]], [claims["widest"]]
        axes.plot(*place, "kx", markersize=10, markeredgewidth=2, label="published")
    axes.set(xlabel="size of the weight |w|", ylabel="width of the interval of inputs a")
    axes.legend()
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 5, problem"

EXPERIMENTS = (
    Experiment(
        name="chain-interval",
        title="For which inputs a gradient does not vanish",
        subject="chains of neurons",
        parameters=Parameters(),
        quick={"weights": 113},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published("chain-interval", BOOK, "widest interval, about", 0.45, "widest", "", tolerance=0.01),
            Published("chain-interval", BOOK, "at |w| near", 6.9, "weight of the widest", "", tolerance=0.05),
        ),
        asks="A gradient passes a sigmoid neuron undiminished where |wσ'(wa + b)| is at least 1. For "
        "how wide an interval of inputs a is that so? By the formula, and by the derivative that "
        "our own layers compute. The bias moves the interval and does not change its width.",
        look_for="Below |w| = 4 there is no such input, since σ' is at most 1/4. Above it the interval "
        "widens fast, is widest soon, and then narrows for good: a large weight is steep, but "
        "over a short way. An activation lies between 0 and 1, so even at best less than half of "
        "that range is inside.",
        seconds=0.1,
        seeds=1,
    ),
)
