"""Steps too long and too short, the best direction, and the noise of mini-batches."""

import pytest

from chainrule.lab.registry import experiment_named


@pytest.mark.parametrize("name", ["valley", "best-direction", "mini-batch-noise"])
def test_a_figure_is_drawn_with_labelled_axes(quick, name):
    drawn = experiment_named(name).figure(quick(name))
    assert drawn.get_suptitle()
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_a_small_step_creeps_a_good_one_arrives_and_a_large_one_climbs(quick):
    found = quick("valley")
    start = found.mean("cost at the start")
    assert found.mean("cost, right") < 0.01 * found.mean("cost, too small")
    assert found.mean("cost, too small") < start < found.mean("cost, too large")


@pytest.mark.parametrize("steepness", [1, 4, 10, 50])
def test_the_steepest_side_sets_the_largest_rate(quick, steepness):
    found = quick("valley", steepness=str(steepness))
    assert found.mean("largest rate") == pytest.approx(2 / steepness, rel=0.01)


def test_no_random_direction_lowers_the_cost_more_than_going_against_the_gradient(quick):
    found = quick("best-direction")
    assert found.mean("better than the gradient") == 0
    assert found.mean("drop along the gradient, 1000") == pytest.approx(1, abs=1e-3)
    assert found.mean("drop is not the cosine") < 1e-3


def test_in_many_dimensions_a_random_direction_is_nearly_level(quick):
    found = quick("best-direction")
    assert found.mean("best random drop, 2") > 0.9
    assert found.mean("best random drop, 1000") < 0.3
    assert found.mean("sd of the cosine, 1000") == pytest.approx(1000**-0.5, rel=0.3)


def test_the_error_of_a_batch_falls_as_one_over_the_root_of_its_size(quick):
    found = quick("mini-batch-noise")
    for moment in ("at the start", "after an epoch"):
        assert found.mean(f"slope {moment}") == pytest.approx(-0.5, abs=0.08)


def test_after_an_epoch_the_noise_is_larger_beside_the_gradient(quick):
    found = quick("mini-batch-noise")
    assert found.mean("error of one image after an epoch") > 2 * found.mean("error of one image at the start")
