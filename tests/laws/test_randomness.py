"""Randomness is a generator passed in: the global one is never touched, and a seed fixes every bit."""

from __future__ import annotations

import ast
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule
from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.layers import fully_connected
from chainrule.losses import LOSSES, LossWorkspace
from chainrule.network import Network
from chainrule.optimizers import Adam

from .cases import EVERY_LAYER, gradient_for, inputs_for, network_of, training_bench

SOURCE = Path(chainrule.__file__).parent
MODERN = {"Generator", "default_rng", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox"}


def trained(seed: int, dtype: Any = np.float32) -> Network:
    layers = fully_connected([6, 8, 3], hidden="relu", output="softmax", batch_norm=True, dropout=0.4)
    network = Network(layers, input_shape=6, seed=seed, dtype=dtype)
    draws = np.random.default_rng(seed)
    data = Dataset(
        draws.random((20, 6)).astype(np.float32), draws.integers(0, 3, 20), ("a", "b", "c"), input_shape=(6,)
    )
    optimizer, loss = Adam(0.05), LOSSES["softmax_cross_entropy"]()
    optimizer.bind(network.parameters)
    bench = network.bench(5, training=True, generator=draws, logits=True)
    workspace = LossWorkspace(5, 3, network.dtype)
    for _ in range(3):
        for inputs, targets in Batches(data, 5, dtype).epoch(draws.permutation(20)):
            loss.forward(network.forward(inputs, bench), targets, workspace)
            network.backward(loss.backward(workspace), bench)
            optimizer.step(0.05)
    return network


@pytest.fixture
def global_generators_watched():
    np.random.seed(99)  # noqa: NPY002 - the global generator itself is under watch
    random.seed(99)
    before = np.random.get_state(), random.getstate()  # noqa: NPY002
    yield
    after = np.random.get_state(), random.getstate()  # noqa: NPY002
    assert str(before[0]) == str(after[0])
    assert np.array_equal(before[0][1], after[0][1])
    assert before[1] == after[1]


@pytest.mark.usefixtures("global_generators_watched")
def test_building_training_and_answering_leave_the_global_generators_alone():
    network = trained(seed=4)
    assert network.predict(np.ones((3, 6), np.float32)).shape == (3, 3)
    Network([4, 3, 2])


@EVERY_LAYER
@pytest.mark.usefixtures("global_generators_watched")
def test_no_layer_touches_the_global_generators(case):
    network = network_of(case)
    bench = training_bench(network, 7)
    network.forward(inputs_for(case, 7), bench)
    assert network.backward(gradient_for(network, 7), bench) is not None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(dtype):
    first, second, other = trained(4, dtype), trained(4, dtype), trained(5, dtype)
    assert first.fingerprint() == second.fingerprint()
    assert first.parameters.values.tobytes() == second.parameters.values.tobytes()
    assert first.fingerprint() != other.fingerprint()


def test_a_start_in_float32_is_the_rounded_start_in_float64():
    small, large = Network([5, 4, 3], seed=1), Network([5, 4, 3], seed=1, dtype=np.float64)
    assert np.array_equal(small.parameters.values, large.parameters.values.astype(np.float32))
    assert not np.array_equal(small.parameters.values, large.parameters.values)


def test_a_generator_may_be_given_in_place_of_a_seed_and_is_drawn_from():
    generator = np.random.default_rng(1)
    first, second = Network([5, 4], seed=generator), Network([5, 4], seed=generator)
    assert np.array_equal(first.parameters.values, Network([5, 4], seed=1).parameters.values)
    assert not np.array_equal(first.parameters.values, second.parameters.values)


def test_two_networks_without_a_seed_differ():
    assert Network([5, 4]).fingerprint() != Network([5, 4]).fingerprint()


def legacy_uses(source: str) -> list[str]:
    """``np.random.<name>`` and ``from numpy.random import <name>`` where the name draws globally."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "random"
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id in ("np", "numpy")
            and node.attr not in MODERN
        ):
            found.append(node.attr)
        if isinstance(node, ast.ImportFrom) and node.module == "numpy.random":
            found += [name.name for name in node.names if name.name not in MODERN]
        if isinstance(node, ast.ImportFrom) and node.module == "random":
            found += [name.name for name in node.names if name.name != "Random"]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found += [name.name for name in node.names if name.name == "random"]
    return found


def test_the_scan_recognises_legacy_calls():
    assert legacy_uses("import numpy as np\nnp.random.shuffle(x)") == ["shuffle"]
    assert legacy_uses("from numpy.random import randn, default_rng") == ["randn"]
    assert legacy_uses("import random") == ["random"]
    assert legacy_uses("from random import Random, shuffle") == ["shuffle"]
    assert legacy_uses("import numpy as np\nnp.random.default_rng(3)") == []


def test_no_source_file_calls_a_global_generator():
    files = sorted(SOURCE.rglob("*.py"))
    assert files
    found = {str(path.relative_to(SOURCE)): legacy_uses(path.read_text(encoding="utf-8")) for path in files}
    assert {name: uses for name, uses in found.items() if uses} == {}
