"""Names of layers, and layers as plain data: what a model file says of them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from reprlib import repr as shown
from typing import Any

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers.activations import ELU, LeakyReLU, PReLU, ReLU, Sigmoid, Softmax, Step, Tanh
from chainrule.layers.convolution import Convolution
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.ensemble import Ensemble
from chainrule.layers.layer import Layer
from chainrule.layers.normalization import BatchNorm
from chainrule.layers.padding import ZeroPad
from chainrule.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from chainrule.layers.reshape import Flatten, Reshape
from chainrule.layers.residual import Residual
from chainrule.layers.sequential import Sequential
from chainrule.numerics.initializers import INITIALIZERS, Initializer

__all__ = ["ACTIVATIONS", "LAYERS", "activation_named", "described", "fully_connected", "rebuilt"]

ACTIVATIONS: dict[str, type[Layer[Any]]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "elu": ELU,
    "softmax": Softmax,
    "step": Step,
}

LAYERS: dict[str, type[Layer[Any]]] = {
    kind.__name__: kind
    for kind in (
        Dense,
        Convolution,
        MaxPool,
        AveragePool,
        GlobalAveragePool,
        ZeroPad,
        Dropout,
        BatchNorm,
        Flatten,
        Reshape,
        Residual,
        Sequential,
        Ensemble,
        *ACTIVATIONS.values(),
    )
}

_INITIALIZER_NAMES = {kind: name for name, kind in INITIALIZERS.items()}
_DEEPEST = 16


def activation_named(name: str) -> Layer[Any]:
    """A new activation layer of that name.

    Raises:
        UnknownNameError: no activation bears the name.
    """
    if name not in ACTIVATIONS:
        raise UnknownNameError("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]()


def fully_connected(
    sizes: Sequence[int],
    *,
    hidden: str = "sigmoid",
    output: str = "sigmoid",
    initializer: str | Initializer = "normal",
    bias_initializer: str | Initializer = "normal",
    bias: bool = True,
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> list[Layer[Any]]:
    """The layers of a network like the book's: ``[784, 30, 10]`` is 784 inputs, 30 hidden, 10 outputs.

    Args:
        sizes: inputs, neurons of each hidden layer, outputs; at least two numbers.
        hidden: activation of the hidden layers.
        output: activation of the last layer.
        initializer: start of the weights.
        bias_initializer: start of the biases.
        bias: False for layers without biases.
        batch_norm: True puts a BatchNorm before each hidden activation.
        dropout: above 0, the share of hidden neurons that is dropped in training.

    Raises:
        SettingError: fewer than two sizes, or a size below 1.
    """
    if len(sizes) < 2:
        raise SettingError(
            f"a network needs at least two sizes, inputs and outputs, such as [784, 10]; got {list(sizes)}."
        )
    if sizes[0] < 1:
        raise SettingError(f"a network needs at least 1 input, not {sizes[0]}.")

    def dense(units: int) -> Dense:
        return Dense(units, initializer=initializer, bias=bias, bias_initializer=bias_initializer)

    layers: list[Layer[Any]] = []
    for units in sizes[1:-1]:
        layers.append(dense(units))
        if batch_norm:
            layers.append(BatchNorm())
        layers.append(activation_named(hidden))
        if dropout:
            layers.append(Dropout(dropout))
    return [*layers, dense(sizes[-1]), activation_named(output)]


def described(thing: Layer[Any] | Initializer) -> dict[str, Any]:
    """A layer or initialiser as plain data: its name under ``"type"`` and its settings."""
    name = _INITIALIZER_NAMES[type(thing)] if isinstance(thing, Initializer) else type(thing).__name__
    settings: dict[str, Any] = {"type": name}
    for field in fields(thing):  # type: ignore[arg-type]
        value = getattr(thing, field.name)
        if isinstance(value, (Layer, Initializer)):
            value = described(value)
        elif isinstance(value, (list, tuple)):
            value = [described(part) if isinstance(part, Layer) else part for part in value]
        settings[field.name] = value
    return settings


def rebuilt(settings: object, depth: int = 0) -> Layer[Any]:
    """The layer that ``described`` made this of; the data may come from anywhere and is checked.

    Raises:
        SettingError: not a known layer, or settings that the layer does not have or refuses.
    """
    layer = _rebuilt(settings, LAYERS, "layer", depth)
    assert isinstance(layer, Layer)
    return layer


def _rebuilt(settings: object, known: dict[str, Any], kind: str, depth: int) -> Layer[Any] | Initializer:
    if not isinstance(settings, dict) or not isinstance(settings.get("type"), str):
        raise SettingError(f"expected a {kind} as an object with a 'type', got {shown(settings)}.")
    if depth > _DEEPEST:
        raise SettingError(f"blocks are nested deeper than {_DEEPEST} levels.")
    name = settings["type"]
    if name not in known:
        raise UnknownNameError(kind, name, known)
    allowed = {field.name: field for field in fields(known[name])}
    arguments: dict[str, Any] = {}
    for key, value in settings.items():
        if key == "type":
            continue
        if key not in allowed:
            raise UnknownNameError(f"setting of {name}", key, allowed)
        if key == "layers":
            if not isinstance(value, list):
                raise SettingError(f"the layers of a {name} are a list, not {shown(value)}.")
            value = [rebuilt(part, depth + 1) for part in value]
        elif key.endswith("initializer"):
            value = _rebuilt(value, INITIALIZERS, "initializer", depth + 1)
        elif not _plain(value, allowed[key].type):
            raise SettingError(f"setting '{key}' of a {name} cannot be {shown(value)}.")
        arguments[key] = value
    try:
        made: Layer[Any] | Initializer = known[name](**arguments)
    except (TypeError, OverflowError) as error:
        raise SettingError(f"a {name} cannot be made of {shown(arguments)}: {error}.") from error
    return made


def _plain(value: object, annotation: object) -> bool:
    """Whether a value read from a file has the kind that the field's annotation names."""
    match annotation:
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "str":
            return isinstance(value, str)
        case _:
            return isinstance(value, list) and all(type(part) is int for part in value)
