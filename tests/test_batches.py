"""Batches hold each example once an epoch, scaled, beside its own target."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.augment import Augmentation
from chainrule.data.augment_images import Augmenter, augmented
from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset, Scaling
from chainrule.errors import SettingError

NAMES = ("a", "b", "c")
FEATURES = 4


def raw_data(count: int, scaling: Scaling = Dataset.scaling) -> Dataset:
    """Example i holds the digits of i to the base 256, so it can be recognised; its label is i mod 3."""
    numbers = np.arange(count)
    pixels = np.stack([numbers % 256, numbers // 256, 255 - numbers % 256, np.full(count, 7)], axis=1)
    return Dataset(pixels.astype(np.uint8), numbers % 3, NAMES, input_shape=(2, 2), scaling=scaling)


def float_data(count: int) -> Dataset:
    inputs = np.random.default_rng(0).random((count, FEATURES)).astype(np.float32)
    inputs[:, 0] = np.arange(count)
    return Dataset(inputs, np.arange(count) % 3, NAMES, input_shape=(FEATURES,))


def epoch_in_full(batches: Batches, order, first: int = 0):
    pairs = [(inputs.copy(), targets.copy()) for inputs, targets in batches.epoch(order, first)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@given(
    count=st.integers(1, 300),
    size=st.integers(1, 300),
    first=st.integers(0, 400),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_example_comes_once_an_epoch_in_the_order_asked_for(count, size, first, seed):
    size = min(size, count)
    batches = Batches(raw_data(count), size, np.float64)
    first %= len(batches) + 1
    order = np.random.default_rng(seed).permutation(count)
    inputs, targets = epoch_in_full(batches, order, first)
    assert len(inputs) == len(batches) - first
    assert len(batches) == (count + size - 1) // size
    assert all(len(batch) == size for batch in inputs[:-1])
    expected = order[first * size :]
    assert sum(map(len, inputs)) == len(expected)
    if not len(expected):
        return
    rows = np.rint(np.concatenate(inputs) * 255).astype(int)
    seen = rows[:, 0] + 256 * rows[:, 1]
    assert seen.tolist() == expected.tolist()
    assert np.concatenate(targets).argmax(axis=1).tolist() == (expected % 3).tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scaling", [Scaling(), Scaling(1 / 256), Scaling(0.99 / 255, 0.01)])
def test_inputs_are_the_raw_numbers_scaled_in_the_dtype_asked_for(dtype, scaling):
    data = raw_data(20, scaling)
    (inputs,), (targets,) = epoch_in_full(Batches(data, 20, dtype), np.arange(20))
    assert inputs.dtype == targets.dtype == dtype
    expected = data.inputs.astype(np.float64) * scaling.scale + scaling.shift
    np.testing.assert_allclose(inputs, expected, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_that_are_floats_already_come_as_they_are(dtype):
    data = float_data(10)
    inputs, targets = epoch_in_full(Batches(data, 4, dtype), np.arange(10)[::-1])
    assert [len(batch) for batch in inputs] == [4, 4, 2]
    assert all(batch.dtype == dtype for batch in inputs + targets)
    assert np.array_equal(np.concatenate(inputs), data.inputs[::-1])


def test_targets_are_one_for_the_class_and_nought_elsewhere_or_the_two_numbers_asked_for():
    data = raw_data(6)
    _, (targets,) = epoch_in_full(Batches(data, 6), np.arange(6))
    assert targets.tolist() == np.eye(3)[[0, 1, 2, 0, 1, 2]].tolist()
    _, (softer,) = epoch_in_full(Batches(data, 6, np.float64, targets=(0.1, 0.9)), np.arange(6))
    assert softer[1].tolist() == [0.1, 0.9, 0.1]


@pytest.mark.parametrize("data", [raw_data(600), float_data(600)], ids=["uint8", "float32"])
def test_batches_are_borrowed_from_few_buffers_and_never_part_of_the_data(data):
    before = data.inputs.copy()
    addresses = set()
    for inputs, targets in Batches(data, 3).epoch(np.arange(600)):
        addresses.add((inputs.ctypes.data, targets.ctypes.data))
        assert not np.shares_memory(inputs, data.inputs)
        inputs.fill(0)
        targets.fill(0)
    assert len(addresses) <= 40
    assert np.array_equal(data.inputs, before)
    inputs, targets = next(Batches(data, 3).epoch(np.arange(600)))
    assert targets.sum() == 3


def test_two_epochs_at_once_do_not_disturb_each_other():
    batches = Batches(raw_data(9), 3)
    forward, backward = batches.epoch(np.arange(9)), batches.epoch(np.arange(9)[::-1])
    for (rows, _), (others, _), start in zip(forward, backward, (0, 3, 6), strict=True):
        assert np.rint(rows[:, 0] * 255).tolist() == [start, start + 1, start + 2]
        assert np.rint(others[:, 0] * 255).tolist() == [8 - start, 7 - start, 6 - start]


@pytest.mark.parametrize("size", [0, -1, 11])
def test_a_batch_size_outside_the_data_is_refused(size):
    with pytest.raises(SettingError, match=f"from 1 to the number of examples, here 10, not {size}"):
        Batches(raw_data(10), size)


@pytest.mark.parametrize(
    "targets", [(1.0, 0.0), (0.5, 0.5), (0.0, float("inf")), (float("-inf"), 1.0), (float("nan"), 1.0)]
)
def test_targets_that_are_not_two_rising_numbers_are_refused(targets):
    with pytest.raises(SettingError, match="two finite numbers"):
        Batches(raw_data(10), 2, targets=targets)


MOVED = Augmentation(shift=2, rotation=10, elastic=(20, 3), noise=0.05, erase=0.3)


def image_data(count: int, floats: bool = False, scaling: Scaling = Dataset.scaling) -> Dataset:
    """Images of 6 by 5 with a bright blot; the label is i mod 3."""
    pixels = np.zeros((count, 6, 5), np.uint8)
    pixels[:, 1:5, 1:4] = np.random.default_rng(0).integers(100, 256, (count, 4, 3))
    inputs = (pixels / np.float32(255)).astype(np.float32) if floats else pixels
    return Dataset(inputs, np.arange(count) % 3, NAMES, input_shape=(6, 5), scaling=scaling)


def changed_epoch(batches: Batches, order, first: int = 0, seed: int = 7):
    pairs = batches.epoch(order, first, np.random.default_rng(seed))
    return [(inputs.copy(), targets.copy()) for inputs, targets in pairs]


@pytest.mark.parametrize("size", [1, 7, 64, 499, 500, 501, 1203])
def test_what_becomes_of_an_image_does_not_depend_on_where_the_epoch_is_taken_up(size):
    data = image_data(1203)
    batches, order = Batches(data, size, augmentation=MOVED), np.random.default_rng(1).permutation(1203)
    whole = changed_epoch(batches, order)
    assert len(whole) == len(batches)
    for first in {1, 500 // size, len(batches) - 1, len(batches)}:
        rest = changed_epoch(Batches(data, size, augmentation=MOVED), order, first)
        assert len(rest) == max(0, len(batches) - first)
        for (inputs, targets), (expected, wanted) in zip(rest, whole[first:], strict=True):
            assert np.array_equal(inputs, expected)
            assert np.array_equal(targets, wanted)


def test_nor_does_it_depend_on_who_is_faster():
    batches, order = Batches(image_data(1500), 100, augmentation=MOVED), np.arange(1500)
    expected = changed_epoch(batches, order)
    for number, (inputs, _) in enumerate(batches.epoch(order, 0, np.random.default_rng(7))):
        time.sleep(0.002 * (number % 3))
        assert np.array_equal(inputs, expected[number][0])


def test_every_epoch_shows_other_images_of_the_same_examples():
    data = image_data(40)
    batches, generator = Batches(data, 40, augmentation=Augmentation(shift=1)), np.random.default_rng(1)
    epochs = [next(batches.epoch(np.arange(40), 0, generator)) for _ in range(2)]
    assert not np.array_equal(epochs[0][0], epochs[1][0])
    assert np.array_equal(epochs[0][1], epochs[1][1])
    assert not (epochs[0][0] == data.inputs / np.float32(255)).all(axis=1).any()


def test_targets_stay_with_their_images():
    """Brightness tells which image it was: a shift by up to a pixel leaves the middle of the blot."""
    count = 1200
    pixels = np.repeat(np.arange(count) % 200 + 50, 49).astype(np.uint8)
    data = Dataset(pixels.reshape(count, 7, 7), np.arange(count) % 200 % 3, NAMES, input_shape=(7, 7))
    order = np.random.default_rng(3).permutation(count)
    seen = changed_epoch(Batches(data, 50, augmentation=Augmentation(shift=1)), order)
    middles = np.concatenate([inputs for inputs, _ in seen])[:, 24]
    numbers = np.rint(middles * 255).astype(int) - 50
    assert numbers.tolist() == (order % 200).tolist()
    assert np.concatenate([targets for _, targets in seen]).argmax(axis=1).tolist() == (numbers % 3).tolist()


@pytest.mark.parametrize("floats", [False, True], ids=["uint8", "float32"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_changed_inputs_are_those_of_augmented_images(floats, dtype):
    data, chosen = image_data(60, floats), Augmentation(shift=1, thickness=0.5)
    generator = np.random.default_rng(5)
    ((inputs, _),) = Batches(data, 60, dtype, augmentation=chosen).epoch(np.arange(60), 0, generator)
    key = int(np.random.default_rng(5).integers(1 << 63))
    images = image_data(60, floats=True).inputs.reshape(60, 6, 5)
    expected = augmented(images, chosen, np.random.default_rng((key, 0)))
    assert inputs.dtype == dtype
    np.testing.assert_allclose(inputs, expected.reshape(60, -1), atol=1e-6)


def test_a_background_that_is_scaled_to_something_stays_so_beyond_the_edge():
    data = image_data(60, scaling=Scaling(0.99 / 255, 0.01))
    ((inputs, _),) = changed_epoch(Batches(data, 60, augmentation=Augmentation(shift=3)), np.arange(60))
    assert inputs.min() == np.float32(0.01)
    assert (inputs == np.float32(0.01)).mean() > 0.4
    assert inputs.max() <= 1


def test_without_an_augmentation_nothing_is_drawn_and_no_thread_begun():
    generator = np.random.default_rng(1)
    before = generator.bit_generator.state
    for batches in (Batches(image_data(9), 3), Batches(image_data(9), 3, augmentation=Augmentation())):
        for _ in batches.epoch(np.arange(9), 0, generator):
            assert threads_ahead() == []
    assert generator.bit_generator.state == before


def threads_ahead():
    return [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_an_epoch_that_is_left_half_way_leaves_no_thread():
    epoch = Batches(image_data(3000), 10, augmentation=MOVED).epoch(np.arange(3000))
    next(epoch)
    assert len(threads_ahead()) == 1
    del epoch
    assert threads_ahead() == []


def test_an_error_in_the_thread_reaches_whoever_asks(monkeypatch):
    def fail(*_):
        raise MemoryError("no room for images")

    batches = Batches(image_data(30), 10, augmentation=MOVED)
    monkeypatch.setattr(Augmenter, "apply", fail)
    with pytest.raises(MemoryError, match="no room for images"):
        next(batches.epoch(np.arange(30)))
    assert threads_ahead() == []


def test_augmentation_of_what_is_no_image_from_0_to_1_is_refused():
    with pytest.raises(SettingError, match=r"not for examples of shape \(4,\)"):
        Batches(float_data(10), 2, augmentation=MOVED)
    for inputs, said in (
        (np.full((4, 30), 1.5), "from 1.5 to 1.5"),
        (np.full((4, 30), -1.0), "from -1 to -1"),
    ):
        data = Dataset(inputs, np.arange(4) % 3, NAMES, input_shape=(6, 5))
        with pytest.raises(SettingError, match=said):
            Batches(data, 2, augmentation=MOVED)
    with pytest.raises(SettingError, match="from 0 to 10"):
        Batches(image_data(9, scaling=Scaling(10 / 255)), 2, augmentation=MOVED)
