"""How many hidden neurons: three rules of thumb from note 002, and a sweep from 10 to 1,000."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import Observer, accuracy_and_loss
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "size_by_logarithm", "size_by_product", "size_by_sum"]


def size_by_sum(inputs: int, outputs: int, alpha: int) -> int:
    """√(n + l) + α, rounded: the first rule of note 002, α from 1 to 10."""
    return round(sqrt(inputs + outputs) + alpha)


def size_by_logarithm(inputs: int) -> int:
    """log₂ n, rounded: the second rule."""
    return round(log2(inputs))


def size_by_product(inputs: int, outputs: int) -> int:
    """√(n l), rounded: the third rule."""
    return round(sqrt(inputs * outputs))


@dataclass(frozen=True)
class Training:
    """How every network is trained: sigmoid neurons, cross-entropy, weights from N(0, 1/inputs)."""

    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(6, "epochs", low=1, high=100)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


@dataclass(frozen=True)
class Rules(Training):
    """The constants of the first rule, and a network beside those of the rules."""

    alphas: tuple[int, ...] = parameter(tuple(range(1, 11)), "the constants α to try", low=1, high=10)
    beside: int = parameter(300, "hidden neurons of the network beside: the note's choice", low=1, high=2000)


@dataclass(frozen=True)
class Sweep(Training):
    """The sizes of the sweep."""

    batch_size: int = parameter(20, "batch size", unit="images", low=1, high=1000)
    learning_rate: float = parameter(1.0, "learning rate", low=0.0, high=100.0)
    epochs: int = parameter(5, "epochs", low=1, high=100)
    sizes: tuple[int, ...] = parameter((10, 30, 100, 300, 1000), "hidden neurons", low=1, high=2000)


def run_rules(parameters: Rules, seed: int, report: Report) -> Result:
    """Train a network of every size that a rule names, and one beside them."""
    sums = [size_by_sum(784, 10, alpha) for alpha in parameters.alphas]
    logarithm, product = size_by_logarithm(784), size_by_product(784, 10)
    sizes = sorted({logarithm, *sums, product, parameters.beside})
    result = _measured(parameters, sizes, seed, report)
    accuracy = dict(zip(sizes, result.arrays["test accuracy"].tolist(), strict=True))
    by_sum = [accuracy[size] for size in sums]
    values = {
        "accuracy by log2 n": accuracy[logarithm],
        "accuracy by sqrt(n + l) + alpha": float(np.mean(by_sum)),
        "spread over alpha": max(by_sum) - min(by_sum),
        "accuracy by sqrt(n l)": accuracy[product],
        "accuracy of the network beside": accuracy[parameters.beside],
    }
    return Result(values, result.arrays)


def run_sweep(parameters: Sweep, seed: int, report: Report) -> Result:
    """Train a network of every size."""
    sizes = sorted(set(parameters.sizes))
    arrays = _measured(parameters, sizes, seed, report).arrays
    accuracy, seconds = arrays["test accuracy"], arrays["seconds an epoch"]
    values = {
        "accuracy, fewest neurons": float(accuracy[0]),
        "accuracy, most neurons": float(accuracy[-1]),
        "gained by the last step": float(np.diff(accuracy, prepend=accuracy[0])[-1]),
        "seconds an epoch, fewest neurons": float(seconds[0]),
        "seconds an epoch, most neurons": float(seconds[-1]),
    }
    return Result(values, arrays)


def _measured(parameters: Training, sizes: list[int], seed: int, report: Report) -> Result:
    """Accuracy (%), parameters and seconds an epoch of a network of each size, largest first."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    rows: dict[str, list[float]] = {
        name: [] for name in ("validation accuracy", "test accuracy", "parameters", "seconds an epoch")
    }
    for index, hidden in enumerate(reversed(sizes)):
        layers = fully_connected([784, hidden, 10], initializer="lecun_normal")
        network = Network(layers, input_shape=784, seed=seed)
        observer = Observer(
            {"validation": data.validation},
            report,
            f"{hidden} neurons",
            begin=index / len(sizes),
            end=(index + 1) / len(sizes),
            every=parameters.epochs,
        )
        trainer = Trainer(
            network,
            loss="sigmoid_cross_entropy",
            optimizer=SGD(parameters.learning_rate),
            batch_size=parameters.batch_size,
            epochs=parameters.epochs,
            seed=seed,
            callbacks=[observer],
        )
        trainer.fit(train)
        rows["validation accuracy"].append(float(observer.accuracy("validation")[-1]))
        rows["test accuracy"].append(accuracy_and_loss(network, data.test, trainer.loss)[0])
        rows["parameters"].append(float(len(network.parameters)))
        rows["seconds an epoch"].append(observer.seconds[-1] / parameters.epochs)
    arrays = {name: np.array(numbers[::-1]) for name, numbers in rows.items()}
    return Result({}, arrays | {"hidden": np.array(sizes)})


