"""Rosenblatt's rule ends where a line parts the examples, and goes round where none does."""

import random
from itertools import product

import pytest

from chainrule.errors import DataError, SettingError
from chainrule.logic import AND, NAND, OR, learn


def examples_of(function, inputs=2):
    return [(row, int(function(*row))) for row in product((0, 1), repeat=inputs)]


def majority(*bits):
    return sum(bits) > len(bits) / 2


@pytest.mark.parametrize("function", [AND, OR, NAND, majority])
@pytest.mark.parametrize("learning_rate", [0.25, 1, 3])
def test_separable_functions_are_learnt_and_mistakes_counted(function, learning_rate):
    examples = examples_of(function, 2 if function is not majority else 5)
    learning = learn(examples, learning_rate=learning_rate)
    assert learning.converged
    assert learning.mistakes[-1] == 0
    assert sum(learning.mistakes) > 0
    assert all(learning.perceptron(*inputs) == wanted for inputs, wanted in examples)
    assert str(learning).startswith("converged")


@pytest.mark.parametrize("epochs", [3, 50])
def test_the_exclusive_or_goes_round_for_ever(epochs):
    learning = learn(examples_of(lambda first, second: first != second), epochs)
    assert not learning.converged
    assert len(learning.mistakes) == epochs
    assert min(learning.mistakes) > 0
    assert learning.period == 1
    assert f"did not converge in {epochs} epochs" in str(learning)


def test_mistakes_stay_below_the_bound_of_the_margin():
    draw = random.Random(2)
    true = (0.6, -0.8)
    points = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(200)]
    distances = [true[0] * x + true[1] * y for x, y in points]
    kept = [(point, int(far > 0)) for point, far in zip(points, distances, strict=True) if abs(far) > 0.1]
    learning = learn(kept, epochs=1000)
    assert learning.converged
    assert sum(learning.mistakes) <= max(x * x + y * y + 1 for (x, y), _ in kept) / 0.1**2


def test_a_single_kind_of_answer_is_learnt_too():
    assert learn([((0,), 0), ((1,), 0)]).mistakes == (0,)


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ([], "nothing to learn from"),
        ([((0, 1), 1), ((1,), 0)], "example 2 has 1 inputs, the first has 2"),
        ([((0, 1), 2)], "example 1: the answer wanted is 0 or 1, not 2"),
        ([((0, float("nan")), 1)], "example 1: expected finite numbers"),
    ],
)
def test_examples_that_cannot_be_learnt_are_told(examples, told):
    with pytest.raises(DataError, match=told):
        learn(examples)


@pytest.mark.parametrize("settings", [{"epochs": 0}, {"epochs": 1.5}, {"learning_rate": 0}])
def test_settings_out_of_bounds_are_told(settings):
    with pytest.raises(SettingError, match=r"at least 1|above 0"):
        learn([((0,), 1)], **settings)
