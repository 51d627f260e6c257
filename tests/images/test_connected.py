"""Connected pieces: corners touch, rows do not run on, and each piece has its box and its area."""

import numpy as np
import pytest
from scipy.ndimage import find_objects, label

from chainrule.images.connected import connected


def test_corners_touch_and_rows_do_not_run_on():
    assert connected(np.eye(12, dtype=bool)[::-1]).count == 1
    ends = np.zeros((3, 6), bool)
    ends[0, -1] = ends[1, 0] = ends[2, -1] = True
    assert connected(ends).count == 3


def test_each_piece_has_its_box_and_its_area():
    mask = np.zeros((8, 9), bool)
    mask[1:4, 5:7] = mask[4, 7] = True
    mask[6, 0:3] = True
    found = connected(mask)
    assert found.boxes.tolist() == [[1, 5, 5, 8], [6, 7, 0, 3]]
    assert found.areas.tolist() == [7, 3]
    assert found.labels[2, 5] == found.labels[4, 7] == 1
    assert found.labels[6, 1] == 2
    assert ((found.labels > 0) == mask).all()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.8, 1.0])
def test_pieces_are_those_that_scipy_finds(share):
    generator = np.random.default_rng(round(10 * share))
    for _ in range(40):
        mask = generator.random(generator.integers(1, 40, 2)) < share
        found, (labels, count) = connected(mask), label(mask, np.ones((3, 3)))
        boxes = [[side.start, side.stop] for place in find_objects(labels) for side in place]
        assert np.array_equal(found.labels, labels)
        assert np.array_equal(found.boxes, np.reshape(boxes, (count, 4)))
        assert np.array_equal(found.areas, np.bincount(labels.ravel())[1:])


def test_a_long_way_round_is_one_piece():
    mask = np.zeros((301, 300), bool)
    mask[::2] = True
    mask[1::4, -1] = mask[3::4, 0] = True
    assert connected(mask).count == connected(mask.T.copy()).count == 1


def test_a_part_holds_the_pieces_asked_for_and_no_others():
    mask = np.zeros((9, 12), bool)
    mask[1:3, 1:3] = mask[2:7, 5] = mask[4, 7:10] = mask[8, 0] = True
    found = connected(mask).part((slice(2, 8), slice(4, 11)), np.array([1, 2]))
    again = connected(mask[2:8, 4:11])
    assert np.array_equal(found.labels, again.labels)
    assert np.array_equal(found.boxes, again.boxes)
    assert np.array_equal(found.areas, again.areas)


def test_nothing_has_no_pieces():
    found = connected(np.zeros((3, 4), bool))
    assert (found.count, found.boxes.shape, found.areas.shape) == (0, (0, 4), (0,))
