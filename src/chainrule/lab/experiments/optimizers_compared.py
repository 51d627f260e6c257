"""Seven optimisers from the same start: what each rate is worth, and how fast each learns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.errors import DivergedError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import MARKERS, band, panels
from chainrule.lab.watching import Observer, accuracy_and_loss
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import LBFGS, Optimizer, optimizer_named
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

STEPPING = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")
SPOKEN = {
    "sgd": "SGD",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
    "lbfgs": "L-BFGS",
}
STYLES = ("-", "--", ":", "-", "--", ":", "-.")


class CountingLBFGS(LBFGS):
    """L-BFGS that counts how often it went through all images: its line search may ask more than once."""

    passes = 0

    def minimize(self, loss_and_gradient: Callable[[], float]) -> float:
        def counted() -> float:
            self.passes += 1
            return loss_and_gradient()

        return super().minimize(counted)


def _network(hidden: int, seed: int) -> Network:
    return Network(fully_connected([784, hidden, 10], initializer="lecun_normal"), input_shape=784, seed=seed)


@dataclass(frozen=True)
class Parameters:
    """The rates, as chosen by ``optimizer-rates``, and the training."""

    sgd: float = parameter(0.3, "rate of plain gradient descent", low=0.0, high=100.0)
    momentum: float = parameter(0.03, "rate with momentum 0.9", low=0.0, high=100.0)
    nesterov: float = parameter(0.03, "rate with Nesterov's momentum 0.9", low=0.0, high=100.0)
    rmsprop: float = parameter(0.003, "rate of RMSProp", low=0.0, high=100.0)
    adam: float = parameter(0.003, "rate of Adam", low=0.0, high=100.0)
    adamw: float = parameter(0.003, "rate of AdamW", low=0.0, high=100.0)
    iterations: int = parameter(10, "L-BFGS iterations an epoch", low=1, high=1000)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    batch_size: int = parameter(10, "batch size, but for L-BFGS", unit="images", low=1, high=1000)
    epochs: int = parameter(10, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    watched: int = parameter(5_000, "training images the loss is watched on", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train the same start with each optimiser; validate after every epoch, test once."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    watched = train.part(slice(parameters.watched), "watched")
    values, arrays = {}, {}
    for index, name in enumerate(SPOKEN):
        network = _network(parameters.hidden, seed)
        optimizer = _optimizer(name, parameters)
        observer = Observer(
            {"validation": data.validation, "training": watched},
            report,
            f"training with {SPOKEN[name]}",
            begin=index / len(SPOKEN),
            end=(index + 1) / len(SPOKEN),
        )
        trainer = Trainer(
            network,
            loss="sigmoid_cross_entropy",
            optimizer=optimizer,
            batch_size=parameters.batch_size,
            epochs=parameters.epochs,
            seed=seed,
            callbacks=[observer],
        )
        trainer.fit(train)
        values[f"{name}: test accuracy"] = accuracy_and_loss(network, data.test, trainer.loss)[0]
        values[f"{name}: validation accuracy"] = observer.accuracy("validation")[-1]
        values[f"{name}: training loss"] = observer.loss("training")[-1]
        values[f"{name}: seconds"] = observer.seconds[-1]
        values[f"{name}: passes"] = float(
            optimizer.passes if isinstance(optimizer, CountingLBFGS) else parameters.epochs
        )
        arrays[f"{name}: validation accuracy"] = observer.accuracy("validation").astype(np.float32)
        arrays[f"{name}: training loss"] = observer.loss("training").astype(np.float32)
        arrays[f"{name}: seconds"] = np.array(observer.seconds, np.float32)
    return Result(values, arrays)


def _optimizer(name: str, parameters: Parameters) -> Optimizer:
    if name == "lbfgs":
        return CountingLBFGS(parameters.iterations)
    return optimizer_named(name)(getattr(parameters, name))


def finding(results: Results) -> str:
    """Which came out best, which worst, and what lies between them."""
    means = {name: results.mean(f"{name}: test accuracy") for name in SPOKEN}
    best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    return (
        f"After {results.parameters.epochs} epochs {SPOKEN[best]} reads most of the test images, "
        f"{results.said(f'{best}: test accuracy')} %, {SPOKEN[worst]} fewest, "
        f"{results.said(f'{worst}: test accuracy')} %; plain gradient descent has "
        f"{results.said('sgd: test accuracy')} %"
    )


def figure(results: Results) -> Figure:
    """Validation accuracy and training loss by epoch, and accuracy by second."""
    drawn, (by_epoch, loss, by_second) = panels(finding(results), columns=3)
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, (name, spoken) in enumerate(SPOKEN.items()):
        given = {"linestyle": STYLES[index], "marker": MARKERS[index], "markersize": 4}
        accuracy = results.arrays(f"{name}: validation accuracy")
        if name != "lbfgs":
            band(by_epoch, epochs, accuracy, index, spoken, **given)
            band(loss, epochs, results.arrays(f"{name}: training loss"), index, spoken, **given)
        else:
            passes = epochs * results.mean("lbfgs: passes") / results.parameters.epochs
            band(by_epoch, passes, accuracy, index, spoken, **given)
            band(loss, passes, results.arrays("lbfgs: training loss"), index, spoken, **given)
        band(by_second, results.arrays(f"{name}: seconds").mean(axis=0), accuracy, index, spoken, **given)
    lowest = min(results.arrays(f"{name}: validation accuracy")[:, 0].min() for name in STEPPING)
    for axes in (by_epoch, by_second):
        axes.set(ylabel="validation accuracy (%)", ylim=(max(lowest - 1, 0), None))
    for axes in (by_epoch, loss):
        axes.set(xlabel="times through the training images", xscale="log")
    loss.set(ylabel="training loss", yscale="log")
    loss.yaxis.set_major_formatter("{x:g}")
    loss.yaxis.set_minor_formatter("{x:g}")
    by_second.set(xlabel="seconds of training", xscale="log")
    for axes in (by_epoch, loss, by_second):
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
    loss.legend(fontsize=9)
    return drawn


@dataclass(frozen=True)
class Rates:
    """The rates tried, and how long each is tried."""

    rates: tuple[float, ...] = parameter(
        (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), "learning rates", low=1e-8, high=100.0
    )
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(2, "epochs with each rate", low=1, high=100)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def run_rates(parameters: Rates, seed: int, report: Report) -> Result:
    """Train the same start with every optimiser and every rate; judge on the validation part."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    found = np.empty((len(STEPPING), len(parameters.rates)))
    for (row, column), _ in np.ndenumerate(found):
        name, rate = STEPPING[row], parameters.rates[column]
        report((row + column / len(parameters.rates)) / len(STEPPING), f"{SPOKEN[name]}, rate {rate:g}")
        network = _network(parameters.hidden, seed)
        trainer = Trainer(
            network,
            loss="sigmoid_cross_entropy",
            optimizer=optimizer_named(name)(rate),
            batch_size=parameters.batch_size,
            epochs=parameters.epochs,
            seed=seed,
        )
        try:
            trainer.fit(train)
            found[row, column] = accuracy_and_loss(network, data.validation, trainer.loss)[0]
        except DivergedError:
            found[row, column] = 10.0
    values = {
        f"{name}: best rate": parameters.rates[int(row.argmax())]
        for name, row in zip(STEPPING, found, strict=True)
    }
    values |= {
        f"{name}: validation accuracy": float(row.max()) for name, row in zip(STEPPING, found, strict=True)
    }
    return Result(values, {"validation accuracy": found.astype(np.float32)})


