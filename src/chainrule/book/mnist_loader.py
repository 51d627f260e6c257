"""MNIST in the forms that the book's programs take: arrays, or lists of pairs of columns.

The images are those of the book's file ``mnist.pkl.gz``, in its order and with its pixels, grey level / 256;
they come from chainrule's cache and are fetched at the first call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.book.pairs import DIGITS, vectorized_result
from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.load import load
from chainrule.numerics.parameters import Array

__all__ = ["load_data", "load_data_wrapper", "vectorized_result"]

Part = tuple[NDArray[np.float32], NDArray[np.int64]]
TrainingData = list[tuple[Array, Array]]
LabelledData = list[tuple[Array, int]]


def load_data() -> tuple[Part, Part, Part]:
    """Training, validation and test data: 50,000, 10,000 and 10,000 images.

    Each is a pair of the images, ``(n, 784)`` float32 from 0 to 255/256, and their digits, ``(n,)``.

    Raises:
        FetchError: MNIST is not in the cache and cannot be fetched.
    """
    split = load("mnist")
    assert split.validation is not None
    return _part(split.train), _part(split.validation), _part(split.test)


def load_data_wrapper() -> tuple[TrainingData, LabelledData, LabelledData]:
    """Training, validation and test data as three lists of pairs.

    x is a column ``(784, 1)``. y is a column ``(10, 1)`` in the training data, as `vectorized_result` makes
    them, and the digit itself in the other two. They are real lists: they can be counted, sliced, shuffled
    and gone through again, which the ``zip`` objects that the book's program yields on Python 3 cannot.
    """
    training, validation, test = load_data()
    columns = np.eye(DIGITS)[training[1]].reshape(-1, DIGITS, 1)
    return list(zip(_columns(training), columns, strict=True)), _labelled(validation), _labelled(test)


def _part(dataset: Dataset) -> Part:
    images = np.empty(dataset.inputs.shape, np.float32)
    return Scaling(1 / 256).apply(dataset.inputs, images), dataset.labels.copy()


def _columns(part: Part) -> list[Array]:
    return list(part[0].reshape(len(part[0]), -1, 1))


def _labelled(part: Part) -> LabelledData:
    return list(zip(_columns(part), part[1].tolist(), strict=True))
