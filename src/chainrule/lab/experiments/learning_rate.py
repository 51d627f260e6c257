"""The learning rate: which one to take, and how it should change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, band, panels
from chainrule.lab.watching import Observer
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.schedules import Cosine, HalveWhenStalled, Schedule, constant
from chainrule.training import Callback, Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "book_trainer", "first_images"]

STYLES = ("-", "--", ":")


def book_trainer(
    parameters: Any, seed: int, rate: float, callbacks: Sequence[Callback], **given: Any
) -> Trainer:
    """The book's network of chapter 3, ready to be trained; its strength λ is for 50,000 images."""
    return Trainer(
        Network(
            fully_connected([784, parameters.hidden, 10], initializer="lecun_normal"),
            input_shape=784,
            seed=seed,
        ),
        loss="sigmoid_cross_entropy",
        optimizer=SGD(rate),
        regularizers=[L2(parameters.strength * parameters.images / 50_000)],
        seed=seed,
        callbacks=callbacks,
        **given,
    )


def first_images(parameters: Any) -> Dataset:
    """The first of the training images, ``parameters.images`` of them."""
    train = load_data("mnist").train
    return train.part(slice(parameters.images), train.name)


@dataclass(frozen=True)
class Range:
    """The rising rate of the range test, and the rates that are then trained with."""

    lowest: float = parameter(0.001, "rate the range test begins with", low=1e-8, high=1.0)
    highest: float = parameter(100.0, "rate the range test ends with", low=0.001, high=1e5)
    rates: tuple[float, ...] = parameter((0.025, 0.25, 2.5), "rates trained with", low=1e-8, high=1e5)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    strength: float = parameter(5.0, "λ of L2 regularisation, for 50,000 images", low=1e-6, high=1e4)
    epochs: int = parameter(30, "epochs with each rate", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=1_000, high=50_000)


_BLOCKS = 60


@dataclass(frozen=True)
class Rising:
    """A schedule: the rate grows evenly in its logarithm, from 1 to ``factor`` times itself."""

    factor: float

    def __call__(self, epoch: float, epochs: int, accuracies: Sequence[float]) -> float:
        return float(self.factor ** (epoch / epochs))


class BatchLosses(Callback):
    """Notes the loss of every batch and the rate it was met with."""

    def __init__(self) -> None:
        self.totals: list[float] = [0.0]
        self.rates: list[float] = []

    def on_batch(self, trainer: Trainer) -> None:
        self.totals.append(trainer.loss_total)
        self.rates.append(trainer.learning_rate)


def run_range(parameters: Range, seed: int, report: Report) -> Result:
    """One epoch while the rate rises, then a whole training with each of a few rates."""
    train, losses = first_images(parameters), BatchLosses()
    report(0.0, "range test")
    rising = Rising(parameters.highest / parameters.lowest)
    book_trainer(parameters, seed, parameters.lowest, [losses], epochs=1, schedule=rising).fit(train)
    blocks = np.array_split(np.diff(losses.totals) / 10, _BLOCKS)
    loss = np.array([block.mean() for block in blocks])
    rate = np.array([np.exp(np.log(block).mean()) for block in np.array_split(losses.rates, _BLOCKS)])
    lowest = int(loss.argmin())
    beyond = np.flatnonzero(loss[lowest:] > 2 * loss[lowest])
    values = {
        "rate of the least loss": float(rate[lowest]),
        "rate where the loss has doubled": float(rate[lowest + beyond[0]] if len(beyond) else rate[-1]),
    }
    arrays = {"rate": rate, "loss in the range test": loss}
    for index, each in enumerate(parameters.rates):
        observer = Observer(
            {},
            report,
            f"training with rate {each:g}",
            begin=(index + 0.2) / len(parameters.rates),
            end=(index + 1) / len(parameters.rates),
        )
        history = book_trainer(parameters, seed, each, [observer], epochs=parameters.epochs).fit(train)
        arrays[f"training loss, rate {each:g}"] = np.array([record.loss for record in history.epochs])
        values[f"last training loss, rate {each:g}"] = history[-1].loss
    return Result(values, arrays)


def range_finding(results: Results) -> str:
    """Where the loss is least as the rate rises, and which rate did best in the end."""
    last = {rate: results.mean(f"last training loss, rate {rate:g}") for rate in results.parameters.rates}
    best = min(last, key=last.__getitem__)
    least, doubled = (
        np.exp(np.log(results.values(name)).mean())
        for name in ("rate of the least loss", "rate where the loss has doubled")
    )
    return (
        f"As the rate rises the loss is least near {least:.2g} and twice that near {doubled:.2g}; of the "
        f"rates trained with for {results.parameters.epochs} epochs, {best:g} came to the least loss, "
        f"{last[best]:.3f}"
    )


