"""A small problem that a small network learns in a moment."""

import numpy as np
import pytest

import chainrule as cr


@pytest.fixture(scope="session")
def toy() -> cr.Split:
    """Which of the first three of twenty random numbers is largest; 500 examples, 83 for validation."""
    generator = np.random.default_rng(0)
    inputs = generator.random((600, 20), dtype=np.float32)
    labels = inputs[:, :3].argmax(axis=1)
    whole = cr.Dataset(inputs, labels, ("a", "b", "c"), (20,), name="toy")
    return cr.Split.of(whole.part(slice(0, 500), "toy"), whole.part(slice(500, 600), "toy test"))


@pytest.fixture
def make_trainer():
    """A trainer with everything that has a memory: dropout, batch norm, Adam, an average, a schedule."""

    def make(**changes):
        layers = cr.fully_connected(
            [20, 12, 3],
            hidden="prelu",
            output="softmax",
            initializer="he_normal",
            batch_norm=True,
            dropout=0.2,
        )
        settings = {
            "loss": "softmax_cross_entropy",
            "optimizer": cr.Adam(0.01),
            "epochs": 4,
            "batch_size": 7,
            "regularizers": [cr.L2(0.1), cr.MaxNorm(3)],
            "average": 0.9,
            "schedule": "cosine",
            "seed": 5,
        }
        return cr.Trainer(cr.Network(layers, 20, seed=3), **(settings | changes))

    return make
