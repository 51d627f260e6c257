"""The networks of note 000, trained by the note's own rule and by the true gradient side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Scaling
from chainrule.data.load import load_data
from chainrule.lab.directions import Angles
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import MARKERS, band, panels
from chainrule.lab.watching import Observer
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.numerics.functions import sigmoid_for
from chainrule.numerics.initializers import LecunNormal
from chainrule.numerics.parameters import Array, Parameter
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "ErrorLayer", "network_by"]

SCALING = Scaling(0.99 / 255, 0.01)
TARGETS = (0.01, 0.99)
RULES = {"note": "the note's rule", "gradient": "the gradient"}
_SAMPLE = 500
_PUBLISHED_AFTER = {"early": 5, "last": 10}


class ErrorWorkspace(Workspace):
    """A bench with room for e ∘ σ'(z), ``(batch, units)``."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.sigmoid = sigmoid_for(self.outputs.size)
        self.change: Array = np.zeros_like(self.outputs)


@dataclass(eq=False)
class ErrorLayer(Layer[ErrorWorkspace]):
    """a = σ(x wᵀ), whose way back is note 000's: it hands down the error itself.

    Given the error e, ``(batch, units)`` (a − y for the outputs), the change of the weights is
    w' = (e ∘ a ∘ (1 − a))ᵀ x, as in the chain rule. What goes down is e w, where the chain rule
    has (e ∘ a ∘ (1 − a)) w. So the layer that is nearest the outputs moves as by the gradient, and every
    layer below moves in a direction that is the gradient of no cost.

    Args:
        units: neurons of this layer.
    """

    units: int

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        (inputs,) = input_shape
        return (Parameter("weights", (self.units, inputs), LecunNormal(), inputs, self.units, weight=True),)

    def output_shape(self, input_shape: Shape) -> Shape:
        return (self.units,)

    def bind(self, values: Any, gradients: Any, state: Any) -> None:
        super().bind(values, gradients, state)
        self.weights: Array = values["weights"]
        self.weights_gradient: Array = gradients["weights"]

    def workspace(self, input_shape: Shape, purpose: Pass) -> ErrorWorkspace:
        return ErrorWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def forward(self, inputs: Array, workspace: ErrorWorkspace) -> Array:
        workspace.inputs = inputs
        np.dot(self.weights, inputs.T, out=workspace.outputs.T)
        return workspace.sigmoid(workspace.outputs, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: ErrorWorkspace) -> Array:
        change = workspace.change
        np.subtract(1.0, workspace.outputs, out=change)
        np.multiply(change, workspace.outputs, out=change)
        np.multiply(change, output_gradient, out=change)
        np.dot(change.T, workspace.inputs, out=self.weights_gradient)
        if workspace.input_gradient_wanted:
            np.dot(self.weights.T, output_gradient.T, out=workspace.input_gradient.T)
        return workspace.input_gradient


def network_by(rule: str, hidden_layers: int, neurons: int, seed: int) -> Network:
    """A network of note 000, ``rule`` being "note" or "gradient"; one seed gives both the same start."""
    sizes = [784, *[neurons] * hidden_layers, 10]
    if rule == "note":
        return Network([ErrorLayer(units) for units in sizes[1:]], input_shape=784, seed=seed)
    layers = fully_connected(sizes, initializer="lecun_normal", bias=False)
    return Network(layers, input_shape=784, seed=seed)


