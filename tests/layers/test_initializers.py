"""Starts: mean and spread as their formulas say, and the same numbers from the same seed."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers import Dense
from chainrule.network import Network
from chainrule.numerics.initializers import (
    INITIALIZERS,
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    LecunNormal,
    Normal,
    initializer_named,
)

FAN_IN, FAN_OUT = 300, 200
COUNT = FAN_IN * FAN_OUT

SPREADS = [
    (Normal(), 1.0),
    (Normal(0.05), 0.05),
    (LecunNormal(), sqrt(1 / FAN_IN)),
    (GlorotNormal(), sqrt(2 / (FAN_IN + FAN_OUT))),
    (GlorotUniform(), sqrt(2 / (FAN_IN + FAN_OUT))),
    (HeNormal(), sqrt(2 / FAN_IN)),
]


def drawn(initializer, seed: int = 0) -> np.ndarray:
    return initializer(np.random.default_rng(seed), (FAN_OUT, FAN_IN), FAN_IN, FAN_OUT)


@pytest.mark.parametrize(("initializer", "sd"), SPREADS, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("seed", range(3))
def test_mean_and_deviation_are_the_formulas_within_five_standard_errors(initializer, sd, seed):
    values = drawn(initializer, seed)
    assert values.shape == (FAN_OUT, FAN_IN)
    assert values.dtype == np.float64
    assert abs(values.mean()) < 5 * sd / sqrt(COUNT)
    # An even draw's deviation is known better than a normal one's, so the normal's bound serves both.
    assert abs(values.std() / sd - 1) < 5 / sqrt(2 * COUNT)


def test_normal_starts_are_normal_and_the_even_start_is_even():
    for initializer, sd in SPREADS:
        values = drawn(initializer) / sd
        fourth = float((values**4).mean())
        # The fourth moment is 3 of a normal, 9/5 of an even distribution; its own error here is near 0.04.
        assert fourth == pytest.approx(1.8 if initializer == GlorotUniform() else 3.0, abs=0.2)
    limit = sqrt(6 / (FAN_IN + FAN_OUT))
    values = drawn(GlorotUniform())
    assert -limit <= values.min() < -0.999 * limit
    assert 0.999 * limit < values.max() <= limit


def test_constant_draws_nothing():
    generator = np.random.default_rng(0)
    before = generator.bit_generator.state
    assert (Constant(-1.5)(generator, (3, 2), 2, 3) == -1.5).all()
    assert generator.bit_generator.state == before


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_same_seed_starts_float32_and_float64_networks_at_the_same_point(name):
    def start(dtype):
        layer = Dense(20, initializer=name, bias_initializer=name)
        return Network([layer], input_shape=30, seed=5, dtype=dtype).parameters.values

    assert np.array_equal(start(np.float32), start(np.float64).astype(np.float32))
    assert np.array_equal(start(np.float64), start(np.float64))


def test_dense_tells_the_start_its_fans():
    layer = Dense(FAN_OUT, initializer="he_normal")
    network = Network([layer], input_shape=FAN_IN, seed=0, dtype=np.float64)
    assert network.layers[0].weights.std() == pytest.approx(sqrt(2 / FAN_IN), rel=5 / sqrt(2 * COUNT))
    assert not network.layers[0].biases.any()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_start_is_found_by_name_and_passes_through_as_itself(name):
    assert initializer_named(name) == INITIALIZERS[name]()
    start = INITIALIZERS[name]()
    assert initializer_named(start) is start


def test_unknown_names_and_impossible_settings_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'he_normal'"):
        initializer_named("he-normal")
    for make in (lambda: Normal(0.0), lambda: Normal(-1.0), lambda: Normal(float("nan"))):
        with pytest.raises(SettingError, match="standard deviation"):
            make()
    with pytest.raises(SettingError, match="finite"):
        Constant(float("inf"))