def finding_rules(results: Results) -> str:
    """The accuracy by each rule, in a sentence."""
    log, total, product, beside = (
        results.said(name)
        for name in (
            "accuracy by log2 n",
            "accuracy by sqrt(n + l) + alpha",
            "accuracy by sqrt(n l)",
            "accuracy of the network beside",
        )
    )
    return (
        f"After {results.parameters.epochs} epochs: log₂ n gives {log} %, √(n + l) + α {total} %, "
        f"√(n l) {product} %, and {results.parameters.beside} neurons {beside} %"
    )


def finding_sweep(results: Results) -> str:
    """What more neurons gained and cost, in a sentence."""
    hidden = results.runs[0].arrays["hidden"]
    slow, fast = (results.mean(f"seconds an epoch, {which} neurons") for which in ("most", "fewest"))
    return (
        f"{hidden[0]} hidden neurons: {results.said('accuracy, fewest neurons')} %, {hidden[-1]}: "
        f"{results.said('accuracy, most neurons')} %, an epoch takes {slow / fast:.1f} times as long; the "
        f"last step in size changes accuracy by {results.mean('gained by the last step'):+.2f} points"
    )


def figure_rules(results: Results) -> Figure:
    """Accuracy by hidden neurons, each rule with its own marker."""
    drawn, (axes,) = panels(finding_rules(results))
    parameters = results.parameters
    groups = {
        "log₂ n": [size_by_logarithm(784)],
        f"√(n + l) + α, α = {min(parameters.alphas)} … {max(parameters.alphas)}": [
            size_by_sum(784, 10, alpha) for alpha in parameters.alphas
        ],
        "√(n l)": [size_by_product(784, 10)],
        f"the note's choice: {parameters.beside}": [parameters.beside],
    }
    hidden = results.runs[0].arrays["hidden"]
    for index, (label, sizes) in enumerate(groups.items()):
        _with_spread(axes, results, "test accuracy", np.isin(hidden, sizes), index, label)
    axes.set(xlabel="hidden neurons", ylabel="test accuracy (%)", xscale="log")
    _plain_ticks(axes, [10, 30, 90, 300])
    axes.legend(loc="lower right")
    return drawn


def figure_sweep(results: Results) -> Figure:
    """Accuracy and time by hidden neurons, and the number of parameters beside each point."""
    from matplotlib.ticker import LogLocator

    drawn, (accuracy, time) = panels(finding_sweep(results), columns=2)
    first = results.runs[0].arrays
    every = np.ones(len(first["hidden"]), bool)
    for index, part in enumerate(("validation", "test")):
        _with_spread(accuracy, results, f"{part} accuracy", every, index, part, line="-")
    _with_spread(time, results, "seconds an epoch", every, 2, "measured", line="-")
    seconds = results.arrays("seconds an epoch").mean(axis=0)
    for hidden, parameters, height in zip(first["hidden"], first["parameters"], seconds, strict=True):
        time.annotate(
            f"{parameters:,.0f}", (hidden, height), (6, -4), textcoords="offset points", va="top", fontsize=9
        )
    accuracy.set(xlabel="hidden neurons", ylabel="accuracy (%)", xscale="log")
    time.set(xlabel="hidden neurons (beside each point: parameters)", ylabel="time an epoch (s)")
    time.set(xscale="log", yscale="log", xlim=(first["hidden"][0] * 0.8, first["hidden"][-1] * 3.2))
    time.margins(y=0.15)
    time.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    time.yaxis.set_major_formatter("{x:g}")
    for axes in (accuracy, time):
        _plain_ticks(axes, first["hidden"])
    accuracy.legend(loc="lower right")
    return drawn


