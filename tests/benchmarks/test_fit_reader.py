"""The fit of the numbers the reader weighs by: a known model is found again, and right means in its place."""

import numpy as np
import pytest


def test_a_logistic_model_is_found_again():
    from benchmarks.fit_reader import logistic

    generator = np.random.default_rng(0)
    features = generator.normal(0, (1, 5, 0.1), (20_000, 3))
    weights, bias = np.array([1.5, -0.2, 8.0]), 0.7
    right = generator.random(len(features)) < 1 / (1 + np.exp(-(features @ weights + bias)))
    found = logistic(features, right)
    assert found["weights"] == pytest.approx(weights.tolist(), rel=0.1)
    assert found["bias"] == pytest.approx(bias, abs=0.06)


def test_a_digit_is_right_only_where_it_stands():
    from benchmarks.fit_reader import _is_right
    from benchmarks.scenes import TrueDigit, Truth
    from chainrule.reader import Digit

    truth = Truth(((TrueDigit("4", (10, 10, 20, 40)),),))

    def digit(place, likeliest=4):
        return Digit("?", place, tuple(np.eye(10)[likeliest]), 0.5, "9", False)

    assert _is_right(digit((12, 11, 20, 38)), truth)
    assert not _is_right(digit((12, 11, 20, 38), 9), truth)
    assert not _is_right(digit((22, 11, 20, 38)), truth)
    assert not _is_right(digit((10, 10, 60, 40)), truth)
    assert not _is_right(digit((10, 10, 20, 40)), Truth(()))
