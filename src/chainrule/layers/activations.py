"""Activations: a function of one number, laid over every neuron; and softmax, over a row of them.

Each needs from its forward pass only what its derivative is cheapest written in: the output a
where a' can be said in a, the input z otherwise. ``backward`` is g ↦ g · f'(z), the chain rule
for one neuron (the factor σ'(z) of the book's BP1 and BP2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, prod

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.functions import sigmoid, sigmoid_for, softmax
from chainrule.numerics.initializers import Constant
from chainrule.numerics.parameters import Array, Parameter
from chainrule.numerics.pieces import Piece, Pieces

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Sigmoid", "Softmax", "Step", "Tanh"]


class MaskWorkspace(Workspace):
    """A bench that remembers for which neurons z > 0."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.pieces = Pieces(purpose.batch_size, 2 * prod(input_shape) * purpose.dtype.itemsize)
        self.positive = np.zeros_like(self.outputs, np.bool_)


class ReLUWorkspace(MaskWorkspace):
    """A bench that has zeros for as many examples as a piece holds: NumPy takes the larger of two arrays
    three times as fast as that of an array and a number.
    """

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.zeros = np.zeros_like(self.outputs[: self.pieces.most_rows])


class SigmoidWorkspace(Workspace):
    """A bench that knows the fastest sigmoid for its size; for answering, the one that needs no SciPy."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.sigmoid = sigmoid_for(self.outputs.size) if purpose.training else sigmoid


@dataclass(eq=False)
class Sigmoid(Layer[SigmoidWorkspace]):
    """a = σ(z) = 1 / (1 + e⁻ᶻ);  σ'(z) = e⁻ᶻ / (1 + e⁻ᶻ)² = a (1 − a)."""

    def workspace(self, input_shape: Shape, purpose: Pass) -> SigmoidWorkspace:
        return SigmoidWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SigmoidWorkspace) -> Array:
        return workspace.sigmoid(inputs, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: SigmoidWorkspace) -> Array:
        gradient = workspace.input_gradient
        np.subtract(1.0, workspace.outputs, out=gradient)
        np.multiply(gradient, workspace.outputs, out=gradient)
        return np.multiply(gradient, output_gradient, out=gradient)


@dataclass(eq=False)
class Tanh(Layer[Workspace]):
    """a = tanh z;  tanh'(z) = 1 − a²."""

    def forward(self, inputs: Array, workspace: Workspace) -> Array:
        return np.tanh(inputs, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: Workspace) -> Array:
        gradient = workspace.input_gradient
        np.multiply(workspace.outputs, workspace.outputs, out=gradient)
        np.subtract(1.0, gradient, out=gradient)
        return np.multiply(gradient, output_gradient, out=gradient)


@dataclass(eq=False)
class ReLU(Layer[ReLUWorkspace]):
    """a = max(0, z);  the derivative is 1 where z > 0 and 0 elsewhere (at 0 too, by agreement)."""

    def workspace(self, input_shape: Shape, purpose: Pass) -> ReLUWorkspace:
        return ReLUWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: ReLUWorkspace) -> Array:
        def forward(piece: Piece, hand: int) -> None:
            some = inputs[piece.rows]
            np.maximum(some, workspace.zeros[: len(some)], out=workspace.outputs[piece.rows])

        workspace.pieces.each(forward)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: ReLUWorkspace) -> Array:
        def backward(piece: Piece, hand: int) -> None:
            rows, positive = piece.rows, workspace.positive[piece.rows]
            np.greater(workspace.outputs[rows], 0.0, out=positive)
            np.multiply(output_gradient[rows], positive, out=workspace.input_gradient[rows])

        workspace.pieces.each(backward)
        return workspace.input_gradient


@dataclass(eq=False)
class LeakyReLU(Layer[MaskWorkspace]):
    """a = max(k z, z) with a fixed slope 0 ≤ k < 1;  the derivative is 1 where z > 0 and k elsewhere."""

    slope: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.slope < 1:
            raise SettingError(f"the slope of a LeakyReLU is at least 0 and less than 1, not {self.slope}.")

    def workspace(self, input_shape: Shape, purpose: Pass) -> MaskWorkspace:
        return MaskWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: MaskWorkspace) -> Array:
        workspace.inputs = inputs
        np.multiply(inputs, self.slope, out=workspace.outputs)
        return np.maximum(inputs, workspace.outputs, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: MaskWorkspace) -> Array:
        np.greater(workspace.inputs, 0.0, out=workspace.positive)
        gradient = workspace.input_gradient
        np.multiply(workspace.positive, 1.0 - self.slope, out=gradient)
        np.add(gradient, self.slope, out=gradient)
        return np.multiply(gradient, output_gradient, out=gradient)


