"""The findings about chains of single neurons and about large weights, in their quick forms."""

import numpy as np
import pytest

from chainrule.lab.experiments.chain_cures import Clipping
from chainrule.lab.experiments.chain_interval import width_by_formula
from chainrule.lab.registry import experiment_named
from chainrule.network import Network

NAMES = ("chain-product", "chain-exploding", "chain-interval", "chain-saturation", "chain-cures")


@pytest.mark.parametrize("name", NAMES)
def test_the_finding_is_the_title_of_a_figure_with_labelled_axes(quick, name):
    experiment, results = experiment_named(name), quick(name)
    drawn = experiment.figure(results)
    assert drawn.get_suptitle().replace("\n", " ") == experiment.finding(results)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_backpropagation_gives_the_product_of_the_chain(quick):
    results = quick("chain-product")
    assert results.mean("largest relative error of the product") < 1e-13
    assert results.mean("largest relative error by differences") < 1e-6


def test_most_factors_are_under_a_quarter_and_all_are_where_the_weight_is_under_one(quick):
    results = quick("chain-product")
    assert results.mean("factors under 1/4") > 70
    assert results.mean("largest factor where |w| < 1") < 0.25
    assert results.mean("factors of at least 1") < 0.5


def test_between_the_first_and_the_third_bias_more_than_sixteen_times_is_usually_lost(quick):
    assert quick("chain-product").mean("median of first against third") < 1 / 16


def test_a_weight_of_one_hundred_multiplies_the_gradient_by_twenty_five_a_layer(quick):
    results = quick("chain-exploding")
    assert results.mean("growth a layer") == pytest.approx(25, rel=1e-9)
    assert results.mean("growth a layer, w = 4") == pytest.approx(1, rel=1e-9)
    assert results.mean("growth a layer, w = 1") == pytest.approx(0.25, rel=1e-9)


def test_the_explosion_is_over_when_the_input_moves_by_very_little(quick):
    assert quick("chain-exploding").mean("move of the input that ends it") < 1e-3


def test_the_interval_by_layers_is_that_of_the_formula(quick):
    results = quick("chain-interval")
    assert results.mean("measured furthest from formula") < 1e-5
    assert results.mean("least weight") >= 4
    assert results.mean("widest") == pytest.approx(0.45, abs=0.01)
    assert results.mean("weight of the widest") == pytest.approx(6.9, abs=0.3)


def test_no_input_passes_a_gradient_on_undiminished_below_a_weight_of_four():
    assert width_by_formula(3.99) == 0
    assert width_by_formula(-5.0) == width_by_formula(5.0) > 0


def test_large_weights_saturate_most_neurons_and_gain_far_less_than_their_product(quick):
    results = quick("chain-saturation")
    for name in ("sigmoid", "tanh"):
        assert results.mean(f"flat at the smallest gain, {name}") < 5
        assert results.mean(f"flat at the largest gain, {name}") > 80
        assert results.mean(f"growth of the speed, {name}") < 12


def test_clipping_mends_an_explosion_and_weight_decay_a_saturation(quick):
    results = quick("chain-cures")
    accuracy = {
        (kind, arm): results.mean(f"accuracy, {kind}, {arm}")
        for kind in ("exploding", "saturating")
        for arm in ("nothing", "clipping", "L2")
    }
    assert accuracy["exploding", "clipping"] > max(25, accuracy["exploding", "L2"] + 10)
    assert accuracy["exploding", "nothing"] < 20
    assert accuracy["saturating", "L2"] > accuracy["saturating", "clipping"] + 8
    assert accuracy["saturating", "L2"] > accuracy["saturating", "nothing"] + 4


def test_clipping_shortens_a_long_gradient_and_leaves_its_direction():
    network = Network([2, 3, 2], seed=1)
    clipping = Clipping(1.0)
    clipping.bind(network.parameters, 10)
    gradient = network.parameters.gradient
    gradient[:] = 2.0
    clipping.add_gradient()
    np.testing.assert_allclose(gradient, 1 / np.sqrt(len(gradient)), rtol=1e-6)
    clipping.strength = 5.0
    clipping.add_gradient()
    assert clipping.lengths == pytest.approx([2 * np.sqrt(len(gradient)), 1.0])
