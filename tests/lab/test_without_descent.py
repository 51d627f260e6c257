"""Ways of reading that do not descend a gradient by stochastic steps, and the least squares under one."""

import numpy as np
import pytest

from chainrule.errors import SettingError
from chainrule.lab.registry import experiment_named
from chainrule.lab.ridge import RidgeRegression


def reached(results, name):
    return results.mean(f"{name}: test accuracy")


def test_every_way_reads(quick):
    results = quick("without-descent")
    assert reached(results, "SGD") > 75
    assert abs(reached(results, "L-BFGS") - reached(results, "SGD")) < 6
    assert reached(results, "800 random features") > 80
    assert reached(results, "nearest neighbours") > 80


def test_more_random_features_read_more(quick):
    results = quick("without-descent")
    many, few = (reached(results, f"{count} random features") for count in ("800", "200"))
    assert many > few + 0.5
    assert reached(results, "most random features") == many


def test_neighbours_keep_a_byte_a_pixel_and_the_network_four_a_parameter(quick):
    results = quick("without-descent")
    assert results.mean("nearest neighbours: megabytes") == 3_000 * 784 / 1e6
    assert results.mean("SGD: megabytes") == pytest.approx(4 * (785 * 20 + 21 * 10) / 1e6)


def test_the_figure_names_its_axes(quick):
    drawn = experiment_named("without-descent").figure(quick("without-descent"))
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


@pytest.fixture
def rows():
    generator = np.random.default_rng(1)
    return generator.random((2_000, 600), np.float32), generator.random((2_000, 10), np.float32)


def test_least_squares_agree_with_the_formula_for_one_ridge_after_another(rows):
    features, targets = rows
    pieces = [(features[start : start + 300], targets[start : start + 300]) for start in range(0, 2_000, 300)]
    regression = RidgeRegression(pieces, 600, 10)
    wide = features.astype(np.float64)
    squares = wide.T @ wide
    for ridge in (1.0, 0.01, 0.1):
        penalty = ridge * squares.diagonal().mean() * np.eye(600)
        wanted = np.linalg.solve(squares + penalty, wide.T @ targets)
        assert regression.weights(ridge) == pytest.approx(wanted, abs=2e-4)


def test_a_ridge_too_small_for_its_numbers_is_refused(rows):
    features, targets = rows
    features = np.repeat(features[:, :50], 4, axis=1)
    with pytest.raises(SettingError, match="too small for float32"):
        RidgeRegression([(features, targets)], 200, 10).weights(0.0)
