"""Four ways to draw the first weights, and how much of the first epoch each of them wastes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.cross_entropy import BOOK, train_by_cross_entropy
from chainrule.lab.style import MARKERS, band, panels
from chainrule.lab.watching import Observer
from chainrule.regularizers import L2

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

STARTS = {
    "normal": "N(0, 1)",
    "lecun_normal": "N(0, 1/fan_in)",
    "glorot_normal": "Xavier, N(0, 2/(fan_in + fan_out))",
    "he_normal": "He, N(0, 2/fan_in)",
}


@dataclass(frozen=True)
class Parameters:
    """One network, trained from each start in the same way."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.1, "learning rate", low=0.0, high=100.0)
    weight_decay: float = parameter(5.0, "λ of L2, for the term λ/(2n) Σw²", low=1e-6, high=1000.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(30, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train from each start, and look at the validation images after every epoch."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[np.float64]] = {}
    for index, (start, label) in enumerate(STARTS.items()):
        observer = Observer(
            {"validation": data.validation or data.test},
            report,
            label,
            begin=index / len(STARTS),
            end=(index + 1) / len(STARTS),
        )
        train_by_cross_entropy(
            train,
            observer,
            seed,
            hidden=parameters.hidden,
            learning_rate=parameters.learning_rate,
            start=start,
            batch_size=parameters.batch_size,
            epochs=parameters.epochs,
            regularizers=[L2(parameters.weight_decay)],
        )
        accuracy = observer.accuracy("validation")
        values[f"{start}: accuracy after the first epoch"] = accuracy[0]
        values[f"{start}: last accuracy"] = accuracy[-1]
        arrays[f"{start}: accuracy"] = accuracy
        arrays["epoch"] = np.array(observer.epochs, np.float64)
    return Result(values, arrays)


def finding(results: Results) -> str:
    """First epoch and end of the book's two starts."""

    def said(start: str, when: str) -> str:
        return f"{results.said(f'{start}: {when}')} %"

    first, last = "accuracy after the first epoch", "last accuracy"
    return (
        f"After one epoch: {said('normal', first)} from N(0, 1), {said('lecun_normal', first)} from "
        f"N(0, 1/fan_in); after {results.parameters.epochs}: {said('normal', last)} and "
        f"{said('lecun_normal', last)}"
    )


def figure(results: Results) -> Figure:
    """Accuracy on the validation images from every start, on one axis."""
    drawn, (axes,) = panels(finding(results))
    epochs = results.runs[0].arrays["epoch"]
    for index, (start, label) in enumerate(STARTS.items()):
        runs = results.arrays(f"{start}: accuracy")
        band(axes, epochs, runs, index, label, marker=MARKERS[index], markersize=4)
    axes.set(xlabel="epochs trained", ylabel="validation accuracy (%)")
    axes.locator_params(axis="x", integer=True)
    axes.legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="init",
        title="Four starts for the weights",
        subject="better learning",
        parameters=Parameters(),
        quick={"images": 4_000, "epochs": 3, "learning_rate": 0.2, "weight_decay": 0.4},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "init",
                BOOK,
                "validation accuracy after the first epoch from N(0, 1), under",
                87.0,
                "normal: accuracy after the first epoch",
                tolerance=1.0,
            ),
            Published(
                "init",
                BOOK,
                "validation accuracy after the first epoch from N(0, 1/fan_in), almost",
                93.0,
                "lecun_normal: accuracy after the first epoch",
                tolerance=1.0,
            ),
            Published(
                "init",
                BOOK,
                "validation accuracy at the end from N(0, 1), near",
                96.0,
                "normal: last accuracy",
                tolerance=0.6,
            ),
            Published(
                "init",
                BOOK,
                "validation accuracy at the end from N(0, 1/fan_in), near",
                96.0,
                "lecun_normal: last accuracy",
                tolerance=0.6,
            ),
        ),
        asks="A hidden neuron sums hundreds of weighted pixels. Drawn from N(0, 1), its weights make that "
        "sum so large that the sigmoid starts at its flat end. How much does a narrower start save, and does "
        "it matter in the end? Xavier's and He's starts stand beside the book's two.",
        look_for="The gap at the first epoch, and how it closes. The three narrow starts differ in spread by "
        "less than a factor of two; N(0, 1) is of another size, 28 times as wide as N(0, 1/fan_in) for 784 "
        "inputs. Weight decay shrinks the wide start in time.",
        seconds=89.0,
    ),
)
