"""Writing cut for the reader to learn from: labels are right, digits are all there, chance is a seed."""

import numpy as np
import pytest

from chainrule.handwriting import NONE, cut, not_a_digit, written
from chainrule.handwriting.writing import Placed


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.train.inputs[:500], mnist.train.labels[:500]


@pytest.mark.parametrize(("hand", "digits"), [("separate", 4), ("uneven spacing", 4), ("touching", 2)])
def test_every_digit_is_among_the_pieces(images, hand, digits):
    found = whole = 0
    for seed in range(8):
        generator = np.random.default_rng(seed)
        lines = list(cut(*written(hand, *images, digits, generator)))
        found += sum(
            len({line.pieces[k].box[1].start for k in np.flatnonzero(line.labels != NONE)}) for line in lines
        )
        whole += digits
        assert all(len(line.pieces) == len(line.labels) for line in lines)
    assert found >= 0.85 * whole


def test_pieces_of_one_digit_have_its_label(images):
    inputs, labels = images
    sevens = inputs[labels == 7]
    all_sevens = written("overlapping", sevens, np.full(len(sevens), 7), 4, np.random.default_rng(1))
    for line in cut(*all_sevens):
        assert set(line.labels.tolist()) <= {7, NONE}
        assert NONE in line.labels


def test_of_garbage_nothing_is_a_digit(images):
    (shape,) = not_a_digit(*images, 1, np.random.default_rng(2), {"scribbles": 1})
    for line in cut([Placed(shape.repeat(2, 0).repeat(2, 1) / np.float32(255), 0, 0, "")], [NONE]):
        assert set(line.labels.tolist()) == {NONE}
