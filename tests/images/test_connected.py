"""Connected pieces are those that SciPy labels, in the same order, with the same boxes and areas."""

import numpy as np
import pytest
from scipy import ndimage

from chainrule.images.connected import connected


def same_as_scipy(mask):
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    found = connected(mask)
    np.testing.assert_array_equal(found.labels, labels)
    assert found.count == count
    assert found.boxes.tolist() == [
        [rows.start, rows.stop, columns.start, columns.stop] for rows, columns in ndimage.find_objects(labels)
    ]
    assert found.areas.tolist() == np.bincount(labels.reshape(-1), minlength=count + 1)[1:].tolist()
    return found


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (30, 41), (120, 200)])
@pytest.mark.parametrize("share", [0, 0.03, 0.2, 0.4, 0.6, 0.95, 1])
def test_specks_at_random_are_joined_as_scipy_joins_them(shape, share):
    same_as_scipy(np.random.default_rng(1).random(shape) < share)


def test_a_part_of_a_larger_mask_and_a_mask_on_its_side_are_read_rightly():
    mask = np.random.default_rng(2).random((50, 70)) < 0.4
    same_as_scipy(mask[3:40, 5:61])
    same_as_scipy(mask.T)


def test_a_spiral_is_one_piece_and_combs_that_only_meet_at_the_end_are_one():
    size = 61
    spiral = np.zeros((size, size), bool)
    row = column = 0
    for turn, length in enumerate(np.repeat(np.arange(size - 1, 0, -2), 2).tolist()):
        down, right = ((0, 1), (1, 0), (0, -1), (-1, 0))[turn % 4]
        for _ in range(length):
            spiral[row, column] = True
            row, column = row + down, column + right
    assert same_as_scipy(spiral).count == 1
    comb = np.zeros((200, 301), bool)
    comb[:, ::2] = True
    comb[-1] = True
    assert same_as_scipy(comb).count == 1


def test_corners_touch_and_rows_do_not_run_on():
    assert same_as_scipy(np.eye(12, dtype=bool)[::-1]).count == 1
    ends = np.zeros((3, 6), bool)
    ends[0, -1] = ends[1, 0] = ends[2, -1] = True
    assert same_as_scipy(ends).count == 3


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
