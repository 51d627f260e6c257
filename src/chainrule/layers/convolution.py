"""Convolution: the same small neurons look at every place of an image, with shared weights."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers.images import Sides, pair_of, places_in, require_images
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.initializers import Initializer, initializer_named
from chainrule.numerics.parameters import Array, Parameter
from chainrule.numerics.patches import gather_patches, same_margin, scatter_patches

__all__ = ["Convolution"]

_PADDINGS = ("valid", "same")

_PIECE_BYTES = 1 << 20
"""The patches of so many images as fit this are made and used at once: they stay in the processor's cache."""


class ConvolutionWorkspace(Workspace):
    """A bench for a batch that is worked through in pieces of a few images.

    Attributes:
        pieces: the images of each piece, and the rows of ``output_rows`` that belong to them.
        output_rows: ``(batch · positions, filters)`` the outputs, a row for each position.
        patches: ``(images, rows, columns, *window, channels)`` of one piece; on the way back, once it is
            used, the derivative by them.
        room: one place in the window at a time, where patches are summed into images.
        share: what one piece adds to the derivative by the weights.
        padded: the images of one piece with zeros around them; without rows if there is no padding.
    """

    def __init__(self, layer: Convolution, input_shape: Shape, purpose: Pass) -> None:
        output_shape = layer.output_shape(input_shape)
        super().__init__(input_shape, output_shape, purpose)
        batch, dtype = purpose.batch_size, purpose.dtype
        (height, width, channels), (rows, columns, filters) = input_shape, output_shape
        patches_shape = (rows, columns, *layer.window, channels)
        images = min(batch, max(1, _PIECE_BYTES // (prod(patches_shape) * dtype.itemsize)))
        self.stride = layer.step
        ends = [*range(0, batch, images), batch]
        self.pieces = [
            (slice(first, last), slice(first * rows * columns, last * rows * columns))
            for first, last in pairwise(ends)
        ]
        self.patches: Array = np.zeros((images, *patches_shape), dtype)
        self.room: Array = np.zeros((images, rows, columns, channels), dtype)
        self.output_rows = self.outputs.reshape(-1, filters)
        self.ones: Array = np.ones(len(self.output_rows) if purpose.training else 0, dtype)
        self.share: Array = np.zeros((filters, prod(patches_shape[2:])), dtype)
        (top, bottom), (left, right) = layer.margins(input_shape)
        self.padding = top + bottom + left + right > 0
        padded_shape = (images if self.padding else 0, top + height + bottom, left + width + right, channels)
        self.padded: Array = np.zeros(padded_shape, dtype)
        self.padded_gradient: Array = np.zeros_like(self.padded)
        self.inside = np.s_[:, top : top + height, left : left + width]

    def gather(self, inputs: Array) -> Array:
        """The patches of a piece's images, ``(positions, window · channels)``."""
        images, patches = inputs, self.patches[: len(inputs)]
        if self.padding:
            images = self.padded[: len(inputs)]
            np.copyto(images[self.inside], inputs)
        gather_patches(images, patches, self.stride)
        return patches.reshape(-1, self.share.shape[1])

    def scatter(self, gradient: Array) -> None:
        """Sum the derivatives by the patches, in ``patches``, into those by a piece's images."""
        images, patches = gradient, self.patches[: len(gradient)]
        if self.padding:
            images = self.padded_gradient[: len(gradient)]
        scatter_patches(patches, images, self.stride, self.room[: len(gradient)])
        if self.padding:
            np.copyto(gradient, images[self.inside])


@dataclass(eq=False)
class Convolution(Layer[ConvolutionWorkspace]):
    """z = patches · wᵀ + b, the patches being what a window sees at each of its positions.

    Forward, for image e, position p = (r, s), filter j, and place q = (u, v, channel) in the window:

        z[e,p,j] = Σ_q x̂[e,p,q] w[j,q] + b[j],   x̂[e,p,q] = x[e, r·stride + u, s·stride + v, channel]

    so with a row for each (e, p), x̂ is one matrix and z = x̂ wᵀ + b one product: a Dense layer on patches.

    Backward, with g = ∂C/∂z given, is therefore Dense's, for rows of patches:

        ∂C/∂w[j,q]   = Σ_{e,p} g[e,p,j] x̂[e,p,q]      w' = gᵀ x̂
        ∂C/∂b[j]     = Σ_{e,p} g[e,p,j]               b' = 1 g
        ∂C/∂x̂[e,p,q] = Σ_j g[e,p,j] w[j,q]            x̂' = g w

    and as a pixel of x was copied to each x̂[e,p,q] under whose window it lay, the chain rule sums x̂'
    over these places. What is usually called a convolution turns the window round; this one, like every
    network's, does not.

    Args:
        filters: neurons that look at each position, at least 1: the channels that come out.
        kernel: the window, one number for a square or ``(height, width)``.
        stride: how far the window moves, one number or ``(down, right)``.
        padding: ``"valid"``: the window stays inside the image, and rows and columns at the end that
            it does not reach are left out; ``"same"``: zeros around the image, so that with stride 1
            the image keeps its size (with another, ⌈side / stride⌉); an odd zero comes after.
        initializer: start of the weights, a name or an initialiser.
        bias: False for a layer without biases, as before a BatchNorm.
        bias_initializer: start of the biases.

    Images are ``(height, width, channels)``. Parameters learnt: ``weights (filters, height, width,
    channels)`` of the window, ``biases (filters,)``.
    """

    filters: int
    kernel: Sides
    stride: Sides = 1
    padding: str = "valid"
    initializer: str | Initializer = "he_normal"
    bias: bool = True
    bias_initializer: str | Initializer = "constant"

    def __post_init__(self) -> None:
        whole = isinstance(self.filters, (int, np.integer)) and not isinstance(self.filters, bool)
        if not whole or self.filters < 1:
            raise SettingError(
                f"a Convolution layer has a whole number of filters, at least 1, not {self.filters!r:.80}."
            )
        self.filters = int(self.filters)
        self.window = self.kernel = pair_of(self.kernel, "the kernel of a Convolution")
        self.step = self.stride = pair_of(self.stride, "the stride of a Convolution")
        if self.padding not in _PADDINGS:
            raise UnknownNameError("padding", str(self.padding), _PADDINGS)
        self.initializer = initializer_named(self.initializer)
        self.bias_initializer = initializer_named(self.bias_initializer)
        self.weights: Array
        self.weights_gradient: Array
        self.biases: Array
        self.biases_gradient: Array

    def margins(self, input_shape: Shape) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows of zeros above and below an image, and columns to its left and right."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        (height, width, _), window, step = input_shape, self.window, self.step
        return same_margin(height, window[0], step[0]), same_margin(width, window[1], step[1])

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        shape = (self.filters, *self.window, input_shape[-1])
        fans = prod(shape[1:]), self.filters * prod(self.window)
        weights = Parameter("weights", shape, initializer_named(self.initializer), *fans, weight=True)
        biases = Parameter("biases", shape[:1], initializer_named(self.bias_initializer), *fans)
        return (weights, biases) if self.bias else (weights,)

    def output_shape(self, input_shape: Shape) -> Shape:
        require_images("Convolution", input_shape)
        (top, bottom), (left, right) = self.margins(input_shape)
        sides = top + input_shape[0] + bottom, left + input_shape[1] + right
        return (*places_in(sides, self.window, self.step, "the kernel of a Convolution"), self.filters)

    def workspace(self, input_shape: Shape, purpose: Pass) -> ConvolutionWorkspace:
        return ConvolutionWorkspace(self, input_shape, purpose)

    def forward(self, inputs: Array, workspace: ConvolutionWorkspace) -> Array:
        workspace.inputs = inputs
        weights = self.weights.reshape(self.filters, -1)
        for images, rows in workspace.pieces:
            outputs = workspace.output_rows[rows]
            np.dot(workspace.gather(inputs[images]), weights.T, out=outputs)
            if self.bias:
                np.add(outputs, self.biases, out=outputs)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: ConvolutionWorkspace) -> Array:
        weights = self.weights.reshape(self.filters, -1)
        weights_gradient = self.weights_gradient.reshape(self.filters, -1)
        gradient_rows = output_gradient.reshape(workspace.output_rows.shape)
        for images, rows in workspace.pieces:
            patches = workspace.gather(workspace.inputs[images])
            if images.start == 0:
                np.dot(gradient_rows[rows].T, patches, out=weights_gradient)
            else:
                np.dot(gradient_rows[rows].T, patches, out=workspace.share)
                np.add(weights_gradient, workspace.share, out=weights_gradient)
            if workspace.input_gradient_wanted:
                np.dot(gradient_rows[rows], weights, out=patches)
                workspace.scatter(workspace.input_gradient[images])
        if self.bias:
            np.dot(workspace.ones, gradient_rows, out=self.biases_gradient)
        return workspace.input_gradient
