"""What helps against overfitting: L2, L1, dropout, stopping early, a narrower start, shifted images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Split
from chainrule.data.load import load_data
from chainrule.data.shifts import SHIFTED, with_shifts
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.cross_entropy import BOOK, train_by_cross_entropy
from chainrule.lab.style import COLOURS, MARKERS, band, panels
from chainrule.lab.watching import Observer
from chainrule.regularizers import L1, L2
from chainrule.training import Patience

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """Few images, many epochs, and the strength of each remedy."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    dropout_hidden: int = parameter(100, "hidden neurons where some are dropped", low=1, high=2000)
    dropout: float = parameter(0.5, "share of hidden neurons dropped", low=0.0, high=0.95)
    l2: float = parameter(0.1, "λ of L2, for the term λ/(2n) Σw²", low=1e-6, high=1000.0)
    l1: float = parameter(0.1, "λ of L1, for the term λ/n Σ|w|", low=1e-6, high=1000.0)
    patience: int = parameter(10, "looks without a better one before stopping", low=1, high=1000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(400, "epochs; shifted images, five times as many, get a fifth", low=5, high=5000)
    images: int = parameter(1000, "training images", unit="images", low=100, high=50_000)
    every: int = parameter(10, "epochs between two looks at the images", unit="epochs", low=5, high=1000)


@dataclass(frozen=True)
class Remedy:
    """One way to train, where it differs from the plain one."""

    hidden: int
    shifts: bool = False
    stops: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


def remedies(parameters: Parameters) -> dict[str, Remedy]:
    """The ways to train that are compared, by name."""
    hidden = parameters.hidden
    return {
        "none": Remedy(hidden),
        "L2": Remedy(hidden, settings={"regularizers": [L2(parameters.l2)]}),
        "L1": Remedy(hidden, settings={"regularizers": [L1(parameters.l1)]}),
        "dropout": Remedy(parameters.dropout_hidden, settings={"dropout": parameters.dropout}),
        "as wide, no dropout": Remedy(parameters.dropout_hidden),
        "early stopping": Remedy(hidden, stops=True),
        "narrow start": Remedy(hidden, settings={"start": "lecun_normal"}),
        "shifted images": Remedy(hidden, shifts=True),
    }


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train once for each remedy, all for as many steps, except where a run stops early."""
    data = load_data("mnist")
    few = data.train.part(slice(parameters.images), data.train.name)
    ways = remedies(parameters)
    looks = parameters.epochs // parameters.every
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[np.float32]] = {
        "epoch": np.arange(1, looks + 1, dtype=np.float32) * parameters.every
    }
    for index, (name, way) in enumerate(ways.items()):
        train, share = (with_shifts(few), SHIFTED) if way.shifts else (few, 1)
        every = parameters.every // share
        observer = Observer(
            {"training": few, "test": data.test},
            report,
            name,
            begin=index / len(ways),
            end=(index + 1) / len(ways),
            every=every,
        )
        history = train_by_cross_entropy(
            Split(train, data.validation, data.test) if way.stops else train,
            observer,
            seed,
            hidden=way.hidden,
            learning_rate=parameters.learning_rate,
            batch_size=parameters.batch_size,
            epochs=looks * every,
            evaluate_every=every,
            stopping=Patience(parameters.patience) if way.stops else None,
            **way.settings,
        )
        values[f"{name}: epochs"] = float(len(history) * share)
        for part in ("training", "test"):
            accuracy = observer.accuracy(part)
            values[f"{name}: last {part} accuracy"] = accuracy[-1]
            kept = np.full(looks - len(accuracy), accuracy[-1])
            arrays[f"{name}: {part} accuracy"] = np.concatenate([accuracy, kept]).astype(np.float32)
        values[f"{name}: best test accuracy"] = observer.accuracy("test").max()
    return Result(values, arrays)


def finding(results: Results) -> str:
    """The remedies in the order of what they reach on the test images."""

    def reached(name: str) -> float:
        return results.mean(f"{name}: last test accuracy")

    names = sorted(remedies(results.parameters), key=reached, reverse=True)
    listed = ", ".join(f"{name} {reached(name):.1f}" for name in names)
    return f"{results.parameters.images:,} images, test accuracy at the end, %: {listed}"


def figure(results: Results) -> Figure:
    """Test curves on one axis, and where training and test accuracy end."""
    drawn, (curves, ends) = panels(finding(results), columns=2)
    epochs, names = results.runs[0].arrays["epoch"], list(remedies(results.parameters))
    for index, name in enumerate(names):
        look = {"marker": MARKERS[index], "markersize": 4, "markevery": max(1, len(epochs) // 8)}
        band(curves, epochs, results.arrays(f"{name}: test accuracy"), index, name, **look)
        for part, filled in (("training", False), ("test", True)):
            ends.errorbar(
                results.mean(f"{name}: last {part} accuracy"),
                index,
                xerr=results.deviation(f"{name}: last {part} accuracy"),
                color=COLOURS[index],
                marker=MARKERS[index],
                markerfacecolor=COLOURS[index] if filled else "white",
                capsize=3,
            )
    curves.set(
        xlabel=f"steps taken (epochs of {results.parameters.images:,} images)", ylabel="test accuracy (%)"
    )
    curves.set_title("marks as on the right")
    ends.set_yticks(range(len(names)), names)
    ends.invert_yaxis()
    ends.set(xlabel="accuracy at the end (%): filled test, hollow training")
    return drawn


def claim(remedy: str) -> Published:
    """A remedy for which the book gives no figure on these images."""
    value = f"{remedy}: last test accuracy"
    return Published("overfit-remedies", BOOK, f"test accuracy at the end, {remedy}", None, value)


EXPERIMENTS = (
    Experiment(
        name="overfit-remedies",
        title="Remedies for overfitting, side by side",
        subject="better learning",
        parameters=Parameters(),
        quick={"images": 500, "epochs": 20, "every": 20, "patience": 1, "dropout_hidden": 50},
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            claim(each) for each in ("L1", "dropout", "early stopping", "narrow start", "shifted images")
        ),
        asks="The book names four more remedies beside L2: L1, dropout, stopping early and artificial "
        "images. What is each worth on the same 1,000 images? A narrower start of the weights, "
        "N(0, 1/fan_in), is no remedy in the book; it stands beside them as the plain run starts so wide.",
        look_for="Every run takes as many steps, except the one that stops early. Compare how high the test "
        "curves end with how much of the training images is learnt: a remedy need not keep the network from "
        "learning those. The strengths are plain choices, not tuned ones. Dropout has 100 hidden neurons, "
        "half of them absent at each step; the run that is as wide without dropout shows how much of its "
        "gain is due to the neurons alone.",
        seconds=58.0,
        seeds=3,
    ),
)
