"""How fast each hidden layer learns: the length of its gradient, at the start and while training goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.layers import Dense, Residual, fully_connected
from chainrule.losses import SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.objective import Objective
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Callback, Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "book_network", "first_images", "hidden_layers", "mean_gradient", "speeds"]

DEPTHS = (2, 3, 4)
SOURCE = "Nielsen, Neural Networks and Deep Learning, chapter 5; note 003"


def first_images(count: int) -> Dataset:
    """The first ``count`` training images of MNIST."""
    data = load_data("mnist").train
    return data.part(slice(count), data.name)


def book_network(depth: int, neurons: int, seed: int, dtype: DTypeLike = np.float32) -> Network:
    """``depth`` hidden layers of sigmoid neurons, weights from N(0, 1/fan_in), biases from N(0, 1)."""
    layers = fully_connected([784] + [neurons] * depth + [10], initializer="lecun_normal")
    return Network(layers, 784, seed=seed, dtype=dtype)


def hidden_layers(network: Network) -> list[Dense]:
    """The dense layers before the output layer, first one first, those inside residual blocks too."""
    found: list[Dense] = []
    for layer in network.layers[:-2]:
        inside = layer.layers if isinstance(layer, Residual) else [layer]
        found += [each for each in inside if isinstance(each, Dense)]
    return found


def mean_gradient(network: Network, data: Dataset) -> None:
    """Write the gradient of the mean cross-entropy over ``data`` beside the network's parameters."""
    batches = Batches(data, len(data), network.dtype)
    inputs, targets = next(iter(batches.epoch(np.arange(len(data)))))
    objective = Objective(network, SigmoidCrossEntropy(), len(data))
    objective.forward(inputs, targets)
    objective.backward()


def length(gradient: Array) -> float:
    """‖g‖ in float64, where squares of very small numbers do not vanish."""
    return float(np.linalg.norm(gradient.astype(np.float64)))


def speeds(network: Network) -> NDArray[np.float64]:
    """‖δˡ‖ = ‖∂C/∂bˡ‖ of each hidden layer, from the gradient that was written last, ``(layers,)``."""
    return np.array([length(layer.biases_gradient) for layer in hidden_layers(network)])


