"""Strips: joined writing 20 pixels high under a sliding window, and the way back to the line."""

import numpy as np
import pytest

from chainrule.images.segmentation import cut_into_lines
from chainrule.images.strips import MARGIN, is_wide, strip_of


def bars(*columns, height=40):
    """Upright bars, a tenth as wide as high, joined by one across their middle; columns for 40 rows."""
    ink = np.zeros((height + 20, 200), np.float32)
    places = [column * height // 40 for column in columns]
    for place in places:
        ink[10 : 10 + height, place : place + height // 10] = 1
    ink[8 + height // 2 : 12 + height // 2, places[0] : places[-1] + 1] = 1
    (line,) = cut_into_lines(ink, joined=True)
    return line


@pytest.mark.parametrize("height", [40, 80])
def test_the_window_is_on_a_bar_where_its_column_says(height):
    line = bars(20, 60, height=height)
    assert len(line.boxes) == 1
    strip = strip_of(line, 0)
    assert strip.windows.shape[1:] == (28, 28)
    middles = np.array([line.boxes[0][1].start + 2, line.boxes[0][1].stop - 2])
    for place in np.rint(strip.places(middles)).astype(int):
        window = strip.windows[place]
        assert window[4:24, 13:15].mean() > 0.6
        assert not window[:4].any()
        assert not window[24:].any()


def test_the_window_begins_and_ends_beyond_the_ink():
    strip = strip_of(bars(20, 60), 0)
    assert not strip.windows[0][:, : 14 + MARGIN].any()
    assert not strip.windows[-1][:, 14 - MARGIN :].any()
    low, high = strip.columns(MARGIN, 10)
    assert (low, high) == (strip.left - 5, strip.left + 5)


def test_wide_is_what_may_be_two_digits():
    ink = np.zeros((60, 120), np.float32)
    ink[10:50, 10:20] = 1
    ink[10:50, 40:80] = 1
    (line,) = cut_into_lines(ink, joined=True)
    assert [is_wide(line, atom) for atom in range(2)] == [False, True]


def test_a_strip_shows_no_other_atom():
    ink = np.zeros((60, 120), np.float32)
    ink[10:50, 10:40] = 1
    ink[10:50, 44:80] = 1
    (line,) = cut_into_lines(ink, joined=True)
    first = strip_of(line, 0)
    assert not first.windows[-1][:, 14 - MARGIN :].any()
