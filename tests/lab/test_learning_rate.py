"""Finding a learning rate and changing it, in their quick forms."""

import numpy as np
import pytest

from chainrule.lab.experiments.learning_rate import Rising
from chainrule.lab.registry import experiment_named


def test_the_range_test_finds_where_rates_become_too_large(quick):
    found = quick("rate-range")
    assert 0.1 < found.mean("rate of the least loss") < found.mean("rate where the loss has doubled")
    loss = found.runs[0].arrays["loss in the range test"]
    assert loss.min() < 0.6 * loss[0]
    assert loss[-1] > 3 * loss.min()


def test_a_rate_far_below_it_is_slow(quick):
    found = quick("rate-range")
    assert found.mean("last training loss, rate 0.025") > 1.5 * found.mean("last training loss, rate 0.25")


def test_a_rising_rate_ends_at_its_factor():
    rising = Rising(10_000.0)
    assert [rising(at, 1, ()) for at in (0.0, 0.5, 1.0)] == pytest.approx([1, 100, 10_000])


def test_schedules_do_to_the_rate_what_they_say(quick):
    arrays = quick("schedules").runs[0].arrays
    assert (arrays["rate, constant"] == 0.5).all()
    assert (np.diff(arrays["rate, half a cosine"]) < 0).all()
    assert set(arrays["rate, halved when stalled"] / 0.5) <= {1.0, 0.5, 0.25, 0.125}


def test_each_schedule_learns_to_read(quick):
    results = quick("schedules")
    for name in ("constant", "halved when stalled", "half a cosine"):
        assert results.mean(f"test accuracy, {name}") > 87


def test_both_figures_name_their_axes(quick):
    for name in ("rate-range", "schedules"):
        drawn = experiment_named(name).figure(quick(name))
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)
