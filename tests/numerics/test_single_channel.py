"""Images of one channel, convolved turned and block by block, against the way that training takes."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.layers import Convolution
from chainrule.network import Network
from chainrule.numerics import single_channel
from chainrule.numerics.single_channel import SingleChannel


@pytest.mark.parametrize("block_bytes", [0, 20_000, 1 << 20])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [
        (5, 1, "valid"),
        (3, 1, "same"),
        ((2, 4), (3, 1), "same"),
        ((1, 7), (1, 2), "valid"),
        ((9, 1), 2, "valid"),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_answers_are_those_of_training(kernel, stride, padding, bias, block_bytes, dtype, monkeypatch):
    monkeypatch.setattr(single_channel, "BLOCK_BYTES", block_bytes)
    layer = Convolution(6, kernel, stride, padding, bias=bias)
    network = Network([layer], input_shape=(9, 11, 1), seed=1, dtype=dtype)
    generator = np.random.default_rng(2)
    images = generator.standard_normal((7, 9, 11, 1)).astype(dtype)
    answering, learning = network.bench(7), network.bench(7, training=True)
    assert isinstance(answering.workspace.steps[0][1].way, SingleChannel)
    assert learning.workspace.steps[0][1].way is None
    for _ in range(2):
        network.parameters.values[...] = generator.standard_normal(len(network.parameters))
        expected = network.forward(images, learning)
        outputs = network.forward(images, answering)
        np.testing.assert_allclose(outputs, expected, rtol=0, atol=50 * np.finfo(dtype).eps)
