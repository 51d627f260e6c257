"""The findings of the experiments on perceptrons and circuits, in their quick forms."""

import numpy as np
import pytest

from chainrule.lab.experiments.four_bits import BITS, as_number, bit_weight, checked_at_all_corners
from chainrule.lab.registry import experiment_named

NAMES = ["gates-shallow-deep", "perceptron-rule", "small-change", "steepness", "four-bits", "ten-or-four"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seeds", [1, 2])
def test_the_figure_is_drawn_under_its_finding(quick, name, seeds):
    results = quick(name, min(seeds, experiment_named(name).seeds))
    drawn = experiment_named(name).figure(results)
    assert drawn.get_suptitle().replace("\n", " ") == experiment_named(name).finding(results)
    assert all(axes.get_xlabel() for axes in drawn.axes if axes.get_label() != "<colorbar>")


def test_two_layers_grow_exponentially_and_many_do_not(quick):
    results = quick("gates-shallow-deep")
    assert results.mean("away from the formulas") == 0
    assert results.mean("shallow parity") == 2**11 + 1
    assert results.mean("deep parity") == 44
    assert results.mean("counting parity") == 13
    assert results.mean("shallow product") > 50 * results.mean("deep product")


def test_the_rule_learns_what_a_line_parts_and_nothing_else(quick):
    results = quick("perceptron-rule")
    for name in ("AND", "OR", "NAND", "majority of 5"):
        assert results.mean(f"{name}: mistakes in the last epoch") == 0
    assert results.mean("XOR: mistakes in the last epoch") > 0
    assert results.mean("XOR: epochs until the weights come back") >= 1


def test_mistakes_stay_below_the_bound_and_grow_as_the_margin_narrows(quick):
    results = quick("perceptron-rule", seeds=2)
    assert results.values("most mistakes as a share of the bound").max() <= 1
    assert results.mean("median mistakes at the last margin") > results.mean(
        "median mistakes at the first margin"
    )


def test_a_perceptron_jumps_and_a_sigmoid_neuron_moves(quick):
    results = quick("small-change", seeds=2)
    assert results.mean("largest jump of the step neuron") == 1
    assert results.mean("largest move of the sigmoid neuron") < 0.003
    assert results.mean("power of the error") == pytest.approx(2.0, abs=0.1)
    assert results.mean("error as a share of the change, smallest change") < 0.01


def test_scaling_changes_no_perceptron_and_makes_sigmoid_neurons_perceptrons(quick):
    results = quick("steepness", seeds=2)
    assert results.mean("perceptron answers changed") == 0
    distance = results.arrays("distance").mean(axis=0)
    assert distance[0] > 0.4
    assert distance[-1] < 0.005
    assert (np.diff(distance) < 0).all()


def test_where_the_weighted_input_is_nought_no_factor_helps(quick):
    results = quick("steepness")
    assert results.mean("output where z is 0, largest factor") == 0.5
    assert results.mean("output after it, largest factor") > 0.99


def test_the_fourth_layer_keeps_the_promise_at_every_corner_and_its_weight_is_just_large_enough():
    lowest, highest = checked_at_all_corners()
    assert lowest == pytest.approx(0.99, abs=1e-9)
    assert highest < 0.01
    assert bit_weight() == pytest.approx(np.log(99) / 0.91)


def test_bits_are_read_as_binary_numbers():
    assert as_number(BITS).tolist() == list(range(10))
    assert as_number(np.ones((1, 4))).tolist() == [15]


def test_bits_agree_with_the_largest_output_where_it_is_clear_and_mostly_elsewhere(quick):
    results = quick("four-bits")
    assert results.mean("images within the promise") > 0.2
    assert results.mean("bits unlike argmax within the promise") == 0
    assert results.mean("bits equal argmax") > 85
    assert abs(results.mean("bits accuracy") - results.mean("argmax accuracy")) < 6


def test_ten_outputs_read_better_than_four_trained_alike(quick):
    results = quick("ten-or-four")
    assert results.mean("ten outputs") > 75
    assert results.mean("ten above four") > 4
    assert results.mean("ten above four, nearest digit") > 4
