"""MNIST as the book's loader gives it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.book import mnist_loader, network2
from chainrule.errors import DataError


def test_arrays_are_those_of_the_books_file(mnist: Any) -> None:
    parts = mnist_loader.load_data()
    assert [len(labels) for _, labels in parts] == [50_000, 10_000, 10_000]
    for (images, labels), dataset in zip(parts, (mnist.train, mnist.validation, mnist.test), strict=True):
        assert images.shape == (len(labels), 784)
        assert images.dtype == np.float32
        assert (images[::997] * 256 == dataset.inputs[::997]).all()
        assert (labels == dataset.labels).all()
    assert parts[0][0].max() == 255 / 256
    assert parts[0][1][:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_the_wrapper_gives_three_real_lists_of_columns(few: Any, first_images: Any) -> None:
    assert [type(part) for part in few] == [list, list, list]
    assert [len(part) for part in few] == [400, 100, 100]
    for part, (images, labels) in zip(few, first_images, strict=True):
        for (x, y), row, label in zip(part, images, labels, strict=True):
            assert x.shape == (784, 1)
            assert (x[:, 0] == row).all()
            if part is few[0]:
                assert (y == mnist_loader.vectorized_result(label)).all()
            else:
                assert type(y) is int
                assert y == label


@pytest.mark.parametrize("vectorized_result", [mnist_loader.vectorized_result, network2.vectorized_result])
def test_a_digit_becomes_a_column(vectorized_result: Any) -> None:
    assert vectorized_result(3).tolist() == [[1.0 if place == 3 else 0.0] for place in range(10)]
    assert (vectorized_result(np.int64(9)) == np.eye(10)[:, [9]]).all()


@pytest.mark.parametrize("label", [-1, 10, 3.0, "3", None, np.zeros((10, 1))])
def test_what_is_no_digit_becomes_none(label: Any) -> None:
    with pytest.raises(DataError, match="from 0 to 9"):
        mnist_loader.vectorized_result(label)
