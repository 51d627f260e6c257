"""The table of layers that every law is held against, and what the laws need to try one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from chainrule.layers import (
    ELU,
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    GlobalAveragePool,
    Layer,
    LeakyReLU,
    MaxPool,
    PReLU,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
    ZeroPad,
)
from chainrule.network import Bench, Network


@dataclass(frozen=True)
class Case:
    """A layer to try: how it is made, and the shape of the examples it is fed.

    ``rows_apart`` is False where an example's result depends on the rest of its batch in training
    (BatchNorm), ``random`` is True where a training pass draws.
    """

    name: str
    make: Callable[[], Layer[Any]]
    input_shape: tuple[int, ...]
    rows_apart: bool = True
    random: bool = False


def nested() -> Sequential:
    return Sequential([Dense(4), Tanh(), Sequential([Dense(3, bias=False), Sigmoid()]), PReLU()])


def nested_residual() -> Residual:
    return Residual([Dense(6), BatchNorm(), Tanh(), Residual([Dense(6), Sigmoid()]), Dropout(0.25)])


def residual_on_images() -> Residual:
    return Residual([Convolution(2, 3, padding="same"), BatchNorm(), Tanh()])


def images_to_rows() -> Sequential:
    return Sequential([Convolution(2, 2), BatchNorm(), MaxPool((2, 1)), Flatten(), Dense(3), Tanh()])


def rows_to_images() -> Sequential:
    return Sequential([Dense(8), Reshape((2, 2, 2)), Convolution(2, 2, padding="same"), AveragePool(2, 1)])


def different_members() -> Ensemble:
    return Ensemble([[Dense(4), Dropout(0.3), Sigmoid(), Dense(3)], [], Sequential([Dense(3), BatchNorm()])])


def members_on_images() -> Ensemble:
    return Ensemble([[Convolution(2, 2), Flatten()], [MaxPool((2, 1)), Flatten(), Dense(12)]])


CASES = [
    Case("dense", lambda: Dense(4), (5,)),
    Case("dense_without_bias", lambda: Dense(4, bias=False), (5,)),
    Case("dense_one_neuron", lambda: Dense(1), (5,)),
    Case("dense_one_input", lambda: Dense(3), (1,)),
    Case("sigmoid", Sigmoid, (5,)),
    Case("tanh", Tanh, (5,)),
    Case("relu", ReLU, (5,)),
    Case("leaky_relu", lambda: LeakyReLU(0.1), (5,)),
    Case("prelu", PReLU, (5,)),
    Case("prelu_on_images", PReLU, (3, 2, 2)),
    Case("elu", lambda: ELU(0.7), (5,)),
    Case("softmax", Softmax, (5,)),
    Case("softmax_on_images", Softmax, (2, 2, 3)),
    Case("step", Step, (5,)),
    Case("dropout", lambda: Dropout(0.4), (8,), random=True),
    Case("dropout_of_nothing", lambda: Dropout(0.0), (5,)),
    Case("dropout_on_images", lambda: Dropout(0.25), (3, 2, 2), random=True),
    Case("batch_norm", BatchNorm, (4,), rows_apart=False),
    Case("batch_norm_on_images", lambda: BatchNorm(momentum=0.3), (3, 2, 4), rows_apart=False),
    Case("convolution", lambda: Convolution(2, 2), (3, 4, 2)),
    Case("convolution_without_bias", lambda: Convolution(3, (1, 2), bias=False), (1, 3, 2)),
    Case("convolution_one_pixel", lambda: Convolution(3, 1), (1, 2, 2)),
    Case("convolution_strided", lambda: Convolution(2, (2, 3), (3, 2)), (5, 6, 1)),
    Case("convolution_same", lambda: Convolution(2, (3, 2), padding="same"), (3, 3, 2)),
    Case("convolution_same_strided", lambda: Convolution(2, 3, (2, 3), "same"), (4, 5, 1)),
    # In no window are the two largest inputs nearer to each other than 0.006: differences see no bend.
    Case("max_pool", MaxPool, (5, 4, 1)),
    Case("max_pool_two_channels", MaxPool, (3, 3, 2)),
    Case("max_pool_overlapping", lambda: MaxPool((2, 3), (2, 1)), (5, 4, 1)),
    Case("max_pool_with_gaps", lambda: MaxPool((1, 2), 3), (4, 5, 1)),
    Case("average_pool", AveragePool, (5, 4, 2)),
    Case("average_pool_overlapping", lambda: AveragePool((3, 2), (2, 1)), (5, 3, 1)),
    Case("global_average_pool", GlobalAveragePool, (2, 3, 2)),
    Case("zero_pad", lambda: ZeroPad((0, 2)), (2, 3, 2)),
    Case("zero_pad_of_nothing", lambda: ZeroPad(0), (2, 3, 1)),
    Case("flatten", Flatten, (3, 2, 2)),
    Case("reshape", lambda: Reshape((3, 2)), (6,)),
    Case("residual", lambda: Residual([Dense(7), Tanh(), Dense(6)]), (6,)),
    Case("residual_without_parameters", lambda: Residual([Tanh()]), (2, 3)),
    Case("residual_on_images", residual_on_images, (3, 2, 2), rows_apart=False),
    Case("residual_nested", nested_residual, (6,), rows_apart=False, random=True),
    Case("ensemble", lambda: Ensemble([[Dense(4), Tanh()], [Dense(2), Dense(4)], [Dense(4)]]), (5,)),
    Case("ensemble_of_one", lambda: Ensemble([[Dense(4), Softmax()]]), (5,)),
    Case("ensemble_without_parameters", lambda: Ensemble([[Tanh()], [ELU()]]), (2, 3)),
    Case("ensemble_of_all_kinds", different_members, (3,), rows_apart=False, random=True),
    Case("ensemble_on_images", members_on_images, (4, 3, 1)),
    Case("sequential", lambda: Sequential([Flatten(), Dense(4), ELU()]), (3, 2)),
    Case("sequential_nested", nested, (5,)),
    Case("sequential_images_to_rows", images_to_rows, (4, 3, 1), rows_apart=False),
    Case("sequential_rows_to_images", rows_to_images, (3,)),
]
EVERY_LAYER = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
EVERY_DTYPE = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
EVERY_SIZE = pytest.mark.parametrize("rows", [1, 7])


def network_of(case: Case, dtype: Any = np.float64, seed: int = 5) -> Network:
    """The layer alone as a network, every parameter and statistic away from its usual start."""
    network = Network([case.make()], input_shape=case.input_shape, seed=seed, dtype=dtype)
    shuffle_parameters(network, seed)
    return network


def shuffle_parameters(network: Network, seed: int = 5) -> None:
    generator = np.random.default_rng(seed)
    network.parameters.values[...] = away_from_zero(generator, (len(network.parameters),), 0.2, 0.8)
    for name, array in network.state.items():
        low, high = (0.5, 2.0) if "variance" in name else (-0.5, 0.5)
        array[...] = generator.uniform(low, high, array.shape)


def away_from_zero(generator: np.random.Generator, shape: tuple[int, ...], low: float, high: float) -> Any:
    return generator.uniform(low, high, shape) * generator.choice([-1.0, 1.0], shape)


def inputs_for(case: Case, rows: int, dtype: Any = np.float64, seed: int = 1) -> Any:
    """``(rows, *input_shape)`` numbers between 0.2 and 1 of either sign: no activation bends there."""
    return away_from_zero(np.random.default_rng(seed), (rows, *case.input_shape), 0.2, 1.0).astype(dtype)


def gradient_for(network: Network, rows: int, seed: int = 2) -> Any:
    return np.random.default_rng(seed).standard_normal((rows, *network.output_shape)).astype(network.dtype)


def training_bench(network: Network, rows: int, seed: int = 3, *, input_gradient: bool = True) -> Bench:
    return network.bench(
        rows, training=True, generator=np.random.default_rng(seed), input_gradient=input_gradient
    )


def inner_layer(network: Network, name: str) -> tuple[Layer[Any], str]:
    """The layer that ``"0.2.weights"`` belongs to, and ``"weights"``."""
    *path, attribute = name.split(".")
    layers = network.layers
    for index in path:
        layer = layers[int(index)]
        layers = getattr(layer, "layers", [])
    return layer, attribute


def kinds_in(layer: Layer[Any]) -> Iterator[type[Layer[Any]]]:
    """The layer's class and that of every layer inside it."""
    yield type(layer)
    for inner in getattr(layer, "layers", []):
        yield from kinds_in(inner)
