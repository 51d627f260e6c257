"""Why backpropagation is fast: one pass back against one pass forward for every parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import band, panels
from chainrule.layers.registry import fully_connected
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import blas_threads_for
from chainrule.objective import Objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

MOVED = 1e-6
CALLS, ROUNDS = 5, 200


@dataclass(frozen=True)
class Parameters:
    """Networks from small to large, each asked for the gradient of the cost of a few images in both ways."""

    hidden: tuple[int, ...] = parameter(
        (1, 3, 10, 30, 100), "hidden neurons of each network", low=1, high=1000
    )
    batch_size: int = parameter(10, "images that the cost is the mean of", unit="images", low=1, high=1000)


def _milliseconds(work: Callable[[], object], calls: int = 1) -> float:
    """Time of one call."""
    start = perf_counter()
    for _ in range(calls):
        work()
    return 1e3 * (perf_counter() - start) / calls


def _both_ways(
    hidden: int, rows: int, generator: np.random.Generator
) -> tuple[int, float, float, float, float]:
    """Parameters; ms of a forward pass, of forward and backward, of n + 1 passes; largest difference.

    The two ways take turns of five calls, and of each the median pace counts: most turns are so short that a
    busy machine does not interrupt them.
    """
    layers = fully_connected([784, hidden, 10], initializer="lecun_normal")
    network = Network(layers, 784, seed=generator, dtype=np.float64)
    images, targets = generator.uniform(0, 1, (rows, 784)), np.eye(10)[generator.integers(10, size=rows)]
    objective = Objective(network, Quadratic(), rows)

    def cost() -> float:
        return objective.forward(images, targets)

    def gradient() -> None:
        cost()
        objective.backward()

    values, count = network.parameters.values, len(network.parameters)
    slopes = np.empty(count)
    centre = cost()

    def one_by_one(part: Array) -> None:
        for index in part:
            before = values[index]
            values[index] = before + MOVED
            slopes[index] = (cost() - centre) / MOVED
            values[index] = before

    slow, quick = [], []
    parts = np.array_split(np.arange(count), -(-count // CALLS))
    with blas_threads_for(0):
        for number, part in enumerate(parts):
            slow.append(_milliseconds(partial(one_by_one, part)) / len(part))
            if number % (1 + len(parts) // ROUNDS) == 0:
                quick.append((_milliseconds(cost, CALLS), _milliseconds(gradient, CALLS)))
    forward, both = (float(each) for each in np.median(quick, axis=0))
    exact = network.parameters.gradient
    return (
        count,
        forward,
        both,
        (count + 1) * float(np.median(slow)),
        float(np.abs(slopes - exact).max() / np.abs(exact).max()),
    )


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Time both ways on every network; what they are shown is noise, for time does not depend on it."""
    generator = np.random.default_rng(seed)
    found = []
    for done, hidden in enumerate(parameters.hidden):
        report(done / len(parameters.hidden), f"{hidden} hidden neurons")
        found.append(_both_ways(hidden, parameters.batch_size, generator))
    count, forward, both, one_by_one, error = (
        np.array(column, np.float64) for column in zip(*found, strict=True)
    )
    return Result(
        {
            "parameters": count[-1],
            "backpropagation": both[-1],
            "one by one": one_by_one[-1],
            "ratio": one_by_one[-1] / both[-1],
            "first ratio": one_by_one[0] / both[0],
            "forward passes a gradient": both[-1] / forward[-1],
            "largest difference": error.max(),
        },
        {"parameters": count, "forward": forward, "both": both, "one by one": one_by_one},
    )


def finding(results: Results) -> str:
    """How many times faster the pass back is on the largest network."""
    return (
        f"For {results.mean('parameters'):,.0f} parameters backpropagation takes "
        f"{results.mean('backpropagation'):.2f} ms; changing them one by one takes "
        f"{results.mean('one by one'):,.0f} ms, {results.mean('ratio'):,.0f} times as long"
    )


def figure(results: Results) -> Figure:
    """Time and ratio against the number of parameters."""
    drawn, (left, right) = panels(finding(results), 2)
    count = results.runs[0].arrays["parameters"]
    both, one_by_one = results.arrays("both"), results.arrays("one by one")
    band(left, count, one_by_one, 1, "n + 1 passes forward", marker="s", linestyle="--")
    band(left, count, both, 0, "one pass forward, one back", marker="o")
    left.set(xscale="log", yscale="log", xlabel="parameters n", ylabel="time for one gradient (ms)")
    left.legend()
    band(right, count, one_by_one / both, 2, "measured", marker="^")
    right.plot(count, (count + 1) / 2, color="black", linestyle=":", label="(n + 1) / 2")
    right.set(xscale="log", yscale="log", xlabel="parameters n", ylabel="times as fast")
    right.legend()
    for axes in (left, right):
        axes.xaxis.set_minor_formatter("")
        axes.yaxis.set_minor_formatter("")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="why-fast",
        title="Why backpropagation is fast",
        subject="how backpropagation works",
        parameters=Parameters(),
        quick={"hidden": (1, 3, 10)},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "why-fast",
                "Nielsen, Neural Networks and Deep Learning, chapter 2 (“roughly”)",
                "cost of one gradient, in forward passes",
                2.0,
                "forward passes a gradient",
                unit="passes",
                tolerance=1.0,
            ),
            Published(
                "why-fast", "measured here", "times as fast, largest network", None, "ratio", unit="times"
            ),
        ),
        asks="There is an easier way to a gradient: change one parameter a little, compute the cost again, "
        "divide, go on to the next. With n parameters that takes n + 1 passes forward. Backpropagation takes "
        "one pass forward and one back, whatever n is. How much does that save?",
        look_for="Both axes are logarithmic. The upper line on the left is steeper than 1: there are more "
        "passes, and each takes longer. On the right the advantage grows in proportion to n, near the dotted "
        "line for a gradient that costs two passes forward.",
        seconds=14.0,
        seeds=3,
    ),
)
