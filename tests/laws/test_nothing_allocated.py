"""A training step allocates nothing: every buffer stands on its bench before the first pass.

NumPy reports its allocations to ``tracemalloc``. What remains are Python's own small objects, and the
iteration buffer that NumPy takes where an operation broadcasts a row (a bias, the largest logit) or mixes
number types (a mask times a number): ``np.getbufsize()`` elements at most, whatever the batch. So each step
is measured twice: with that buffer made small, where next to nothing may be left, and as it is usually.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
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
from chainrule.layers.registry import LAYERS
from chainrule.losses import LOSSES, LossWorkspace, SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.optimizers import OPTIMIZERS
from chainrule.regularizers import L1, L2, MaxNorm

from .cases import EVERY_DTYPE

ROWS, FEATURES = 200, 400
IMAGE = (10, 10, 4)
SMALL_BUFFER = 64
SMALL_OBJECTS = 15_000
WHOLE_BATCH = ROWS * FEATURES * 4

LAYERS_AT_WORK = [
    lambda: Dense(FEATURES),
    lambda: Dense(FEATURES, bias=False),
    Sigmoid,
    Tanh,
    ReLU,
    LeakyReLU,
    PReLU,
    ELU,
    Softmax,
    Step,
    lambda: Dropout(0.3),
    BatchNorm,
    Flatten,
    lambda: Reshape((FEATURES // 4, 4)),
    lambda: Sequential([Reshape((FEATURES // 4, 4)), BatchNorm(), PReLU(), Flatten()]),
    lambda: Residual([Dense(FEATURES), BatchNorm(), Tanh(), Dropout(0.5)]),
    lambda: Ensemble([[Dense(FEATURES), BatchNorm()], [Dense(FEATURES), Softmax()]]),
]
LAYERS_AT_WORK_ON_IMAGES = [
    lambda: Convolution(5, 3),
    lambda: Convolution(5, (3, 2), stride=2, padding="same", bias=False),
    MaxPool,
    lambda: MaxPool(3, 2),
    AveragePool,
    lambda: AveragePool(3, 1),
    GlobalAveragePool,
    lambda: ZeroPad(2),
    BatchNorm,
    ReLU,
    lambda: Dropout(0.3),
    lambda: Residual([Convolution(4, 3, padding="same"), BatchNorm(), ReLU()]),
    lambda: Sequential([Convolution(5, 3), BatchNorm(), ReLU(), MaxPool(), Flatten(), Dense(6)]),
    lambda: Sequential([Convolution(5, 3), Convolution(16, 3), Convolution(4, 3), ReLU(), MaxPool()]),
    lambda: Sequential([Flatten(), Dense(36), Reshape((3, 3, 4)), Convolution(4, 2), BatchNorm()]),
]


@pytest.fixture(params=[SMALL_BUFFER, None], ids=["small_numpy_buffer", "usual_numpy_buffer"])
def most_bytes(request) -> Iterator[int]:
    """How much a step may allocate at once, in all."""
    usual = np.getbufsize()
    if request.param:
        np.setbufsize(request.param)
    yield SMALL_OBJECTS + 2 * np.getbufsize() * np.dtype(np.float64).itemsize
    np.setbufsize(usual)


def peak_of(step: Callable[[], object], times: int = 4) -> int:
    """Bytes held at once, beyond those held before, while the step is taken again and again."""
    for _ in range(3):
        step()
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(times):
            step()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_the_bounds_are_far_below_one_temporary_array():
    assert 2 * (SMALL_OBJECTS + 2 * np.getbufsize() * 8) < WHOLE_BATCH
    array = np.ones((ROWS, FEATURES), np.float32)
    assert peak_of(lambda: array + array) >= WHOLE_BATCH


@pytest.mark.parametrize("make", LAYERS_AT_WORK, ids=lambda make: type(make()).__name__)
@EVERY_DTYPE
@pytest.mark.parametrize("rows", [1, ROWS])
def test_forward_and_backward_of_a_layer(make, dtype, rows, most_bytes):
    layer_allocates_at_most(most_bytes, make(), (FEATURES,), dtype, rows)


@pytest.mark.parametrize("make", LAYERS_AT_WORK_ON_IMAGES, ids=lambda make: type(make()).__name__)
@EVERY_DTYPE
@pytest.mark.parametrize("rows", [1, ROWS])
def test_forward_and_backward_of_a_layer_on_images(make, dtype, rows, most_bytes):
    layer_allocates_at_most(most_bytes, make(), IMAGE, dtype, rows)


def layer_allocates_at_most(most_bytes: int, layer: Any, input_shape: Any, dtype: Any, rows: int) -> None:
    network = Network([layer], input_shape=input_shape, seed=0, dtype=dtype)
    generator = np.random.default_rng(0)
    bench = network.bench(rows, training=True, generator=generator, input_gradient=True)
    answering = network.bench(rows)
    inputs = generator.standard_normal((rows, *input_shape)).astype(dtype)
    gradient = generator.standard_normal((rows, *network.output_shape)).astype(dtype)

    def step() -> None:
        network.forward(inputs, bench)
        network.backward(gradient, bench)
        network.forward(inputs, answering)

    assert peak_of(step) < most_bytes


def test_every_layer_is_at_work_above():
    at_work = {type(make()) for make in LAYERS_AT_WORK + LAYERS_AT_WORK_ON_IMAGES}
    assert at_work == set(LAYERS.values())


@pytest.mark.parametrize(
    "loss",
    [*(kind() for kind in LOSSES.values()), SoftmaxCrossEntropy(0.1)],
    ids=[*LOSSES, "label_smoothing"],
)
@EVERY_DTYPE
def test_forward_and_backward_of_a_loss(loss, dtype, most_bytes):
    generator = np.random.default_rng(0)
    outputs = generator.standard_normal((ROWS, FEATURES)).astype(dtype)
    targets = np.eye(FEATURES, dtype=dtype)[generator.integers(0, FEATURES, ROWS)]
    workspace = LossWorkspace(ROWS, FEATURES, np.dtype(dtype))

    def step() -> None:
        loss.forward(outputs, targets, workspace)
        loss.backward(workspace)

    assert peak_of(step) < most_bytes


def filled_network(dtype: Any) -> Network:
    network = Network([FEATURES, ROWS], seed=0, dtype=dtype)
    network.parameters.gradient[...] = network.parameters.values
    return network


@pytest.mark.parametrize("name", [name for name, kind in OPTIMIZERS.items() if not kind.full_batch])
@EVERY_DTYPE
def test_the_step_of_an_optimiser(name, dtype, most_bytes):
    optimizer = OPTIMIZERS[name](0.01)
    optimizer.bind(filled_network(dtype).parameters)
    assert peak_of(lambda: optimizer.step(0.01)) < most_bytes


@pytest.mark.parametrize("kind", [L1, L2, MaxNorm])
@EVERY_DTYPE
def test_a_regulariser(kind, dtype, most_bytes):
    regularizer = kind(0.1)
    regularizer.bind(filled_network(dtype).parameters, 50)

    def step() -> None:
        regularizer.penalty()
        regularizer.add_gradient()
        regularizer.constrain()

    assert peak_of(step) < most_bytes


@pytest.mark.parametrize("raw", [True, False], ids=["uint8", "float32"])
@EVERY_DTYPE
def test_gathering_a_batch(raw, dtype, most_bytes):
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (10 * ROWS, FEATURES), dtype=np.uint8)
    inputs = pixels if raw else pixels.astype(np.float32)
    data = Dataset(inputs, generator.integers(0, 10, 10 * ROWS), input_shape=(FEATURES,))
    epoch = Batches(data, ROWS, dtype).epoch(generator.permutation(10 * ROWS))
    assert peak_of(lambda: next(epoch)) < most_bytes


@EVERY_DTYPE
@pytest.mark.parametrize("loss_name", LOSSES)
def test_a_whole_training_step(dtype, loss_name, most_bytes):
    layers = [Dense(300), BatchNorm(), ReLU(), Dropout(0.2), Dense(FEATURES), Sigmoid()]
    network = Network(layers, input_shape=FEATURES, seed=0, dtype=dtype)
    generator = np.random.default_rng(0)
    loss, optimizer = LOSSES[loss_name](), OPTIMIZERS["adam"](0.001)
    regularizers = [L2(0.1), L1(0.1), MaxNorm(2.0)]
    optimizer.bind(network.parameters)
    for regularizer in regularizers:
        regularizer.bind(network.parameters, 1000)
    bench = network.bench(ROWS, training=True, generator=generator, logits=loss.on_logits)
    workspace = LossWorkspace(ROWS, FEATURES, network.dtype)
    inputs = generator.random((ROWS, FEATURES)).astype(dtype)
    targets = np.eye(FEATURES, dtype=dtype)[generator.integers(0, FEATURES, ROWS)]

    def step() -> None:
        loss.forward(network.forward(inputs, bench), targets, workspace)
        network.backward(loss.backward(workspace), bench)
        for regularizer in regularizers:
            regularizer.add_gradient()
        optimizer.step(0.001)
        for regularizer in regularizers:
            regularizer.constrain()

    assert peak_of(step) < most_bytes
