"""What a network looks at, where it errs, and whom it reads well."""

from math import exp

import numpy as np
import pytest

from chainrule.lab.experiments.looks_at_style import fifths, ink, slant, stroke_width
from chainrule.lab.registry import experiment_named


@pytest.mark.parametrize("name", ["first-layer", "hardest-digits", "confidence", "writing-style"])
def test_a_figure_is_drawn_with_labelled_axes(quick, name):
    drawn = experiment_named(name).figure(quick(name))
    assert drawn.get_suptitle()
    assert any(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_weights_of_pixels_that_are_never_inked_only_decay(quick):
    found = quick("first-layer")
    given = found.parameters
    steps = given.epochs * given.images / 10
    left = exp(-given.learning_rate * given.strength / given.images * steps)
    assert found.mean("blank pixels keep, with L2") == pytest.approx(left, rel=0.01)
    assert found.mean("blank pixels keep, without") == 1


def test_l2_makes_neighbouring_weights_more_alike(quick):
    found = quick("first-layer")
    assert (
        found.mean("likeness of neighbours, with L2") > found.mean("likeness of neighbours, without") + 0.01
    )


def test_the_hardest_digits_are_wrong_answers_given_with_confidence(quick):
    found = quick("hardest-digits")
    arrays = found.runs[0].arrays
    assert (arrays["label"] != arrays["answer"]).all()
    assert (np.diff(arrays["confidence"]) <= 0).all()
    assert arrays["confidence"][-1] > 0.7
    assert arrays["image"].shape == (20, 28, 28)
    assert arrays["image"].dtype == np.uint8


def test_sure_answers_are_right_more_often_and_refusing_the_others_helps(quick):
    found = quick("confidence")
    assert found.mean("accuracy above 90 %") > found.mean("test accuracy") + 2
    accepted = found.runs[0].arrays["accuracy of accepted"]
    assert found.mean("accuracy, 5 % refused") > accepted[0] + 0.8
    assert accepted[-1] > accepted[0] + 3


def test_upright_hands_are_read_better_than_those_that_lean(quick):
    found = quick("writing-style")
    for end in ("leaning most to the left", "leaning most to the right"):
        assert found.mean("accuracy, middle by slant") > found.mean(f"accuracy, {end}") + 1


def bar(width, lean):
    """A stroke 20 pixels tall, ``width`` pixels wide, moved ``lean`` pixels to the right at each row up."""
    y, x = np.mgrid[:28, :28]
    middle = 14 + lean * (13.5 - y)
    inside = np.clip((width + 1) / 2 - np.abs(x - middle), 0, 1)
    return (inside * ((y >= 4) & (y < 24)))[np.newaxis]


@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_width_of_a_stroke_is_measured_in_pixels(width):
    assert stroke_width(bar(width, 0)) == pytest.approx(width, rel=0.25)
    assert ink(bar(width, 0)) == pytest.approx(20 * width)


@pytest.mark.parametrize("lean", [-0.3, 0.0, 0.4])
def test_the_slant_of_a_stroke_is_measured_in_degrees(lean):
    assert slant(bar(3, lean)) == pytest.approx(np.degrees(np.arctan(lean)), abs=1)


def test_fifths_hold_the_same_digits():
    labels = np.repeat([0, 1], [50, 100])
    place = fifths(np.concatenate([np.arange(50.0), 1000 + np.arange(100.0)]), labels)
    assert [np.bincount(labels[place == fifth]).tolist() for fifth in range(5)] == [[10, 20]] * 5
    assert place[0] == place[50] == 0
