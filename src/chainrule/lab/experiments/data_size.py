"""How much more images are worth, to a network and to a support vector machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.simple_baselines import scaled
from chainrule.lab.experiments.support_vectors import classify, fitted
from chainrule.lab.style import COLOURS, band, panels
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """How many images, and how both learn from them."""

    sizes: tuple[int, ...] = parameter(
        (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000), "training images", low=20, high=50_000
    )
    vectors_up_to: int = parameter(
        10_000, "images up to which the support vector machine is fitted", low=0, high=50_000
    )
    steps: int = parameter(50_000, "steps of the network, whatever the size", low=10, high=1_000_000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    strength: float = parameter(5.0, "λ of L2 regularisation, for 50,000 images", low=1e-6, high=1e4)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=20)
    tested: int = parameter(10_000, "test images", unit="images", low=100, high=10_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Draw nested parts of the training images; train a network, and fit a machine, on each."""
    data = load_data("mnist")
    order = np.random.default_rng(seed).permutation(len(data.train))
    test, truth = scaled(data.test)[: parameters.tested], data.test.labels[: parameters.tested]
    networks, machines = [], []
    for index, size in enumerate(parameters.sizes):
        report(index / len(parameters.sizes), f"learning from {size:,} images")
        part = data.train.part(order[:size], f"{size} of {data.train.name}")
        network = Network(
            fully_connected([784, parameters.hidden, 10], initializer="lecun_normal"),
            input_shape=784,
            seed=seed,
        )
        Trainer(
            network,
            loss="sigmoid_cross_entropy",
            optimizer=SGD(parameters.learning_rate),
            regularizers=[L2(parameters.strength * size / 50_000)],
            batch_size=parameters.batch_size,
            epochs=max(1, round(parameters.steps * parameters.batch_size / size)),
            seed=seed,
        ).fit(part)
        networks.append(100 * float((network.classify(test) == truth).mean()))
        if size <= parameters.vectors_up_to:
            model = fitted(scaled(part), part.labels)
            machines.append(100 * float((classify(model, test) == truth).mean()))
    sizes = parameters.sizes
    both = [size for size in sizes if size <= parameters.vectors_up_to]
    values = {f"network, {size} images": each for size, each in zip(sizes, networks, strict=True)}
    values |= {f"machine, {size} images": each for size, each in zip(both, machines, strict=True)}
    return Result(values, {"network": np.array(networks), "machine": np.array(machines)})


def finding(results: Results) -> str:
    """From how little to how much, and whether the network or the machine gets more out of the same."""
    sizes = results.parameters.sizes
    least, most = min(sizes), max(sizes)
    both = [size for size in sizes if size <= results.parameters.vectors_up_to]
    said = (
        f"From {least:,} to {most:,} training images the network goes from "
        f"{results.said(f'network, {least} images')} to {results.said(f'network, {most} images')} %"
    )
    if not both:
        return said
    ahead = sum(
        results.mean(f"network, {size} images") > results.mean(f"machine, {size} images") for size in both
    )
    return f"{said}, and is ahead of the support vector machine at {ahead} of {len(both)} sizes"


def figure(results: Results) -> Figure:
    """Test accuracy by the number of training images, on a logarithmic axis."""
    drawn, (axes,) = panels(finding(results))
    sizes = np.array(results.parameters.sizes)
    both = sizes <= results.parameters.vectors_up_to
    band(axes, sizes, results.arrays("network"), 0, "network", marker="o")
    if both.any():
        band(
            axes,
            sizes[both],
            results.arrays("machine"),
            1,
            "support vector machine",
            marker="s",
            linestyle="--",
        )
    for claim in results.published:
        axes.scatter(
            5_000,
            claim.figure or 0.0,
            s=140,
            facecolors="none",
            edgecolors=COLOURS[0],
            label=f"published: {claim.figure:g}",
        )
    axes.set(xlabel="training images, logarithmic", ylabel="test accuracy (%)", xscale="log")
    axes.legend(loc="lower right")
    return drawn


CHAPTER_3 = "Nielsen, Neural Networks and Deep Learning, chapter 3"

EXPERIMENTS = (
    Experiment(
        name="data-size",
        title="What more training images are worth",
        subject="better learning",
        parameters=Parameters(),
        quick={"sizes": (100, 500, 2_000, 5_000), "vectors_up_to": 500, "steps": 2_500, "tested": 5_000},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "data-size",
                CHAPTER_3,
                "network on 5,000 images",
                93.24,
                "network, 5000 images",
                tolerance=0.5,
            ),
        ),
        asks="Is a better method worth more, or more data? A network and a support vector machine with the "
        "default settings of the book's day learn from ever larger parts of the training images. The network "
        "takes equally many steps on each part, and its λ shrinks with the part, so that λ/n stays the same.",
        look_for="On a logarithmic axis both curves still rise at their right end: ten times the images "
        "always helped. Look straight across from the network to the machine: how many images more does the "
        "machine need for the same accuracy? Fitting it on all 50,000 images takes minutes, which the "
        "experiment svm spends; raise vectors_up_to to have it here.",
        seconds=107.0,
    ),
)
