"""A function of two variables as a field of towers, each made of four steps and a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.hand_set import SURFACES, approximate_surface, several
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.network import Network
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

LINES = ("--", "-.", "-", ":")
SHOWN = 64
BLUNT_STEPS, BLUNT_HEIGHT = 60.0, 10.0


@dataclass(frozen=True)
class Parameters:
    """A function of two variables, and the networks that are to be near it."""

    function: str = parameter("waves", "function to be approximated", choices=tuple(SURFACES))
    towers: tuple[int, ...] = parameter((5, 10, 20, 40), "towers along each side", low=1, high=64)
    heights: tuple[float, ...] = parameter(
        (5.0, 10.0, 100.0), "weights from steps to towers", low=0.1, high=1e4
    )
    steepness: float = parameter(1e4, "weight of the steps", low=10.0, high=1e9)
    drawn: int = parameter(10, "towers along each side of the network that is drawn", low=1, high=64)
    points: int = parameter(128, "points looked at along each side, evenly", low=16, high=1000)


def _square(points: int) -> Array:
    """``(points², 2)``: the middles of as many squares, row by row."""
    line = (np.arange(points) + 0.5) / points
    return np.column_stack([each.ravel() for each in np.meshgrid(line, line, indexing="ij")])


def _one_tower() -> Network:
    """Nine towers of which only the middle one counts, with flanks that can be seen."""
    return approximate_surface(
        lambda x, y: ((abs(x - 0.5) < 0.1) & (abs(y - 0.5) < 0.1)).astype(float), 3, BLUNT_STEPS, BLUNT_HEIGHT
    )


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """The mean distance between function and network for each number of towers and each height."""
    function, points = SURFACES[parameters.function], _square(parameters.points)
    towers, wanted = several("towers", parameters.towers), function(*points.T)
    apart = np.empty((len(parameters.heights), len(towers)))
    for row, height in enumerate(parameters.heights):
        report(row / len(parameters.heights), f"height {height:g}")
        for column, count in enumerate(parameters.towers):
            network = approximate_surface(function, count, parameters.steepness, height)
            apart[row, column] = np.abs(network.predict(points)[:, 0] - wanted).mean()
    shown, highest = _square(SHOWN), int(np.argmax(parameters.heights))
    drawn = approximate_surface(function, parameters.drawn, parameters.steepness, max(parameters.heights))
    most, fewest = towers.argmax(), towers.argmin()
    lowest = int(np.argmin(parameters.heights))
    return Result(
        {
            "error, most towers": apart[highest, most],
            "slope": float(np.polyfit(np.log(towers), np.log(apart[highest]), 1)[0]),
            "error of the lowest, most towers": apart[lowest, most],
            "error of the lowest, fewest towers": apart[lowest, fewest],
            "hidden neurons": float(2 * towers.max() + 2 + towers.max() ** 2),
        },
        {
            "apart": apart,
            "one tower": _one_tower().predict(shown).reshape(SHOWN, SHOWN).astype(np.float32),
            "wanted": function(*shown.T).reshape(SHOWN, SHOWN).astype(np.float32),
            "network": drawn.predict(shown).reshape(SHOWN, SHOWN).astype(np.float32),
        },
    )


def finding(results: Results) -> str:
    """The error of the most towers, how it falls, and the error of as many low ones."""
    given = results.parameters
    most, power = max(given.towers), f"{results.mean('slope'):.2f}".replace("-", "−")
    return (
        f"{most} × {most} towers of height {max(given.heights):g} miss the function by "
        f"{results.mean('error, most towers'):.2g} on average (n a side: as n to the power {power}); "
        f"of height {min(given.heights):g}, by {results.mean('error of the lowest, most towers'):.2g}"
    )


def _map(axes: Axes, values: Array, label: str, limits: tuple[float, float]) -> Any:
    image = axes.imshow(
        values.T, origin="lower", extent=(0, 1, 0, 1), cmap="viridis", vmin=limits[0], vmax=limits[1]
    )
    axes.grid(visible=False)
    axes.set(xlabel="input x", ylabel="input y")
    axes.set_title(label, loc="left")
    return image


def figure(results: Results) -> Figure:
    """One tower, the function, the network of towers, and the error against the number of towers."""
    drawn, (one, function, network, sizes) = panels(finding(results), 2, 2)
    given, run = results.parameters, results.runs[0].arrays
    limits = float(run["wanted"].min()), float(run["wanted"].max())
    maps = (
        (one, run["one tower"], "one tower with blunt flanks", (0.0, 1.0)),
        (function, run["wanted"], "the function", limits),
        (network, run["network"], f"{given.drawn} × {given.drawn} towers", limits),
    )
    for axes, values, label, between in maps:
        drawn.colorbar(_map(axes, values, label, between), ax=axes, label="output")
    order = np.argsort(given.towers)
    for index, height in enumerate(given.heights):
        sizes.plot(
            np.array(given.towers)[order],
            run["apart"][index][order],
            color=COLOURS[index % len(COLOURS)],
            marker=MARKERS[index % len(MARKERS)],
            linestyle=LINES[index % len(LINES)],
            label=f"height {height:g}",
        )
    sizes.set(
        xscale="log", yscale="log", xlabel="towers along each side", ylabel="mean distance from the function"
    )
    sizes.set_xticks(given.towers, [str(count) for count in given.towers])
    sizes.xaxis.set_minor_formatter("")
    sizes.legend()
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 4"

EXPERIMENTS = (
    Experiment(
        name="towers",
        title="A function of two variables made of towers",
        subject="universality",
        parameters=Parameters(),
        quick={"towers": (5, 10, 20), "points": 64},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "towers",
                "theory: a staircase beside a function of bounded slope",
                "power of the towers along a side with which the mean error falls, highest towers",
                -1.0,
                "slope",
                unit="",
                tolerance=0.2,
            ),
            Published(
                "towers",
                f"{BOOK} (as small as one likes)",
                "mean error, most towers, highest",
                None,
                "error, most towers",
                unit="",
            ),
            Published(
                "towers",
                "measured here",
                "mean error, most towers, lowest",
                None,
                "error of the lowest, most towers",
                unit="",
            ),
        ),
        asks="With two inputs the book builds towers. Two steps along x make a ridge, two along y another; "
        "where they cross, their sum is twice as high. A neuron of a second hidden layer that is on only "
        "above one and a half times the height of a ridge leaves the crossing alone: a tower. Many "
        "towers side by side, each weighted with the function there, make any function. How many does it "
        "take, and how high must ridges be? Neighbouring towers share their steps.",
        look_for="The first map shows a tower with flanks blunt enough to be seen: its corners are rounded "
        "off, since there neither ridge is at its full height. Below right, with high ridges: twice the "
        "towers along a side, half the error, but four times the neurons, and with each further "
        "variable as many times more again. With low ridges the threshold leaks: each tower lets a little "
        "through all along its two ridges, and the more towers, the more of that adds up.",
        seconds=2.5,
        seeds=1,
    ),
)
