"""The findings of note 002's network, in its quick form."""

import numpy as np

from chainrule.lab.experiments.node_network import EXPERIMENTS


def test_the_network_has_as_many_parameters_as_the_note_counts(quick):
    assert quick("nodes-300").mean("parameters") == 238_510


def test_it_learns_to_read_most_digits_from_a_few_images(quick):
    assert 60 < quick("nodes-300").mean("test accuracy") < 90


def test_arrays_are_many_times_faster_than_objects(quick):
    assert quick("nodes-300").mean("times faster than objects") > 10


def test_the_rule_ends_training_as_soon_as_accuracy_falls(quick):
    results = quick("nodes-300", epochs=6, images=100, hidden=20, learning_rate=3.0)
    accuracy = results.runs[0].arrays["validation accuracy"]
    fell = np.flatnonzero(np.diff(accuracy) < 0)
    stopped = results.mean("stopped by the rule") == 1
    assert stopped == bool(len(fell))
    assert not stopped or fell[0] == len(accuracy) - 2


def test_the_figure_has_accuracy_beside_loss_and_says_what_ended_the_run(quick):
    (experiment,) = EXPERIMENTS
    results = quick("nodes-300")
    accuracy, loss = experiment.figure(results).axes
    assert accuracy.get_ylabel() == "accuracy (%)"
    assert "loss" in loss.get_ylabel()
    assert "the rule ended" in experiment.finding(results)
