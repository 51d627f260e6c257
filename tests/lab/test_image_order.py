"""The finding of the experiment on the order of the images, in its quick form."""

import pytest


def test_both_orders_learn_and_neither_is_far_ahead(quick):
    results = quick("csv-3-order")
    shuffled, file = (
        results.mean(f"last accuracy, {name}") for name in ("shuffled in each epoch", "as the file has them")
    )
    assert shuffled == pytest.approx(file, abs=10)
    assert min(shuffled, file) > 60


def test_the_two_orders_are_not_the_same(quick):
    (run,) = quick("csv-3-order").runs
    first, second = run.arrays.values()
    assert (first != second).any()