class SlopeWorkspace(MaskWorkspace):
    """A bench that has room for one intermediate result too."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.scratch = np.zeros_like(self.outputs)


@dataclass(eq=False)
class PReLU(Layer[SlopeWorkspace]):
    """a = max(0, z) + k min(0, z), the slope k learnt, one a neuron (He et al. 2015).

    With g = ∂C/∂a:  ∂C/∂z = g where z > 0 and g k elsewhere;  ∂C/∂k = Σₑ g min(0, z) over the batch.

    Args:
        initial_slope: every neuron's k at the start.

    Parameters learnt: ``slopes``, of the shape of one example; no regulariser acts on them.
    """

    initial_slope: float = 0.25

    def __post_init__(self) -> None:
        if not isfinite(self.initial_slope):
            raise SettingError(f"the initial slope of a PReLU is a finite number, not {self.initial_slope}.")
        self.slopes: Array
        self.slopes_gradient: Array

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        return (Parameter("slopes", input_shape, Constant(self.initial_slope), 1, 1),)

    def workspace(self, input_shape: Shape, purpose: Pass) -> SlopeWorkspace:
        return SlopeWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SlopeWorkspace) -> Array:
        workspace.inputs = inputs
        np.minimum(inputs, 0.0, out=workspace.scratch)
        np.multiply(workspace.scratch, self.slopes, out=workspace.scratch)
        np.maximum(inputs, 0.0, out=workspace.outputs)
        return np.add(workspace.outputs, workspace.scratch, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: SlopeWorkspace) -> Array:
        np.minimum(workspace.inputs, 0.0, out=workspace.scratch)
        np.multiply(workspace.scratch, output_gradient, out=workspace.scratch)
        np.sum(workspace.scratch, axis=0, out=self.slopes_gradient)
        if workspace.input_gradient_wanted:
            np.greater(workspace.inputs, 0.0, out=workspace.positive)
            np.multiply(output_gradient, self.slopes, out=workspace.input_gradient)
            np.copyto(workspace.input_gradient, output_gradient, where=workspace.positive)
        return workspace.input_gradient


@dataclass(eq=False)
class ELU(Layer[MaskWorkspace]):
    """a = z where z > 0, α (eᶻ − 1) elsewhere (Clevert et al. 2016).

    The derivative is 1, or α eᶻ = a + α.
    """

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if not (isfinite(self.alpha) and self.alpha > 0):
            raise SettingError(f"the alpha of an ELU is positive, not {self.alpha}.")

    def workspace(self, input_shape: Shape, purpose: Pass) -> MaskWorkspace:
        return MaskWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: MaskWorkspace) -> Array:
        np.greater(inputs, 0.0, out=workspace.positive)
        np.minimum(inputs, 0.0, out=workspace.outputs)
        np.expm1(workspace.outputs, out=workspace.outputs)
        np.multiply(workspace.outputs, self.alpha, out=workspace.outputs)
        np.copyto(workspace.outputs, inputs, where=workspace.positive)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: MaskWorkspace) -> Array:
        gradient = workspace.input_gradient
        np.add(workspace.outputs, self.alpha, out=gradient)
        np.copyto(gradient, 1.0, where=workspace.positive)
        return np.multiply(gradient, output_gradient, out=gradient)


class SoftmaxWorkspace(Workspace):
    """A bench with one number a row: its largest z, its sum of powers, its Σₖ gₖ aₖ."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.row = np.zeros((*self.outputs.shape[:-1], 1), purpose.dtype)


@dataclass(eq=False)
class Softmax(Layer[SoftmaxWorkspace]):
    """aⱼ = e^(zⱼ) / Σₖ e^(zₖ): a row of shares that sum to 1.

    ∂aₖ/∂zⱼ = aₖ (δⱼₖ − aⱼ), so with g = ∂C/∂a:  ∂C/∂zⱼ = Σₖ gₖ aₖ (δⱼₖ − aⱼ) = aⱼ (gⱼ − Σₖ gₖ aₖ).
    """

    def workspace(self, input_shape: Shape, purpose: Pass) -> SoftmaxWorkspace:
        return SoftmaxWorkspace(input_shape, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SoftmaxWorkspace) -> Array:
        return softmax(inputs, workspace.outputs, workspace.row)

    def backward(self, output_gradient: Array, workspace: SoftmaxWorkspace) -> Array:
        gradient = workspace.input_gradient
        np.multiply(output_gradient, workspace.outputs, out=gradient)
        np.sum(gradient, axis=-1, keepdims=True, out=workspace.row)
        np.subtract(output_gradient, workspace.row, out=gradient)
        return np.multiply(gradient, workspace.outputs, out=gradient)


@dataclass(eq=False)
class Step(Layer[Workspace]):
    """a = 1 where z > 0, else 0: the perceptron.

    Its derivative is 0 wherever it has one, so nothing before it can learn by gradient: the
    reason why the notes go on to the sigmoid.
    """

    def forward(self, inputs: Array, workspace: Workspace) -> Array:
        return np.heaviside(inputs, 0.0, out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: Workspace) -> Array:
        if workspace.input_gradient_wanted:
            workspace.input_gradient.fill(0.0)
        return workspace.input_gradient