def _with_spread(
    axes: Axes, results: Results, name: str, which: Any, index: int, label: str, line: str = ""
) -> None:
    """Mean and ± 1 sd of an array's chosen points over the hidden neurons."""
    measured = results.arrays(name)[:, which]
    spread = measured.std(axis=0, ddof=1) if len(measured) > 1 else None
    axes.errorbar(
        results.runs[0].arrays["hidden"][which],
        measured.mean(axis=0),
        spread,
        color=COLOURS[index],
        marker=MARKERS[index],
        linestyle=line,
        capsize=3,
        label=label,
    )


def _plain_ticks(axes: Axes, places: Any) -> None:
    axes.set_xticks(places, [str(place) for place in places])
    axes.minorticks_off()


NOTE = "note 002"

EXPERIMENTS = (
    Experiment(
        name="hidden-rules",
        title="Three rules of thumb for the hidden layer",
        subject="hidden layer size",
        parameters=Rules(),
        quick={"images": 2_000, "epochs": 2, "alphas": (1, 10)},
        run=run_rules,
        figure=figure_rules,
        finding=finding_rules,
        published=(
            Published("hidden-rules", NOTE, "test accuracy by log₂ n", None, "accuracy by log2 n"),
            Published(
                "hidden-rules", NOTE, "test accuracy by √(n + l) + α", None, "accuracy by sqrt(n + l) + alpha"
            ),
            Published("hidden-rules", NOTE, "test accuracy by √(n l)", None, "accuracy by sqrt(n l)"),
            Published("hidden-rules", NOTE, "test accuracy of 300", None, "accuracy of the network beside"),
        ),
        asks="Note 002 names three rules of thumb for the number of hidden neurons, from the number of "
        "inputs n and of outputs l: √(n + l) + α with α from 1 to 10, log₂ n, and √(n l). For digits that "
        "makes 29 to 38, 10 and 89. Then it takes 300. How well do the rules choose?",
        look_for="Each group of points is one rule. If a rule were right, the curve through all of them "
        "would have its top there. See too whether α matters more than the seed, which the bars show.",
        seconds=60.0,
        seeds=3,
    ),
    Experiment(
        name="hidden-sweep",
        title="From 10 to 1,000 hidden neurons",
        subject="hidden layer size",
        parameters=Sweep(),
        quick={"images": 2_000, "epochs": 2, "sizes": (10, 30, 100)},
        run=run_sweep,
        figure=figure_sweep,
        finding=finding_sweep,
        published=(
            Published(
                "hidden-sweep", NOTE, "test accuracy, fewest neurons", None, "accuracy, fewest neurons"
            ),
            Published("hidden-sweep", NOTE, "test accuracy, most neurons", None, "accuracy, most neurons"),
        ),
        asks="What do more hidden neurons buy, and what do they cost in parameters and in time? Note 002 "
        "says that too many parameters overfit 60,000 images and do worse.",
        look_for="The left panel bends: each step to about three times as many neurons gains less than "
        "the one before. The right panel, both axes logarithmic, turns into a straight line where "
        "arithmetic rather than calls is what takes the time. Training is short; that more neurons do no "
        "harm here says nothing about long training without a regulariser.",
        seconds=73.0,
        seeds=3,
    ),
)
