"""Places and boxes of a changed picture lead back to the original."""

import numpy as np
import pytest

from chainrule.images.mapping import Mapping, corners_to_corners, cropped, warped


def test_a_reduced_picture_leads_back_by_its_scale():
    assert Mapping.scaled(2.5, (40, 60)).box(10, 20, 4, 6) == (25, 50, 10, 15)


def test_a_box_holds_its_corners_in_whole_pixels():
    shifted = Mapping.scaled(1, (40, 60)).after(np.array([[1, 0, 0.4], [0, 1, -0.4], [0, 0, 1]]))
    assert shifted.box(3, 5, 2, 2) == (3, 4, 3, 3)


def test_four_corners_lead_to_four_others():
    here = np.array([(0, 0), (10, 0), (10, 20), (0, 20)], float)
    there = np.array([(3, 4), (50, 1), (60, 70), (5, 66)], float)
    mapping = Mapping(corners_to_corners(here, there), (60, 70))
    assert np.array([mapping.place(*corner) for corner in here]) == pytest.approx(there)


def test_a_shift_of_whole_pixels_changes_nothing_else():
    image = np.random.default_rng(1).random((20, 30), np.float32)
    assert np.allclose(
        warped(image, np.array([[1, 0, 4], [0, 1, 2], [0, 0, 1.0]]), (15, 20)), image[2:17, 4:24]
    )


def test_the_empty_paper_around_is_cut_off_and_known():
    mask = np.zeros((100, 200), np.bool_)
    mask[40:60, 120:150] = True
    (ink, cut), matrix = cropped(mask.astype(np.float32), mask)
    assert cut.sum() == mask.sum()
    assert ink.shape == (28, 38)
    assert Mapping(matrix, (200, 100)).box(4, 4, 30, 20) == (120, 40, 30, 20)


def test_of_empty_paper_little_is_left():
    empty = np.zeros((100, 200), np.bool_)
    (ink, mask), _ = cropped(empty.astype(np.float32), empty)
    assert ink.shape == mask.shape
    assert mask.size == 1


def test_a_box_ends_where_the_picture_ends():
    mapping = Mapping.scaled(2, (40, 60))
    assert mapping.box(-5, 30, 10, 20) == (0, 60, 10, 20)
    assert mapping.box(70, 70, 5, 5) == (119, 79, 1, 1)
