"""One to four hidden layers of 30 neurons: whether more of them read better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import Observer
from chainrule.layers import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

DEPTHS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Parameters:
    """The settings that the four networks share."""

    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    learning_rate: float = parameter(0.1, "learning rate", low=0.0, high=10.0)
    weight_decay: float = parameter(5.0, "λ of the L2 term", low=1e-9, high=1000.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(30, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=1000, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train the four by cross-entropy, and look at the validation images after every epoch."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    curves = []
    for index, depth in enumerate(DEPTHS):
        sizes = [784] + [parameters.neurons] * depth + [10]
        observer = Observer(
            {"validation": data.validation},
            report,
            f"{depth} hidden",
            begin=index / len(DEPTHS),
            end=(index + 1) / len(DEPTHS),
        )
        Trainer(
            Network(fully_connected(sizes, initializer="lecun_normal"), 784, seed=seed),
            loss="sigmoid_cross_entropy",
            optimizer=SGD(parameters.learning_rate),
            regularizers=[L2(parameters.weight_decay)],
            batch_size=parameters.batch_size,
            epochs=parameters.epochs,
            seed=seed,
            callbacks=[observer],
        ).fit(train)
        curves.append(observer.accuracy("validation"))
    values = {}
    for depth, curve in zip(DEPTHS, curves, strict=True):
        values[f"last, {depth} hidden"] = float(curve[-1])
        values[f"best, {depth} hidden"] = float(curve.max())
    return Result(values, {"validation accuracy": np.array(curves, np.float32)})


def finding(results: Results) -> str:
    """Which depth reads most, and what the last layers are worth."""
    means = [results.mean(f"last, {depth} hidden") for depth in DEPTHS]
    best = DEPTHS[int(np.argmax(means))]
    gain = means[-1] - means[0]
    verdict = "more" if gain >= 0 else "fewer"
    return (
        f"Most validation images are read with {best} hidden layer{'s' if best > 1 else ''}, "
        f"{results.said(f'last, {best} hidden')} %; with four, {abs(gain):.2f} points {verdict} than with one"
    )


def figure(results: Results) -> Figure:
    """Accuracy in the end by depth, and on the way there."""
    drawn, (ends, ways) = panels(finding(results), columns=2)
    for index, (when, offset) in enumerate((("last", -0.08), ("best", 0.08))):
        names = [f"{when}, {depth} hidden" for depth in DEPTHS]
        ends.errorbar(
            np.array(DEPTHS) + offset,
            [results.mean(name) for name in names],
            [results.deviation(name) for name in names],
            color=COLOURS[index],
            marker=MARKERS[index],
            capsize=4,
            label=f"ours, {when} epoch, mean ± sd",
        )
    claims = [(index + 1, claim.figure) for index, claim in enumerate(results.published)]
    ends.plot(*zip(*claims, strict=True), "kx", markersize=9, label="published (one run)")
    ends.set(xlabel="hidden layers", ylabel="validation accuracy (%)", xticks=DEPTHS)
    ends.legend(fontsize=9)
    curves = results.arrays("validation accuracy").mean(axis=0)
    epochs = np.arange(1, curves.shape[1] + 1)
    for index, (depth, curve) in enumerate(zip(DEPTHS, curves, strict=True)):
        marks: dict[str, Any] = {
            "marker": MARKERS[index],
            "markevery": max(1, len(epochs) // 6),
            "color": COLOURS[index],
        }
        ways.plot(epochs, curve, label=f"{depth} hidden", **marks)
    ways.set(xlabel="epochs done", ylabel="validation accuracy (%)")
    ways.legend(fontsize=9)
    return drawn


SOURCE = "Nielsen, Neural Networks and Deep Learning, chapter 5; note 003"

EXPERIMENTS = (
    Experiment(
        name="depth-accuracy",
        title="One to four hidden layers",
        subject="depth",
        parameters=Parameters(),
        quick={"images": 2_500, "epochs": 3},
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            Published(
                f"depth-{depth}",
                SOURCE,
                f"validation accuracy with {depth} hidden, last epoch",
                accuracy,
                f"last, {depth} hidden",
                tolerance=0.1,
            )
            for depth, accuracy in zip(DEPTHS, (96.48, 96.90, 96.57, 96.53), strict=True)
        ),
        asks="A deeper network can say all that a shallow one can, and more. Does it therefore learn to read "
        "digits better? Four networks are trained alike, with one to four hidden layers of 30 sigmoid "
        "neurons.",
        look_for="The second hidden layer helps, the third and fourth do not, though in principle they could "
        "do nothing at all and leave the accuracy where it was. On the right, deeper networks also "
        "begin later. The published accuracies are those of single runs: hold their differences "
        "against the spread between our runs.",
        seconds=123.0,
    ),
)
