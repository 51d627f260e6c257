"""Every corruption keeps to the same rules: shape, range, chance by the seed, and hands off its input."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.corruptions import CORRUPTIONS, SEVERITIES
from chainrule.errors import DataError, SettingError

EVERY = pytest.mark.parametrize("name", CORRUPTIONS)
BY_CHANCE = [
    *("shot noise", "impulse noise", "gaussian noise", "glass blur", "motion blur", "shear", "rotate"),
    *("translate", "affine", "fog", "spatter", "dotted line", "zigzag"),
]


@pytest.fixture(scope="module")
def strokes():
    """Six images with a thick ring and a bar of grey ink."""
    rows, columns = np.indices((28, 28)) - 13.5
    ring = np.clip(2.2 - abs(np.hypot(rows, columns * 1.3) - 7), 0, 1)
    bar = np.clip(2.0 - abs(columns + 2), 0, 1) * (abs(rows) < 9)
    return np.array([ring, bar, np.maximum(ring, bar)] * 2, np.float32)


def drawn(name, images, severity=3, seed=5):
    return CORRUPTIONS[name](images, severity, np.random.default_rng(seed))


@EVERY
@pytest.mark.parametrize("severity", SEVERITIES)
def test_shape_number_type_and_range_stay(name, severity, strokes):
    spoilt = drawn(name, strokes, severity)
    assert (spoilt.shape, spoilt.dtype) == (strokes.shape, np.float32)
    assert spoilt.min() >= 0
    assert spoilt.max() <= 1


@EVERY
def test_every_image_changes_and_the_input_stays(name, strokes):
    before = strokes.copy()
    spoilt = drawn(name, strokes)
    assert not np.shares_memory(spoilt, strokes)
    assert (strokes == before).all()
    assert (abs(spoilt - strokes).max(axis=(1, 2)) > 0.1).all()


@EVERY
def test_read_only_images_are_taken(name, strokes):
    frozen = strokes.copy()
    frozen.setflags(write=False)
    assert (drawn(name, frozen) == drawn(name, strokes)).all()


@EVERY
def test_the_same_state_of_chance_gives_the_same_images_and_another_others(name, strokes):
    assert (drawn(name, strokes) == drawn(name, strokes)).all()
    assert (drawn(name, strokes) != drawn(name, strokes, seed=6)).any() == (name in BY_CHANCE)


@EVERY
def test_an_image_does_not_depend_on_the_one_after_it(name, strokes):
    others = strokes.copy()
    others[-1] = np.random.default_rng(0).random((28, 28))
    assert drawn(name, others)[:-1] == pytest.approx(drawn(name, strokes)[:-1], abs=1e-5)


@EVERY
def test_the_greater_the_severity_the_greater_the_change(name, strokes):
    many = np.tile(strokes, (20, 1, 1))
    if name in ("shear", "scale", "rotate", "translate", "affine", "canny edges"):
        levels = CORRUPTIONS[name].levels
        assert list(levels) == sorted(levels, reverse=name == "scale")
        assert len(set(levels)) == 5
        return
    changes = [abs(drawn(name, many, severity) - many).mean() for severity in SEVERITIES]
    assert changes == sorted(changes)


@EVERY
def test_black_and_white_images_are_no_trouble(name):
    for brightness in (0, 1):
        plain = np.full((2, 28, 28), brightness, np.float32)
        assert np.isfinite(drawn(name, plain)).all()
        assert drawn(name, plain[:0]).shape == (0, 28, 28)


@EVERY
def test_each_says_what_it_does_in_one_sentence(name):
    corruption = CORRUPTIONS[name]
    assert corruption.name == name
    assert corruption.description.endswith(".")
    assert corruption.description.count(". ") == 0
    assert len(corruption.description) <= 110
    assert len(corruption.levels) == len(SEVERITIES) == 5


@pytest.mark.parametrize(
    ("images", "severity", "error", "expected"),
    [
        (np.zeros((1, 28, 28)), 3, DataError, r"shape \(n, 28, 28\) as float32.* not float64 of shape"),
        (np.zeros((1, 27, 28), np.float32), 3, DataError, r"of shape \(1, 27, 28\)"),
        (np.zeros((28, 28), np.float32), 3, DataError, r"of shape \(28, 28\)"),
        (np.zeros((1, 28, 28), np.float32), 0, SettingError, "from 1 .mild. to 5, not 0"),
        (np.zeros((1, 28, 28), np.float32), 6, SettingError, "not 6"),
        (np.zeros((1, 28, 28), np.float32), 2.5, SettingError, "not 2.5"),
    ],
)
def test_what_does_not_fit_is_refused(images, severity, error, expected):
    with pytest.raises(error, match=expected):
        drawn("fog", images, severity)
