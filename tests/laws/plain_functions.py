"""Second oracle: layers and losses as plain functions, differentiated by the ``autograd`` package.

Written from the formulas, with nothing of chainrule in them but the classes that say which formula
is meant. A layer is a function of its inputs and of ``learnt``, which gives a parameter by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from chainrule import layers as kinds
from chainrule.network import Network

Learnt = Callable[[str], Any]


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + anp.exp(-z))


def softmax(z: Any) -> Any:
    powers = anp.exp(z)
    return powers / anp.sum(powers, axis=-1, keepdims=True)


def under_window(images: Any, window: tuple[int, int], stride: tuple[int, int]) -> list[Any]:
    """For each place in a window, row by row, the pixels under it, ``(batch, rows, columns, channels)``."""
    rows, columns = (
        (side - size) // step + 1 for side, size, step in zip(images.shape[1:3], window, stride, strict=True)
    )
    return [
        images[:, row : row + (rows - 1) * stride[0] + 1, column : column + (columns - 1) * stride[1] + 1][
            :, :: stride[0], :: stride[1]
        ]
        for row in range(window[0])
        for column in range(window[1])
    ]


def surrounded_by_zeros(images: Any, window: tuple[int, int], stride: tuple[int, int]) -> Any:
    """Zeros on each side, so that the window is placed at every ``stride``-th pixel; the odd one after."""
    missing = []
    for side, size, step in zip(images.shape[1:3], window, stride, strict=True):
        lacking = max(0, (int(np.ceil(side / step)) - 1) * step + size - side)
        missing.append((lacking // 2, lacking - lacking // 2))
    return anp.pad(images, [(0, 0), *missing, (0, 0)], mode="constant")


def outputs_of(
    layer: Any, inputs: Any, learnt: Learnt, gathered: Learnt, draws: np.random.Generator | None
) -> Any:
    """What the layer makes of the inputs; ``draws`` is None for a pass that only answers."""
    z = inputs
    match layer:
        case kinds.Residual():
            return z + chained(layer.layers, z, learnt, gathered, draws)
        case kinds.Ensemble():
            answers = [
                outputs_of(member, z, inside(index, learnt), inside(index, gathered), draws)
                for index, member in enumerate(layer.layers)
            ]
            return sum(answers) / len(answers)
        case kinds.Sequential():
            return chained(layer.layers, z, learnt, gathered, draws)
        case kinds.Dense():
            weighted = anp.einsum("ek,jk->ej", z, learnt("weights"))
            return weighted + learnt("biases") if layer.bias else weighted
        case kinds.Convolution():
            if layer.padding == "same":
                z = surrounded_by_zeros(z, layer.kernel, layer.stride)
            places = list(np.ndindex(*layer.kernel))
            weighted = sum(
                anp.einsum("ersk,jk->ersj", pixels, learnt("weights")[:, row, column])
                for (row, column), pixels in zip(
                    places, under_window(z, layer.kernel, layer.stride), strict=True
                )
            )
            return weighted + learnt("biases") if layer.bias else weighted
        case kinds.MaxPool():
            return anp.max(anp.stack(under_window(z, layer.size, layer.stride)), axis=0)
        case kinds.AveragePool():
            return anp.mean(anp.stack(under_window(z, layer.size, layer.stride)), axis=0)
        case kinds.GlobalAveragePool():
            return anp.mean(z, axis=(1, 2))
        case kinds.ZeroPad():
            rows, columns = layer.margin
            return anp.pad(z, ((0, 0), (rows, rows), (columns, columns), (0, 0)), "constant")
        case kinds.BatchNorm():
            axes = tuple(range(z.ndim - 1))
            mean = anp.mean(z, axis=axes) if draws else gathered("running_mean")
            variance = anp.mean((z - mean) ** 2, axis=axes) if draws else gathered("running_variance")
            return learnt("scale") * (z - mean) / anp.sqrt(variance + layer.epsilon) + learnt("shift")
        case kinds.Dropout():
            if draws is None:
                return z
            return z * (draws.random(z.shape) >= layer.rate) / (1.0 - layer.rate)
        case kinds.Flatten():
            return anp.reshape(z, (len(z), -1))
        case kinds.Reshape():
            return anp.reshape(z, (len(z), *layer.shape))
        case kinds.Sigmoid():
            return sigmoid(z)
        case kinds.Softmax():
            return softmax(z)
        case kinds.Tanh():
            return (anp.exp(z) - anp.exp(-z)) / (anp.exp(z) + anp.exp(-z))
        case kinds.ReLU():
            return anp.where(z > 0, z, 0.0)
        case kinds.LeakyReLU():
            return anp.where(z > 0, z, layer.slope * z)
        case kinds.PReLU():
            return anp.where(z > 0, z, learnt("slopes") * z)
        case kinds.ELU():
            return anp.where(z > 0, z, layer.alpha * (anp.exp(z) - 1.0))
        case kinds.Step():
            return 0.0 * z + anp.where(z > 0, 1.0, 0.0)
    raise NotImplementedError(f"write the formula of {type(layer).__name__} here")


def chained(
    layers: list[Any], inputs: Any, learnt: Learnt, gathered: Learnt, draws: np.random.Generator | None
) -> Any:
    for index, layer in enumerate(layers):
        inputs = outputs_of(layer, inputs, inside(index, learnt), inside(index, gathered), draws)
    return inputs


def inside(index: int, whole: Learnt) -> Learnt:
    """What belongs to layer ``index`` of a block, by the names it has there."""
    return lambda name: whole(f"{index}.{name}")


def network_function(network: Network, *, leave_out: int = 0) -> Callable[..., Any]:
    """The network as a function ``(line of parameters, inputs, draws) -> outputs``."""
    places, parameters = network.parameters.places, network.parameters.parameters
    layers = network.layers[: len(network.layers) - leave_out]

    def function(line: Any, inputs: Any, draws: np.random.Generator | None = None) -> Any:
        def learnt(name: str) -> Any:
            return anp.reshape(line[places[name]], parameters[name].shape)

        return chained(layers, inputs, learnt, network.state.__getitem__, draws)

    return function


def quadratic(outputs: Any, targets: Any) -> Any:
    return anp.sum((outputs - targets) ** 2) / (2 * len(outputs))


def sigmoid_cross_entropy(outputs: Any, targets: Any) -> Any:
    a = sigmoid(outputs)
    return -anp.sum(targets * anp.log(a) + (1 - targets) * anp.log(1 - a)) / len(outputs)


def softmax_cross_entropy(outputs: Any, targets: Any) -> Any:
    return -anp.sum(targets * anp.log(softmax(outputs))) / len(outputs)


LOSS_FUNCTIONS = {
    "quadratic": quadratic,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "softmax_cross_entropy": softmax_cross_entropy,
}
