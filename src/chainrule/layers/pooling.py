"""Pooling: what a window sees becomes one number, its largest or its mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.layers.images import Sides, pair_of, places_in, require_images
from chainrule.layers.layer import Layer, Pass, Shape, Workspace, buffer
from chainrule.numerics.kernels import kernels
from chainrule.numerics.parameters import Array
from chainrule.numerics.patches import pixels_under
from chainrule.numerics.pieces import Piece, Pieces

__all__ = ["AveragePool", "GlobalAveragePool", "MaxPool"]


class PoolHand:
    """Room for one piece of a batch, shaped as its outputs are.

    Attributes:
        share: what one pixel under each window receives of g.
        rest: what the pixels looked at so far have left over.
        winner: whether that pixel is the largest.
    """

    def __init__(self, rows: int, output_shape: Shape, purpose: Pass) -> None:
        self.share: Array = buffer(rows, output_shape, purpose.dtype)
        self.rest: Array = np.zeros_like(self.share)
        self.winner = np.zeros_like(self.share, np.bool_)


class PoolWorkspace(Workspace):
    """A bench for a batch that is worked through in pieces, several at once.

    Attributes:
        scratch: room for a piece's images, a thread each, of which the columns are yet to be pooled.
    """

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.pieces = Pieces(purpose.batch_size, prod(input_shape) * purpose.dtype.itemsize)
        rows = self.pieces.most_rows if purpose.input_gradient else 0
        self.hands = [PoolHand(rows, output_shape, purpose) for _ in range(self.pieces.hands)]
        self.scratch = purpose.scratch
        if purpose.input_gradient:
            self.kernels = kernels()


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

    def output_shape(self, input_shape: Shape) -> Shape:
        kind = type(self).__name__
        require_images(kind, input_shape)
        places = places_in(input_shape[:2], self.window, self.step, f"the window of {kind}")
        return (*places, input_shape[2])

    def workspace(self, input_shape: Shape, purpose: Pass) -> PoolWorkspace:
        return PoolWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def pixels(self, images: Array, outputs: Array) -> list[Array]:
        """For each place in the window, row by row, the pixels under it, shaped as the outputs are."""
        return list(pixels_under(images, outputs.shape[1:3], self.window, self.step))


@dataclass(eq=False)
class MaxPool(Pool):
    """a = max over the window of x, channel by channel.

    Only the largest pixel reaches a, so with g = ∂C/∂a it alone receives g, and the others 0. Of
    equally large ones the first does, row by row, as in PyTorch. Where windows overlap, a pixel sums
    the g of those it is the largest of.

    Forward, the largest of each column under a window comes first, which goes over whole rows of an image.

    Args:
        size: the window, one number for a square or ``(height, width)``.
        stride: how far it moves, one number or ``(down, right)``; None: by its size.
    """

    def workspace(self, input_shape: Shape, purpose: Pass) -> PoolWorkspace:
        workspace = super().workspace(input_shape, purpose)
        rows, (_, width, channels) = workspace.outputs.shape[1], input_shape
        size = workspace.pieces.most_rows * rows * width * channels
        purpose.scratch.need(workspace.pieces.hands, size, purpose.dtype)
        return workspace

    def forward(self, inputs: Array, workspace: PoolWorkspace) -> Array:
        workspace.inputs = inputs

        def forward(piece: Piece, hand: int) -> None:
            images, outputs = inputs[piece.rows], workspace.outputs[piece.rows]
            shape = len(images), outputs.shape[1], *images.shape[2:]
            room = workspace.scratch.rooms[hand][: prod(shape)].reshape(shape)
            (height, width), (down, right) = self.window, self.step
            _largest(pixels_under(images, shape[1:3], (height, 1), (down, 1)), room)
            _largest(pixels_under(room, outputs.shape[1:3], (1, width), (1, right)), outputs)

        workspace.pieces.each(forward)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        def backward(piece: Piece, hand: int) -> None:
            images, own = workspace.inputs[piece.rows], workspace.hands[hand]
            workspace.kernels.give_to_largest(
                images,
                workspace.outputs[piece.rows],
                output_gradient[piece.rows],
                workspace.input_gradient[piece.rows],
                self.window,
                self.step,
                own.rest[: len(images)],
                own.share[: len(images)],
                own.winner[: len(images)],
            )

        workspace.pieces.each(backward)
        return workspace.input_gradient


def _largest(views: Iterator[Array], largest: Array) -> None:
    """Write into ``largest``, place by place, the largest number that one of the views has there."""
    first = next(views)
    second = next(views, first)
    np.maximum(first, second, out=largest)
    for view in views:
        np.maximum(largest, view, out=largest)


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
        def forward(piece: Piece, hand: int) -> None:
            outputs = workspace.outputs[piece.rows]
            first, *others = self.pixels(inputs[piece.rows], outputs)
            np.copyto(outputs, first)
            for pixels in others:
                np.add(outputs, pixels, out=outputs)
            np.multiply(outputs, 1.0 / (1 + len(others)), out=outputs)

        workspace.pieces.each(forward)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        def backward(piece: Piece, hand: int) -> None:
            gradient, given = workspace.input_gradient[piece.rows], output_gradient[piece.rows]
            gradient.fill(0.0)
            targets = self.pixels(gradient, given)
            share = workspace.hands[hand].share[: len(given)]
            np.multiply(given, 1.0 / len(targets), out=share)
            for target in targets:
                np.add(target, share, out=target)

        workspace.pieces.each(backward)
        return workspace.input_gradient


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
        share = 1.0 / (inputs.shape[1] * inputs.shape[2])

        def forward(piece: Piece, hand: int) -> None:
            outputs = workspace.outputs[piece.rows]
            np.add.reduce(inputs[piece.rows], axis=(1, 2), out=outputs)
            np.multiply(outputs, share, out=outputs)

        workspace.pieces.each(forward)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: PoolWorkspace) -> Array:
        def backward(piece: Piece, hand: int) -> None:
            gradient, given = workspace.input_gradient[piece.rows], output_gradient[piece.rows]
            share = workspace.hands[hand].share[: len(given)]
            np.multiply(given, 1.0 / (gradient.shape[1] * gradient.shape[2]), out=share)
            np.copyto(gradient, share[:, np.newaxis, np.newaxis])

        workspace.pieces.each(backward)
        return workspace.input_gradient
