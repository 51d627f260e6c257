"""In training, each neuron is silenced at random; in answering, nothing happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.parameters import Array

__all__ = ["Dropout"]


class DropoutWorkspace(Workspace):
    """A bench with the draw of this pass and what each neuron is multiplied by: 0 or 1/(1 − rate)."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.generator = purpose.generator if purpose.training else None
        if purpose.training and purpose.generator is None:
            raise SettingError("a Dropout layer draws at random in training: give the bench a generator.")
        self.draw: Array = np.zeros(self.outputs.shape, purpose.dtype)
        self.kept = np.zeros_like(self.outputs, np.bool_)
        self.factor: Array = np.ones_like(self.outputs)


@dataclass(eq=False)
class Dropout(Layer[DropoutWorkspace]):
    """a = m x / (1 − rate), where each m is 0 with probability ``rate`` and else 1 (Srivastava et al. 2014).

    Dividing in training keeps the mean, so answering needs no factor. ∂C/∂x = g m / (1 − rate):
    the same factor, remembered.

    Args:
        rate: the share that is dropped, at least 0 and less than 1.
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise SettingError(
                f"a dropout rate is the share that is dropped, at least 0 and less than 1, not {self.rate}."
            )

    def workspace(self, input_shape: Shape, purpose: Pass) -> DropoutWorkspace:
        return DropoutWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: DropoutWorkspace) -> Array:
        if workspace.generator is None:
            return inputs
        workspace.generator.random(dtype=workspace.draw.dtype, out=workspace.draw)
        np.greater_equal(workspace.draw, self.rate, out=workspace.kept)
        np.copyto(workspace.factor, workspace.kept)
        np.multiply(workspace.factor, 1.0 / (1.0 - self.rate), out=workspace.factor)
        return np.multiply(inputs, workspace.factor, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: DropoutWorkspace) -> Array:
        return np.multiply(output_gradient, workspace.factor, out=workspace.input_gradient)
