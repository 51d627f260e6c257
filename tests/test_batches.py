"""Batches hold each example once an epoch, scaled, beside its own target."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
