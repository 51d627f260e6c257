"""Layers one after the other, which together are a layer again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from chainrule.errors import SettingError
from chainrule.layers.activations import ReLU
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.layers.pooling import MaxPool
from chainrule.numerics.parameters import Array, Parameter

__all__ = ["Sequential", "SequentialWorkspace", "numbers_an_example"]


class SequentialWorkspace(Workspace):
    """The benches of the layers, in their order, and where the way back may end.

    Attributes:
        steps: each layer beside its bench, a pool before the ReLU that it follows.
        steps_back: the same in reverse, as far as anything is learnt or asked for.
    """

    def __init__(self, layers: Sequence[Layer[Any]], input_shape: Shape, purpose: Pass) -> None:
        self.steps: list[tuple[Layer[Any], Any]] = []
        self.steps_back: list[tuple[Layer[Any], Any]] = []
        gradient_wanted = purpose.input_gradient
        shape = input_shape
        for layer in _pools_first(layers):
            workspace = layer.workspace(shape, replace(purpose, input_gradient=gradient_wanted))
            self.steps.append((layer, workspace))
            gradient_wanted = gradient_wanted or (purpose.training and bool(layer.parameters(shape)))
            if gradient_wanted:
                self.steps_back.insert(0, (layer, workspace))
            shape = layer.output_shape(shape)


@dataclass(eq=False)
class Sequential(Layer[SequentialWorkspace]):
    """a ↦ layerₙ(… layer₂(layer₁(a))): forward in order, backward in reverse, as the chain rule says.

    Parameters and state are those of the layers, named ``"0.weights"``, ``"0.biases"``, ``"1. …``.
    The derivative by the inputs is not computed unless asked for, and layers before the first one
    that learns are then not visited on the way back.
    """

    layers: list[Layer[Any]]

    def __post_init__(self) -> None:
        self.layers = list(self.layers)
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise SettingError(f"expected layers such as Dense(30) or Sigmoid(), got {layer!r}.")

        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise SettingError(
                "the same layer stands in two places; a layer appears in one place only. Make a second one."
            )

    def require_unbound(self) -> None:
        super().require_unbound()
        for layer in self.layers:
            layer.require_unbound()

    def shapes(self, input_shape: Shape) -> list[Shape]:
        """The shape of one example before each layer, and after the last."""
        shapes = [input_shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return shapes

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        return tuple(
            replace(parameter, name=f"{index}.{parameter.name}")
            for index, (layer, shape) in enumerate(zip(self.layers, self.shapes(input_shape), strict=False))
            for parameter in layer.parameters(shape)
        )

    def state(self, input_shape: Shape) -> dict[str, Array]:
        return {
            f"{index}.{name}": array
            for index, (layer, shape) in enumerate(zip(self.layers, self.shapes(input_shape), strict=False))
            for name, array in layer.state(shape).items()
        }

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.shapes(input_shape)[-1]

    def bind(
        self, values: Mapping[str, Array], gradients: Mapping[str, Array], state: Mapping[str, Array]
    ) -> None:
        self.require_unbound()
        super().bind({}, {}, {})
        for index, layer in enumerate(self.layers):
            prefix = f"{index}."
            parts = (
                {name.removeprefix(prefix): view for name, view in whole.items() if name.startswith(prefix)}
                for whole in (values, gradients, state)
            )
            layer.bind(*parts)

    def workspace(self, input_shape: Shape, purpose: Pass) -> SequentialWorkspace:
        return SequentialWorkspace(self.layers, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SequentialWorkspace) -> Array:
        for layer, bench in workspace.steps:
            inputs = layer.forward(inputs, bench)
        return inputs

    def backward(self, output_gradient: Array, workspace: SequentialWorkspace) -> Array:
        for layer, bench in workspace.steps_back:
            output_gradient = layer.backward(output_gradient, bench)
        return output_gradient


def numbers_an_example(layer: Layer[Any], input_shape: Shape) -> int:
    """How many numbers a layer, and those within it, write for one example."""
    inside = (
        zip(layer.layers, layer.shapes(input_shape), strict=False) if isinstance(layer, Sequential) else ()
    )
    return prod(layer.output_shape(input_shape)) + sum(numbers_an_example(*each) for each in inside)


def _pools_first(layers: Sequence[Layer[Any]]) -> list[Layer[Any]]:
    """The layers in the order of work: where a MaxPool follows a ReLU, the pool goes first.

    The larger of two numbers stays the larger, or both become 0, so a = max(0, max x) either way; and the
    derivative reaches the largest x if that is above 0, and otherwise none. The ReLU has less to do so.
    """
    ordered = list(layers)
    for place in range(len(ordered) - 1):
        if isinstance(ordered[place], ReLU) and isinstance(ordered[place + 1], MaxPool):
            ordered[place : place + 2] = reversed(ordered[place : place + 2])
    return ordered