class SpeedObserver(Callback):
    """Notes each hidden layer's speed at every step, as it was just before the step."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.float64]] = []

    def on_batch(self, trainer: Trainer) -> None:
        self.rows.append(speeds(trainer.network))


@dataclass(frozen=True)
class StartParameters:
    """What the speeds are measured on."""

    neurons: int = parameter(30, "neurons of each hidden layer", low=1, high=1000)
    images: int = parameter(
        1000, "images that the gradient is the mean over", unit="images", low=10, high=5000
    )


def run_start(parameters: StartParameters, seed: int, report: Report) -> Result:
    """One start of each depth; the spread over the seeds is the spread between starts."""
    data = first_images(parameters.images)
    values: dict[str, float] = {}
    for index, depth in enumerate(DEPTHS):
        report(index / len(DEPTHS), f"{depth} hidden layers")
        network = book_network(depth, parameters.neurons, seed, np.float64)
        mean_gradient(network, data)
        measured = speeds(network)
        values |= {f"layer {layer} of {depth}": value for layer, value in enumerate(measured.tolist(), 1)}
        values[f"times faster, {depth} hidden"] = float(measured[-1] / measured[0])
    return Result(values)


def finding_start(results: Results) -> str:
    """How many times faster the last layer is than the first, by depth."""
    ratios = [np.median(results.values(f"times faster, {depth} hidden")) for depth in DEPTHS]
    starts = len(results.runs)
    said = f"median of {starts} starts" if starts > 1 else "one start"
    two, three, four = (f"{ratio:.3g}" for ratio in ratios)
    return (
        f"Right after the start the last hidden layer learns {two}, {three} and {four} times as fast as "
        f"the first, with 2, 3 and 4 of them ({said})"
    )


def figure_start(results: Results) -> Figure:
    """The speed of each layer, for each depth, published ones beside ours."""
    drawn, (axes,) = panels(finding_start(results))
    for index, depth in enumerate(DEPTHS):
        layers = range(1, depth + 1)
        runs = np.array([results.values(f"layer {layer} of {depth}") for layer in layers])
        spread = runs.std(axis=1, ddof=1) if runs.shape[1] > 1 else None
        axes.errorbar(
            layers,
            runs.mean(axis=1),
            spread,
            color=COLOURS[index],
            marker=MARKERS[index],
            capsize=4,
            label=f"{depth} hidden layers, mean ± sd of starts",
        )
    claims = {claim.value: claim.figure or 0.0 for claim in results.published}
    places = [int(name.split()[1]) for name in claims]
    axes.plot(places, list(claims.values()), "kx", markersize=9, label="published (one start each)")
    axes.set(xlabel="hidden layer, counted from the input", yscale="log", xticks=(1, 2, 3, 4))
    axes.set_ylabel("speed of learning ‖∂C/∂b‖")
    axes.legend(fontsize=9)
    return drawn


@dataclass(frozen=True)
class CurveParameters(StartParameters):
    """Gradient descent on all the images at once."""

    epochs: int = parameter(500, "epochs, one step each", low=2, high=5000)
    learning_rate: float = parameter(0.1, "learning rate", low=0.0, high=10.0)
    weight_decay: float = parameter(5.0, "λ of the L2 term", low=1e-9, high=1000.0)


def run_curves(parameters: CurveParameters, seed: int, report: Report) -> Result:
    """Train each depth on all the images at once, and note the speed of each layer before each step."""
    data = first_images(parameters.images)
    values, arrays = {}, {}
    for index, depth in enumerate(DEPTHS):
        report(index / len(DEPTHS), f"{depth} hidden layers")
        observer = SpeedObserver()
        Trainer(
            book_network(depth, parameters.neurons, seed),
            loss="sigmoid_cross_entropy",
            optimizer=SGD(parameters.learning_rate),
            regularizers=[L2(parameters.weight_decay)],
            batch_size=len(data),
            epochs=parameters.epochs,
            seed=seed,
            callbacks=[observer],
        ).fit(data)
        curve = np.array(observer.rows)
        times = curve[:, -1] / curve[:, 0]
        lowest = curve[:, 0].argmin()
        values[f"times faster at the start, {depth} hidden"] = float(times[0])
        values[f"times faster on the way, {depth} hidden"] = float(np.exp(np.log(times).mean()))
        values[f"times faster at least, {depth} hidden"] = float(times.min())
        values[f"fall, {depth} hidden"] = float(curve[0, 0] / curve[lowest, 0])
        values[f"rebound, {depth} hidden"] = float(curve[lowest:, 0].max() / curve[lowest, 0])
        arrays[f"speed, {depth} hidden"] = curve.astype(np.float32)
    return Result(values, arrays)


def finding_curves(results: Results) -> str:
    """How far the first of four layers lags behind the last."""
    return (
        f"With four hidden layers the last learns {results.mean('times faster at the start, 4 hidden'):.0f} "
        f"times as fast as the first at the start, and "
        f"{results.mean('times faster on the way, 4 hidden'):.0f} times on average over "
        f"{results.parameters.epochs} epochs"
    )


def figure_curves(results: Results) -> Figure:
    """The speed of each layer against epochs, a panel for each depth."""
    drawn, all_axes = panels(finding_curves(results), columns=3, sharey=True)
    for axes, depth in zip(all_axes, DEPTHS, strict=True):
        curves = results.arrays(f"speed, {depth} hidden").astype(np.float64)
        middle = np.exp(np.log(curves).mean(axis=0))
        for layer in range(depth):
            every: Any = (layer * len(middle) // 40, max(1, len(middle) // 8))
            look = {"color": COLOURS[layer], "marker": MARKERS[layer], "markevery": every, "markersize": 5}
            axes.plot(middle[:, layer], label=f"hidden layer {layer + 1}", **look)
            axes.plot(curves[:, :, layer].T, color=COLOURS[layer], alpha=0.15, linewidth=0.8)
        axes.set(xlabel="epochs done", yscale="log")
        axes.set_title(f"{depth} hidden layers", loc="left")
        axes.legend(fontsize=9, loc="upper right")
    all_axes[0].set_ylabel("speed of learning ‖∂C/∂b‖")
    return drawn


ROWS = {2: (0.07, 0.31), 3: (0.012, 0.060, 0.283), 4: (0.003, 0.017, 0.070, 0.285)}

EXPERIMENTS = (
    Experiment(
        name="speed-start",
        title="How fast each hidden layer begins to learn",
        subject="depth",
        parameters=StartParameters(),
        quick={},
        run=run_start,
        figure=figure_start,
        finding=finding_start,
        published=tuple(
            Published(
                f"speed-{depth}",
                SOURCE,
                f"‖δ‖ of hidden layer {layer} of {depth}, one start",
                speed,
                f"layer {layer} of {depth}",
                unit="",
                tolerance=0.005 if speed in (0.07, 0.31) and depth == 2 else 0.0005,
            )
            for depth, row in ROWS.items()
            for layer, speed in enumerate(row, 1)
        ),
        asks="How fast does each hidden layer of a deep network begin to learn? The speed of a layer is the "
        "length ‖δ‖ of the derivative of the cost by its biases, over a thousand images. The published "
        "figures are of one random start each; here each seed is one start, so that the spread beside "
        "our mean is the spread between starts.",
        look_for="On the logarithmic axis the points of one network lie on a straight line: each step back "
        "towards the input costs the same factor, about five. The published crosses lie within what one "
        "start differs from another.",
        seconds=0.2,
        seeds=20,
    ),
    Experiment(
        name="speed-curves",
        title="How fast each hidden layer learns while training goes on",
        subject="depth",
        parameters=CurveParameters(),
        quick={"epochs": 60},
        run=run_curves,
        figure=figure_curves,
        finding=finding_curves,
        published=tuple(
            Published(
                "speed-4-curves",
                SOURCE,
                f"times faster the last of four learns than the first, {when}, about",
                100.0,
                f"times faster {when}, 4 hidden",
                unit="",
                tolerance=30.0,
            )
            for when in ("at the start", "on the way")
        ),
        asks="Is the slow start of the early layers something that passes? Networks of two, three and four "
        "hidden layers learn a thousand images, all of them in every step so that no noise blurs the "
        "curves, and before each step the speed of every layer is noted.",
        look_for="Every curve falls steeply first, because the output layer's biases quickly learn how often "
        "each digit comes. With two hidden layers both rebound; with more they stay low. The earlier "
        "layer lies below the later one all the way. Faint lines are single runs.",
        seconds=6.4,
        seeds=5,
    ),
)
