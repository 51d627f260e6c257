"""One neuron, one example: why the quadratic cost learns slowest where it is most wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, panels
from chainrule.layers.dense import Dense
from chainrule.layers.registry import activation_named
from chainrule.losses import Loss, LossWorkspace, SigmoidCrossEntropy
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.optimizers import SGD
from chainrule.training import Callback, EpochRecord, Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

INPUT = 1.0
STARTS = ("first start", "second start")


@dataclass(frozen=True)
class Parameters:
    """Where the neuron starts and how fast it learns; its input is 1."""

    epochs: int = parameter(300, "epochs of one step each", low=2, high=5000)
    quadratic_rate: float = parameter(0.15, "learning rate of the quadratic cost", low=1e-6, high=10.0)
    cross_entropy_rate: float = parameter(0.005, "learning rate of cross-entropy", low=1e-6, high=10.0)
    first_weight: float = parameter(0.6, "weight of the first start", low=-10.0, high=10.0)
    first_bias: float = parameter(0.9, "bias of the first start", low=-10.0, high=10.0)
    second_weight: float = parameter(2.0, "weight of the second start", low=-10.0, high=10.0)
    second_bias: float = parameter(2.0, "bias of the second start", low=-10.0, high=10.0)


class CrossEntropyByOutput(SigmoidCrossEntropy):
    """Cross-entropy whose ∂C/∂a is passed down in place of ∂C/∂z, the sigmoid's own slope forgotten.

    ∂C/∂a = (a − y) / (a (1 − a)) is what the animation on the book's page steps along (1/(1 − a) at
    y = 0); the book's equations 61 and 62, and the class above, have ∂C/∂z = a − y.
    """

    name = "cross_entropy_by_output"

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        value = super().forward(outputs, targets, workspace)
        answers = workspace.gradient + targets
        np.divide(workspace.gradient, answers * (1.0 - answers), out=workspace.gradient)
        return value


@dataclass(frozen=True)
class Case:
    """A neuron and how it learns: its activation, cost and rate, and the output it is to give."""

    name: str
    activation: str
    loss: str | Loss
    rate: float
    target: float = 0.0


class Path(Callback):
    """Notes the weighted input z and the output of one neuron before each step and after the last."""

    def __init__(self) -> None:
        self.weighted_inputs: list[float] = []
        self.outputs: list[float] = []

    def on_start(self, trainer: Trainer) -> None:
        self._note(trainer.network)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self._note(trainer.network)

    def _note(self, network: Network) -> None:
        self.weighted_inputs.append(INPUT * _weight(network).item() + _bias(network).item())
        self.outputs.append(network.predict([[INPUT]]).item())


def _weight(network: Network) -> Array:
    return network.parameters.view("0.weights")


def _bias(network: Network) -> Array:
    return network.parameters.view("0.biases")


def cases(parameters: Parameters) -> tuple[Case, ...]:
    """The neurons that are compared; each is to go to the lower end of what it can answer."""
    quadratic, cross_entropy = parameters.quadratic_rate, parameters.cross_entropy_rate
    return (
        Case("quadratic", "sigmoid", "quadratic", quadratic),
        Case("cross-entropy", "sigmoid", "sigmoid_cross_entropy", cross_entropy),
        Case("cross-entropy at the quadratic rate", "sigmoid", "sigmoid_cross_entropy", quadratic),
        Case("the animation's rule", "sigmoid", CrossEntropyByOutput(), cross_entropy),
        Case("tanh", "tanh", "quadratic", quadratic, target=-1.0),
        Case("ReLU", "relu", "quadratic", quadratic),
    )


def learned(case: Case, weight: float, bias: float, epochs: int) -> tuple[Path, NDArray[np.float64]]:
    """The path of one neuron from (weight, bias), and its cost before each step, ``(epochs,)``."""
    network = Network([Dense(1), activation_named(case.activation)], 1, dtype=np.float64)
    _weight(network)[...] = weight
    _bias(network)[...] = bias
    example = Dataset(
        np.array([[INPUT]], np.float32), np.zeros(1, np.int64), ("neuron",), (1,), name="one example"
    )
    path = Path()
    trainer = Trainer(
        network,
        loss=case.loss,
        optimizer=SGD(case.rate),
        batch_size=1,
        epochs=epochs,
        targets=(case.target - 1.0, case.target),
        seed=0,
        callbacks=[path],
    )
    history = trainer.fit(example)
    return path, np.array([record.loss for record in history.epochs])


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Let every neuron learn from both starts; nothing is random."""
    chosen = cases(parameters)
    points = (
        (parameters.first_weight, parameters.first_bias),
        (parameters.second_weight, parameters.second_bias),
    )
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[np.float32]] = {}
    for index, case in enumerate(chosen):
        report(index / len(chosen), case.name)
        for start, (weight, bias) in zip(STARTS, points, strict=True):
            path, cost = learned(case, weight, bias, parameters.epochs)
            name = f"{case.name}, {start}"
            outputs, steps = np.array(path.outputs), np.abs(np.diff(path.weighted_inputs))
            left = np.abs(outputs - case.target)
            values[f"{name}: last output"] = outputs[-1]
            values[f"{name}: epochs above 0.9"] = float(np.count_nonzero(outputs[1:] > 0.9))
            values[f"{name}: epochs in the first half of the way"] = float(
                np.count_nonzero(left[1:] > left[0] / 2)
            )
            values[f"{name}: first step of the largest"] = 100.0 * steps[0] / max(steps.max(), 1e-300)
            arrays[f"{name}: output"] = outputs.astype(np.float32)
            arrays[f"{name}: cost"] = cost.astype(np.float32)
    return Result(values, arrays)


