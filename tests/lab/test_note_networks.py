"""The findings of note 000's networks, in their quick forms, and the note's rule against a plain loop."""

import numpy as np
import pytest

from chainrule.lab.experiments.note_networks import EXPERIMENTS, ErrorLayer, network_by
from chainrule.losses import LossWorkspace, Quadratic
from chainrule.network import Network

NOTE, GRADIENT = "the note's rule", "the gradient"


def backward(network, images, wanted):
    bench, loss = network.bench(len(images), training=True), Quadratic()
    loss_bench = LossWorkspace(len(images), wanted.shape[1], network.dtype)
    loss.forward(network.forward(images, bench), wanted, loss_bench)
    network.backward(loss.backward(loss_bench), bench)
    line = network.parameters
    return [line.view(name, line.gradient).copy() for name in line.parameters]


def test_the_layer_goes_backward_as_the_note_says():
    rng = np.random.default_rng(3)
    network = Network([ErrorLayer(4), ErrorLayer(3), ErrorLayer(2)], input_shape=5, seed=1, dtype=np.float64)
    image, wanted = rng.random((1, 5)), np.array([[0.01, 0.99]])
    weights = list(network.parameters.weight_views())
    outputs = [image[0]]
    for layer in weights:
        outputs.append(1 / (1 + np.exp(-layer @ outputs[-1])))
    error = outputs[-1] - wanted[0]
    expected = []
    for layer, below, above in reversed(list(zip(weights, outputs, outputs[1:], strict=False))):
        expected.insert(0, np.outer(error * above * (1 - above), below))
        error = layer.T @ error
    for found, right in zip(backward(network, image, wanted), expected, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12)


def test_both_rules_start_alike_answer_alike_and_move_the_output_layer_alike():
    rng = np.random.default_rng(4)
    images, wanted = rng.random((3, 784), np.float32), np.full((3, 10), 0.01, np.float32)
    note, gradient = (network_by(rule, 2, 20, seed=6) for rule in ("note", "gradient"))
    np.testing.assert_array_equal(note.parameters.values, gradient.parameters.values)
    np.testing.assert_allclose(note.predict(images), gradient.predict(images), rtol=1e-6)
    by_note, by_gradient = backward(note, images, wanted), backward(gradient, images, wanted)
    np.testing.assert_allclose(by_note[-1], by_gradient[-1], rtol=1e-5, atol=1e-9)
    for first, second in zip(by_note[:-1], by_gradient[:-1], strict=True):
        assert np.linalg.norm(first) > 4 * np.linalg.norm(second)


def test_at_one_rate_the_notes_rule_is_ahead_of_the_gradient(quick):
    results = quick("csv-3")
    assert results.mean(f"last accuracy, {NOTE}") > results.mean(f"last accuracy, {GRADIENT}") + 10


def test_the_two_directions_are_close_at_the_start_and_part_with_training(quick):
    results = quick("csv-3")
    assert 0.5 < results.mean(f"first layer, degrees at the start, {NOTE}") < 10
    assert results.mean(f"first layer, degrees at the end, {NOTE}") > 15


@pytest.mark.parametrize(
    ("name", "layers_left_out"), [("csv-3", 1), ("csv-4", 2), ("csv-5", 3), ("csv-6", 4), ("csv-6-rates", 4)]
)
def test_the_notes_step_is_four_times_as_long_for_each_layer_it_forgets(quick, name, layers_left_out):
    length = quick(name).mean(f"first layer, length at the start, {NOTE}")
    assert 4**layers_left_out < length < 6**layers_left_out


def test_the_output_layer_never_parts_from_the_gradient(quick):
    assert np.max(quick("csv-4").runs[0].arrays[f"degrees, {NOTE}"][:, -1]) < 0.01


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_the_figure_shows_accuracy_angles_and_lengths(quick, experiment):
    results = quick(experiment.name)
    accuracy, degrees, lengths = experiment.figure(results).axes
    assert accuracy.get_ylabel() == "test accuracy (%)"
    assert "degrees" in degrees.get_ylabel()
    assert len(degrees.lines) == len(lengths.lines) == results.parameters.hidden_layers
    assert NOTE in experiment.finding(results)
