"""Rosenblatt's rule: it ends where a line parts the examples, and the margin says how soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.logic import AND, NAND, OR, learn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """How long the rule is given, and the random examples it is tried on."""

    epochs: int = parameter(30, "epochs given for logic functions", low=5, high=1000)
    points: int = parameter(200, "random examples", low=10, high=5000)
    dimensions: int = parameter(2, "inputs of a random example", low=1, high=50)
    margins: tuple[float, ...] = parameter(
        (0.2, 0.1, 0.05, 0.02, 0.01), "distances kept from the true plane", low=0.001, high=0.5
    )
    trials: int = parameter(10, "sets of examples for each margin", low=1, high=100)


def majority(*bits: int) -> int:
    """1 where more than half of the bits are 1."""
    return int(sum(bits) > len(bits) / 2)


def exclusive_or(first: int, second: int) -> int:
    """1 where just one of the two is 1."""
    return first ^ second


FUNCTIONS: dict[str, tuple[Callable[..., int], int]] = {
    "AND": (AND, 2),
    "OR": (OR, 2),
    "NAND": (NAND, 2),
    "majority of 5": (majority, 5),
    "XOR": (exclusive_or, 2),
}


def separable(
    draw: np.random.Generator, points: int, dimensions: int, margin: float
) -> tuple[list[tuple[list[float], int]], float]:
    """Random examples that keep ``margin`` from a random plane, and the bound (R / γ)² on mistakes.

    Inputs are uniform in −1 … 1; lengths and distances are those of (x, 1).
    """
    across = draw.normal(size=dimensions)
    plane = np.append(across / np.linalg.norm(across), draw.uniform(-0.3, 0.3))
    plane /= np.linalg.norm(plane)
    kept = np.empty((0, dimensions + 1))
    while len(kept) < points:
        drawn = np.column_stack([draw.uniform(-1, 1, (points, dimensions)), np.ones(points)])
        kept = np.concatenate([kept, drawn[np.abs(drawn @ plane) >= margin]])[:points]
    distances = kept @ plane
    bound = float((kept**2).sum(axis=1).max() / np.abs(distances).min() ** 2)
    wanted = (distances > 0).astype(int).tolist()
    return list(zip(kept[:, :-1].tolist(), wanted, strict=True)), bound


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Learn the functions, then sets of random examples of ever smaller margin."""
    values: dict[str, float] = {}
    arrays = {}
    for name, (function, inputs) in FUNCTIONS.items():
        rows = [(row, function(*row)) for row in product((0, 1), repeat=inputs)]
        learning = learn(rows, parameters.epochs)
        values[f"{name}: mistakes in all"] = sum(learning.mistakes)
        values[f"{name}: mistakes in the last epoch"] = learning.mistakes[-1]
        values[f"{name}: epochs until the weights come back"] = learning.period or 0
        arrays[name] = np.array(learning.mistakes)
    draw = np.random.default_rng(seed)
    made, bounds = (np.zeros((len(parameters.margins), parameters.trials)) for _ in range(2))
    for row, margin in enumerate(parameters.margins):
        report(row / len(parameters.margins), f"margin {margin:g}")
        for trial in range(parameters.trials):
            examples, bound = separable(draw, parameters.points, parameters.dimensions, margin)
            learning = learn(examples, epochs=20_000)
            made[row, trial], bounds[row, trial] = sum(learning.mistakes), bound
    values["most mistakes as a share of the bound"] = float((made / bounds).max())
    for name, row in (("first", 0), ("last", -1)):
        values[f"median mistakes at the {name} margin"] = float(np.median(made[row]))
    return Result(values, {**arrays, "mistakes": made, "bounds": bounds})


def finding(results: Results) -> str:
    """What was learnt and what was not, and how far below the bound, in a sentence."""
    last = {name: results.mean(f"{name}: mistakes in the last epoch") for name in FUNCTIONS}
    learnt = [name for name, mistakes in last.items() if mistakes == 0]
    failed = [f"{name} ({mistakes:.0f} mistakes an epoch)" for name, mistakes in last.items() if mistakes]
    share = 100 * results.values("most mistakes as a share of the bound").max()
    return (
        f"Learnt without a mistake left: {', '.join(learnt) or 'nothing'}; never within "
        f"{results.parameters.epochs} epochs: {', '.join(failed) or 'nothing'}. On random examples at most "
        f"{share:.0f} % of the mistakes that the margin allows were made"
    )


def figure(results: Results) -> Figure:
    """Mistakes epoch by epoch, and mistakes against the bound."""
    drawn, (left, right) = panels(finding(results), 2)
    arrays = results.runs[0].arrays
    for index, name in enumerate(FUNCTIONS):
        mistakes = arrays[name][:16]
        left.plot(
            np.arange(1, len(mistakes) + 1),
            mistakes,
            marker=MARKERS[index],
            markersize=11 - 1.5 * index,
            color=COLOURS[index],
            label=name,
            linestyle="--" if name == "XOR" else "-",
        )
    left.set(xlabel="epoch", ylabel="mistakes in the epoch", title="logic functions, from zeros")
    left.legend()
    bounds, mistakes = results.arrays("bounds"), results.arrays("mistakes")
    for index, margin in enumerate(results.parameters.margins):
        right.plot(
            bounds[:, index].ravel(),
            mistakes[:, index].ravel(),
            MARKERS[index % len(MARKERS)],
            color=COLOURS[index % len(COLOURS)],
            alpha=0.6,
            markersize=5,
            label=f"margin {margin:g}",
        )
    ends = np.array([bounds.min(), bounds.max()])
    right.plot(ends, ends, ":", color="black", label="the bound itself")
    right.set(xscale="log", yscale="log", xlabel="bound on mistakes, (R / γ)²", ylabel="mistakes made")
    right.set_title("random examples that a line parts")
    right.legend(fontsize=9)
    return drawn


MEASURED = "measured here"

EXPERIMENTS = (
    Experiment(
        name="perceptron-rule",
        title="What a single perceptron can learn, and how soon",
        subject="perceptrons and circuits",
        parameters=Parameters(),
        quick={"points": 60, "margins": (0.2, 0.1, 0.05), "trials": 5},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "perceptron-rule", MEASURED, "mistakes until AND is learnt", None, "AND: mistakes in all", ""
            ),
            Published(
                "perceptron-rule",
                MEASURED,
                "mistakes on XOR in the last epoch",
                None,
                "XOR: mistakes in the last epoch",
                "",
            ),
            Published(
                "perceptron-rule",
                MEASURED,
                "most mistakes as a share of Novikoff's bound",
                None,
                "most mistakes as a share of the bound",
                "",
            ),
        ),
        asks="Rosenblatt's rule changes the weights after each mistake and never otherwise. When does it "
        "end, how many mistakes does it make until then, and what happens where no line parts the examples?",
        look_for="Left: four functions come down to no mistakes; XOR does not, and since the same weights "
        "come back it never will. Right: a narrower margin allows more mistakes, by the square, and more "
        "are made, but far fewer than allowed: the bound is for the worst set of examples, and these are "
        "random.",
        seconds=0.2,
    ),
)
