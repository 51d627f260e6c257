"""Batch normalisation: each neuron's inputs are brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.initializers import Constant
from chainrule.numerics.parameters import Array, Parameter

__all__ = ["BatchNorm"]


class BatchNormWorkspace(Workspace):
    """A bench that sees everything as rows of features, ``(batch · positions, features)``."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        features = input_shape[-1]
        rows = purpose.batch_size * prod(input_shape[:-1])
        self.training = purpose.training
        self.row_shape = (rows, features)
        self.share: Array = np.full(rows, 1.0 / rows, purpose.dtype)
        self.unbiased = rows / max(rows - 1, 1)
        self.mean: Array = np.zeros(features, purpose.dtype)
        self.variance: Array = np.zeros(features, purpose.dtype)
        self.inverse_deviation: Array = np.zeros(features, purpose.dtype)
        self.factor: Array = np.zeros(features, purpose.dtype)
        self.gathered: Array = np.zeros(features, np.float64)
        self.output_rows = self.outputs.reshape(self.row_shape)
        self.normalized: Array = np.zeros_like(self.output_rows)
        self.scratch: Array = np.zeros_like(self.output_rows)
        self.gradient_rows = self.input_gradient.reshape(-1, features)


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
        rows = inputs.reshape(workspace.row_shape)
        if workspace.training:
            np.dot(workspace.share, rows, out=workspace.mean)
            np.subtract(rows, workspace.mean, out=workspace.normalized)
            np.multiply(workspace.normalized, workspace.normalized, out=workspace.scratch)
            np.dot(workspace.share, workspace.scratch, out=workspace.variance)
            self._gather(workspace)
        else:
            np.copyto(workspace.mean, self.running_mean, casting="same_kind")
            np.copyto(workspace.variance, self.running_variance, casting="same_kind")
            np.subtract(rows, workspace.mean, out=workspace.normalized)
        np.add(workspace.variance, self.epsilon, out=workspace.inverse_deviation)
        np.sqrt(workspace.inverse_deviation, out=workspace.inverse_deviation)
        np.reciprocal(workspace.inverse_deviation, out=workspace.inverse_deviation)
        np.multiply(workspace.normalized, workspace.inverse_deviation, out=workspace.normalized)
        np.multiply(workspace.normalized, self.scale, out=workspace.output_rows)
        np.add(workspace.output_rows, self.shift, out=workspace.output_rows)
        return workspace.outputs

    def _gather(self, workspace: BatchNormWorkspace) -> None:
        for running, newest, factor in (
            (self.running_mean, workspace.mean, 1.0),
            (self.running_variance, workspace.variance, workspace.unbiased),
        ):
            np.multiply(newest, self.momentum * factor, out=workspace.gathered)
            np.multiply(running, 1.0 - self.momentum, out=running)
            np.add(running, workspace.gathered, out=running)

    def backward(self, output_gradient: Array, workspace: BatchNormWorkspace) -> Array:
        rows = output_gradient.reshape(workspace.row_shape)
        np.multiply(rows, workspace.normalized, out=workspace.scratch)
        np.sum(workspace.scratch, axis=0, out=self.scale_gradient)
        np.sum(rows, axis=0, out=self.shift_gradient)
        if workspace.input_gradient_wanted:
            share = workspace.share[0]
            through_variance, through_mean, factor = (
                workspace.variance,
                workspace.mean,
                workspace.factor,
            )
            np.multiply(self.scale_gradient, share, out=through_variance)
            np.multiply(self.shift_gradient, share, out=through_mean)
            np.multiply(workspace.normalized, through_variance, out=workspace.scratch)
            np.subtract(rows, through_mean, out=workspace.gradient_rows)
            np.subtract(workspace.gradient_rows, workspace.scratch, out=workspace.gradient_rows)
            np.multiply(workspace.inverse_deviation, self.scale, out=factor)
            np.multiply(workspace.gradient_rows, factor, out=workspace.gradient_rows)
        return workspace.input_gradient
