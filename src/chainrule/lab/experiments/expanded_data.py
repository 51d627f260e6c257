"""More training images for nothing: each of them moved by one pixel in four directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.load import load_data
from chainrule.data.shifts import SHIFTED, with_shifts
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.cross_entropy import BOOK, train_by_cross_entropy
from chainrule.lab.style import MARKERS, band, panels
from chainrule.lab.watching import Observer
from chainrule.regularizers import L2

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

SETS = ("as they are", "shifted")


@dataclass(frozen=True)
class Parameters:
    """One network, trained for as many steps on the images and on five times as many."""

    hidden: int = parameter(100, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.1, "learning rate", low=0.0, high=100.0)
    weight_decay: float = parameter(5.0, "λ of L2 for the images as they are", low=1e-6, high=1000.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    rounds: int = parameter(6, "epochs over the shifted images; five times as many else", low=1, high=200)
    images: int = parameter(50_000, "training images before shifting", unit="images", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train on both sets for as many steps, with the same decay of the weights at each step."""
    data = load_data("mnist")
    plain = data.train.part(slice(parameters.images), data.train.name)
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[np.float64]] = {}
    for index, name in enumerate(SETS):
        train = with_shifts(plain) if name == "shifted" else plain
        more = len(train) // len(plain)
        observer = Observer(
            {"training": plain, "validation": data.validation or data.test, "test": data.test},
            report,
            name,
            begin=index / 2,
            end=(index + 1) / 2,
            every=SHIFTED // more,
        )
        train_by_cross_entropy(
            train,
            observer,
            seed,
            hidden=parameters.hidden,
            learning_rate=parameters.learning_rate,
            start="lecun_normal",
            batch_size=parameters.batch_size,
            epochs=parameters.rounds * SHIFTED // more,
            regularizers=[L2(parameters.weight_decay * more)],
        )
        for part in ("training", "validation", "test"):
            accuracy = observer.accuracy(part)
            values[f"{name}: last {part} accuracy"] = accuracy[-1]
            arrays[f"{name}: {part} accuracy"] = accuracy
    last = "last test accuracy"
    values["gained by shifting"] = values[f"shifted: {last}"] - values[f"as they are: {last}"]
    arrays["epoch"] = SHIFTED * np.arange(1.0, parameters.rounds + 1)
    return Result(values, arrays)


def finding(results: Results) -> str:
    """Test accuracy without and with shifted images."""
    plain, shifted = (results.said(f"{name}: last test accuracy") for name in SETS)
    return (
        f"{results.parameters.images:,} images: {plain} % of the test images are read; after as many steps "
        f"on the same images and their four shifts: {shifted} %"
    )


def figure(results: Results) -> Figure:
    """Accuracy on the test images, and on the images before shifting, along the steps."""
    drawn, (axes,) = panels(finding(results))
    epochs = results.runs[0].arrays["epoch"]
    for index, name in enumerate(SETS):
        for part, line in (("training", "--"), ("test", "-")):
            band(
                axes,
                epochs,
                results.arrays(f"{name}: {part} accuracy"),
                index,
                f"{part}, {name}",
                linestyle=line,
                marker=MARKERS[index],
                markersize=5,
                markerfacecolor="white" if part == "training" else None,
            )
    axes.set(xlabel=f"steps taken (epochs of {results.parameters.images:,} images)", ylabel="accuracy (%)")
    axes.legend()
    return drawn


EXPERIMENTS = (
    Experiment(
        name="expanded-data",
        title="Each image moved by one pixel",
        subject="better learning",
        parameters=Parameters(),
        quick={"images": 1000, "rounds": 6, "weight_decay": 0.1, "hidden": 50},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "expanded-data",
                BOOK,
                "points gained on the test images",
                None,
                "gained by shifting",
                unit="points",
            ),
        ),
        asks="A digit that is moved by one pixel is the same digit. Moving each training image up, down, "
        "left and right gives five times as many images at no cost of labelling. Are they worth anything to "
        "a network that takes no more steps for it?",
        look_for="Both runs take as many steps at the same rate, with the same decay of the weights, so that "
        "only the images differ. See whether the gap between training and test accuracy narrows, and whether "
        "it does so because fewer training images, or more test images, are read.",
        seconds=67.0,
        seeds=3,
    ),
)
