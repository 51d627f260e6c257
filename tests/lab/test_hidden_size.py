"""The findings about the size of the hidden layer, in their quick forms."""

import pytest

from chainrule.lab.experiments.hidden_size import (
    EXPERIMENTS,
    size_by_logarithm,
    size_by_product,
    size_by_sum,
)


def test_the_rules_give_the_sizes_that_one_works_out_by_hand():
    assert [size_by_sum(784, 10, alpha) for alpha in (1, 10)] == [29, 38]
    assert size_by_logarithm(784) == 10
    assert size_by_product(784, 10) == 89


def test_the_logarithm_chooses_too_few(quick):
    results = quick("hidden-rules")
    least = min(results.mean(f"accuracy by {rule}") for rule in ("sqrt(n + l) + alpha", "sqrt(n l)"))
    assert results.mean("accuracy by log2 n") + 1 < least


def test_more_neurons_read_better_but_each_step_gains_less(quick):
    accuracy = quick("hidden-sweep", seeds=2).arrays("test accuracy").mean(axis=0)
    first, second = accuracy[1:] - accuracy[:-1]
    assert first > second + 2
    assert first > 4


def test_parameters_are_counted(quick):
    assert quick("hidden-sweep").runs[0].arrays["parameters"].tolist() == [7_960, 23_860, 79_510]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_the_figure_has_hidden_neurons_across(quick, experiment):
    results = quick(experiment.name)
    for axes in experiment.figure(results).axes:
        assert axes.get_xlabel().startswith("hidden neurons")
        assert axes.get_ylabel()
    assert "%" in experiment.finding(results)
