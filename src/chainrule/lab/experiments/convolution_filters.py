"""What a convolution learns to look for: its filters, and the maps that they make of one digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.lab.best_epoch import BestEpoch, percent_right
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments import convolution
from chainrule.lab.experiments.convolution import BOOK, WINDOW, parts_of, trained
from chainrule.lab.style import panels
from chainrule.layers.convolution import Convolution
from chainrule.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "alikeness_of_neighbours"]

ACROSS = 5


@dataclass(frozen=True)
class Parameters:
    """The network with one convolution, of rectified linear units."""

    learning_rate: float = parameter(0.03, "learning rate", low=0.0, high=100.0)
    weight_decay: float = parameter(
        0.1, "λ of L2, for the term λ/(2m) Σw² with m batches an epoch", low=0.0, high=1000.0
    )
    epochs: int = parameter(10, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    judged: int = parameter(10_000, "validation and test images", unit="images", low=100, high=10_000)
    shown: int = parameter(0, "which test image the maps are drawn of", low=0, high=9_999)


def alikeness_of_neighbours(filters: NDArray[Any]) -> float:
    """Correlation of weights that lie beside or under each other, in each filter about its own mean.

    Weights drawn apart from each other come to about −1/25 for filters of 25, since their mean is taken
    from themselves; broad light and dark fields to nearly 1.

    Args:
        filters: ``(filters, height, width)``.
    """
    centred = filters - filters.mean(axis=(1, 2), keepdims=True)
    products = [
        (centred[:, :, 1:] * centred[:, :, :-1]).ravel(),
        (centred[:, 1:] * centred[:, :-1]).ravel(),
    ]
    return float(np.concatenate(products).mean() / np.square(centred).mean())


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and keep the filters before and after, and the maps of one digit before the pool."""
    settings = convolution.Parameters(
        convolutions=1,
        activation="relu",
        learning_rate=parameters.learning_rate,
        weight_decay=parameters.weight_decay,
        epochs=parameters.epochs,
        images=parameters.images,
        judged=parameters.judged,
    )
    data = parts_of(settings)
    start = Network(convolution.layers_of(settings), (28, 28, 1), seed=np.random.default_rng(seed))
    network = trained(settings, np.random.default_rng(seed), data.train, BestEpoch(data, report))
    before, after = (first_of(each).weights[..., 0].copy() for each in (start, network))
    image = data.test.inputs[parameters.shown % len(data.test)]
    learnt, alone = first_of(network), Convolution(len(after), WINDOW)
    maps = Network([alone], (28, 28, 1), scaling=network.scaling)
    alone.weights[...], alone.biases[...] = learnt.weights, learnt.biases
    return Result(
        {
            "last test accuracy": percent_right(network.classify(data.test.inputs), data.test),
            "alike at the start": alikeness_of_neighbours(before),
            "alike after training": alikeness_of_neighbours(after),
        },
        {
            "filters at the start": before,
            "filters": after,
            "maps": np.maximum(maps.predict(image)[0].transpose(2, 0, 1), 0).astype(np.float16),
            "image": image.reshape(28, 28),
        },
    )


def first_of(network: Network) -> Convolution:
    """The first layer, which is the convolution."""
    layer = network.layers[0]
    assert isinstance(layer, Convolution)
    return layer


def finding(results: Results) -> str:
    """How much more alike neighbouring weights have become."""
    before, after = (results.said(f"alike {when}") for when in ("at the start", "after training"))
    return (
        f"Weights side by side in a filter correlate by {before} at the start and by {after} after "
        f"{results.parameters.epochs} epochs"
    )


def figure(results: Results) -> Figure:
    """The filters of the first seed at the start and learnt, and what the learnt ones make of a digit."""
    drawn, (start, learnt, digit, maps) = panels(finding(results), columns=2, rows=2)
    arrays = results.runs[0].arrays
    largest = max(float(np.abs(arrays[name]).max()) for name in ("filters at the start", "filters"))
    for axes, name in ((start, "filters at the start"), (learnt, "filters")):
        shown = _tiled(axes, arrays[name], cmap="RdBu_r", vmin=-largest, vmax=largest)
        drawn.colorbar(shown, ax=axes, label="weight")
    start.set(title="20 filters at the start", xlabel="pixels of the window", ylabel="pixels")
    learnt.set(title="the same, learnt", xlabel="pixels of the window", ylabel="pixels")
    shown = digit.imshow(arrays["image"], cmap="gray_r")
    drawn.colorbar(shown, ax=digit, label="grey level")
    digit.set(title="a test image", xlabel="pixels", ylabel="pixels")
    shown = _tiled(maps, arrays["maps"].astype(np.float32), cmap="gray_r", vmin=0)
    drawn.colorbar(shown, ax=maps, label="activation")
    maps.set(title="its 20 maps, in the order of the filters", xlabel="positions", ylabel="positions")
    for axes in (start, learnt, digit, maps):
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        axes.set_facecolor("0.8")
    return drawn


def _tiled(axes: Axes, pictures: NDArray[Any], **given: Any) -> Any:
    """Pictures side by side, with a gap between them."""
    count, height, width = pictures.shape
    gap = max(1, height // 8)
    rows = -(-count // ACROSS)
    sheet = np.full((rows * (height + gap) - gap, ACROSS * (width + gap) - gap), np.nan, np.float32)
    for index, picture in enumerate(pictures):
        top, left = index // ACROSS * (height + gap), index % ACROSS * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return axes.imshow(sheet, **given)


EXPERIMENTS = (
    Experiment(
        name="conv-filters",
        title="The filters of a convolution, and their maps",
        subject="convolution",
        parameters=Parameters(),
        quick={"images": 1_000, "epochs": 3, "judged": 200, "learning_rate": 0.1},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "conv-filters",
                BOOK,
                "correlation of neighbouring weights after training",
                None,
                "alike after training",
                unit="",
            ),
        ),
        asks="The book draws the filters of a first convolution and says that many have light and dark "
        "fields, so that the network does learn something about space, though it is hard to say what. What "
        "do they look like here, and is there more order in them than in the random numbers they start from?",
        look_for="Pick a filter with a red and a blue side and look at its map: it is dark along strokes "
        "that run between the two. The number in the title compares each weight with its neighbours: random "
        "numbers come to about −0.04.",
        seconds=125.0,
        seeds=3,
    ),
)
