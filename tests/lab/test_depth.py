"""The findings about deep networks, in their quick forms."""

from itertools import pairwise

import numpy as np
import pytest

from chainrule.lab.experiments.learning_speed import first_images, hidden_layers, mean_gradient, speeds
from chainrule.lab.experiments.remedies import REMEDIES, remedied
from chainrule.lab.registry import experiment_named

NAMES = (
    "depth-accuracy",
    "speed-start",
    "speed-curves",
    "neurons-and-bars",
    "remedies-speed",
    "remedies-accuracy",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_finding_is_the_title_of_a_figure_with_labelled_axes(quick, name):
    experiment, results = experiment_named(name), quick(name)
    drawn = experiment.figure(results)
    assert drawn.get_suptitle().replace("\n", " ") == experiment.finding(results)
    assert all(axes.get_xlabel() for axes in drawn.axes)
    assert drawn.axes[0].get_ylabel()


@pytest.mark.parametrize("name", NAMES)
def test_every_published_figure_has_a_value_beside_it(quick, name):
    results = quick(name)
    assert {claim.value for claim in results.published} <= set(results.runs[0].values)


def test_a_deep_network_begins_to_learn_later_than_a_shallow_one(quick):
    results = quick("depth-accuracy")
    assert results.mean("last, 1 hidden") > 70
    assert results.mean("last, 4 hidden") < results.mean("last, 1 hidden") - 30


def test_at_the_start_each_layer_learns_several_times_slower_than_the_next(quick):
    results = quick("speed-start", seeds=6)
    for depth in (2, 3, 4):
        row = [results.mean(f"layer {layer} of {depth}") for layer in range(1, depth + 1)]
        assert all(2.5 < later / earlier < 10 for earlier, later in pairwise(row))


def test_published_speeds_lie_within_what_starts_differ(quick):
    results = quick("speed-start", seeds=6)
    assert all(claim.figure / 2 < results.mean(claim.value) < claim.figure * 2 for claim in results.published)


def test_the_first_of_four_layers_learns_at_least_twenty_times_slower_than_the_last_at_the_start(quick):
    assert quick("speed-curves").mean("times faster at the start, 4 hidden") > 20


def test_the_earlier_layer_stays_below_while_every_speed_falls(quick):
    results = quick("speed-curves")
    for depth in (2, 3, 4):
        curve = results.runs[0].arrays[f"speed, {depth} hidden"]
        assert (curve[:, 0] < curve[:, -1]).all()
        assert curve[0, 0] > 10 * curve[:, 0].min()


def test_the_bars_of_the_last_layer_are_plainly_the_longer_ones(quick):
    results = quick("neurons-and-bars")
    assert results.mean("times longer, last against first") > 2
    assert results.mean("pairs with the longer bar in the last") > 65


def test_a_remedy_keeps_early_layers_learning_where_plain_sigmoid_neurons_do_not(quick):
    results = quick("remedies-speed")
    assert results.mean("share by weights, sigmoid") < 1e-2
    assert results.mean("share by weights, sigmoid, Xavier") < 1e-2
    for name in set(REMEDIES) - {"sigmoid", "sigmoid, Xavier", "ReLU"}:
        assert 0.05 < results.mean(f"share by weights, {name}") < 20, name


def test_batch_norm_takes_from_biases_what_it_leaves_to_weights(quick):
    results = quick("remedies-speed")
    by_weights = results.mean("share by weights, sigmoid, batch norm")
    assert results.mean("share by biases, sigmoid, batch norm") < by_weights / 10


def test_remedied_networks_of_eight_layers_learn_what_plain_ones_do_not(quick):
    results = quick("remedies-accuracy")
    assert results.mean("accuracy, sigmoid, 8 hidden") < 25
    for name in ("tanh, Xavier", "ReLU, He", "sigmoid, batch norm", "sigmoid, residual"):
        assert results.mean(f"accuracy, {name}, 8 hidden") > 35, name


def test_the_speed_of_a_residual_network_counts_its_blocks(quick):
    network, gradients = remedied(REMEDIES["sigmoid, residual"], 5, 30, 1, np.float64)
    mean_gradient(network, first_images(20))
    assert len(hidden_layers(network)) == 5
    by_hand = [np.sqrt((biases**2).sum()) for _, biases in gradients]
    np.testing.assert_allclose(speeds(network), by_hand)