def range_figure(results: Results) -> Figure:
    """Loss by rising rate, and loss by epoch for a few rates."""
    drawn, (left, right) = panels(range_finding(results), columns=2)
    band(left, results.runs[0].arrays["rate"], results.arrays("loss in the range test"), 6, "range test")
    for index, rate in enumerate(results.parameters.rates):
        style = STYLES[index % len(STYLES)]
        colour = COLOURS[index % len(COLOURS)]
        left.axvline(rate, color=colour, linestyle=style, linewidth=1.5, label=f"rate {rate:g}")
        loss = results.arrays(f"training loss, rate {rate:g}")
        band(right, np.arange(1, loss.shape[1] + 1), loss, index, f"rate {rate:g}", linestyle=style)
    left.set(
        xlabel="learning rate, rising within one epoch",
        ylabel="loss of the batches met",
        xscale="log",
        yscale="log",
    )
    right.set(xlabel="epoch", ylabel="training loss", yscale="log")
    right.locator_params(axis="x", integer=True)
    left.legend(fontsize=9)
    right.legend(fontsize=9)
    return drawn


@dataclass(frozen=True)
class Schedules:
    """One rate to begin with, and three ways to go on."""

    learning_rate: float = parameter(0.5, "learning rate at the start", low=0.0, high=100.0)
    patience: int = parameter(3, "epochs without progress before the rate is halved", low=1, high=100)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    strength: float = parameter(5.0, "λ of L2 regularisation, for 50,000 images", low=1e-6, high=1e4)
    epochs: int = parameter(20, "epochs", low=2, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=1_000, high=50_000)


_WAYS = ("constant", "halved when stalled", "half a cosine")


def run_schedules(parameters: Schedules, seed: int, report: Report) -> Result:
    """Train the same start with each schedule; test at the last epoch."""
    data, train = load_data("mnist"), first_images(parameters)
    assert data.validation is not None
    ways: tuple[Schedule, ...] = (constant, HalveWhenStalled(parameters.patience), Cosine())
    values, arrays = {}, {}
    for index, (name, schedule) in enumerate(zip(_WAYS, ways, strict=True)):
        observer = Observer({}, report, f"training, rate {name}", begin=index / 3, end=(index + 1) / 3)
        trainer = book_trainer(
            parameters,
            seed,
            parameters.learning_rate,
            [observer],
            epochs=parameters.epochs,
            schedule=schedule,
        )
        history = trainer.fit(type(data)(train, data.validation, data.test))
        answers = trainer.network.classify(data.test.inputs)
        accuracy = 100 * np.array(history.accuracies)
        values[f"test accuracy, {name}"] = 100 * float((answers == data.test.labels).mean())
        values[f"validation accuracy, {name}"] = float(accuracy[-1])
        values[f"last loss, {name}"] = history[-1].loss
        arrays[f"validation accuracy, {name}"] = accuracy
        arrays[f"rate, {name}"] = np.array([record.learning_rate for record in history.epochs])
    return Result(values, arrays)


def schedules_finding(results: Results) -> str:
    """What each schedule came to."""
    said = ", ".join(f"{name} {results.said(f'test accuracy, {name}')} %" for name in _WAYS)
    return f"Test accuracy after {results.parameters.epochs} epochs, by what the rate does: {said}"


def schedules_figure(results: Results) -> Figure:
    """Validation accuracy and rate, epoch by epoch."""
    drawn, (left, right) = panels(schedules_finding(results), columns=2)
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, name in enumerate(_WAYS):
        given = {"linestyle": STYLES[index], "marker": MARKERS[index], "markersize": 4}
        band(left, epochs, results.arrays(f"validation accuracy, {name}"), index, name, **given)
        band(right, epochs, results.arrays(f"rate, {name}"), index, name, **given)
    left.set(xlabel="epoch", ylabel="validation accuracy (%)")
    right.set(xlabel="epoch", ylabel="learning rate at the epoch's end")
    for axes in (left, right):
        axes.locator_params(axis="x", integer=True)
    left.legend(loc="lower right")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="rate-range",
        title="Finding a learning rate in one epoch",
        subject="better learning",
        parameters=Range(),
        quick={"epochs": 2, "images": 3_000},
        run=run_range,
        figure=range_figure,
        finding=range_finding,
        published=(
            Published(
                "rate-range", "measured here", "rate of the least loss", None, "rate of the least loss", ""
            ),
        ),
        asks="The book finds a rate by training with a few that lie far apart, 0.025, 0.25 and 2.5, and "
        "looking at the training cost. A range test asks the same within one epoch: the rate rises from "
        "batch to batch, and the loss says where it becomes too large.",
        look_for="On the left, the loss falls while the rate is useful, lies low over a decade or so, and "
        "climbs when steps overshoot. A good rate stands well to the left of the climb. On the right, the "
        "smallest rate is smooth and slow, the largest is stuck above the others.",
        seconds=55.0,
        seeds=3,
    ),
    Experiment(
        name="schedules",
        title="A rate that shrinks",
        subject="better learning",
        parameters=Schedules(),
        quick={"epochs": 4, "images": 5_000, "patience": 1},
        run=run_schedules,
        figure=schedules_figure,
        finding=schedules_finding,
        published=tuple(
            Published("schedules", "measured here", f"test accuracy, {name}", None, f"test accuracy, {name}")
            for name in ("constant", "halved when stalled", "half a cosine")
        ),
        asks="A large rate learns fast and then rattles about the goal; a small one is slow. Is it worth "
        "beginning with the one and ending with the other? Constant, halved whenever validation accuracy "
        "stalls, and half a cosine down to nothing, from the same start.",
        look_for="With a constant rate the curve jumps up and down to the end. The shrinking rates calm "
        "down, and end a little higher and with less spread between seeds.",
        seconds=51.0,
        seeds=3,
    ),
)
