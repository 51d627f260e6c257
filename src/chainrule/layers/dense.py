"""Every neuron of this layer is connected to every number that comes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.initializers import Initializer, initializer_named
from chainrule.numerics.parameters import Array, Parameter

__all__ = ["Dense"]


class DenseWorkspace(Workspace):
    """A bench with the row of ones whose product with ∂C/∂z sums it over the batch."""

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        super().__init__(input_shape, output_shape, purpose)
        self.ones: Array = np.ones(purpose.batch_size, purpose.dtype)


@dataclass(eq=False)
class Dense(Layer[DenseWorkspace]):
    """z = x wᵀ + b, for a batch of rows x.

    Forward, for example e and neuron j:  z[e,j] = Σₖ x[e,k] w[j,k] + b[j].

    Backward, with g = ∂C/∂z given. w[j,k] moves z[e,j] by x[e,k] for every example, so the chain
    rule sums over them; b[j] moves it by 1; x[e,k] reaches C through every neuron j:

        ∂C/∂w[j,k] = Σₑ g[e,j] x[e,k]      w' = gᵀ x
        ∂C/∂b[j]   = Σₑ g[e,j]             b' = 1 g
        ∂C/∂x[e,k] = Σⱼ g[e,j] w[j,k]      x' = g w

    (the book's BP4, BP3 and the sum inside BP2). The code writes zᵀ = w xᵀ and x'ᵀ = wᵀ gᵀ, the same
    products transposed, into buffers that lie neuron by neuron.

    Args:
        units: neurons of this layer, at least 1.
        initializer: start of the weights, a name or an initialiser.
        bias: False for a layer without biases, as in note 000.
        bias_initializer: start of the biases; the book draws them from N(0, 1), ``"normal"``.

    Parameters learnt: ``weights (units, inputs)``, ``biases (units,)``.
    """

    units: int
    initializer: str | Initializer = "lecun_normal"
    bias: bool = True
    bias_initializer: str | Initializer = "constant"

    def __post_init__(self) -> None:
        if not isinstance(self.units, (int, np.integer)) or isinstance(self.units, bool) or self.units < 1:
            raise SettingError(
                f"a Dense layer has a whole number of neurons, at least 1, not {self.units!r}."
            )
        self.units = int(self.units)
        self.initializer = initializer_named(self.initializer)
        self.bias_initializer = initializer_named(self.bias_initializer)
        self.weights: Array
        self.weights_gradient: Array
        self.biases: Array
        self.biases_gradient: Array

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        (inputs,) = input_shape
        weight_start, bias_start = (
            initializer_named(self.initializer),
            initializer_named(self.bias_initializer),
        )
        weights = Parameter("weights", (self.units, inputs), weight_start, inputs, self.units, weight=True)
        biases = Parameter("biases", (self.units,), bias_start, inputs, self.units)
        return (weights, biases) if self.bias else (weights,)

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise SettingError(
                f"a Dense layer takes examples that are rows of numbers, not of shape {input_shape}. "
                "Put a Flatten layer before it."
            )
        return (self.units,)

    def workspace(self, input_shape: Shape, purpose: Pass) -> DenseWorkspace:
        return DenseWorkspace(input_shape, self.output_shape(input_shape), purpose)

    def forward(self, inputs: Array, workspace: DenseWorkspace) -> Array:
        workspace.inputs = inputs
        np.dot(self.weights, inputs.T, out=workspace.outputs.T)
        if self.bias:
            np.add(workspace.outputs, self.biases, out=workspace.outputs)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: DenseWorkspace) -> Array:
        np.dot(output_gradient.T, workspace.inputs, out=self.weights_gradient)
        if self.bias:
            np.dot(workspace.ones, output_gradient, out=self.biases_gradient)
        if workspace.input_gradient_wanted:
            np.dot(self.weights.T, output_gradient.T, out=workspace.input_gradient.T)
        return workspace.input_gradient
