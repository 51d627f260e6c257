"""Convolution: the same small neurons look at every place of an image, with shared weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers.images import Sides, pair_of, places_in, require_images
from chainrule.layers.layer import Layer, Pass, Shape, Workspace
from chainrule.numerics.initializers import Initializer, initializer_named
from chainrule.numerics.kernels import kernels
from chainrule.numerics.kernels.reference import ConvolutionRoom, places_needed
from chainrule.numerics.parameters import Array, Parameter
from chainrule.numerics.patches import gather_patches, same_margin
from chainrule.numerics.pieces import Piece, Pieces
from chainrule.numerics.single_channel import SingleChannel
from chainrule.numerics.winograd import Tiling, Winograd

__all__ = ["Convolution"]

_PADDINGS = ("valid", "same")


class Hand:
    """What one thread needs to work on a piece of a batch.

    Images with one channel have patches of short runs of numbers, slow to copy. If nothing has to go back
    through them, they lie turned: a row for each place in the window, a column for each position.

    Attributes:
        line: what one piece adds to the derivatives by weights and biases.
    """

    def __init__(
        self, layer: Convolution, input_shape: Shape, most_rows: int, purpose: Pass, number: int, room: int
    ) -> None:
        (height, width, channels), dtype = input_shape, purpose.dtype
        rows, columns, filters = layer.output_shape(input_shape)
        self.stride = layer.step
        self.patch = (*layer.window, channels)
        self.places = (rows, columns)
        self.turned = channels == 1 and not purpose.input_gradient
        purpose.scratch.need(number + 1, room, dtype)
        self.scratch, self.number = purpose.scratch, number
        self.line: Array = np.zeros(filters * (prod(self.patch) + layer.bias) * purpose.training, dtype)
        (top, bottom), (left, right) = layer.margins(input_shape)
        self.padding = top + bottom + left + right > 0
        margined = (most_rows * self.padding, top + height + bottom, left + width + right, channels)
        self.padded: Array = np.zeros(margined, dtype)
        self.padded_gradient: Array = np.zeros_like(self.padded[: most_rows * purpose.input_gradient])
        self.pixels: Array = np.zeros(
            (most_rows, rows, columns, channels) if purpose.input_gradient else 0, dtype
        )
        listed = places_needed(rows * columns, filters) * purpose.training
        self.lists = np.zeros(listed, np.uint64), np.zeros(listed, dtype)
        self.inside = np.s_[:, top : top + height, left : left + width]

    @property
    def room(self) -> Array:
        """The thread's room in the scratch, which may have grown since."""
        return self.scratch.rooms[self.number]

    def patches_of(self, images: int) -> tuple[Array, Array]:
        """Room for the patches of so many images, and the same as ``(positions, window · channels)``."""
        size = prod(self.patch)
        room = self.room[: images * prod(self.places) * size]
        if self.turned:
            turned = room.reshape(*self.patch, images, *self.places)
            return turned.transpose(3, 4, 5, 0, 1, 2), room.reshape(size, -1).T
        return room.reshape(images, *self.places, *self.patch), room.reshape(-1, size)

    def room_for(self, images: int) -> ConvolutionRoom:
        """Room for the way back of so many images."""
        return ConvolutionRoom(*self.patches_of(images), self.pixels[:images], *self.lists)

    def with_margins(self, images: Array) -> Array:
        """A piece's images with the zeros around them."""
        if not self.padding:
            return images
        padded = self.padded[: len(images)]
        np.copyto(padded[self.inside], images)
        return padded


