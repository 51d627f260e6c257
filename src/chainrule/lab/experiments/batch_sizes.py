"""One image a step against 10, 20 and 100: accuracy by epoch and by second, and how noisy a step is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset, Split
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, band, panels
from chainrule.lab.watching import Observer, accuracy_and_loss
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.objective import Objective
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

_RATE_BELONGS_TO = 10
_BATCHES_LOOKED_AT = 200


@dataclass(frozen=True)
class Parameters:
    """The book's first network, trained with several batch sizes and two ways to choose the rate."""

    batch_sizes: tuple[int, ...] = parameter(
        (1, 10, 20, 100), "batch sizes that are compared", unit="images", low=1, high=1000
    )
    learning_rate: float = parameter(3.0, "learning rate of a batch of 10", low=0.0, high=100.0)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    epochs: int = parameter(6, "epochs", low=1, high=100)
    images: int = parameter(50_000, "training images", unit="images", low=1000, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train one start with each batch size, at one rate for all and at a rate in step with the batch."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    split = Split(train, data.validation, data.test)
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for index, size in enumerate(parameters.batch_sizes):
        ends = index / len(parameters.batch_sizes), (index + 1) / len(parameters.batch_sizes)
        scaled = parameters.learning_rate * size / _RATE_BELONGS_TO
        outcome = _trained(parameters, split, size, scaled, seed, report, ends)
        same = outcome
        if scaled != parameters.learning_rate:
            same = _trained(parameters, split, size, parameters.learning_rate, seed, report, ends)
        values |= {f"{what}, batch {size}": value for what, value in outcome.values.items()}
        values[f"validation accuracy, batch {size}, same rate"] = same.values["validation accuracy"]
        arrays |= {f"{what}, batch {size}": array for what, array in outcome.arrays.items()}
        arrays[f"accuracy, batch {size}, same rate"] = same.arrays["accuracy"]
    noise = _degrees_from_the_gradient(parameters, train, seed)
    return Result(values | {f"degrees, batch {size}": degrees for size, degrees in noise.items()}, arrays)


def _trained(
    parameters: Parameters,
    split: Split,
    size: int,
    rate: float,
    seed: int,
    report: Report,
    ends: tuple[float, float],
) -> Result:
    assert split.validation is not None
    observer = Observer(
        {"validation": split.validation}, report, f"batch {size}, rate {rate:g}", begin=ends[0], end=ends[1]
    )
    network = Network([784, parameters.hidden, 10], seed=seed)
    Trainer(
        network,
        optimizer=SGD(rate),
        batch_size=size,
        epochs=parameters.epochs,
        seed=seed,
        callbacks=[observer],
    ).fit(split.train)
    accuracy, seconds = observer.accuracy("validation"), np.array(observer.seconds)
    return Result(
        {
            "validation accuracy": accuracy[-1],
            "test accuracy": accuracy_and_loss(network, split.test, Quadratic())[0],
            "first accuracy": accuracy[0],
            "seconds an epoch": seconds[-1] / parameters.epochs,
            "steps an epoch": -(-len(split.train) // size),
        },
        {"accuracy": accuracy, "seconds": seconds},
    )


def _degrees_from_the_gradient(parameters: Parameters, train: Dataset, seed: int) -> dict[int, float]:
    """Mean angle between a batch's direction and that of all images, after an epoch of training."""
    network = Network([784, parameters.hidden, 10], seed=seed)
    trainer = Trainer(network, optimizer=SGD(parameters.learning_rate), epochs=1, seed=seed)
    trainer.fit(train)
    order = np.random.default_rng(seed).permutation(len(train))
    (whole,) = _directions(network, train, order[:10_000], min(10_000, len(train)))
    found = {}
    for size in parameters.batch_sizes:
        looked_at = order[: size * min(_BATCHES_LOOKED_AT, len(train) // size)]
        cosines = _directions(network, train, looked_at, size) @ whole
        found[size] = float(np.degrees(np.arccos(np.clip(cosines, -1, 1))).mean())
    return found


def _directions(network: Network, data: Dataset, order: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """The gradient of each batch of these images, ``(batches, parameters)``, at length 1."""
    objective = Objective(network, Quadratic(), size)
    found = []
    for inputs, wanted in Batches(data, size).epoch(order):
        objective.forward(inputs, wanted)
        objective.backward()
        gradient = network.parameters.gradient.astype(np.float64)
        found.append(gradient / max(np.linalg.norm(gradient), np.finfo(np.float64).tiny))
    return np.array(found)


def finding(results: Results) -> str:
    """What the smallest and the largest batch came to, in a sentence."""
    sizes = sorted(results.parameters.batch_sizes)
    parts = [
        f"batch {size}: {results.said(f'validation accuracy, batch {size}')} % at "
        f"{results.mean(f'seconds an epoch, batch {size}'):.2f} s an epoch"
        for size in dict.fromkeys((sizes[0], _middle(sizes), sizes[-1]))
    ]
    return f"After {results.parameters.epochs} epochs at a rate in step with the batch, " + "; ".join(parts)


def _middle(sizes: list[int]) -> int:
    return 20 if 20 in sizes else sizes[len(sizes) // 2]


def figure(results: Results) -> Figure:
    """Accuracy by epoch for both ways to choose the rate, and by second."""
    drawn, (scaled, same, clock) = panels(finding(results), columns=3)
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, size in enumerate(results.parameters.batch_sizes):
        look: dict[str, Any] = {"marker": MARKERS[index % len(MARKERS)], "markersize": 5}
        accuracy = results.arrays(f"accuracy, batch {size}")
        band(scaled, epochs, accuracy, index, f"batch {size}", **look)
        band(
            same, epochs, results.arrays(f"accuracy, batch {size}, same rate"), index, f"batch {size}", **look
        )
        seconds = results.arrays(f"seconds, batch {size}").mean(axis=0)
        colour = COLOURS[index % len(COLOURS)]
        clock.plot(seconds, accuracy.mean(axis=0), color=colour, label=f"batch {size}", **look)
    rate = results.parameters.learning_rate
    scaled.set(xlabel="epoch", ylabel="validation accuracy (%)", title=f"rate {rate / 10:g} times the batch")
    same.set(xlabel="epoch", ylabel="validation accuracy (%)", title=f"rate {rate:g} for all")
    clock.set(
        xlabel="training time (s)",
        ylabel="validation accuracy (%)",
        title=f"rate {rate / 10:g} times the batch",
    )
    clock.set_xscale("log")
    clock.xaxis.set_major_formatter("{x:g}")
    for axes in (scaled, same):
        axes.locator_params(axis="x", integer=True)
    same.legend(loc="lower right")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="online",
        title="One image a step, or a batch",
        subject="first networks",
        parameters=Parameters(),
        quick={"images": 2_500, "epochs": 2, "batch_sizes": (1, 20)},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "online",
                "note 001, exercise",
                "validation accuracy, batch 1",
                None,
                "validation accuracy, batch 1",
            ),
            Published(
                "online",
                "note 001, exercise",
                "validation accuracy, batch 20",
                None,
                "validation accuracy, batch 20",
            ),
            Published(
                "online",
                "note 001, exercise",
                "time an epoch, batch 1",
                None,
                "seconds an epoch, batch 1",
                "s",
            ),
            Published(
                "online",
                "note 001, exercise",
                "time an epoch, batch 20",
                None,
                "seconds an epoch, batch 20",
                "s",
            ),
            Published(
                "online",
                "note 001, exercise",
                "angle to the gradient, batch 1",
                None,
                "degrees, batch 1",
                "°",
            ),
            Published(
                "online",
                "note 001, exercise",
                "angle to the gradient, batch 20",
                None,
                "degrees, batch 20",
                "°",
            ),
        ),
        asks="On-line learning takes a step after every image. What does it gain and what does it cost "
        "against a step after 20? A step is the learning rate times the mean gradient of its batch. So "
        "the comparison is made twice: with a rate in step with the batch, when every image moves the "
        "weights by as much whatever the batch, and with one rate for all, when a batch of 1 moves them "
        "20 times as far an epoch.",
        look_for="By epoch and with rates in step, batches of 1 to 20 lie close together: what counts is "
        "how far the images push in all. See whether the largest batch still keeps up, whose rate is the "
        "largest too. By the clock a batch of 20 is far ahead of single images, because it spares most of "
        "the calls. With one rate for all, single images take steps that are too long. Beside the figure "
        "stands the noise: the angle between the direction of one batch and that of 10,000 images.",
        seconds=48.0,
        seeds=3,
    ),
)
