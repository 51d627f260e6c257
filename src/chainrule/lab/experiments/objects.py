"""What a network costs with an object for each connection, and what the same network costs with arrays."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from chainrule import nodes
from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import band, panels
from chainrule.lab.watching import Observer
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.objective import Objective
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

EPOCH = 60_000
TARGETS = (0.1, 0.9)
NOTED = 9000.0


@dataclass(frozen=True)
class Parameters:
    """Networks 784-hidden-10 that learn one image at a time, and how many images each is timed on."""

    hidden: tuple[int, ...] = parameter((3, 10, 30, 100, 300), "hidden neurons of each", low=1, high=1000)
    learning_rate: float = parameter(0.3, "learning rate", low=0.0, high=100.0)
    object_images: int = parameter(
        20, "images that the objects learn from", unit="images", low=1, high=10_000
    )
    array_images: int = parameter(
        5000, "images that the arrays learn from", unit="images", low=1, high=50_000
    )


def _copied(objects: nodes.Network) -> Network:
    """The network of arrays with the weights of this network of objects, float64."""
    arrays = Network([len(layer) for layer in objects.layers], dtype=np.float64)
    values = arrays.parameters
    weights, biases = list(values.parameters)[::2], list(values.parameters)[1::2]
    for table, weight, bias in zip(objects.weights, weights, biases, strict=True):
        rows = np.array(table)
        values.view(weight)[...] = rows[:, :-1]
        values.view(bias)[...] = rows[:, -1]
    return arrays


def _learn_with_objects(network: nodes.Network, images: Array, targets: Array, rate: float) -> float:
    """Seconds for one image, the median."""
    seconds = []
    for image, target in zip(images.tolist(), targets.tolist(), strict=True):
        start = perf_counter()
        network.learn(image, target, rate)
        seconds.append(perf_counter() - start)
    return float(np.median(seconds))


def _learn_with_arrays(network: Network, images: Array, targets: Array, rate: float) -> None:
    """The same steps, image after image, in the order in which the objects take them."""
    objective, optimizer = Objective(network, Quadratic(), rows=1), SGD(rate)
    optimizer.bind(network.parameters)
    for row in range(len(images)):
        here = slice(row, row + 1)
        objective.forward(images[here], targets[here])
        objective.backward()
        optimizer.step(rate)


def _trained_with_arrays(hidden: int, train: Dataset, rate: float, seed: int) -> float:
    """Seconds for one image: an epoch of the trainer, float32, divided by its images."""
    observer = Observer({})
    Trainer(
        Network([784, hidden, 10], seed=seed),
        optimizer=SGD(rate),
        batch_size=1,
        epochs=1,
        targets=TARGETS,
        seed=seed,
        callbacks=[observer],
    ).fit(train)
    return observer.seconds[-1] / len(train)


def _compared(parameters: Parameters, hidden: int, train: Dataset, seed: int) -> tuple[float, ...]:
    """Connections; seconds an image with objects, with arrays; largest difference of a weight afterwards."""
    few = train.part(slice(parameters.object_images), train.name)
    batches = Batches(few, len(few), np.float64, TARGETS)
    images, targets = (each.copy() for each in next(batches.epoch(np.arange(len(few)))))
    objects = nodes.Network([784, hidden, 10], seed=seed)
    arrays = _copied(objects)
    slow = _learn_with_objects(objects, images, targets, parameters.learning_rate)
    _learn_with_arrays(arrays, images, targets, parameters.learning_rate)
    apart = np.abs(_copied(objects).parameters.values - arrays.parameters.values).max()
    many = train.part(slice(parameters.array_images), train.name)
    quick = _trained_with_arrays(hidden, many, parameters.learning_rate, seed)
    return len(objects.connections), slow, quick, float(apart)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Let both learn from the same images from the same start; compare times and weights."""
    train = load_data("mnist").train
    found = []
    for done, hidden in enumerate(parameters.hidden):
        report(done / len(parameters.hidden), f"{hidden} hidden neurons")
        found.append(_compared(parameters, hidden, train, seed))
    connections, objects, arrays, apart = (np.array(column) for column in zip(*found, strict=True))
    return Result(
        {
            "connections": float(connections[-1]),
            "seconds an epoch, objects": EPOCH * objects[-1],
            "seconds an epoch, arrays": EPOCH * arrays[-1],
            "ratio": objects[-1] / arrays[-1],
            "first ratio": objects[0] / arrays[0],
            "largest difference": apart.max(),
        },
        {"connections": connections, "objects": objects, "arrays": arrays},
    )


def finding(results: Results) -> str:
    """An epoch in both ways, and how many times faster one is."""
    return (
        f"784-{results.parameters.hidden[-1]}-10, an epoch of 60,000 images: "
        f"{results.mean('seconds an epoch, objects'):,.0f} s with objects, "
        f"{results.mean('seconds an epoch, arrays'):,.1f} s with arrays, a ratio of "
        f"{results.mean('ratio'):,.0f}"
    )


def figure(results: Results) -> Figure:
    """Time for one image, and how many times faster arrays are, against the number of connections."""
    drawn, (left, right) = panels(finding(results), 2)
    count = results.runs[0].arrays["connections"]
    objects, arrays = results.arrays("objects"), results.arrays("arrays")
    band(left, count, 1e3 * objects, 1, "objects", marker="s", linestyle="--")
    band(left, count, 1e3 * arrays, 0, "arrays", marker="o")
    left.plot(
        238_510,
        1e3 * NOTED / EPOCH,
        "k^",
        markersize=8,
        linestyle="none",
        label="note 002: more than this",
    )
    left.set(xscale="log", yscale="log", ylabel="time to learn from one image (ms)")
    left.legend()
    band(right, count, objects / arrays, 2, "", marker="D")
    right.set(xscale="log", ylabel="times as fast with arrays", ylim=(0, None))
    for axes in (left, right):
        axes.set_xlabel("connections, biases among them")
    return drawn


NOTE = "note 002"

EXPERIMENTS = (
    Experiment(
        name="objects-and-arrays",
        title="An object for each connection, or arrays",
        subject="objects and arrays",
        parameters=Parameters(),
        quick={"hidden": (10, 300), "object_images": 3, "array_images": 1000},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "nodes-300",
                "theory: both compute the same formulas",
                "largest difference of a weight after the images that objects learnt from",
                0.0,
                "largest difference",
                unit="",
                tolerance=1e-12,
            ),
            Published(
                "nodes-300",
                NOTE,
                "an epoch of 60,000 images with objects (there, on a computer of its day: over 9,000 s)",
                None,
                "seconds an epoch, objects",
                unit="s",
            ),
            Published(
                "nodes-300",
                NOTE,
                'how much faster with arrays (there: "some hundred times")',
                None,
                "ratio",
                unit="times",
            ),
        ),
        asks="Note 002 builds its network of objects, one for each node and one for each connection, and "
        "finds that an epoch takes hours. Then it writes the same network with arrays. What do objects cost, "
        "and does the answer depend on how large the network is? Both networks start alike and learn from "
        "the same images one at a time; the objects from a few only, and their epoch of 60,000 images is "
        "reckoned from the median time of one.",
        look_for="Objects: twice the connections, twice the time, because Python touches each of them in "
        "turn. Arrays: in small networks nearly all the time goes into calling NumPy, whatever the "
        "size; only in large ones does arithmetic begin to show. So the larger the network, the more arrays "
        "win. After learning, the weights of the two agree to twelve decimals.",
        seconds=5.9,
        seeds=3,
    ),
)
