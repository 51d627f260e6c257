"""Pooling: what a window sees becomes one number, its largest or its mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.layers.images import Sides, pair_of, places_in, require_images
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import pixels_under

__all__ = ["AveragePool", "GlobalAveragePool", "MaxPool"]


class PoolWorkspace(Workspace):
    """A bench with one number and two marks for each output.

    Attributes:
        share: what one pixel under the window receives of g.
        winner: whether that pixel is the largest.
        waiting: whether the largest has not been met yet.
    """

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.share: Array = np.zeros_like(self.outputs)
        self.winner = np.zeros(self.outputs.shape, np.bool_)
        self.waiting = np.zeros(self.outputs.shape, np.bool_)


@dataclass(eq=False)
class Pool(Layer[PoolWorkspace]):
    """What MaxPool and AveragePool have in common: a window that moves over each channel by itself.

    Rows and columns at the end that the window does not reach are cut, as in PyTorch.
    """

    size: Sides = 2
    stride: Sides | None = None

    def __post_init__(self) -> None:
        kind = type(self).__name__
        self.window = self.size = pair_of(self.size, f"the size of {kind}")
        given = self.size if self.stride is None else self.stride
        self.step = self.stride = pair_of(given, f"the stride of {kind}")
        self.apart = self.step[0] >= self.window[0] and self.step[1] >= self.window[1]

    def output_shape(self, input_shape: Shape) -> Shape:
        kind = type(self).__name__
        require_images(kind, input_shape)
        places = places_in(input_shape[:2], self.window, self.step, f"the window of {kind}")
        return (*places, input_shape[2])

    def workspace(self, input_shape: Shape, purpose: Pass) -> PoolWorkspace:
        return PoolWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def pixels(self, images: Array, workspace: PoolWorkspace) -> list[Array]:
        """For each place in the window, row by row, the pixels under it, shaped as the outputs are."""
        places = workspace.outputs.shape[1], workspace.outputs.shape[2]
        return [pixels for _, _, pixels in pixels_under(images, places, self.window, self.step)]


@dataclass(eq=False)
class MaxPool(Pool):
    """a = max over the window of x, channel by channel.

    Only the largest pixel reaches a, so with g = ∂C/∂a it alone receives g, and the others 0. Of
    equally large ones the first does, row by row, as in PyTorch. Where windows overlap, a pixel sums
    the g of those it is the largest of.

    Args:
        size: the window, one number for a square or ``(height, width)``.
        stride: how far it moves, one number or ``(down, right)``; None: by its size.
    """

    def forward(self, inputs: Array, workspace: PoolWorkspace) -> Array:
        workspace.inputs = inputs
        first, *others = self.pixels(inputs, workspace)
        np.copyto(workspace.outputs, first)
        for pixels in others:
            np.maximum(workspace.outputs, pixels, out=workspace.outputs)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        gradient, winner, waiting = workspace.input_gradient, workspace.winner, workspace.waiting
        gradient.fill(0.0)
        waiting.fill(True)
        for pixels, target in zip(
            self.pixels(workspace.inputs, workspace), self.pixels(gradient, workspace), strict=True
        ):
            np.equal(pixels, workspace.outputs, out=winner)
            np.logical_and(winner, waiting, out=winner)
            np.logical_xor(winner, waiting, out=waiting)
            if self.apart:
                np.multiply(output_gradient, winner, out=target)
            else:
                np.multiply(output_gradient, winner, out=workspace.share)
                np.add(target, workspace.share, out=target)
        return gradient


@dataclass(eq=False)
class AveragePool(Pool):
    """a = mean over the window of x, channel by channel.

    Each of the n pixels in a window moves a by 1/n, so with g = ∂C/∂a it receives g/n, summed over
    the windows it lies in.

    Args:
        size: the window, one number for a square or ``(height, width)``.
        stride: how far it moves, one number or ``(down, right)``; None: by its size.
    """

    def forward(self, inputs: Array, workspace: PoolWorkspace) -> Array:
        first, *others = self.pixels(inputs, workspace)
        np.copyto(workspace.outputs, first)
        for pixels in others:
            np.add(workspace.outputs, pixels, out=workspace.outputs)
        return np.multiply(workspace.outputs, 1.0 / (1 + len(others)), out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        gradient = workspace.input_gradient
        gradient.fill(0.0)
        targets = self.pixels(gradient, workspace)
        np.multiply(output_gradient, 1.0 / len(targets), out=workspace.share)
        for target in targets:
            np.add(target, workspace.share, out=target)
        return gradient


@dataclass(eq=False)
class GlobalAveragePool(Layer[PoolWorkspace]):
    """a = mean of each channel over the whole image (Lin et al. 2014): images become rows.

    Each of a channel's n pixels moves a by 1/n: ∂C/∂x = g/n.
    """

    def output_shape(self, input_shape: Shape) -> Shape:
        require_images("GlobalAveragePool", input_shape)
        return input_shape[2:]

    def workspace(self, input_shape: Shape, purpose: Pass) -> PoolWorkspace:
        return PoolWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def forward(self, inputs: Array, workspace: PoolWorkspace) -> Array:
        pixels: int = inputs.shape[1] * inputs.shape[2]
        np.add.reduce(inputs, axis=(1, 2), out=workspace.outputs)
        return np.multiply(workspace.outputs, 1.0 / pixels, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        gradient = workspace.input_gradient
        np.multiply(output_gradient, 1.0 / (gradient.shape[1] * gradient.shape[2]), out=workspace.share)
        np.copyto(gradient, workspace.share[:, np.newaxis, np.newaxis])
        return gradient
