"""Steps, bumps and towers set by hand, and the same function learnt, in their quick forms."""

from math import log

import numpy as np
import pytest

from chainrule.errors import DataError, SettingError, UnknownNameError
from chainrule.lab.hand_set import FUNCTIONS, approximate, approximate_surface, bump, errors, step
from chainrule.lab.registry import experiment_named

NAMES = ["step-and-bump", "bumps", "towers", "learnt-function"]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_drawn_with_labelled_axes(quick, name):
    drawn = experiment_named(name).figure(quick(name))
    assert drawn.get_suptitle()
    panels = [axes for axes in drawn.axes if axes.get_label() != "<colorbar>"]
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in panels)


def test_a_step_stands_at_minus_b_by_w_and_is_the_steeper_the_larger_its_weight(quick):
    found = quick("step-and-bump")
    assert found.mean("step furthest from −b/w") < 1e-5
    assert found.mean("flank times weight") == pytest.approx(2 * log(9), rel=0.01)
    assert found.mean("slope of the flank") == pytest.approx(-1, abs=0.01)


def test_a_bump_reaches_its_height_only_with_steep_flanks(quick):
    found = quick("step-and-bump")
    assert found.mean("top furthest from tanh(wd/4)") < 1e-6
    assert found.mean("top of the flattest") < 0.3
    assert found.mean("top of the steepest") > 0.999


def test_a_bump_outside_the_inputs_is_refused(quick):
    with pytest.raises(SettingError, match="Choose a smaller begin or width"):
        quick("step-and-bump", begin="0.6", width="0.5")


def test_twice_the_bumps_half_the_error(quick):
    found = quick("bumps")
    assert found.mean("slope, mean, steep") == pytest.approx(-1, abs=0.1)
    assert found.mean("slope, largest, steep") == pytest.approx(-1, abs=0.2)
    assert found.mean("error, mean, steep") < 0.01


def test_the_steepest_is_not_the_best(quick):
    found = quick("bumps")
    assert found.mean("error, mean, soft") < found.mean("error, mean, steep") / 2
    assert found.mean("steepest error to best") > 1.5
    assert 2 < found.mean("best weight for each bump") < 20


def test_a_function_with_a_jump_is_met_on_average_but_never_everywhere(quick):
    found = quick("bumps", function="jump")
    assert found.mean("error, mean, steep") < 0.01
    assert found.mean("error, largest, steep") > 0.2


def test_the_root_which_is_infinitely_steep_at_0_is_met_more_slowly(quick):
    found = quick("bumps", function="root")
    assert found.mean("slope, largest, steep") == pytest.approx(-0.5, abs=0.1)


def test_an_unknown_function_is_told_with_those_there_are():
    with pytest.raises(UnknownNameError, match="book, jump, root, wave"):
        experiment_named("bumps").settings(False, {"function": "sine"})


def test_one_number_of_bumps_shows_no_fall(quick):
    with pytest.raises(SettingError, match="pairs: expected two different numbers"):
        quick("bumps", pairs="20")


def test_towers_meet_a_function_of_two_variables_as_well_as_there_are_many(quick):
    found = quick("towers")
    assert found.mean("slope") == pytest.approx(-1, abs=0.15)
    assert found.mean("error, most towers") < 0.03


def test_low_towers_leak_the_more_the_more_there_are(quick):
    found = quick("towers")
    assert found.mean("error of the lowest, most towers") > 2 * found.mean(
        "error of the lowest, fewest towers"
    )
    assert found.mean("error of the lowest, most towers") > 10 * found.mean("error, most towers")


def test_learning_from_a_steep_start_comes_nearer_than_the_hand(quick):
    assert quick("learnt-function", seeds=2).mean("by hand to learnt") > 1.3


def test_from_a_flat_start_the_fast_wiggle_is_not_learnt(quick):
    found = quick("learnt-function", seeds=2)
    x = np.linspace(0, 1, 4001)
    wiggle = np.abs(0.05 * np.cos(50 * x)).mean()
    assert found.mean("error, flat start") > wiggle / 2
    assert found.mean("flat start to steep") > 2


def test_a_function_of_ones_own_is_approximated():
    network = approximate(lambda x: abs(x - 0.5), pairs=50, steepness=300)
    assert network.predict([[0.25], [0.5], [0.75]])[:, 0] == pytest.approx([0.25, 0.0, 0.25], abs=0.02)
    assert [type(layer).__name__ for layer in network.layers] == ["Dense", "Sigmoid", "Dense"]


def test_the_ends_of_the_interval_lie_under_a_bump():
    function = FUNCTIONS["book"]
    largest, _ = errors(approximate(function, 100, 1e6), function, np.array([0.0, 1.0]))
    assert largest < 0.02


def test_a_step_and_a_bump_say_what_they_should():
    assert step(100.0, 0.4).predict([[0.4]])[0, 0] == pytest.approx(0.5)
    assert bump(1000.0, 0.4, 0.6, 0.8).predict([[0.3], [0.5], [0.7]])[:, 0] == pytest.approx([0, 0.8, 0])


def test_a_surface_of_ones_own_is_approximated():
    network = approximate_surface(lambda x, y: x * y, towers=20, steepness=1e4, height=100)
    assert network.predict([[0.23, 0.52], [0.91, 0.97]])[:, 0] == pytest.approx([0.12, 0.88], abs=0.06)


@pytest.mark.parametrize("pairs", [0, -1, 1.5, True, "5"])
def test_a_number_of_pairs_that_cannot_be_is_refused(pairs):
    with pytest.raises(SettingError, match="pairs: expected a whole number of at least 1"):
        approximate(np.sin, pairs, 100)


@pytest.mark.parametrize("steepness", [0, -1.0, float("nan"), float("inf"), "steep"])
def test_a_steepness_that_cannot_be_is_refused(steepness):
    with pytest.raises(SettingError, match="steepness: expected a finite number above 0"):
        approximate(np.sin, 5, steepness)


@pytest.mark.parametrize(
    "function", [lambda x: 1.0, lambda x: x[:2], lambda x: np.full_like(x, np.nan), lambda x: x.astype(str)]
)
def test_a_function_that_does_not_answer_each_input_is_refused(function):
    with pytest.raises(DataError, match="should return as many finite numbers"):
        approximate(function, 5, 100)
