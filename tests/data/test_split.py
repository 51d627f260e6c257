"""The split of a training part: sizes, order, nothing twice and nothing lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.dataset import Dataset, Split
from chainrule.errors import DataError, UnknownNameError


def numbered(start, count, classes=10):
    """A data set whose every example is its own number."""
    inputs = np.arange(start, start + count, dtype=np.float32)[:, None]
    return Dataset(inputs, np.arange(count) % classes, tuple(map(str, range(classes))), (1,))


@given(train=st.integers(6, 500), test=st.integers(1, 50))
def test_sizes_order_and_nothing_twice(train, test):
    split = Split.of(numbered(0, train), numbered(train, test), "50k")
    assert split.validation is not None
    assert len(split.validation) == train // 6
    parts = (split.train, split.validation, split.test)
    assert np.concatenate([part.inputs[:, 0] for part in parts]).tolist() == list(range(train + test))
    assert all(not part.inputs.flags.writeable for part in parts)

    whole = Split.of(numbered(0, train), numbered(train, test), "60k")
    assert whole.validation is None
    assert (len(whole.train), len(whole.test)) == (train, test)


def test_mnist_is_split_as_in_the_book(mnist):
    assert (len(mnist.train), len(mnist.validation), len(mnist.test)) == (50_000, 10_000, 10_000)
    assert mnist.train.labels[:6].tolist() == [5, 0, 4, 1, 9, 2]
    assert np.bincount(mnist.test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize(("train", "test"), [(5, 1), (6, 0), (0, 0)])
def test_too_few_examples_are_refused(train, test):
    with pytest.raises(DataError, match="at least 6 examples to learn from and 1 to test on"):
        Split.of(numbered(0, train), numbered(0, test))


def test_parts_must_be_alike():
    with pytest.raises(DataError, match="expected the same"):
        Split.of(numbered(0, 9), numbered(0, 9, classes=11))


def test_the_nearest_split_is_suggested():
    with pytest.raises(UnknownNameError, match="Did you mean '50k'"):
        Split.of(numbered(0, 9), numbered(0, 9), "50")
