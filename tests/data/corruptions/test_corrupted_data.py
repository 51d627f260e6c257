"""A whole data set is spoilt by name and seed, and keeps its labels."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.corruptions import corrupted
from chainrule.data.dataset import Dataset
from chainrule.errors import DataError, SettingError, UnknownNameError


@pytest.fixture(scope="module")
def pictures():
    generator = np.random.default_rng(2)
    inputs = generator.integers(0, 256, (1100, 784), dtype=np.uint8)
    return Dataset(inputs, generator.integers(0, 10, 1100), name="pictures")


def test_labels_stay_and_images_are_raw_as_before(pictures):
    spoilt = corrupted(pictures, "fog")
    assert spoilt.name == "pictures, fog"
    assert (spoilt.labels == pictures.labels).all()
    assert (spoilt.inputs.shape, spoilt.inputs.dtype) == (pictures.inputs.shape, np.uint8)
    assert (spoilt.inputs != pictures.inputs).any(axis=1).all()


def test_brightness_is_rounded_to_whole_levels(pictures):
    spoilt = corrupted(pictures, "brightness", severity=3)
    assert abs(spoilt.inputs - np.minimum(pictures.inputs + 127.5, 255)).max() <= 0.5


def test_seed_and_name_alone_decide_what_is_drawn(pictures):
    first = corrupted(pictures, "affine", seed=4).inputs
    assert (corrupted(pictures, "affine", seed=4).inputs == first).all()
    assert (corrupted(pictures, "affine", seed=5).inputs != first).any()
    fewer = corrupted(pictures.part(slice(1000), "fewer"), "affine", seed=4).inputs
    assert (fewer == first[:1000]).all()


def test_images_with_a_channel_are_taken_too(pictures):
    channel = Dataset(pictures.inputs, pictures.labels, input_shape=(28, 28, 1))
    spoilt = corrupted(channel, "rotate")
    assert spoilt.input_shape == (28, 28, 1)
    assert (spoilt.inputs == corrupted(pictures, "rotate").inputs).all()


def test_what_cannot_be_spoilt_is_refused(pictures):
    with pytest.raises(UnknownNameError, match=r"unknown corruption 'fogg'\. Did you mean 'fog'"):
        corrupted(pictures, "fogg")
    with pytest.raises(SettingError, match=r"from 1 \(mild\) to 5, not 7"):
        corrupted(pictures, "fog", severity=7)
    with pytest.raises(SettingError, match="whole number from 0, not -1"):
        corrupted(pictures, "fog", seed=-1)
    scaled = Dataset(np.zeros((1, 784), np.float32), np.array([0]))
    small = Dataset(np.zeros((1, 16), np.uint8), np.array([0]), input_shape=(4, 4))
    for other in (scaled, small):
        with pytest.raises(DataError, match=r"only raw images \(uint8\) of 28 × 28 pixels"):
            corrupted(other, "fog")
