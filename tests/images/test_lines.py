"""Lines of writing: found straight, climbing and waving, in reading order, with their small pieces."""

import numpy as np
import pytest

from chainrule.images.lines import components_of, lines_of_writing


def sheet(*boxes, shape=(400, 600)):
    """Ink in boxes of (top, left, height, width)."""
    ink = np.zeros(shape, np.float32)
    for top, left, height, width in boxes:
        ink[top : top + height, left : left + width] = 1
    return ink


def lines(ink):
    components = components_of(ink)
    return [
        sorted((int(left), int(top)) for top, _, left, _ in components.boxes[line])
        for line in lines_of_writing(components)
    ]


def test_components_touch_at_corners_and_have_boxes_and_areas():
    ink = np.zeros((6, 8), np.float32)
    ink[1, 1], ink[2, 2], ink[4, 6], ink[0, 7] = 1, 0.9, 0.6, 0.4
    found = components_of(ink)
    assert found.boxes.tolist() == [[1, 3, 1, 3], [4, 5, 6, 7]]
    assert found.areas.tolist() == [2, 1]
    assert found.count == 2


def test_two_lines_are_read_from_the_top():
    ink = sheet(*[(40, 50 * i, 40, 20) for i in range(5)], *[(150, 60 * i, 40, 20) for i in range(4)])
    found = lines(ink)
    assert [len(line) for line in found] == [5, 4]
    assert found[0][0] == (0, 40)


@pytest.mark.parametrize("rise", [-8, -4, 4, 8])
def test_a_line_may_climb_or_fall(rise):
    ink = sheet(*[(180 + rise * i, 20 + 45 * i, 40, 20) for i in range(12)])
    assert [len(line) for line in lines(ink)] == [12]


def test_a_line_may_wave():
    ink = sheet(*[(180 + round(20 * np.sin(i)), 20 + 45 * i, 40, 20) for i in range(12)])
    assert [len(line) for line in lines(ink)] == [12]


def test_neighbouring_columns_of_numbers_are_lines_of_their_own():
    ink = sheet(*[(60, 30 * i, 40, 20) for i in range(3)], *[(60, 400 + 30 * i, 40, 20) for i in range(3)])
    assert [len(line) for line in lines(ink)] == [3, 3]
    assert lines(ink)[0][0][0] == 0


@pytest.mark.parametrize(("upper", "lower"), [(15, 22), (22, 15), (23, 24)])
@pytest.mark.parametrize("aside", [4, 14])
def test_the_parts_of_a_digit_that_broke_across_are_on_one_line(upper, lower, aside):
    parts = (64, 200, upper, 22), (64 + upper + 6, 200 + aside, lower, 22)
    ink = sheet(*[(60, 20 + 45 * i, 40, 20) for i in range(4)], *parts)
    assert [len(line) for line in lines(ink)] == [6]


def test_lines_close_below_each_other_are_not_taken_together():
    ink = sheet(*[(60 + 34 * row, 20 + 45 * i, 28, 20) for i in range(5) for row in range(3)])
    assert [len(line) for line in lines(ink)] == [5, 5, 5]


def test_a_bar_and_a_dot_belong_to_the_digit_beside():
    ink = sheet((60, 20, 40, 20), (60, 44, 6, 14), (66, 60, 34, 20), (94, 84, 8, 8))
    assert [len(line) for line in lines(ink)] == [4]


def test_smaller_writing_is_a_line_too_and_dust_is_none():
    ink = sheet((20, 20, 100, 60), (20, 100, 100, 60), (300, 20, 30, 15), (300, 50, 30, 15), (200, 500, 5, 5))
    assert [len(line) for line in lines(ink)] == [2, 2]


def test_a_blank_sheet_has_no_lines():
    assert lines(sheet()) == []


def test_ten_thousand_specks_take_no_time_to_speak_of():
    ink = np.zeros((1200, 1200), np.float32)
    ink[::12, ::12] = 1
    assert lines(ink) == []
