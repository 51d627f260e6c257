"""Batch normalisation: each neuron's inputs are brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace, buffer
from chainrule.numerics.initializers import Constant
from chainrule.numerics.parameters import Array, Parameter
from chainrule.numerics.pieces import Piece, Pieces

__all__ = ["BatchNorm"]


class BatchNormWorkspace(Workspace):
    """A bench for a batch that is worked through in pieces, seen as rows of features.

    What is one number a feature stands in a line again and again, once for every position of an image's
    row, because NumPy computes faster with longer rows.

    Attributes:
        pieces: of the batch; each has its own sums, which are then put together.
        scratch: for each hand, room for a piece.
        piece_mean: for each hand, the mean of a piece, as a line.
        shares: ``(pieces,)`` the share of the batch that each piece is.
        sums: ``(pieces, features)`` the mean of each piece; on the way back Σ g.
        squares: ``(pieces, features)`` Σ (x − mean)² of each piece; on the way back Σ g (x − μ).
    """

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        batch, dtype, features = purpose.batch_size, purpose.dtype, input_shape[-1]
        positions = prod(input_shape[:-1])
        self.training = purpose.training
        self.pieces = Pieces(batch, 3 * prod(input_shape) * dtype.itemsize)
        self.rows = batch * positions
        self.unbiased = self.rows / max(self.rows - 1, 1)
        line = input_shape[-2:] if len(input_shape) > 1 else (1, features)
        self.columns = prod(line)
        hands, most = range(self.pieces.hands), self.pieces.most_rows * purpose.training
        self.ones: Array = np.ones(most * positions, dtype)
        self.scratch = [buffer(most, input_shape, dtype) for _ in hands]
        self.piece_mean: list[Array] = [np.zeros(line, dtype) for _ in hands]
        self.mean_line, self.factor_line, self.added_line, self.slope_line = np.zeros((4, *line), dtype)
        sizes = [piece.rows.stop - piece.rows.start for strand in self.pieces.strands for piece in strand]
        self.shares: Array = (np.array(sizes) / batch).astype(dtype)
        self.sums, self.squares = np.zeros((2, len(sizes), features), dtype)
        self.mean, self.variance, self.inverse_deviation, self.room = np.zeros((4, features), dtype)
        self.gathered: Array = np.zeros(features, np.float64)

    def lines(self, images: Array) -> Array:
        """Some examples as the rows that a line stands over."""
        return images.reshape(-1, self.columns)


@dataclass(eq=False)
class BatchNorm(Layer[BatchNormWorkspace]):
    """y = γ x̂ + β with x̂ = (x − μ) / √(v + ε) (Ioffe and Szegedy 2015).

    In training μ and v are the mean and variance of the batch (of m rows), in answering those gathered
    while training: gathered ← (1 − momentum) gathered + momentum · batch, with v · m/(m − 1).

    Backward, with g = ∂C/∂y. Each row reaches x̂ itself and, through μ and v, every other row's:

        ∂C/∂γ = Σ g x̂        ∂C/∂β = Σ g
        ∂C/∂x = γ / √(v + ε) · ( g − mean(g) − x̂ · mean(g x̂) )

    the two means being what passes through μ and through v.

    Args:
        momentum: share of the newest batch in the gathered statistics, above 0, at most 1.
        epsilon: added to the variance so that a dead neuron divides by no zero.

    Parameters learnt: ``scale`` (γ) and ``shift`` (β), one a feature. State: ``running_mean``,
    ``running_variance``. On images (last axis: channels) the batch's positions count as rows.
    """

    momentum: float = 0.1
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        if not 0 < self.momentum <= 1:
            raise SettingError(f"the momentum of a BatchNorm is above 0 and at most 1, not {self.momentum}.")
        if not 0 < self.epsilon < 1:
            raise SettingError(f"the epsilon of a BatchNorm is between 0 and 1, not {self.epsilon}.")
        self.scale: Array
        self.scale_gradient: Array
        self.shift: Array
        self.shift_gradient: Array
        self.running_mean: Array
        self.running_variance: Array

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        features = input_shape[-1:]
        return (
            Parameter("scale", features, Constant(1.0), 1, 1),
            Parameter("shift", features, Constant(0.0), 1, 1),
        )

    def state(self, input_shape: Shape) -> dict[str, Array]:
        features = input_shape[-1:]
        return {"running_mean": np.zeros(features), "running_variance": np.ones(features)}

    def workspace(self, input_shape: Shape, purpose: Pass) -> BatchNormWorkspace:
        return BatchNormWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: BatchNormWorkspace) -> Array:
        workspace.inputs = inputs
        mean, inverse = workspace.mean, workspace.inverse_deviation
        if workspace.training:
            self._measure(inputs, workspace)
            self._gather(workspace)
        else:
            np.copyto(mean, self.running_mean, casting="same_kind")
            np.copyto(workspace.variance, self.running_variance, casting="same_kind")
        np.add(workspace.variance, self.epsilon, out=inverse)
        np.sqrt(inverse, out=inverse)
        np.reciprocal(inverse, out=inverse)
        mean_line, factor_line, shift_line = (
            workspace.mean_line,
            workspace.factor_line,
            workspace.added_line,
        )
        np.copyto(mean_line, mean)
        np.multiply(inverse, self.scale, out=workspace.room)
        np.copyto(factor_line, workspace.room)
        np.copyto(shift_line, self.shift)

        def normalize(piece: Piece, hand: int) -> None:
            rows, outputs = (
                workspace.lines(inputs[piece.rows]),
                workspace.lines(workspace.outputs[piece.rows]),
            )
            np.subtract(rows, mean_line.reshape(-1), out=outputs)
            np.multiply(outputs, factor_line.reshape(-1), out=outputs)
            np.add(outputs, shift_line.reshape(-1), out=outputs)

        workspace.pieces.each(normalize)
        return workspace.outputs

    def _measure(self, inputs: Array, workspace: BatchNormWorkspace) -> None:
        """The batch's μ and v from those of its pieces (Chan et al. 1979).

        With pieces of nₚ of the m rows, of mean μₚ and sum of squares Sₚ = Σ (x − μₚ)²:
        μ = Σₚ nₚ μₚ / m, v = Σₚ Sₚ / m + Σₚ nₚ (μₚ − μ)² / m.
        """
        sums, squares, room = workspace.sums, workspace.squares, workspace.room

        def measure(piece: Piece, hand: int) -> None:
            images = inputs[piece.rows]
            scratch, line = workspace.scratch[hand][: len(images)], workspace.piece_mean[hand]
            rows, distances = images.reshape(-1, len(room)), workspace.lines(scratch)
            ones, mean = workspace.ones[: len(rows)], sums[piece.number]
            np.dot(ones, rows, out=mean)
            np.multiply(mean, 1.0 / len(rows), out=mean)
            np.copyto(line, mean)
            np.subtract(workspace.lines(images), line.reshape(-1), out=distances)
            np.multiply(distances, distances, out=distances)
            np.dot(ones, scratch.reshape(rows.shape), out=squares[piece.number])

        workspace.pieces.each(measure)
        np.dot(workspace.shares, sums, out=workspace.mean)
        np.subtract(sums, workspace.mean, out=sums)
        np.multiply(sums, sums, out=sums)
        np.dot(workspace.shares, sums, out=workspace.variance)
        np.add.reduce(squares, axis=0, out=room)
        np.multiply(room, 1.0 / workspace.rows, out=room)
        np.add(workspace.variance, room, out=workspace.variance)

    def _gather(self, workspace: BatchNormWorkspace) -> None:
        for running, newest, factor in (
            (self.running_mean, workspace.mean, 1.0),
            (self.running_variance, workspace.variance, workspace.unbiased),
        ):
            np.multiply(newest, self.momentum * factor, out=workspace.gathered)
            np.multiply(running, 1.0 - self.momentum, out=running)
            np.add(running, workspace.gathered, out=running)

    def backward(self, output_gradient: Array, workspace: BatchNormWorkspace) -> Array:
        sums, products, room = workspace.sums, workspace.squares, workspace.room
        mean_line = workspace.mean_line

        def distances(piece: Piece, hand: int) -> Array:
            """A piece's x − μ, as lines in the hand's scratch."""
            images = workspace.inputs[piece.rows]
            scratch = workspace.lines(workspace.scratch[hand][: len(images)])
            np.subtract(workspace.lines(images), mean_line.reshape(-1), out=scratch)
            return scratch

        def add_up(piece: Piece, hand: int) -> None:
            gradient, scratch = output_gradient[piece.rows], distances(piece, hand)
            np.multiply(scratch, workspace.lines(gradient), out=scratch)
            rows = gradient.reshape(-1, len(room))
            ones = workspace.ones[: len(rows)]
            np.dot(ones, rows, out=sums[piece.number])
            np.dot(ones, scratch.reshape(rows.shape), out=products[piece.number])

        workspace.pieces.each(add_up)
        np.add.reduce(sums, axis=0, out=self.shift_gradient)
        np.add.reduce(products, axis=0, out=room)
        np.multiply(room, workspace.inverse_deviation, out=self.scale_gradient)
        if workspace.input_gradient_wanted:
            self._backward(output_gradient, workspace, distances)
        return workspace.input_gradient

    def _backward(
        self,
        output_gradient: Array,
        workspace: BatchNormWorkspace,
        distances: Callable[[Piece, int], Array],
    ) -> None:
        """∂C/∂x = factor · (g − added − slope · (x − μ)), with one number a feature each."""
        room, share = workspace.room, 1.0 / workspace.rows
        slope_line, added_line = workspace.slope_line, workspace.added_line
        np.multiply(self.scale_gradient, workspace.inverse_deviation, out=room)
        np.multiply(room, share, out=room)
        np.copyto(slope_line, room)
        np.multiply(self.shift_gradient, share, out=room)
        np.copyto(added_line, room)

        def backward(piece: Piece, hand: int) -> None:
            gradient = workspace.lines(workspace.input_gradient[piece.rows])
            scratch = distances(piece, hand)
            np.multiply(scratch, slope_line.reshape(-1), out=scratch)
            np.add(scratch, added_line.reshape(-1), out=scratch)
            np.subtract(workspace.lines(output_gradient[piece.rows]), scratch, out=gradient)
            np.multiply(gradient, workspace.factor_line.reshape(-1), out=gradient)

        workspace.pieces.each(backward)
