"""From a sigmoid to a step, and from two steps to a bump: the pieces that any function can be built from."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import SettingError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.hand_set import bump, several, step
from chainrule.lab.style import COLOURS, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

LINES = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class Parameters:
    """Where the bump is, how high, and the weights tried."""

    weights: tuple[float, ...] = parameter(
        (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0), "weights tried", low=1.0, high=1e4
    )
    begin: float = parameter(0.4, "where the bump begins, and the step stands", low=0.1, high=0.8)
    width: float = parameter(0.2, "width of the bump", low=0.01, high=0.5)
    height: float = parameter(0.8, "height of the bump", low=0.01, high=10.0)
    inputs: int = parameter(100_001, "inputs looked at, from −4 to 5", low=10_001, high=1_000_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Set the weights by hand; measure where a step stands, how wide its flank is, how high a bump comes."""
    begin, end = parameters.begin, parameters.begin + parameters.width
    if end > 0.95:
        raise SettingError(
            f"a bump from {begin:g} to {end:g} is not inside 0 to 1. Choose a smaller begin or width."
        )
    weights = several("weights", parameters.weights)
    inputs, shown = np.linspace(-4.0, 5.0, parameters.inputs), np.linspace(0.0, 1.0, 401)
    passes, tops, steps, bumps = [], [], [], []
    for index, weight in enumerate(parameters.weights):
        report(index / len(weights), "weights")
        one, two = step(weight, begin), bump(weight, begin, end, parameters.height)
        outputs = one.predict(inputs[:, np.newaxis])[:, 0]
        passes.append(np.interp((0.1, 0.5, 0.9), outputs, inputs))
        tops.append(two.predict(inputs[:, np.newaxis]).max() / parameters.height)
        steps.append(one.predict(shown[:, np.newaxis])[:, 0])
        bumps.append(two.predict(shown[:, np.newaxis])[:, 0])
    low, middle, high = np.array(passes).T
    flank, top = high - low, np.array(tops)
    return Result(
        {
            "step furthest from −b/w": float(np.abs(middle - begin).max()),
            "flank times weight": float((flank * weights).mean()),
            "slope of the flank": float(np.polyfit(np.log(weights), np.log(flank), 1)[0]),
            "top furthest from tanh(wd/4)": float(
                np.abs(top - np.tanh(weights * parameters.width / 4)).max()
            ),
            "top of the flattest": float(top[weights.argmin()]),
            "top of the steepest": float(top[weights.argmax()]),
        },
        {
            "input": shown.astype(np.float32),
            "step": np.array(steps, np.float32),
            "bump": np.array(bumps, np.float32),
            "flank": flank,
            "top": top,
        },
    )


def finding(results: Results) -> str:
    """How wide a flank is, and what becomes of a bump."""
    given = results.parameters
    return (
        f"The flank of a step is {results.mean('flank times weight'):.2f}/w wide; a bump reaches "
        f"{100 * results.mean('top of the flattest'):.0f} % of its height if w = {min(given.weights):g}, "
        f"{100 * results.mean('top of the steepest'):.0f} % if w = {max(given.weights):g}"
    )


def figure(results: Results) -> Figure:
    """Steps, the width of their flanks, bumps, and how high these come."""
    drawn, (steps, flanks, bumps, tops) = panels(finding(results), 2, 2)
    given, run = results.parameters, results.runs[0].arrays
    weights = np.array(given.weights)
    order = np.argsort(weights)
    for number, index in enumerate(order[np.linspace(0, len(order) - 1, min(4, len(order))).astype(int)]):
        drawing: dict[str, Any] = {
            "color": COLOURS[number],
            "linestyle": LINES[number],
            "label": f"w = {weights[index]:g}",
        }
        steps.plot(run["input"], run["step"][index], **drawing)
        bumps.plot(run["input"], run["bump"][index], **drawing)
    for axes, what in ((steps, "output of the neuron"), (bumps, "output of the network")):
        axes.set(xlabel="input x", ylabel=what)
        axes.legend()
    weights, flank, top = weights[order], run["flank"][order], run["top"][order]
    flanks.plot(weights, 2 * log(9) / weights, color="black", linestyle=":", label="2 ln 9 / w")
    flanks.plot(weights, flank, "o", color=COLOURS[0], label="measured")
    flanks.set(xscale="log", yscale="log", xlabel="weight w", ylabel="width of the flank, 0.1 to 0.9")
    fine = np.geomspace(weights[0], weights[-1], 200)
    tops.plot(fine, np.tanh(fine * given.width / 4), color="black", linestyle=":", label="tanh(wd/4)")
    tops.plot(weights, top, "o", color=COLOURS[0], label="measured")
    tops.set(xscale="log", ylim=(0, 1.1), xlabel="weight w", ylabel="top of the bump (share of its height)")
    flanks.legend()
    tops.legend()
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 4"

EXPERIMENTS = (
    Experiment(
        name="step-and-bump",
        title="A sigmoid as a step, two steps as a bump",
        subject="universality",
        parameters=Parameters(),
        quick={"inputs": 20_001},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "step-and-bump",
                BOOK,
                "distance of the step from −b/w",
                0.0,
                "step furthest from −b/w",
                unit="",
                tolerance=1e-6,
            ),
            Published(
                "step-and-bump",
                "theory: σ is 0.1 at −ln 9 and 0.9 at ln 9",
                "width of the flank from 0.1 to 0.9, times the weight",
                2 * log(9),
                "flank times weight",
                unit="",
                tolerance=0.01,
            ),
            Published(
                "step-and-bump",
                "theory: σ(wd/2) − σ(−wd/2), d being the width of the bump",
                "largest distance of the top of a bump from tanh(wd/4)",
                0.0,
                "top furthest from tanh(wd/4)",
                unit="",
                tolerance=1e-4,
            ),
        ),
        asks="A sigmoid neuron with one input and a large weight w looks like a step: off, then on. Where is "
        "the step, and how steep? Two such neurons, the second subtracted from the first, make a bump. These "
        "are the only pieces that the book's visual proof needs. Here the weights are set by hand, nothing "
        "is learnt, and position, flank and height are measured.",
        look_for="Above: all curves pass 1/2 at the same input, −b/w, and the larger w is, the narrower the "
        "flank, in exact proportion. Below: a bump comes to its full height only where "
        "its flanks are narrow beside its width.",
        seconds=0.1,
        seeds=1,
    ),
)