@dataclass(frozen=True)
class Parameters:
    """A network without biases, and its training one image at a time."""

    hidden_layers: int = parameter(1, "hidden layers", low=1, high=8)
    neurons: int = parameter(200, "neurons of each hidden layer", low=1, high=1000)
    learning_rate: float = parameter(0.01, "learning rate of the note's rule", low=0.0, high=10.0)
    gradient_rate: float = parameter(0.01, "learning rate of the gradient", low=0.0, high=10.0)
    epochs: int = parameter(5, "epochs", low=1, high=100)
    early: int = parameter(5, "the epoch after which accuracy is first read", unit="epochs", low=1, high=100)
    images: int = parameter(60_000, "training images", unit="images", low=1000, high=60_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train the same start by both rules, and look at accuracy and at the angle between them."""
    data = load_data("mnist", "60k")
    train = replace(data.train.part(slice(parameters.images), data.train.name), scaling=SCALING)
    test = replace(data.test, scaling=SCALING)
    shape = parameters.hidden_layers, parameters.neurons
    values: dict[str, float] = {}
    arrays: dict[str, NDArray[Any]] = {}
    rates = {"note": parameters.learning_rate, "gradient": parameters.gradient_rate}
    for index, (rule, name) in enumerate(RULES.items()):
        observer = Observer({"test": test}, report, name, begin=index / 2, end=(index + 1) / 2)
        twins = network_by("note", *shape, seed), network_by("gradient", *shape, seed)
        angles = Angles(twins, train.part(slice(_SAMPLE), "sample"), TARGETS)
        trainer = Trainer(
            network_by(rule, *shape, seed),
            optimizer=SGD(rates[rule]),
            batch_size=1,
            epochs=parameters.epochs,
            targets=TARGETS,
            seed=seed,
            callbacks=[observer, angles],
        )
        trainer.fit(train)
        accuracy, degrees = observer.accuracy("test"), np.array(angles.degrees, np.float32)
        values[f"early accuracy, {name}"] = accuracy[min(parameters.early, parameters.epochs) - 1]
        values[f"last accuracy, {name}"] = accuracy[-1]
        values[f"best accuracy, {name}"] = accuracy.max()
        values[f"seconds an epoch, {name}"] = observer.seconds[-1] / parameters.epochs
        values[f"first layer, degrees at the start, {name}"] = float(degrees[0, 0])
        values[f"first layer, degrees at the end, {name}"] = float(degrees[-1, 0])
        values[f"first layer, length at the start, {name}"] = angles.lengths[0][0]
        arrays[f"accuracy, {name}"] = accuracy
        arrays[f"degrees, {name}"] = degrees
        arrays[f"lengths, {name}"] = np.array(angles.lengths, np.float32)
        arrays["look"] = np.array(angles.epochs, np.float32)
    return Result(values, arrays)


def finding(results: Results) -> str:
    """What the two rules came to, and how far apart their directions are, in a sentence."""
    note, gradient = RULES.values()
    layers = results.parameters.hidden_layers
    return (
        f"{layers} hidden layer{'s' if layers > 1 else ''}, {results.parameters.epochs} epochs: "
        f"{results.said(f'last accuracy, {note}')} % by {note}, "
        f"{results.said(f'last accuracy, {gradient}')} % by {gradient}; in the first layer their directions "
        f"part by {results.mean(f'first layer, degrees at the start, {note}'):.0f}° at the start and "
        f"{results.mean(f'first layer, degrees at the end, {note}'):.0f}° at the end"
    )


def figure(results: Results) -> Figure:
    """Accuracy by both rules; by layer, the angle between them and how much longer the note's is."""
    drawn, (accuracy, degrees, lengths) = panels(finding(results), columns=3)
    note, gradient = RULES.values()
    epochs = np.arange(1, results.parameters.epochs + 1)
    for index, (rule, line) in enumerate(((note, "-"), (gradient, "--"))):
        look = {"linestyle": line, "marker": MARKERS[index], "markersize": 5}
        band(accuracy, epochs, results.arrays(f"accuracy, {rule}"), index, rule, **look)
    for claim in results.published:
        after = _PUBLISHED_AFTER[claim.value.split()[0]]
        if claim.figure is not None and after <= results.parameters.epochs:
            label = f"published: {claim.figure:g}"
            accuracy.plot(after, claim.figure, "*", color="black", markersize=11, zorder=5, label=label)
    looks = results.runs[0].arrays["look"]
    for layer in range(results.parameters.hidden_layers):
        look = {"marker": MARKERS[layer % len(MARKERS)], "markersize": 5, "markevery": 4}
        name = f"hidden layer {layer + 1}"
        band(degrees, looks, results.arrays(f"degrees, {note}")[..., layer], layer + 2, name, **look)
        band(lengths, looks, results.arrays(f"lengths, {note}")[..., layer], layer + 2, name, **look)
    accuracy.set(xlabel="epoch", ylabel="test accuracy (%)")
    degrees.set(xlabel="epoch", ylabel="angle between the two (degrees)", ylim=(0, None))
    lengths.set(xlabel="epoch", ylabel="length, note's over gradient's")
    if results.parameters.hidden_layers > 1:
        lengths.set_yscale("log")
    else:
        lengths.set_ylim(0, None)
    for axes in (accuracy, degrees, lengths):
        axes.locator_params(axis="x", integer=True)
    accuracy.legend()
    degrees.legend()
    return drawn


def _published(name: str, five: float, ten: float | None = None) -> tuple[Published, ...]:
    note, gradient = RULES.values()
    claims = [
        Published(name, "note 000", "test accuracy after 5 epochs", five, f"early accuracy, {note}"),
        Published(name, "note 000", "the same by the gradient", None, f"early accuracy, {gradient}"),
    ]
    if ten is not None:
        claims += [
            Published(name, "note 000", "test accuracy after 10 epochs", ten, f"last accuracy, {note}"),
            Published(name, "note 000", "the same by the gradient", None, f"last accuracy, {gradient}"),
        ]
    return tuple(claims)


FIRST = Experiment(
    name="csv-3",
    title="Note 000's rule and the gradient: one hidden layer",
    subject="first networks",
    parameters=Parameters(epochs=10),
    quick={"images": 1_500, "epochs": 2},
    run=run,
    figure=figure,
    finding=finding,
    published=_published("csv-3", 95.46, 96.95),
    asks="Note 000 gives each hidden layer the error weights.T @ error of the layer above, and leaves out "
    "that layer's σ'. That is the gradient of no cost. Does it matter? Both rules are run from the same "
    "start, on the same images in the same order, one at a time, at the note's rate of 0.01; the output "
    "layer moves alike under both. As in the note there are no biases, weights start with a standard "
    "deviation of 1/√(numbers that come in), inputs run from 0.01 to 1 and targets are 0.01 and 0.99. The "
    "note takes the images in the order of the file, here they are shuffled in each epoch.",
    look_for="The angle between the two directions, taken on 500 images: 0° would be the same direction, "
    "90° no help at all. And their lengths: σ' is at most 1/4, so each layer that the note leaves it out "
    "of makes its step at least about 4 times as long. At the same rate the note's rule therefore learns "
    "faster, the more so the further a layer is from the outputs: it knows no vanishing gradient. With more "
    "layers see too whether it keeps what it has learnt, for a step that long may be too long.",
    seconds=275.0,
    seeds=2,
)


def _deeper(name: str, hidden_layers: int, published: tuple[Published, ...], **given: Any) -> Experiment:
    return replace(
        FIRST,
        name=name,
        quick={"images": 1_000, "epochs": 1},
        published=published,
        **{"title": f"Note 000's rule and the gradient: {hidden_layers} hidden layers"} | given,
    )


EXPERIMENTS = (
    FIRST,
    _deeper("csv-4", 2, _published("csv-4", 96.9, 97.61), parameters=Parameters(2, epochs=10), seconds=300.0),
    _deeper("csv-5", 3, _published("csv-5", 96.23), parameters=Parameters(3), seconds=140.0),
    _deeper(
        "csv-6",
        4,
        _published("csv-6", 95.8),
        parameters=Parameters(4),
        asks=f"{FIRST.asks} For this network the note shows no code and does not say after how many epochs "
        "its figure was read; here it is 5, as for the one before.",
        seconds=160.0,
    ),
    _deeper(
        "csv-6-rates",
        4,
        tuple(
            Published("csv-6", "note 000", f"{name} at a rate that suits it", None, f"early accuracy, {name}")
            for name in RULES.values()
        ),
        title="Four hidden layers at rates that suit the two rules",
        parameters=Parameters(4, learning_rate=0.003, gradient_rate=0.1),
        asks="Four hidden layers again, each rule at a rate that suits it: 0.003 for the note's, whose steps "
        "grow with every layer, 0.1 for the gradient, whose steps shrink. Is it the depth that fails at the "
        "rate of 0.01, or the rate?",
        seconds=160.0,
    ),
)
