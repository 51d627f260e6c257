"""Connected pieces: corners touch, rows do not run on, and each piece has its box and its area."""

import numpy as np

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


def test_nothing_has_no_pieces():
    found = connected(np.zeros((3, 4), bool))
    assert (found.count, found.boxes.shape, found.areas.shape) == (0, (0, 4), (0,))
