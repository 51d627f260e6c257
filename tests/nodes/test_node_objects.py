"""The network of objects: what its parts do, and that it does what the network of arrays does."""

import ast
import math
import random
import sys
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule import nodes
from chainrule.errors import DataError, SettingError
from chainrule.losses import LossWorkspace
from chainrule.nodes import ConstNode, Network, gradient_check
from chainrule.nodes.node import sigmoid

FILES = sorted(Path(nodes.__file__).parent.glob("*.py"))
EXCLUSIVE_OR = [([0, 0], [0]), ([0, 1], [1]), ([1, 0], [1]), ([1, 1], [0])]


def as_arrays(objects):
    """A float64 network of arrays that starts where the network of objects stands."""
    arrays = cr.Network([len(layer) for layer in objects.layers], dtype=np.float64)
    for index, table in enumerate(objects.weights):
        arrays.layers[2 * index].weights[...] = [row[:-1] for row in table]
        arrays.layers[2 * index].biases[...] = [row[-1] for row in table]
    return arrays


def learn_with_arrays(arrays, inputs, targets, rate):
    bench = arrays.bench(1, training=True)
    workspace, loss, optimizer = LossWorkspace(1, len(targets), arrays.dtype), cr.Quadratic(), cr.SGD(rate)
    optimizer.bind(arrays.parameters)
    loss.forward(arrays.forward(np.array([inputs]), bench), np.array([targets]), workspace)
    arrays.backward(loss.backward(workspace), bench)
    optimizer.step(rate)


@pytest.mark.parametrize("sizes", [[3, 2], [4, 5, 3], [3, 4, 4, 2]])
def test_objects_and_arrays_stay_the_same_to_twelve_digits_step_after_step(sizes):
    objects, generator = Network(sizes, seed=7), random.Random(8)
    arrays = as_arrays(objects)
    for _ in range(50):
        inputs = [generator.uniform(-1, 1) for _ in range(sizes[0])]
        targets = [generator.random() for _ in range(sizes[-1])]
        learn_with_arrays(arrays, inputs, targets, 0.7)
        objects.learn(inputs, targets, 0.7)
        assert np.abs(as_arrays(objects).parameters.values - arrays.parameters.values).max() < 1e-12
        assert objects.predict(inputs) == pytest.approx(arrays.predict(np.array(inputs))[0], abs=1e-12)


def test_the_gradients_of_objects_and_arrays_are_the_same():
    objects = Network([3, 4, 2], seed=1)
    arrays = as_arrays(objects)
    inputs, targets = [0.2, -0.7, 1.0], [0.1, 0.9]
    learn_with_arrays(arrays, inputs, targets, 0.0)
    objects.predict(inputs)
    objects.calculate_deltas(targets)
    for index, layer in enumerate(objects.layers[1:]):
        gradients = [[connection.gradient for connection in node.incoming] for node in layer.nodes]
        dense = arrays.layers[2 * index]
        expected = np.column_stack([dense.weights_gradient, dense.biases_gradient])
        assert np.abs(np.array(gradients) - expected).max() < 1e-15


def test_a_node_sends_on_the_sigmoid_of_its_weighted_input():
    network = Network([2, 1])
    network.set_weights([[[2.0, -1.0, 0.5]]])
    assert network.predict([1.0, 3.0]) == [pytest.approx(1 / (1 + math.exp(0.5)), rel=1e-15)]


def test_the_sigmoid_stays_finite_however_large_its_input():
    assert [sigmoid(z) for z in (-1e6, 0.0, 1e6)] == [0.0, 0.5, 1.0]
    assert sigmoid(-3.0) == pytest.approx(1 - sigmoid(3.0), rel=1e-12)


def test_note_002s_network_has_as_many_connections_as_the_note_counts():
    assert len(Network([784, 300, 10], seed=1).connections) == 238_510


def test_every_neuron_has_a_bias_that_comes_from_a_constant_node():
    network = Network([2, 3, 1], seed=1)
    for layer in network.layers[1:]:
        for node in layer.nodes:
            constant = node.incoming[-1].upstream_node
            assert isinstance(constant, ConstNode)
            assert constant.output == 1
    assert network.layers[-1].constant is None


def test_learning_moves_every_weight_only_after_every_delta_is_known():
    network = Network([2, 2, 1], seed=3)
    network.predict([1, 1])
    network.calculate_deltas([1])
    steps = [0.5 * connection.gradient for connection in network.connections]
    before = [connection.weight for connection in network.connections]
    network.learn([1, 1], [1], 0.5)
    after = [connection.weight for connection in network.connections]
    assert after == pytest.approx([w - step for w, step in zip(before, steps, strict=True)], abs=1e-15)


def test_it_learns_exclusive_or():
    network = Network([2, 3, 1], seed=1)
    network.train(EXCLUSIVE_OR, 1.0, 2000)
    assert all(network.error(inputs, targets) < 0.02 for inputs, targets in EXCLUSIVE_OR)


def test_a_seed_gives_the_same_start_and_another_seed_another():
    assert Network([2, 3, 1], seed=1).weights == Network([2, 3, 1], seed=1).weights
    assert Network([2, 3, 1], seed=1).weights != Network([2, 3, 1], seed=2).weights


def test_a_start_leaves_the_generator_of_the_module_random_alone():
    random.seed(1)
    expected = random.random()
    random.seed(1)
    Network([2, 3, 1], seed=5)
    assert random.random() == expected


