"""The findings on costs, overfitting, weight decay and starts, in their quick forms."""

import warnings

import numpy as np
import pytest

from chainrule.lab.registry import experiment_named

NAMES = (
    "slowdown",
    "ce-30",
    "ce-100",
    "overfit",
    "overfit-l2",
    "full-gap",
    "overfit-remedies",
    "expanded-data",
    "l2-30",
    "l2-100",
    "l2-100-long",
    "init",
)
SECOND = "second start"


def test_the_quadratic_cost_ends_where_the_book_says(quick):
    results = quick("slowdown")
    assert results.mean("quadratic, first start: last output") == pytest.approx(0.09, abs=0.005)
    assert results.mean(f"quadratic, {SECOND}: last output") == pytest.approx(0.20, abs=0.005)


def test_the_badly_wrong_neuron_sets_out_slowly_under_the_quadratic_cost_alone(quick):
    results = quick("slowdown")
    first = ": first step of the largest"
    assert results.mean(f"quadratic, {SECOND}{first}") < 15
    for case in ("cross-entropy", "cross-entropy at the quadratic rate", "ReLU"):
        assert results.mean(f"{case}, {SECOND}{first}") == pytest.approx(100)


def test_cross_entropy_at_the_printed_rate_is_still_far_off_and_the_animations_rule_is_not(quick):
    results = quick("slowdown")
    assert results.mean(f"cross-entropy, {SECOND}: last output") > 0.7
    assert results.mean(f"the animation's rule, {SECOND}: last output") < 0.06
    assert results.mean(f"cross-entropy at the quadratic rate, {SECOND}: last output") < 0.02


def test_one_step_of_each_rule_is_the_one_worked_out_by_hand(quick):
    results = quick("slowdown", epochs=2)
    sigmoid = 1 / (1 + np.exp(-4.0))
    steps = {
        "quadratic": 2 * 0.15 * sigmoid * sigmoid * (1 - sigmoid),
        "cross-entropy": 2 * 0.005 * sigmoid,
        "the animation's rule": 2 * 0.005 / (1 - sigmoid),
    }
    for case, step in steps.items():
        output = results.runs[0].arrays[f"{case}, {SECOND}: output"][1]
        assert output == pytest.approx(1 / (1 + np.exp(step - 4.0)), rel=1e-6)


def test_a_saturated_tanh_neuron_does_not_come_free_where_a_sigmoid_does(quick):
    results = quick("slowdown")
    assert results.mean(f"tanh, {SECOND}: last output") > 0.9
    assert abs(results.mean(f"ReLU, {SECOND}: last output")) < 0.01


@pytest.mark.parametrize("name", ["ce-30", "ce-100"])
def test_cross_entropy_reads_most_digits_after_a_few_epochs(quick, name):
    assert quick(name).mean("last test accuracy") > 85


def test_few_images_are_learnt_by_heart_while_the_test_loss_climbs(quick):
    results = quick("overfit")
    assert results.mean("last training accuracy") > 99
    assert results.mean("gap") > 12
    assert results.mean("last test loss") > 1.04 * results.mean("lowest test loss")


def test_weight_decay_reads_more_test_images_and_keeps_their_loss_down(quick):
    plain, decayed = quick("overfit"), quick("overfit-l2")
    assert decayed.mean("last test accuracy") > plain.mean("last test accuracy") + 0.3
    assert decayed.mean("last test loss") < plain.mean("last test loss") - 0.05


def test_more_images_narrow_the_gap(quick):
    assert quick("full-gap").mean("gap") < quick("overfit").mean("gap") - 5


def test_dropout_shifted_images_and_a_narrow_start_beat_the_plain_run(quick):
    results = quick("overfit-remedies")

    def reached(name):
        return results.mean(f"{name}: last test accuracy")

    assert reached("dropout") > reached("none") + 0.5
    for name in ("shifted images", "narrow start"):
        assert reached(name) > reached("none") + 1.5


def test_early_stopping_stops_when_its_patience_is_over(quick):
    results = quick("overfit-remedies", epochs=40, every=5, images=100, learning_rate=3.0, hidden=10)
    assert results.mean("early stopping: epochs") < 40 == results.mean("none: epochs")
    curve = results.runs[0].arrays["early stopping: test accuracy"]
    assert len(curve) == 8
    assert curve[-1] == curve[-2] == np.float32(results.mean("early stopping: last test accuracy"))


def test_shifted_images_are_worth_something_at_as_many_steps(quick):
    results = quick("expanded-data")
    assert results.mean("gained by shifting") > 0.3
    last = "last training accuracy"
    assert results.mean(f"shifted: {last}") < results.mean(f"as they are: {last}")


def test_with_weight_decay_the_narrow_start_is_ahead_after_few_epochs(quick):
    results = quick("l2-30")
    last = "last validation accuracy"
    assert results.mean(f"other start: {last}") > results.mean(last) + 2


@pytest.mark.parametrize("name", ["l2-100", "l2-100-long"])
def test_a_hundred_neurons_read_most_digits_with_weight_decay(quick, name):
    assert quick(name).mean("last validation accuracy") > 75


def test_every_narrow_start_saves_most_of_the_first_epoch(quick):
    results = quick("init")
    first = "accuracy after the first epoch"
    wide = results.mean(f"normal: {first}")
    for start in ("lecun_normal", "glorot_normal", "he_normal"):
        assert results.mean(f"{start}: {first}") > wide + 10


@pytest.mark.parametrize("name", NAMES)
def test_the_figure_has_labelled_axes_and_says_the_finding(quick, name):
    experiment, results = experiment_named(name), quick(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = experiment.figure(results)
    said = figure.get_suptitle().replace("\n", " ")
    assert said == experiment.finding(results)
    assert all(axes.get_xlabel() for axes in figure.axes)
    assert any(axes.get_ylabel() for axes in figure.axes)
    assert {claim.value for claim in experiment.published} <= set(results.runs[0].values)
