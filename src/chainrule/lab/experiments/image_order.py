"""Whether it matters that note 000 never shuffles its images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.in_order import InOrder
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.note_networks import SCALING, TARGETS, network_by
from chainrule.lab.style import MARKERS, band, panels, published_line
from chainrule.lab.watching import Observer
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


ORDERS = {"as the file has them": InOrder, "shuffled in each epoch": np.random.Generator}


@dataclass(frozen=True)
class Parameters:
    """The note's first network, by the note's rule."""

    neurons: int = parameter(200, "hidden neurons", low=1, high=1000)
    learning_rate: float = parameter(0.01, "learning rate", low=0.0, high=10.0)
    epochs: int = parameter(5, "epochs", low=1, high=100)
    images: int = parameter(60_000, "training images", unit="images", low=1000, high=60_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train the same start on the same images in both orders."""
    data = load_data("mnist", "60k")
    train = replace(data.train.part(slice(parameters.images), data.train.name), scaling=SCALING)
    test = replace(data.test, scaling=SCALING)
    arrays: dict[str, NDArray[Any]] = {}
    for index, (name, kind) in enumerate(ORDERS.items()):
        observer = Observer({"test": test}, report, name, begin=index / 2, end=(index + 1) / 2)
        Trainer(
            network_by("note", 1, parameters.neurons, seed),
            optimizer=SGD(parameters.learning_rate),
            batch_size=1,
            epochs=parameters.epochs,
            targets=TARGETS,
            seed=kind(np.random.PCG64(seed)),
            callbacks=[observer],
        ).fit(train)
        arrays[f"accuracy, {name}"] = observer.accuracy("test")
    values = {f"last {name}": float(accuracy[-1]) for name, accuracy in arrays.items()}
    return Result(values, arrays)


def finding(results: Results) -> str:
    """What either order came to."""
    file, shuffled = (results.said(f"last accuracy, {name}") for name in ORDERS)
    return (
        f"After {results.parameters.epochs} epochs {file} % with the images in the order of the file, "
        f"{shuffled} % with the images shuffled"
    )


def figure(results: Results) -> Figure:
    """Accuracy by epoch in both orders."""
    drawn, (axes,) = panels(finding(results))
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, name in enumerate(ORDERS):
        band(axes, epochs, results.arrays(f"accuracy, {name}"), index, name, marker=MARKERS[index])
    published_line(axes, results.published[0].figure or 0.0)
    axes.set(xlabel="epoch", ylabel="test accuracy (%)")
    axes.locator_params(axis="x", integer=True)
    axes.legend()
    return drawn


FILE, SHUFFLED = ORDERS

EXPERIMENTS = (
    Experiment(
        name="csv-3-order",
        title="Images in the order of the file, or shuffled",
        subject="first networks",
        parameters=Parameters(),
        quick={"images": 2_000, "epochs": 2},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published("csv-3", "note 000", "images in the file's order", 95.46, f"last accuracy, {FILE}"),
            Published("csv-3", "note 000", "images shuffled", None, f"last accuracy, {SHUFFLED}"),
        ),
        asks="Note 000 takes the images in each epoch in the order of its file; csv-3 shuffles them. Is that "
        "why csv-3 comes out a little higher after five epochs?",
        look_for="The two curves, and how far apart they are beside the spread between seeds.",
        seconds=120.0,
        seeds=2,
    ),
)
