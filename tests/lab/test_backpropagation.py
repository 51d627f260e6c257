"""The equations of backpropagation hold, a change follows them, and they are fast."""

import numpy as np
import pytest

from chainrule.lab.registry import experiment_named


@pytest.mark.parametrize("name", ["four-equations", "perturbation", "why-fast"])
def test_a_figure_is_drawn_with_labelled_axes(quick, name):
    drawn = experiment_named(name).figure(quick(name))
    assert drawn.get_suptitle()
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_every_equation_gives_the_slope_that_was_measured(quick):
    found = quick("four-equations")
    assert found.mean("largest error") < 1e-7
    assert found.mean("library against equations") < 1e-12


def test_without_the_slope_of_the_sigmoid_the_second_equation_is_wrong(quick):
    assert quick("four-equations").mean("smallest error without σ′") > 0.5


def test_a_network_without_a_second_hidden_layer_still_has_all_four_equations(quick):
    found = quick("four-equations", hidden="12", images="1", numbers="5")
    assert "BP1, layer 3" in found.runs[0].values
    assert found.mean("largest error") < 1e-7


def test_the_error_of_the_derivative_falls_in_proportion_to_the_change(quick):
    assert quick("perturbation").mean("slope") == pytest.approx(1, abs=0.1)


def test_the_chain_rule_foretells_a_small_change_and_not_a_large_one(quick):
    small, large = quick("perturbation").runs[0].arrays["followed"]
    np.testing.assert_allclose(*small, rtol=0.2)
    assert abs(large[0, -1] - large[1, -1]) > 0.2 * large[1, -1]


def test_the_paths_add_up_to_the_derivative(quick):
    found = quick("perturbation")
    assert found.mean("error of the sum over paths") < 1e-12
    assert len(found.runs[0].arrays["paths"]) == found.mean("paths") == 24


def test_one_pass_back_is_far_faster_than_a_pass_forward_for_every_parameter(quick):
    found = quick("why-fast")
    assert found.mean("ratio") > 100
    assert found.mean("ratio") > 2 * found.mean("first ratio")
    assert found.mean("largest difference") < 1e-3
