"""What reading comes to without learning much."""

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.lab.experiments.simple_baselines import scaled
from chainrule.lab.registry import experiment_named


def accuracy(results):
    return results.mean("test accuracy")


def test_guessing_gets_a_tenth_and_scatters_by_tenths_of_a_per_cent(quick):
    guessed = quick("random")
    assert abs(accuracy(guessed) - 10) < 0.2
    assert 0.2 < guessed.mean("spread of guessers") < 0.4


def test_darkness_tells_twice_as_much_as_guessing_and_serves_the_lightest_digit_best(quick):
    by_darkness = quick("darkness")
    assert 20 < accuracy(by_darkness) < 25
    assert by_darkness.arrays("accuracy of a digit")[0].argmax() == 1
    assert by_darkness.runs[0].arrays["mean"].argmin() == 1


def test_mean_images_read_far_more_than_darkness(quick):
    assert accuracy(quick("nearest-mean")) > accuracy(quick("darkness")) + 40


def test_every_figure_of_a_baseline_names_its_axes(quick):
    for name in ("random", "darkness", "nearest-mean"):
        drawn = experiment_named(name).figure(quick(name))
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_pixels_are_scaled_and_network_inputs_stay():
    raw = Dataset(np.full((1, 784), 255, np.uint8), np.array([3]))
    ready = Dataset(np.full((1, 784), 0.5, np.float32), np.array([3]))
    assert scaled(raw).max() == 1
    assert scaled(ready).max() == 0.5