def finding(results: Results) -> str:
    """How fast the badly wrong neuron sets out, under the two costs."""

    def share(case: str) -> str:
        return f"{results.mean(f'{case}, second start: first step of the largest'):.0f} %"

    settings = results.parameters
    return (
        f"Started at w = {settings.second_weight:g}, b = {settings.second_bias:g}, the neuron's first step "
        f"is {share('quadratic')} of its largest with the quadratic cost and {share('cross-entropy')} with "
        f"cross-entropy; the output comes to "
        f"{results.said('quadratic, second start: last output')} and, at a rate of "
        f"{settings.cross_entropy_rate:g}, to {results.said('cross-entropy, second start: last output')}"
    )


def figure(results: Results) -> Figure:
    """Outputs from both starts, costs from the second, and other neurons from the second."""
    drawn, (first, second, costs, others) = panels(finding(results), columns=2, rows=2)
    settings, run_ = results.parameters, results.runs[0]
    labels = {
        "quadratic": f"quadratic, η = {settings.quadratic_rate:g}",
        "cross-entropy": f"cross-entropy, η = {settings.cross_entropy_rate:g}",
        "cross-entropy at the quadratic rate": f"cross-entropy, η = {settings.quadratic_rate:g}",
        "the animation's rule": f"the page's animation, η = {settings.cross_entropy_rate:g}",
    }
    targets = {case.name: case.target for case in cases(settings)}
    lines = ("-", "--", ":", "-.")
    for index, (case, label) in enumerate(labels.items()):
        look: dict[str, Any] = {"color": COLOURS[index], "linestyle": lines[index], "label": label}
        for axes, start in zip((first, second), STARTS, strict=True):
            axes.plot(run_.arrays[f"{case}, {start}: output"], **look)
        cost = run_.arrays[f"{case}, second start: cost"]
        costs.plot(cost / cost[0], **look)
    for index, (case, label) in enumerate(
        {"quadratic": "sigmoid, target 0", "tanh": "tanh, target −1", "ReLU": "ReLU, target 0"}.items()
    ):
        left = np.abs(run_.arrays[f"{case}, second start: output"] - targets[case])
        others.plot(
            left / left[0],
            color=COLOURS[(0, 4, 6)[index]],
            linestyle=lines[index],
            label=label,
        )
    first.set_title(f"from w = {settings.first_weight:g}, b = {settings.first_bias:g}")
    second.set_title(f"from w = {settings.second_weight:g}, b = {settings.second_bias:g}")
    costs.set_title("second start: cost, as a share of the first")
    others.set_title("second start: other neurons, quadratic cost")
    for axes in (first, second):
        axes.set(xlabel="epoch", ylabel="output")
    others.set(xlabel="epoch", ylabel="share of the way left to go")
    costs.set(xlabel="epoch", ylabel="cost / first cost")
    first.legend(fontsize=9)
    others.legend(fontsize=9, loc="lower left", bbox_to_anchor=(0.06, 0.25))
    return drawn


BOOK = "Nielsen, Neural Networks and Deep Learning, chapter 3"

EXPERIMENTS = (
    Experiment(
        name="slowdown",
        title="One neuron that is badly wrong",
        subject="better learning",
        parameters=Parameters(),
        quick={},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "slowdown",
                BOOK,
                "last output from w=0.6, b=0.9, quadratic cost",
                0.09,
                "quadratic, first start: last output",
                unit="",
                tolerance=0.005,
            ),
            Published(
                "slowdown",
                BOOK,
                "last output from w=2, b=2, quadratic cost",
                0.20,
                "quadratic, second start: last output",
                unit="",
                tolerance=0.005,
            ),
            Published(
                "slowdown",
                BOOK,
                "epochs of slow learning from w=2, b=2 (here: output above 0.9), about",
                150,
                "quadratic, second start: epochs above 0.9",
                unit="epochs",
                tolerance=25,
            ),
        ),
        asks="A sigmoid neuron has to turn its input 1 into the output 0. Does it learn faster when it is "
        "further off? With the quadratic cost the gradient carries the slope of the sigmoid, which is flat "
        "where the neuron is surest; with cross-entropy that slope cancels.",
        look_for="Look at how each curve begins, rather than at how low it ends, which is a matter of the "
        "rate. The quadratic cost from the second start begins flat and bends down late; that of "
        "cross-entropy begins at its steepest. A tanh neuron saturates sooner than a sigmoid and is stuck "
        "longer; a ReLU neuron has a slope of 1 and never slows where it is wrong.",
        seconds=1.0,
        seeds=1,
    ),
)
