"""How far the gradient of a mini-batch lies from the gradient of all images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, band, panels
from chainrule.layers.registry import fully_connected
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import blas_threads_for
from chainrule.objective import Objective
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

AT = ("at the start", "after an epoch")
MOST_ROWS = 1000


@dataclass(frozen=True)
class Parameters:
    """A network with 30 hidden neurons, and the sizes of the batches drawn for it."""

    sizes: tuple[int, ...] = parameter(
        (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000), "batch sizes", unit="images", low=1, high=50_000
    )
    draws: int = parameter(
        20, "batches of each size; of small ones up to ten times as many", low=2, high=1000
    )
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    learning_rate: float = parameter(0.5, "learning rate of the epoch", low=0.0, high=100.0)


class _Gradients:
    """The gradient of the cost of any of the images, in passes of at most 1,000."""

    def __init__(self, network: Network, data: Dataset) -> None:
        self.network, self.data, self.loss = network, data, SigmoidCrossEntropy()
        self.objectives: dict[int, Objective] = {}

    def mean(self, chosen: Array) -> Array:
        """Of the images with these numbers, ``(parameters,)`` float64."""
        total = np.zeros(len(self.network.parameters))
        rows = min(len(chosen), MOST_ROWS)
        for first in range(0, len(chosen), rows):
            part = chosen[first : first + rows]
            self._pass(part)
            total += len(part) * self.network.parameters.gradient
        return total / len(chosen)

    def _pass(self, part: Array) -> None:
        rows = len(part)
        if rows not in self.objectives:
            self.objectives[rows] = Objective(self.network, self.loss, rows)
        objective = self.objectives[rows]
        images = self.data.scaling.apply(self.data.inputs[part], out=objective.bench.network_inputs)
        targets = np.eye(self.data.classes, dtype=self.network.dtype)[self.data.labels[part]]
        objective.forward(images, targets)
        objective.backward()


def _errors(
    gradients: _Gradients,
    parameters: Parameters,
    generator: np.random.Generator,
    report: Report,
    begin: float,
) -> Array:
    """Root mean square of ‖g_m − g‖ / ‖g‖ for each size."""
    everything = np.arange(parameters.images)
    whole = gradients.mean(everything)
    found = []
    for place, size in enumerate(parameters.sizes):
        report(begin + 0.5 * place / len(parameters.sizes), f"batches of {size}")
        draws = min(10 * parameters.draws, max(parameters.draws, 3000 // size))
        squares = [
            np.sum((gradients.mean(generator.choice(everything, size, replace=False)) - whole) ** 2)
            for _ in range(draws)
        ]
        found.append(np.sqrt(np.mean(squares) / np.sum(whole**2)))
    return np.array(found)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Draw batches without replacement, as training does, at the start and after an epoch of training."""
    generator = np.random.default_rng(seed)
    train = load_data("mnist").train
    train = train.part(slice(parameters.images), train.name)
    network = Network(fully_connected([784, 30, 10], initializer="lecun_normal"), 784, seed=seed)
    gradients = _Gradients(network, train)
    sizes = np.array(parameters.sizes)
    factor = np.sqrt((parameters.images - sizes) / (parameters.images - 1))
    values: dict[str, float] = {}
    errors = []
    for index, moment in enumerate(AT):
        if index:
            Trainer(
                network,
                loss="sigmoid_cross_entropy",
                optimizer=SGD(parameters.learning_rate),
                epochs=1,
                seed=seed,
            ).fit(train)
        with blas_threads_for(0):
            error = _errors(gradients, parameters, generator, report, 0.5 * index)
        single = float(np.exp(np.mean(np.log(error / factor * np.sqrt(sizes)))))
        values[f"slope {moment}"] = float(np.polyfit(np.log(sizes), np.log(error / factor), 1)[0])
        values[f"error of one image {moment}"] = single
        values[f"batch as exact as it is noisy {moment}"] = single**2
        errors.append(error)
    return Result(values, {"size": sizes, "error": np.array(errors), "factor": factor})


def finding(results: Results) -> str:
    """The power by which the error falls, and the batch in which noise and gradient are equally large."""
    first, second = (results.said(f"slope {moment}") for moment in AT)
    even = [results.mean(f"batch as exact as it is noisy {moment}") for moment in AT]
    return (
        f"The error of a batch's gradient goes with its size to the power {first} at the start, {second} "
        f"after an epoch; it is as large as the gradient at {even[0]:,.1f} and {even[1]:,.0f} images"
    )


def figure(results: Results) -> Figure:
    """The relative error against the batch size at both moments."""
    drawn, (axes,) = panels(finding(results))
    run = results.runs[0].arrays
    size, errors = run["size"], results.arrays("error")
    for index, moment in enumerate(AT):
        band(axes, size, errors[:, index], index, moment, marker="os"[index], linestyle="none")
        single = results.mean(f"error of one image {moment}")
        axes.plot(size, single / np.sqrt(size), color=COLOURS[index], linewidth=0.9, linestyle=":")
        axes.plot(size, single / np.sqrt(size) * run["factor"], color=COLOURS[index], linewidth=1.2)
    axes.plot([], [], color="0.4", linestyle=":", label="1/√m")
    axes.plot([], [], color="0.4", label="1/√m, no image drawn twice")
    axes.axhline(1, color="black", linewidth=0.8, linestyle="--")
    axes.text(size[-1], 1.15, "as large as the gradient", ha="right")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="batch size m (images)",
        ylabel="error (share of the gradient)",
    )
    axes.legend(loc="lower left")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="mini-batch-noise",
        title="How far off is the gradient of a mini-batch?",
        subject="gradient descent",
        parameters=Parameters(),
        quick={"images": 5_000, "sizes": (1, 3, 10, 30, 100, 300, 1000), "draws": 10},
        run=run,
        figure=figure,
        finding=finding,
        published=tuple(
            Published(
                "mini-batch-noise",
                "theory: variance of a mean",
                f"power of the batch size, {moment}",
                -0.5,
                f"slope {moment}",
                unit="",
                tolerance=0.05,
            )
            for moment in AT
        ),
        asks="Stochastic gradient descent looks at a few images and takes their gradient for that of all. "
        "How wrong is it? The error of a mean of m images falls as 1/√m: a batch a hundred times as large "
        "costs a hundred times the work and is ten times as exact. Images are drawn without replacement, so "
        "that the error also has the factor √((n − m)/(n − 1)), which is divided out before the power is "
        "fitted.",
        look_for="On logarithmic axes both rows of points are straight, with one slope. After an epoch the "
        "row lies higher: the gradient of all images has become short, that of single images less so. Where "
        "the row crosses the dashed line, noise and gradient are equally long; batches much smaller find the "
        "way only on average over many steps, batches much larger spend work on digits that a step does not "
        "need.",
        seconds=3.5,
        seeds=5,
    ),
)