class ConvolutionWorkspace(Workspace):
    """A bench for a batch that is worked through in pieces, several at once.

    Attributes:
        pieces: of the batch, as many images each as have patches that fit the cache.
        hands: what each thread needs of its own.
        shares: what each strand of pieces adds to the derivatives by weights and biases, in a line.
        biases: the biases again and again, for a row of positions; so NumPy adds them faster.
        way: another way to answer than the product with all patches, where one is faster.
        kernels: the loops for the way back.
    """

    def __init__(self, layer: Convolution, input_shape: Shape, purpose: Pass) -> None:
        rows, columns, filters = output_shape = layer.output_shape(input_shape)
        super().__init__(input_shape, output_shape, purpose)
        batch, dtype = purpose.batch_size, purpose.dtype
        patch = prod(layer.window) * input_shape[-1]
        self.pieces = Pieces(batch, rows * columns * patch * dtype.itemsize)
        most_rows, hands = self.pieces.most_rows, range(self.pieces.hands)
        self.way = layer.way(input_shape, purpose, most_rows)
        room = self.way.room if self.way else most_rows * rows * columns * patch
        self.hands = [Hand(layer, input_shape, most_rows, purpose, number, room) for number in hands]
        self.shares: Array = np.zeros((len(self.pieces.strands), len(self.hands[0].line)), dtype)
        self.ones: Array = np.ones(most_rows * rows * columns if purpose.training else 0, dtype)
        self.biases: Array = np.zeros((columns, filters), dtype)
        self.weights_shape = (filters, patch)
        if purpose.training:
            self.kernels = kernels()


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

    def way(self, input_shape: Shape, purpose: Pass, most_rows: int) -> SingleChannel | Winograd | None:
        """A faster way to answer for pieces of so many images; None where there is none, and in training.

        In training the way back needs all patches anyway.
        """
        if purpose.training or purpose.input_gradient:
            return None
        (top, bottom), (left, right) = self.margins(input_shape)
        height, width, channels = input_shape
        height, width = top + height + bottom, left + width + right
        if channels == 1:
            image = height, width
            return SingleChannel(image, self.window, self.step, self.filters, most_rows, purpose.dtype)
        tiling = Tiling((height, width, channels), self.window, self.step[1], self.filters)
        if self.step[0] == 1 and tiling.pays(most_rows):
            return Winograd(tiling, most_rows, purpose.dtype)
        return None

    def workspace(self, input_shape: Shape, purpose: Pass) -> ConvolutionWorkspace:
        return ConvolutionWorkspace(self, input_shape, purpose)

    def forward(self, inputs: Array, workspace: ConvolutionWorkspace) -> Array:
        workspace.inputs = inputs
        weights = self.weights.reshape(workspace.weights_shape).T
        way = workspace.way
        if way:
            way.take(self.weights, self.biases if self.bias else None)
        elif self.bias:
            np.copyto(workspace.biases, self.biases)

        def forward(piece: Piece, hand: int) -> None:
            outputs = workspace.outputs[piece.rows]
            own = workspace.hands[hand]
            if way:
                way.filter(own.with_margins(inputs[piece.rows]), outputs, own.room)
                return
            patches, rows = own.patches_of(len(outputs))
            gather_patches(own.with_margins(inputs[piece.rows]), patches, self.step)
            np.dot(rows, weights, out=outputs.reshape(-1, self.filters))
            if self.bias:
                lines = outputs.reshape(-1, workspace.biases.size)
                np.add(lines, workspace.biases.reshape(-1), out=lines)

        workspace.pieces.each(forward)
        return workspace.outputs

    def backward(self, output_gradient: Array, workspace: ConvolutionWorkspace) -> Array:
        shares, count = workspace.shares, self.weights.size

        def backward(piece: Piece, hand: int) -> None:
            own, given = workspace.hands[hand], output_gradient[piece.rows]
            images, by_images = workspace.inputs[piece.rows], workspace.input_gradient[piece.rows]
            line = shares[piece.strand] if piece.first else own.line
            margined = own.padded_gradient[: len(by_images)] if own.padding else by_images
            workspace.kernels.convolve_back(
                own.with_margins(images),
                given,
                self.weights,
                self.step,
                line[:count].reshape(self.weights.shape),
                margined,
                own.room_for(len(given)),
            )
            if own.padding and workspace.input_gradient_wanted:
                np.copyto(by_images, margined[own.inside])
            if self.bias:
                derivatives = given.reshape(-1, self.filters)
                np.dot(workspace.ones[: len(derivatives)], derivatives, out=line[count:])
            if not piece.first:
                np.add(shares[piece.strand], line, out=shares[piece.strand])

        workspace.pieces.each(backward)
        np.add.reduce(shares[:, :count], axis=0, out=self.weights_gradient.reshape(-1))
        if self.bias:
            np.add.reduce(shares[:, count:], axis=0, out=self.biases_gradient)
        return workspace.input_gradient