def test_weights_come_back_as_they_were_set():
    network, other = Network([2, 3, 1], seed=1), Network([2, 3, 1], seed=2)
    other.set_weights(network.weights)
    assert other.weights == network.weights
    assert other.predict([0.3, 0.4]) == network.predict([0.3, 0.4])


def test_numpy_arrays_and_whole_numbers_are_taken_too():
    network = Network([np.int64(2), 3, 1], seed=np.int64(1))
    network.learn(np.array([0, 1], np.uint8), np.array([1.0]), np.float32(0.5))
    assert network.predict(np.array([0.0, 1.0])) == network.predict([0, 1])


def test_the_gradient_check_agrees_and_leaves_the_weights_as_they_were():
    network = Network([3, 4, 3, 2], seed=1)
    before = network.weights
    comparisons = gradient_check(network, [0.5, -1.0, 0.8], [0.1, 0.9])
    assert network.weights == before
    assert len(comparisons) == len(network.connections)
    assert all(comparison.agrees for comparison in comparisons)


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("calculate_hidden_delta", lambda node: setattr(node, "delta", node.delta * 1.001)),
        ("calculate_hidden_delta", lambda node: setattr(node, "delta", node.delta / (1 - node.output))),
    ],
)
def test_the_gradient_check_finds_a_wrong_delta(monkeypatch, method, wrong):
    right = getattr(nodes.Node, method)

    def changed(node):
        right(node)
        wrong(node)

    monkeypatch.setattr(nodes.Node, method, changed)
    network = Network([2, 3, 1], seed=1)
    agreeing = [comparison.agrees for comparison in gradient_check(network, [1, 1], [1])]
    assert not any(agreeing[:9])
    assert all(agreeing[9:])


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([], "at least two layers"),
        ([3], "at least two layers"),
        (3, "at least two layers"),
        ([2, 0, 1], "at least 1, not 0"),
        ([2, -1], "at least 1, not -1"),
        ([2, 1.5], "whole number of nodes"),
        ([2, True], "whole number of nodes"),
        ([2, "3"], "whole number of nodes"),
    ],
)
def test_sizes_that_make_no_network_are_refused(sizes, said):
    with pytest.raises(SettingError, match=said):
        Network(sizes)


@pytest.mark.parametrize("seed", [1.5, "one", True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(SettingError, match="a seed is a whole number"):
        Network([2, 1], seed=seed)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([1], "a list of 2 numbers, one a node, got 1"),
        ([1, 2, 3], "a list of 2 numbers, one a node, got 3"),
        ([], "a list of 2"),
        (5, "a list of 2 numbers, got 5"),
        ("12", "a list of 2 numbers, got '12'"),
        (None, "a list of 2 numbers, got None"),
        ([1, "a"], "expected numbers"),
        ([1, None], "expected numbers"),
        ([1, [2]], "expected numbers"),
        ([1, math.nan], "NaN or infinity"),
        ([1, math.inf], "NaN or infinity"),
    ],
)
def test_inputs_and_targets_that_do_not_fit_are_refused(inputs, said):
    network = Network([2, 2], seed=1)
    with pytest.raises(DataError, match=f"inputs: .*{said}"):
        network.predict(inputs)
    with pytest.raises(DataError, match=f"targets: .*{said}"):
        network.learn([1, 2], inputs, 0.1)
    with pytest.raises(DataError, match=f"targets: .*{said}"):
        network.error([1, 2], inputs)


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, "0.1", None, True])
def test_a_learning_rate_that_cannot_be_is_refused_before_anything_is_learnt(rate):
    network = Network([2, 1], seed=1)
    before = network.weights
    with pytest.raises(SettingError, match="a learning rate is a number of at least 0"):
        network.learn([1, 2], [1], rate)
    assert network.weights == before


@pytest.mark.parametrize("examples", [[], None, [[0, 1]], [([0, 1], [1], 3)], [5]])
def test_examples_that_are_no_pairs_are_refused(examples):
    with pytest.raises(DataError, match=r"examples|targets"):
        Network([2, 1], seed=1).train(examples, 0.1)


@pytest.mark.parametrize("epochs", [0, -1, 1.5, True])
def test_epochs_that_cannot_be_are_refused(epochs):
    with pytest.raises(SettingError, match="epochs: expected a whole number"):
        Network([2, 1], seed=1).train(EXCLUSIVE_OR, 0.1, epochs)


@pytest.mark.parametrize(
    "tables",
    [
        [],
        [[[1, 2, 3]]],
        [[[1, 2, 3]], [[1, 2], [3, 4]]],
        [[[1, 2]], [[1, 2]]],
        [[["a", 2, 3]], [[1, 2]]],
        [1, 2],
    ],
)
def test_weights_that_do_not_fit_are_refused_and_none_is_changed(tables):
    network = Network([2, 1, 1], seed=1)
    before = network.weights
    with pytest.raises(DataError, match="weights"):
        network.set_weights(tables)
    assert network.weights == before


@pytest.mark.parametrize("step", [0, -1e-4, math.nan, "small"])
def test_a_step_of_the_gradient_check_that_cannot_be_is_refused(step):
    with pytest.raises(SettingError, match="moved by a small number above 0"):
        gradient_check(Network([2, 1], seed=1), [1, 2], [1], step)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_objects_need_nothing_but_python_and_the_errors(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            own = name == "chainrule.errors" or name.startswith("chainrule.nodes")
            assert own or name.split(".")[0] in sys.stdlib_module_names, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_function_is_longer_than_can_be_taken_in_at_a_glance(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno + 1 <= 25, node.name
