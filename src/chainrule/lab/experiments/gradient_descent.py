"""A ball in a valley of two variables: what the learning rate does to its way down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.numerics.initializers import Constant
from chainrule.numerics.parameters import Array, Parameter, ParameterVector
from chainrule.optimizers import SGD

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

START = (-4.0, 1.5)
NAMES = ("too small", "right", "too large")


@dataclass(frozen=True)
class Parameters:
    """A valley C = ½ (v₁² + k v₂²), and three learning rates to go down it by."""

    steepness: float = parameter(
        10.0, "k, how much steeper the sides are than the floor", low=1.0, high=1000.0
    )
    small: float = parameter(0.01, "learning rate, too small", low=0.0, high=10.0)
    right: float = parameter(0.15, "learning rate, about right", low=0.0, high=10.0)
    large: float = parameter(0.205, "learning rate, too large", low=0.0, high=10.0)
    steps: int = parameter(30, "steps", low=1, high=1000)


def _cost(position: Array, steepness: float) -> Array:
    """C at positions ``(..., 2)``."""
    cost: Array = 0.5 * (position[..., 0] ** 2 + steepness * position[..., 1] ** 2)
    return cost


def _path(steepness: float, rate: float, steps: int) -> Array:
    """Where the library's own gradient descent comes by, ``(steps + 1, 2)``."""
    vector = ParameterVector([Parameter("position", (2,), Constant(0.0), 1, 1)], np.float64)
    descent = SGD(rate)
    descent.bind(vector)
    vector.values[...] = START
    path = [vector.values.copy()]
    for _ in range(steps):
        vector.gradient[...] = vector.values * (1.0, steepness)
        descent.step(rate)
        path.append(vector.values.copy())
    return np.array(path)


def _largest_rate(steepness: float) -> float:
    """The rate at which going down turns into going up, by halving the interval where it must lie."""
    low, high = 0.0, 3.0 / steepness
    for _ in range(40):
        middle = 0.5 * (low + high)
        first, *_, last = _cost(_path(steepness, middle, 300), steepness)
        low, high = (middle, high) if last < first else (low, middle)
    return low


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Let the ball go three times from one place; nothing is random."""
    rates = (parameters.small, parameters.right, parameters.large)
    paths = [_path(parameters.steepness, rate, parameters.steps) for rate in rates]
    values = {
        f"cost, {name}": float(_cost(path[-1], parameters.steepness))
        for name, path in zip(NAMES, paths, strict=True)
    }
    report(0.5, "looking for the largest rate")
    values["cost at the start"] = float(_cost(paths[0][0], parameters.steepness))
    values["largest rate"] = _largest_rate(parameters.steepness)
    return Result(values, {"paths": np.array(paths)})


def finding(results: Results) -> str:
    """The cost that each of the three rates came to."""
    given = results.parameters
    ends = ", ".join(
        f"{rate:g} to {results.mean(f'cost, {name}'):.3g}"
        for name, rate in zip(NAMES, (given.small, given.right, given.large), strict=True)
    )
    return (
        f"From a cost of {results.mean('cost at the start'):.3g}, {given.steps} steps lead with a rate "
        f"of {ends}; the way leads down up to a rate of {results.mean('largest rate'):.3g}"
    )


def figure(results: Results) -> Figure:
    """The three ways on the map of the valley, and in three dimensions."""
    drawn, (*maps, last) = panels(finding(results), 2, 2)
    given, paths = results.parameters, results.runs[0].arrays["paths"]
    rates = (given.small, given.right, given.large)
    across, along = np.meshgrid(np.linspace(-5, 5, 81), np.linspace(-3, 3, 61))
    height = _cost(np.stack([across, along], axis=-1), given.steepness)
    levels = np.linspace(0, height.max(), 14)[1:] ** 2 / height.max()
    for index, (axes, path, name, rate) in enumerate(zip(maps, paths, NAMES, rates, strict=True)):
        axes.grid(False)
        axes.contour(across, along, height, levels=levels, colors="0.75", linewidths=0.8)
        seen: dict[str, Any] = {
            "color": COLOURS[index],
            "marker": MARKERS[index],
            "markersize": 4,
            "linewidth": 1.2,
        }
        axes.plot(*path.T, **seen, label=f"{name}: rate {rate:g}")
        axes.plot(0, 0, marker="+", markersize=12, color="black", linestyle="none", label="lowest point")
        axes.set(xlim=(-5, 5), ylim=(-3, 3), xlabel="v₁", ylabel="v₂")
        axes.legend(loc="upper right")
    place = last.get_subplotspec()
    last.remove()
    _draw_solid(drawn.add_subplot(place, projection="3d"), paths, given.steepness)
    return drawn


def _draw_solid(axes: Any, paths: Array, steepness: float) -> None:
    """The valley as a surface, with the first steps of each way laid on it."""
    across, along = np.meshgrid(np.linspace(-5, 5, 61), np.linspace(-2.5, 2.5, 41))
    axes.computed_zorder = False
    axes.plot_surface(across, along, _cost(np.stack([across, along], -1), steepness), cmap="Greys", alpha=0.5)
    for index, (path, shown) in enumerate(zip(paths, (len(paths[0]), len(paths[0]), 7), strict=True)):
        between = np.linspace(path[:shown][:-1], path[:shown][1:], 12, axis=1).reshape(-1, 2)
        axes.plot(*between.T, _cost(between, steepness), color=COLOURS[index], linewidth=1.6, zorder=3)
        seen: dict[str, Any] = {
            "color": COLOURS[index],
            "marker": MARKERS[index],
            "markersize": 4,
            "linestyle": "none",
        }
        axes.plot(*path[:shown].T, _cost(path[:shown], steepness), **seen, zorder=4)
    axes.view_init(elev=48, azim=-70)
    axes.set_box_aspect((2, 1.2, 0.9), zoom=0.95)
    axes.set(xlabel="v₁", ylabel="v₂", zlabel="cost C")


EXPERIMENTS = (
    Experiment(
        name="valley",
        title="A ball in a valley",
        subject="gradient descent",
        parameters=Parameters(),
        quick={},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "valley",
                "theory: 2 / the largest curvature",
                "largest learning rate that still leads down",
                0.2,
                "largest rate",
                unit="",
                tolerance=0.001,
            ),
        ),
        asks="Gradient descent is a ball in a valley, with a difference: it does not roll, it steps, each "
        "time straight down the slope where it stands, by the slope times the learning rate. How long may "
        "the steps be? This valley is a trough with steep sides and a floor that falls gently to one end.",
        look_for="A small rate creeps; after all its steps it has hardly moved along the floor. A good rate "
        "crosses the floor a few times and is there. A rate too large lands higher on the other side each "
        "time. The steep sides set the limit, the gentle floor pays for it: that is why long, narrow valleys "
        "are slow.",
        seconds=0.1,
        seeds=1,
    ),
)
