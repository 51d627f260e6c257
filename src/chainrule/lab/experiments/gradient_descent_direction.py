"""Why one goes against the gradient: no other direction lowers the cost as much for a small step."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.batches import Batches
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.layers.registry import fully_connected
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import blas_threads_for
from chainrule.objective import Objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """A network at its start, a few images, and the small steps that are tried on it."""

    dimensions: tuple[int, ...] = parameter((2, 10, 1000), "parameters that may be moved", low=2, high=7000)
    directions: int = parameter(1000, "random directions in each", low=10, high=5000)
    step: float = parameter(1e-6, "length of the step", low=1e-8, high=10.0)
    images: int = parameter(200, "images", unit="images", low=10, high=10_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Step along random unit vectors, and against the gradient, from one and the same point."""
    generator = np.random.default_rng(seed)
    data = load_data("mnist").train
    layers = fully_connected([784, 30, 10], initializer="lecun_normal")
    network = Network(layers, 784, seed=generator, dtype=np.float64)
    rows = parameters.images
    chosen = generator.choice(len(data), rows, replace=False)
    ((images, targets),) = Batches(data.part(chosen, data.name), rows, np.float64).epoch(np.arange(rows))
    objective = Objective(network, SigmoidCrossEntropy(), rows)
    line = network.parameters.values
    origin = line.copy()
    start = objective.forward(images, targets)
    objective.backward()
    gradient = network.parameters.gradient.copy()
    steepest_first = np.argsort(-np.abs(gradient))
    values: dict[str, float] = {"better than the gradient": 0.0}
    cosines = np.empty((len(parameters.dimensions), parameters.directions))
    drops = np.empty_like(cosines)
    with blas_threads_for(0):
        for row, dimensions in enumerate(parameters.dimensions):
            report(row / len(parameters.dimensions), f"{dimensions} dimensions")
            movable = steepest_first[:dimensions]
            slope = gradient[movable]
            steepness = float(np.linalg.norm(slope))

            def drop(direction: Array, movable: Array = movable, steepness: float = steepness) -> float:
                """How far the cost falls, as a share of step times steepness."""
                line[movable] = origin[movable] + parameters.step * direction
                fallen = start - objective.forward(images, targets)
                line[movable] = origin[movable]
                return fallen / (parameters.step * steepness)

            best = drop(-slope / steepness)
            for number in range(parameters.directions):
                direction = generator.standard_normal(dimensions)
                direction /= np.linalg.norm(direction)
                cosines[row, number] = direction @ -slope / steepness
                drops[row, number] = drop(direction)
            values["better than the gradient"] += float(np.count_nonzero(drops[row] >= best))
            values[f"drop along the gradient, {dimensions}"] = best
            values[f"best random drop, {dimensions}"] = float(drops[row].max())
            values[f"sd of the cosine, {dimensions}"] = float(cosines[row].std())
    values["drop is not the cosine"] = float(np.abs(drops - cosines).max())
    values["sd of the cosine, most dimensions"] = values[f"sd of the cosine, {parameters.dimensions[-1]}"]
    return Result(values, {"cosine": cosines.astype(np.float32), "drop": drops.astype(np.float32)})


def finding(results: Results) -> str:
    """How many random directions did better, and how near the luckiest came."""
    given = results.parameters
    tried = given.directions * len(given.dimensions) * len(results.runs)
    better = results.values("better than the gradient").sum()
    most = given.dimensions[-1]
    return (
        f"{better:.0f} of {tried:,} random steps lowered the cost more than one as long against "
        f"the gradient; in {most:,} dimensions the luckiest came to "
        f"{100 * results.values(f'best random drop, {most}').max():.0f} % of it"
    )


def figure(results: Results) -> Figure:
    """The fall of the cost against the cosine, and how the cosines are spread."""
    drawn, (left, right) = panels(finding(results), 2)
    cosines, drops = results.arrays("cosine"), results.arrays("drop")
    for row, dimensions in enumerate(results.parameters.dimensions):
        seen: dict[str, Any] = {
            "color": COLOURS[row],
            "marker": MARKERS[row],
            "linestyle": "none",
            "markersize": 4,
        }
        label = f"{dimensions:,} dimensions"
        left.plot(cosines[0, row, :300], drops[0, row, :300], **seen, alpha=0.5, label=label)
        edges = np.linspace(-1, 1, 41 if dimensions < 100 else 201)
        right.hist(
            cosines[:, row].ravel(),
            edges.tolist(),
            density=True,
            histtype="step",
            linewidth=1.6,
            linestyle=("-", "--", "-.", ":")[row % 4],
            color=COLOURS[row],
            label=label,
        )
    left.plot(1, 1, marker="*", markersize=16, color="black", linestyle="none", label="against the gradient")
    left.set(
        xlabel="cosine with the direction against the gradient",
        ylabel="fall of the cost (share of step · ‖∇C‖)",
    )
    left.legend()
    right.set(
        yscale="log",
        xlabel="cosine with the direction against the gradient",
        ylabel="density of random directions",
    )
    right.legend(loc="upper left")
    for axes in (left, right):
        axes.set_xticks((-1, -0.5, 0, 0.5, 1))
    return drawn


EXPERIMENTS = (
    Experiment(
        name="best-direction",
        title="Is against the gradient the best direction?",
        subject="gradient descent",
        parameters=Parameters(),
        quick={"directions": 200},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "best-direction",
                "theory: the inequality of Cauchy and Schwarz",
                "random directions that lower the cost more",
                0.0,
                "better than the gradient",
                unit="directions",
            ),
            Published(
                "best-direction",
                "theory: 1/√1000, the spread of one coordinate of a random unit vector",
                "standard deviation of the cosine in 1,000 dimensions",
                1 / sqrt(1000),
                "sd of the cosine, most dimensions",
                unit="",
                tolerance=0.003,
            ),
        ),
        asks="For a small step Δv the cost changes by ∇C · Δv. Cauchy and Schwarz say that this is never "
        "less than −‖∇C‖ ‖Δv‖, and that only the direction against the gradient gets there. Does the cost of "
        "a real network keep to that? The parameters with the steepest slopes are moved, 2, 10 or 1,000 of "
        "them, along random directions and against the gradient, always equally far.",
        look_for="All points lie on one line: the fall of the cost is the cosine. The star at its end is the "
        "gradient. On the right, in two dimensions a random direction is often nearly as good; with a "
        "thousand parameters nearly all directions are level, and guessing a good one is hopeless.",
        seconds=2.2,
        seeds=5,
    ),
)
