"""A picture of a network right after its start, with a bar on each neuron for how fast it learns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.learning_speed import book_network, first_images, hidden_layers, mean_gradient
from chainrule.lab.style import COLOURS, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

_RADIUS = 0.38
_LONGEST_BAR = 0.62


@dataclass(frozen=True)
class Parameters:
    """The network that is drawn."""

    hidden: int = parameter(2, "hidden layers", low=2, high=6)
    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    shown: int = parameter(6, "neurons drawn of each layer, the first ones", low=1, high=12)
    images: int = parameter(
        1000, "images that the gradient is the mean over", unit="images", low=10, high=5000
    )


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """One start, and |∂C/∂b| of every hidden neuron."""
    report(0.0, "one pass")
    network = book_network(parameters.hidden, parameters.neurons, seed, np.float64)
    mean_gradient(network, first_images(parameters.images))
    gradients = np.abs([layer.biases_gradient for layer in hidden_layers(network)])
    means = gradients.mean(axis=1)
    faster = gradients[-1][:, None] > gradients[0][None, :]
    return Result(
        {
            "mean bar, first hidden layer": float(means[0]),
            "mean bar, last hidden layer": float(means[-1]),
            "times longer, last against first": float(means[-1] / means[0]),
            "pairs with the longer bar in the last": float(100 * faster.mean()),
        },
        {"gradient": gradients.astype(np.float32)},
    )


def finding(results: Results) -> str:
    """How much longer the bars of the last layer are."""
    return (
        f"A neuron of the last of {results.parameters.hidden} hidden layers learns on average "
        f"{results.said('times longer, last against first', 1)} times as fast as one of the first; of two at "
        f"random it is faster in {results.mean('pairs with the longer bar in the last'):.0f} of 100 cases"
    )


def figure(results: Results) -> Figure:
    """The neurons of each hidden layer as circles, with bars on one scale; the first seed's start."""
    from matplotlib.patches import Circle, Rectangle

    drawn, (axes,) = panels(finding(results))
    drawn.set_size_inches(6.4, 5.6)
    bars = results.runs[0].arrays["gradient"][:, : results.parameters.shown]
    layers, shown = bars.shape
    columns = 4.2 * np.arange(layers)
    rows = -np.arange(shown, dtype=float)
    for left, right in pairwise(columns):
        for start in rows:
            for end in rows:
                axes.plot([left, right], [start, end], color="0.8", linewidth=0.6, zorder=1)
    scale = _LONGEST_BAR / float(bars.max())
    for layer, column in enumerate(columns):
        for neuron, row in enumerate(rows):
            axes.add_patch(Circle((column, row), _RADIUS, facecolor="white", edgecolor="0.3", zorder=2))
            height = scale * float(bars[layer, neuron])
            corner = (column - 0.09, row - _LONGEST_BAR / 2)
            axes.add_patch(Rectangle(corner, 0.18, height, color=COLOURS[layer], zorder=3))
    axes.set_aspect("equal")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xlim(-0.6, columns[-1] + 0.6)
    axes.set_ylim(rows[-1] - 0.6, 0.6)
    axes.set_xticks(columns, [f"hidden layer {layer}" for layer in range(1, layers + 1)])
    axes.set_yticks(rows, [str(neuron) for neuron in range(1, shown + 1)])
    axes.tick_params(length=0)
    axes.set(
        xlabel=f"bar: |∂C/∂b|, the longest is {bars.max():.2g}",
        ylabel=f"neuron (of {results.parameters.neurons})",
    )
    return drawn


EXPERIMENTS = (
    Experiment(
        name="neurons-and-bars",
        title="Each neuron's speed, drawn as a bar",
        subject="depth",
        parameters=Parameters(),
        quick={},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "neurons-and-bars",
                "note 003; Nielsen, Neural Networks and Deep Learning, chapter 5",
                "times longer, last against first",
                None,
                "times longer, last against first",
                "times",
            ),
        ),
        asks="Which neurons of a network learn fast right after its start? Each circle is a neuron of a "
        "hidden layer, the first six of thirty; the bar in it is the size of ∂C/∂b, the derivative of the "
        "cost by its bias, averaged over a thousand images. All bars are on one scale.",
        look_for="Compare the columns. Single neurons differ by chance, yet the bars of the second column "
        "are plainly the longer ones.",
        seconds=0.1,
        seeds=1,
    ),
)
