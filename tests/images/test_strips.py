"""Strips: joined writing 20 pixels high, the way back to the line, and tape on which strips lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.images.segmentation import cut_into_lines
from chainrule.images.strips import BESIDE, MARGIN, PIECE, STEP, is_wide, laid_on_tape, strip_of


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
def test_the_place_of_a_bar_is_where_its_column_says(height):
    line = bars(20, 60, height=height)
    assert len(line.boxes) == 1
    strip = strip_of(line, 0)
    middles = np.array([line.boxes[0][1].start + 1.5, line.boxes[0][1].stop - 2.5])
    for along, middle in zip(strip.on_strip(middles), middles, strict=True):
        place = round(along / STEP - 0.5)
        frame = strip.frame(place)
        assert frame.shape == (28, 28)
        assert frame[4:24, 13:15].mean() > 0.6
        assert not frame[:4].any()
        assert not frame[24:].any()
        low, high = strip.on_line(place, 10)
        assert high - low == pytest.approx(10)
        assert (low + high) / 2 == pytest.approx(middle + 0.5, abs=STEP * strip.scale / 2)


def test_there_is_paper_beside_the_ink_and_no_digit_has_its_middle_there():
    strip = strip_of(bars(20, 60), 0)
    assert not strip.picture[:, :MARGIN].any()
    assert not strip.picture[:, -MARGIN:].any()
    assert strip.picture[:, MARGIN].any()
    assert strip.picture[:, -MARGIN - 1].any()
    assert strip.on_line(BESIDE - 1, 0)[0] < strip.left
    assert strip.frame(0)[:, 13:].any()
    assert not strip.frame(0)[:, :13].any()


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
    assert not strip_of(line, 0).picture[:, -MARGIN:].any()


@given(st.lists(st.integers(1, PIECE), min_size=1, max_size=30))
def test_strips_lie_on_tape_whole_one_after_the_other(widths):
    where = list(laid_on_tape(widths))
    ends = [column + width for (_, column), width in zip(where, widths, strict=True)]
    assert max(ends) <= PIECE
    assert all(column % STEP == 0 for _, column in where)
    for (piece, _), end, (following, column), width in zip(where, ends, where[1:], widths[1:], strict=False):
        assert column >= end if following == piece else (following, column) == (piece + 1, 0)
        assert following == piece or end + width > PIECE - STEP
