"""Any function as a row of bumps: a network whose weights nobody trained, and its error against its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.hand_set import FUNCTIONS, approximate, errors, several
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

LINES = ("--", "-.", ":", "-")


@dataclass(frozen=True)
class Parameters:
    """A function, and the networks that are to be near it."""

    function: str = parameter("book", "function to be approximated", choices=tuple(FUNCTIONS))
    pairs: tuple[int, ...] = parameter(
        (5, 10, 20, 50, 100, 200, 500), "bumps of each network, two hidden neurons each", low=1, high=2000
    )
    steepness: float = parameter(1e6, "weight of the steep networks", low=10.0, high=1e9)
    soft: float = parameter(6.0, "weight of the soft networks, for each bump", low=0.5, high=1000.0)
    drawn: tuple[int, ...] = parameter(
        (10, 50), "bumps of the networks that are drawn, and made steeper", low=2, high=500
    )
    inputs: int = parameter(20_001, "inputs looked at, from 0 to 1", low=1001, high=1_000_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Errors of steep and soft networks of each size; for a few sizes, of each steepness."""
    function, inputs = FUNCTIONS[parameters.function], np.linspace(0.0, 1.0, parameters.inputs)
    pairs = several("pairs", parameters.pairs)
    found: dict[str, Array] = {}
    for name, weights in (
        ("steep", np.full(len(pairs), parameters.steepness)),
        ("soft", parameters.soft * pairs),
    ):
        report(0.0 if name == "steep" else 0.3, f"{name} networks")
        networks = [
            approximate(function, int(count), float(weight))
            for count, weight in zip(pairs, weights, strict=True)
        ]
        measured = [errors(network, function, inputs) for network in networks]
        found[f"largest, {name}"], found[f"mean, {name}"] = np.array(measured).T
    report(0.6, "steepness")
    sharpness = np.geomspace(0.5, 500.0, 16)
    swept = np.array(
        [
            [
                errors(approximate(function, count, float(each)), function, inputs)[1]
                for each in count * sharpness
            ]
            for count in parameters.drawn
        ]
    )
    shown = np.linspace(0.0, 1.0, 801)
    outputs = [
        approximate(function, count, parameters.steepness).predict(shown[:, np.newaxis])[:, 0]
        for count in parameters.drawn
    ]
    most = pairs.argmax()
    return Result(
        {
            **{f"error, {name}": float(values[most]) for name, values in found.items()},
            **{
                f"slope, {name}": float(np.polyfit(np.log(pairs), np.log(values), 1)[0])
                for name, values in found.items()
            },
            "best weight for each bump": float(sharpness[swept[-1].argmin()]),
            "steepest error to best": float(swept[-1, -1] / swept[-1].min()),
        },
        {
            **found,
            "sharpness": sharpness,
            "swept": swept,
            "input": shown.astype(np.float32),
            "wanted": function(shown).astype(np.float32),
            "network": np.array(outputs, np.float32),
        },
    )


def finding(results: Results) -> str:
    """The error of the largest network, and how it falls."""
    return (
        f"{2 * max(results.parameters.pairs):,} hidden neurons set by hand miss the function by "
        f"{results.mean('error, mean, steep'):.2g} on average, "
        f"{results.mean('error, largest, steep'):.2g} at most; the mean error goes as n to the power "
        f"{results.mean('slope, mean, steep'):.2f}".replace("-", "−")
    )


def _draw_function(axes: Axes, results: Results, index: int) -> None:
    run, count = results.runs[0].arrays, results.parameters.drawn[index]
    axes.plot(run["input"], run["network"][index], color=COLOURS[0], linewidth=1.2, label=f"{count} bumps")
    axes.plot(run["input"], run["wanted"], color=COLOURS[1], linestyle="--", label="function")
    axes.set(xlabel="input x", ylabel="output of the network")
    axes.legend(loc="upper left")


def figure(results: Results) -> Figure:
    """The function and two networks; errors against the number of bumps; error against steepness."""
    drawn, (few, many, sizes, steepness) = panels(finding(results), 2, 2)
    run = results.runs[0].arrays
    _draw_function(few, results, 0)
    _draw_function(many, results, -1)
    pairs = np.array(results.parameters.pairs)
    order = np.argsort(pairs)
    for index, name in enumerate(("largest, steep", "mean, steep", "largest, soft", "mean, soft")):
        sizes.plot(
            pairs[order],
            run[name][order],
            color=COLOURS[index],
            marker=MARKERS[index],
            linestyle=LINES[index],
            label=name,
        )
    sizes.set(xscale="log", yscale="log", xlabel="bumps n", ylabel="distance from the function")
    sizes.legend(fontsize=9)
    for index, count in enumerate(results.parameters.drawn):
        steepness.plot(
            run["sharpness"],
            run["swept"][index],
            color=COLOURS[index % len(COLOURS)],
            marker=MARKERS[index % len(MARKERS)],
            label=f"{count} bumps",
        )
    steepness.set(xscale="log", yscale="log", xlabel="weight w divided by bumps n", ylabel="mean distance")
    steepness.legend()
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 4"

EXPERIMENTS = (
    Experiment(
        name="bumps",
        title="A function made of bumps",
        subject="universality",
        parameters=Parameters(),
        quick={"pairs": (5, 10, 20, 50, 100), "inputs": 4001},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "bumps",
                "theory: a staircase beside a function of bounded slope",
                "power of n with which the mean error falls, steep",
                -1.0,
                "slope, mean, steep",
                unit="",
                tolerance=0.2,
            ),
            Published(
                "bumps",
                "theory: a staircase beside a function of bounded slope",
                "power of n with which the largest error falls, steep",
                -1.0,
                "slope, largest, steep",
                unit="",
                tolerance=0.2,
            ),
            Published(
                "bumps",
                f"{BOOK} (as small as one likes)",
                "mean error of the largest network",
                None,
                "error, mean, steep",
                unit="",
            ),
            Published(
                "bumps",
                "measured here",
                "mean error of the steepest network, as a multiple of the best steepness",
                None,
                "steepest error to best",
                unit="times",
            ),
        ),
        asks="One hidden layer can come as near to any continuous function as one likes: put bumps side by "
        "side, each as high as the function is there. The book shows it with sliders; here a network gets "
        "its weights by the same rule, for the book's f(x) = 0.2 + 0.4x² + 0.3x sin 15x + 0.05 cos 50x. "
        "How many neurons does it take, and do steps have to be steep? The output is linear; other functions "
        "can be chosen, and the function approximate in chainrule.lab.hand_set takes any of yours.",
        look_for="Above: the staircase of few bumps misses the small wiggles, that of many does not. Below "
        "left: both axes are logarithmic; twice the bumps, half the error, once bumps are narrower than the "
        "wiggles. Below right: the steepest is not the best. Where neighbouring flanks just run into each "
        "other they draw a ramp from bump to bump. But at the two ends the soft flanks reach inside "
        "the interval, which keeps the largest error of soft networks up.",
        seconds=2.3,
        seeds=1,
    ),
)