def _best_rates(results: Results) -> dict[str, float]:
    mean = results.arrays("validation accuracy").mean(axis=0)
    return {
        name: results.parameters.rates[int(row.argmax())] for name, row in zip(STEPPING, mean, strict=True)
    }


def rates_finding(results: Results) -> str:
    """The best rate of each optimiser."""
    said = ", ".join(f"{SPOKEN[name]} {rate:g}" for name, rate in _best_rates(results).items())
    return f"Best of the rates tried, optimiser by optimiser: {said}"


def rates_figure(results: Results) -> Figure:
    """Validation accuracy by rate."""
    drawn, (axes,) = panels(rates_finding(results))
    found = results.arrays("validation accuracy")
    for index, name in enumerate(STEPPING):
        given = {"linestyle": STYLES[index], "marker": MARKERS[index], "markersize": 5}
        band(axes, results.parameters.rates, found[:, index], index, SPOKEN[name], **given)
    best = found.max()
    axes.set(
        xlabel="learning rate", ylabel="validation accuracy (%)", xscale="log", ylim=(best - 25, best + 1)
    )
    axes.legend(loc="lower center", ncols=2, fontsize=9)
    return drawn


EXPERIMENTS = (
    Experiment(
        name="optimizer-rates",
        title="The rate that each optimiser wants",
        subject="better learning",
        parameters=Rates(),
        quick={"rates": (0.001, 0.03, 1.0), "images": 3_000, "epochs": 1},
        run=run_rates,
        figure=rates_figure,
        finding=rates_finding,
        published=tuple(
            Published(
                "optimizer-rates", "measured here", f"{name}: best rate", None, f"{name}: best rate", ""
            )
            for name in STEPPING
        ),
        asks="Optimisers can only be compared when each has a rate that suits it. Which one is that, and how "
        "much is lost by a rate that is three times too large or too small? Judged on the validation part, "
        "after a few epochs.",
        look_for="All six hills have a flat top and nearly the same height, but they stand at different "
        "places. Momentum 0.9 adds up ten steps, so its hill stands a factor of ten to the left of plain "
        "descent; Adam and RMSProp stand further left and are no wider.",
        seconds=85.0,
        seeds=3,
    ),
    Experiment(
        name="optimizers",
        title="Seven optimisers from the same start",
        subject="better learning",
        parameters=Parameters(),
        quick={"images": 3_000, "epochs": 2, "watched": 1_000},
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            Published(
                "optimizers", "measured here", f"test accuracy, {spoken}", None, f"{name}: test accuracy"
            )
            for name, spoken in SPOKEN.items()
        ),
        asks="Does a cleverer step than the plain gradient pay on the digits? Seven optimisers train the "
        "same network from the same start by the cross-entropy, each with the rate that did best on the "
        "validation part (see optimizer-rates). L-BFGS has no rate: it uses all images for every step and "
        "searches along a line.",
        look_for="Once each has its rate, those that step after every batch end close together. Count the "
        "cost twice: by times through the images, where L-BFGS is far behind because it moves "
        "only once or so each time, and by seconds, where it is less far behind because large batches are "
        "cheap. A lower training loss is not a better reading of new images.",
        seconds=66.0,
    ),
)
