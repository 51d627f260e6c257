"""The same numbers in another shape: nothing is learnt."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.parameters import Array

__all__ = ["Flatten", "Reshape"]


class ReshapeWorkspace(Workspace):
    """A bench with room for what has to be copied: what was rows, and lies neuron by neuron, into images.

    Images lie image by image, as the layers on them want it; everything else is handed on as a view.
    """

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.input_batch = (purpose.batch_size, *input_shape)
        self.output_batch = (purpose.batch_size, *output_shape)


class Reshaping(Layer[ReshapeWorkspace]):
    """What Flatten and Reshape have in common: all but the shape that comes out."""

    def workspace(self, input_shape: Shape, purpose: Pass) -> ReshapeWorkspace:
        return ReshapeWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def forward(self, inputs: Array, workspace: ReshapeWorkspace) -> Array:
        return _reshaped(inputs, workspace.output_batch, workspace.outputs)

    def backward(self, output_gradient: Array, workspace: ReshapeWorkspace) -> Array:
        return _reshaped(output_gradient, workspace.input_batch, workspace.input_gradient)


def _reshaped(array: Array, shape: Shape, room: Array) -> Array:
    view = array.reshape(shape)
    if len(shape) == 2 or view.flags.c_contiguous:
        return view
    np.copyto(room, view)
    return room


@dataclass(eq=False)
class Reshape(Reshaping):
    """Each example takes ``shape``; the derivative takes its old shape on the way back."""

    shape: Shape

    def __post_init__(self) -> None:
        self.shape = tuple(self.shape)
        whole = all(isinstance(side, (int, np.integer)) and not isinstance(side, bool) for side in self.shape)
        if not (self.shape and whole and min(self.shape) >= 1):
            raise SettingError(f"a Reshape layer takes a shape of whole numbers ≥ 1, not {self.shape}.")
        self.shape = tuple(int(side) for side in self.shape)

    def output_shape(self, input_shape: Shape) -> Shape:
        if prod(input_shape) != prod(self.shape):
            raise SettingError(
                f"a Reshape layer to {self.shape} needs {prod(self.shape)} numbers an example; "
                f"shape {input_shape} has {prod(input_shape)}."
            )
        return self.shape


@dataclass(eq=False)
class Flatten(Reshaping):
    """Each example becomes one row of numbers, as a Dense layer wants it."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (prod(input_shape),)
