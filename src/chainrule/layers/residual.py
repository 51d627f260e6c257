"""A block of layers whose result is added to what went into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Pass, Shape, Workspace
from chainrule.layers.sequential import Sequential, SequentialWorkspace
from chainrule.numerics.parameters import Array

__all__ = ["Residual"]


class ResidualWorkspace(SequentialWorkspace):
    """The benches of the block, and one buffer for each of the two sums."""

    def __init__(self, block: Residual, input_shape: Shape, purpose: Pass) -> None:
        Workspace.__init__(self, input_shape, input_shape, purpose)
        super().__init__(block.layers, input_shape, purpose)


@dataclass(eq=False)
class Residual(Sequential):
    """a = x + F(x), F being the layers (He et al. 2016); ∂C/∂x = g + F'(x)ᵀ g.

    The g that arrives reaches x undiminished, whatever F does to its own share: the reason why
    early layers of deep networks go on learning.

    Args:
        layers: the block F; what leaves it must have the shape of what enters.
    """

    def output_shape(self, input_shape: Shape) -> Shape:
        after = super().output_shape(input_shape)
        if after != input_shape:
            raise SettingError(
                f"a Residual block adds its result to its input, so both need one shape; "
                f"here {input_shape} goes in and {after} comes out."
            )
        return after

    def workspace(self, input_shape: Shape, purpose: Pass) -> ResidualWorkspace:
        self.output_shape(input_shape)
        return ResidualWorkspace(self, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SequentialWorkspace) -> Array:
        return np.add(inputs, super().forward(inputs, workspace), out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: SequentialWorkspace) -> Array:
        through_block = super().backward(output_gradient, workspace)
        if workspace.input_gradient_wanted:
            np.add(output_gradient, through_block, out=workspace.input_gradient)
        return workspace.input_gradient
