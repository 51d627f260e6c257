"""Zeros around images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.images import require_images
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.parameters import Array

__all__ = ["ZeroPad"]

_WIDEST = 1000
"""Zeros beyond this would make a small file ask for much memory."""


class ZeroPadWorkspace(Workspace):
    """A bench whose outputs are zeros but for where the images are written; ``inside`` says where."""

    def __init__(self, layer: ZeroPad, input_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, layer.output_shape(input_shape), purpose)
        (rows, columns), (height, width, _) = layer.around, input_shape
        self.inside = np.s_[:, rows : rows + height, columns : columns + width]


@dataclass(eq=False)
class ZeroPad(Layer[ZeroPadWorkspace]):
    """a = x with zeros around it; the derivative by x is that by a, without its margin.

    Args:
        margin: ``(rows, columns)`` of zeros at either end of an image; one number stands for both.
    """

    margin: int | tuple[int, int]

    def __post_init__(self) -> None:
        given = self.margin if isinstance(self.margin, (list, tuple)) else (self.margin, self.margin)
        whole = all(isinstance(side, (int, np.integer)) and not isinstance(side, bool) for side in given)
        if len(given) != 2 or not whole or not 0 <= min(given) <= max(given) <= _WIDEST:
            raise SettingError(
                f"the margin of a ZeroPad is a whole number from 0 to {_WIDEST}, or two of them, rows and "
                f"columns; not {self.margin!r:.80}."
            )
        self.around = self.margin = int(given[0]), int(given[1])

    def output_shape(self, input_shape: Shape) -> Shape:
        require_images("ZeroPad", input_shape)
        (rows, columns), (height, width, channels) = self.around, input_shape
        return height + 2 * rows, width + 2 * columns, channels

    def workspace(self, input_shape: Shape, purpose: Pass) -> ZeroPadWorkspace:
        return ZeroPadWorkspace(self, input_shape, purpose)

    def forward(self, inputs: Array, workspace: ZeroPadWorkspace) -> Array:
        np.copyto(workspace.outputs[workspace.inside], inputs)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: ZeroPadWorkspace) -> Array:
        if workspace.input_gradient_wanted:
            np.copyto(workspace.input_gradient, output_gradient[workspace.inside])
        return workspace.input_gradient
