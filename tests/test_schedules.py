"""Schedules at points whose value is known, and what holds for all of them."""

from __future__ import annotations

from math import cos, isclose, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import SettingError, UnknownNameError
from chainrule.schedules import (
    SCHEDULES,
    Cosine,
    Exponential,
    HalveWhenStalled,
    OneCycle,
    StepDecay,
    constant,
    schedule_named,
)

EVERY_SCHEDULE = pytest.mark.parametrize("name", SCHEDULES)
shares = st.floats(0.001, 1.0)
EPOCHS = 30


def test_constant_is_one():
    assert [constant(epoch, 10, []) for epoch in (0, 3.5, 10)] == [1.0, 1.0, 1.0]


def test_step_decay_falls_after_whole_stretches():
    schedule = StepDecay(every=2, factor=0.1)
    assert [schedule(epoch, 10, []) for epoch in (0, 1.99, 2, 3.99, 4)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01], rel=1e-15
    )


def test_exponential_falls_evenly_in_the_course_of_an_epoch():
    schedule = Exponential(0.81)
    assert [schedule(epoch, 10, []) for epoch in (0, 0.5, 1, 2)] == pytest.approx([1, 0.9, 0.81, 0.6561])


def test_cosine_goes_from_one_over_the_middle_to_its_end_and_stays_there():
    schedule = Cosine(final=0.2)
    values = [schedule(epoch, 10, []) for epoch in (0, 5, 10, 11)]
    assert values == pytest.approx([1.0, 0.6, 0.2, 0.2], abs=1e-15)
    assert Cosine()(2.5, 10, []) == pytest.approx(0.5 * (1 + cos(pi / 4)), rel=1e-15)


def test_one_cycle_starts_low_peaks_after_the_warm_up_and_ends_lower():
    schedule = OneCycle(warmup=0.25, start=0.1, final=0.01)
    values = [schedule(epoch, 8, []) for epoch in (0, 1, 2, 5, 8, 9)]
    assert values == pytest.approx([0.1, 0.55, 1.0, 0.505, 0.01, 0.01], abs=1e-12)


def test_halving_waits_for_evaluations_without_a_rise():
    schedule = HalveWhenStalled(patience=2)
    assert schedule(0, 30, []) == 1.0
    assert schedule(2, 30, [0.5, 0.6]) == 1.0
    assert schedule(3, 30, [0.5, 0.6, 0.6]) == 1.0
    assert schedule(4, 30, [0.5, 0.6, 0.6, 0.59]) == 0.5
    assert schedule(5, 30, [0.5, 0.6, 0.6, 0.59, 0.58]) == 0.5
    assert schedule(6, 30, [0.5, 0.6, 0.6, 0.59, 0.58, 0.57]) == 0.25
    assert schedule(6, 30, [0.5, 0.6, 0.6, 0.59, 0.7, 0.57]) == 0.5


@EVERY_SCHEDULE
@given(
    epoch=st.floats(0, EPOCHS, exclude_max=True),
    accuracies=st.lists(st.floats(0, 1), max_size=EPOCHS),
)
def test_every_factor_while_training_is_above_nought_and_at_most_one(name, epoch, accuracies):
    factor = schedule_named(name)(epoch, EPOCHS, accuracies)
    assert type(factor) is float
    assert 0 < factor <= 1 or (name == "cosine" and epoch > EPOCHS - 1e-6 and factor == 0)


@given(final=shares, warmup=st.floats(0.01, 0.99), start=shares, epoch=st.floats(0, 50))
def test_settings_bound_the_factors_of_cosine_and_one_cycle(final, warmup, start, epoch):
    assert final - 1e-12 <= Cosine(final)(epoch, 40, []) <= 1
    assert min(start, final) - 1e-12 <= OneCycle(warmup, start, final)(epoch, 40, []) <= 1


@given(warmup=st.floats(0.01, 0.99), start=shares, final=shares)
def test_one_cycle_is_continuous_at_the_joint(warmup, start, final):
    schedule, joint, near = OneCycle(warmup, start, final), 1000 * warmup, 1e-5
    for epoch in (joint - near, joint, joint + near):
        assert isclose(schedule(epoch, 1000, []), 1.0, abs_tol=1e-8)


@given(epoch=st.floats(0, 40), later=st.floats(0, 10), factor=shares)
def test_decaying_schedules_never_rise(epoch, later, factor):
    for schedule in (StepDecay(3, factor), Exponential(factor), Cosine(factor)):
        assert schedule(epoch + later, 40, []) <= schedule(epoch, 40, []) * (1 + 1e-15)


@given(accuracies=st.lists(st.floats(0, 1), max_size=40), patience=st.integers(1, 6))
def test_halving_gives_powers_of_a_half_and_never_takes_one_back(accuracies, patience):
    schedule = HalveWhenStalled(patience)
    factors = [schedule(0, 40, accuracies[:seen]) for seen in range(len(accuracies) + 1)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == 1.0
    assert factors[-1] >= 0.5 ** (len(accuracies) // patience)


@EVERY_SCHEDULE
def test_a_schedule_has_no_memory(name):
    schedule = schedule_named(name)
    accuracies = [0.1, 0.2] + [0.2] * 12
    first = [schedule(epoch / 4, 14, accuracies[: epoch // 4]) for epoch in range(56)]
    again = [schedule(epoch / 4, 14, accuracies[: epoch // 4]) for epoch in reversed(range(56))]
    assert first == again[::-1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: StepDecay(every=0),
        lambda: StepDecay(every=float("nan")),
        lambda: StepDecay(factor=0.0),
        lambda: StepDecay(factor=1.5),
        lambda: Exponential(0.0),
        lambda: Exponential(float("nan")),
        lambda: Cosine(-0.1),
        lambda: Cosine(1.1),
        lambda: Cosine(float("nan")),
        lambda: OneCycle(warmup=0.0),
        lambda: OneCycle(warmup=1.0),
        lambda: OneCycle(start=0.0),
        lambda: OneCycle(final=2.0),
        lambda: HalveWhenStalled(0),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(SettingError):
        make()


def test_a_schedule_is_found_by_name_and_passes_through_as_itself():
    assert schedule_named("one_cycle") == OneCycle()
    schedule = Exponential(0.5)
    assert schedule_named(schedule) is schedule
    assert schedule_named(constant) is constant
    with pytest.raises(UnknownNameError, match="Did you mean 'cosine'"):
        schedule_named("cosinus")
