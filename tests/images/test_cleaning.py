"""Rules, boxes and specks go; what is written stays whole."""

from itertools import pairwise

import numpy as np
import pytest

from chainrule.images.cleaning import clean
from chainrule.images.ink import Ink, find_ink


def cleaned(scenes, cover):
    return clean(find_ink(scenes.picture(cover)))


def ruled(shape, gap, thick, strength, first=0):
    lines = np.zeros(shape, np.float32)
    for row in range(first, shape[0], gap):
        lines[row : row + thick] = strength
    return lines


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clean_paper_is_left_as_it_is(seed, scenes):
    found = find_ink(scenes.picture(scenes.row(seed)))
    result = clean(found)
    lost = found.mask & ~result.mask
    assert lost.sum() <= 0.03 * found.mask.sum()
    assert np.array_equal(result.removed, lost)
    assert result.boxes == []


@pytest.mark.parametrize("strength", [1.0, 0.6, 0.45, 0.3])
@pytest.mark.parametrize(("gap", "thick"), [(60, 2), (97, 4), (45, 1)])
@pytest.mark.parametrize("seed", [1, 2])
def test_ruled_lines_go_and_the_digits_on_them_stay_whole(gap, thick, strength, seed, scenes, common):
    cover = scenes.row(seed)
    result = cleaned(scenes, np.maximum(cover, ruled(cover.shape, gap, thick, strength, first=17)))
    assert common(result.mask, cover > 0.5) > 0.85
    assert result.mask[cover > 0.7].mean() > 0.97


def test_upright_rules_and_squares_go_as_well(scenes, common):
    cover = scenes.row(4)
    lines = np.maximum(ruled(cover.shape, 50, 2, 0.7), ruled(cover.shape[::-1], 50, 2, 0.7).T)
    result = cleaned(scenes, np.maximum(cover, lines))
    assert common(result.mask, cover > 0.5) > 0.85
    assert result.boxes == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(("gap", "thick"), [(22, 1), (26, 2), (34, 3)])
def test_digits_stay_on_paper_with_small_squares(gap, thick, seed, scenes, common):
    cover = scenes.row(seed, height=50)
    lines = np.maximum(ruled(cover.shape, gap, thick, 0.4), ruled(cover.shape[::-1], gap, thick, 0.4).T)
    result = cleaned(scenes, np.maximum(cover, lines))
    assert common(result.mask, cover > 0.5) > 0.7
    assert result.mask[cover > 0.7].mean() > 0.97


@pytest.mark.parametrize("boxes", [True, False])
def test_a_thin_one_among_thick_digits_stays(boxes, scenes):
    cover, frames, places = scenes.boxed(1, gap=14)
    top, left, bottom, _ = places[3]
    one = slice(top + 15, bottom - 15), slice(left + 40, left + 44)
    cover[top:bottom, left : left + 88] = 0
    cover[one] = 1
    for place in (0, 1, 2, 4, 5):
        cover[top + 20 : bottom - 20, places[place][1] + 30 : places[place][1] + 46] = 1
    assert cleaned(scenes, np.maximum(cover, frames) if boxes else cover).mask[one].mean() > 0.9


def test_writing_that_is_faint_as_a_whole_stays(scenes):
    cover = scenes.row(1)
    result = clean(Ink(0.6 * cover, cover > 0.6, True, 6.0))
    assert result.mask.sum() == (cover > 0.6).sum()


def test_where_a_stroke_crosses_a_rule_it_is_not_cut():
    cross = np.zeros((120, 500), np.float32)
    cross[58:61] = 1
    cross[20:100, 240:248] = 1
    for column in range(100, 180):
        cross[column - 80 : column - 74, column] = 1
    result = clean(find_ink(0.9 - 0.8 * cross))
    assert result.mask[20:100, 240:248].all()
    assert result.mask[20:100].any(axis=1).all()
    from scipy.ndimage import label

    assert label(result.mask, np.ones((3, 3)))[1] == 2
    assert not result.mask[:, :90].any()
    assert not result.mask[:, 300:].any()


@pytest.mark.parametrize("gap", [0, 14])
@pytest.mark.parametrize("strength", [1.0, 0.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_row_of_boxes_is_known_and_gone(gap, strength, seed, scenes, common):
    cover, frames, boxes = scenes.boxed(seed, gap=gap)
    result = cleaned(scenes, np.maximum(cover, strength * frames))
    assert len(result.boxes) == len(boxes)
    for found, there in zip(result.boxes, boxes, strict=True):
        assert np.abs(np.subtract(found, there)).max() <= 4
    assert common(result.mask, cover > 0.5) > 0.87


def test_boxes_of_several_rows_are_in_reading_order(scenes):
    upper, upper_frames, _ = scenes.boxed(1, shape=(200, 800))
    lower, lower_frames, _ = scenes.boxed(2, shape=(200, 800))
    cover, frames = np.vstack([upper, lower]), np.vstack([upper_frames, lower_frames])
    boxes = cleaned(scenes, np.maximum(cover, frames)).boxes
    assert len(boxes) == 12
    assert [box[0] > 200 for box in boxes] == [False] * 6 + [True] * 6
    assert all(left[1] < right[1] for left, right in pairwise(boxes[:6]))


def test_an_empty_box_beside_used_ones_is_a_box(scenes):
    cover, frames, boxes = scenes.boxed(3, gap=14)
    top, left, bottom, right = boxes[-1]
    cover[top:bottom, left:right] = 0
    assert len(cleaned(scenes, np.maximum(cover, frames)).boxes) == 6


@pytest.mark.parametrize("lids", [True, False])
@pytest.mark.parametrize("gap", [0, 14])
def test_a_form_in_which_nothing_is_written_is_blank(gap, lids, scenes):
    _, frames, boxes = scenes.boxed(1, gap=gap)
    if not lids:
        frames[: boxes[0][0]] = 0
    assert not cleaned(scenes, frames).mask.any()


@pytest.mark.parametrize("rules", [2, 3, 5])
def test_ruled_paper_with_a_margin_line_is_blank(rules, scenes):
    lines = ruled((64 * rules, 500), 64, 2, 0.6, first=20)
    lines[:, 90:92] = 0.6
    assert not cleaned(scenes, lines).mask.any()


def test_a_one_between_two_rules_that_it_touches_stays(scenes):
    lines = ruled((190, 500), 70, 2, 0.6, first=20)
    lines[20:92, 250:256] = 1
    assert cleaned(scenes, lines).mask[25:88, 250:256].all()


def test_a_comb_is_a_row_of_boxes_without_lids(scenes, common):
    cover, frames, boxes = scenes.boxed(1)
    top, left, _, _ = boxes[0]
    frames[:top] = 0
    frames[top - 2 : top, left - 2 :] = 0
    result = cleaned(scenes, np.maximum(cover, frames))
    assert len(result.boxes) == 6
    assert common(result.mask, cover > 0.5) > 0.87


def test_boxes_apart_without_lids_are_boxes_too(scenes, common):
    cover, frames, boxes = scenes.boxed(1, gap=14)
    frames[: boxes[0][0]] = 0
    result = cleaned(scenes, np.maximum(cover, frames))
    assert len(result.boxes) == 6
    assert common(result.mask, cover > 0.5) > 0.87


@pytest.mark.parametrize("lids", [True, False])
def test_a_wide_digit_that_touches_its_box_is_in_a_box(lids, scenes, common):
    cover, frames, boxes = scenes.boxed(1, side=54, gap=8)
    if not lids:
        frames[: boxes[0][0]] = 0
    top, left, bottom, right = boxes[2]
    rows, columns = np.ogrid[top:bottom, left:right]
    far = np.hypot((rows - (top + bottom) / 2) / 21, (columns - (left + right) / 2) / 28)
    cover[top:bottom, left:right] = (abs(far - 0.8) < 0.2).astype(np.float32)
    result = cleaned(scenes, np.maximum(cover, frames))
    assert len(result.boxes) == 6
    assert common(result.mask, cover > 0.5) > 0.85


def test_the_bar_of_a_seven_in_a_box_without_a_lid_is_no_lid(scenes, common):
    cover, frames, boxes = scenes.boxed(1, gap=14)
    frames[: boxes[0][0]] = 0
    top, left, bottom, right = boxes[2]
    cover[top:bottom, left:right] = 0
    cover[top + 24 : top + 27, left + 10 : right] = 1
    for row in range(top + 27, bottom - 12):
        cover[row, right - 8 - (row - top) // 2 : right - 2 - (row - top) // 2] = 1
    result = cleaned(scenes, np.maximum(cover, frames))
    assert len(result.boxes) == 6
    assert common(result.mask, cover > 0.5) > 0.85


@pytest.mark.parametrize("lids", [True, False])
@pytest.mark.parametrize("thick", [3, 4])
def test_flat_strokes_of_digits_are_no_sides_of_boxes(lids, thick, scenes, common):
    cover, frames, boxes = scenes.boxed(1, side=60, gap=8)
    if not lids:
        frames[: boxes[0][0]] = 0
    for left in (boxes[1][1], boxes[3][1]):
        top = boxes[1][0]
        cover[top : top + 58, left : left + 58] = 0
        two = cover[top + 10 : top + 48, left + 10 : left + 60]
        two[16 : 16 + thick, :44] = two[-thick:, 4:] = two[18:, 4 : 4 + thick] = two[:18, 40 : 40 + thick] = 1
    result = cleaned(scenes, np.maximum(cover, frames))
    assert len(result.boxes) == 6
    assert common(result.mask, cover > 0.5) > 0.85


def test_a_thin_nought_in_a_form_is_no_box_itself(scenes, common):
    cover, frames, boxes = scenes.boxed(1, side=60, gap=8)
    top, left, bottom, right = boxes[2]
    cover[top:bottom, left:right] = 0
    rows, columns = np.ogrid[top:bottom, left:right]
    far = ((rows - (top + bottom) / 2) / 24) ** 4 + ((columns - (left + right) / 2) / 21) ** 4
    cover[top:bottom, left:right] = (far < 1) & (far > 0.7)
    result = cleaned(scenes, np.maximum(cover, frames))
    assert common(result.mask, cover > 0.5) > 0.85


def test_the_grain_of_a_table_is_no_writing(scenes, common):
    cover = scenes.row(1)
    grainy = cover.copy()
    grainy[10:70, 20:80] = np.random.default_rng(1).normal(0.34, 0.06, (60, 60))
    result = cleaned(scenes, grainy)
    assert not result.mask[10:70, 20:80].any()
    assert common(result.mask, cover > 0.5) > 0.87


def test_a_frame_around_the_number_goes_and_is_no_box(scenes, common):
    cover = scenes.row(1)
    frame = np.zeros_like(cover)
    frame[60:240, 60:740] = 1
    frame[63:237, 63:737] = 0
    result = cleaned(scenes, np.maximum(cover, frame))
    assert common(result.mask, cover > 0.5) > 0.87
    assert result.boxes == []


@pytest.mark.parametrize("pen", [1, 2, 3])
def test_a_nought_of_straight_lines_is_no_box(pen):
    nought = np.zeros((100, 100), np.float32)
    nought[20:80, 30:70] = 1
    nought[20 + pen : 80 - pen, 30 + pen : 70 - pen] = 0
    assert clean(find_ink(0.9 - 0.8 * nought)).mask.sum() >= 0.9 * (nought > 0).sum()


@pytest.mark.parametrize("height", [24, 40, 80, 200])
def test_no_digit_is_taken_for_a_rule(height, scenes):
    generator = np.random.default_rng(height)
    for _ in range(60):
        digit = np.pad(scenes.digit(generator, height), 10).clip(0, 1)
        found = find_ink(scenes.picture(digit))
        assert clean(found).mask.sum() >= 0.85 * found.mask.sum()  # one has dirt of its own


def test_specks_go(scenes, common):
    cover = scenes.row(5)
    spoilt = cover.copy()
    generator = np.random.default_rng(1)
    for row, column in zip(generator.integers(0, 297, 500), generator.integers(0, 797, 500), strict=True):
        spoilt[row : row + 3, column : column + 3] = 1
    assert common(cleaned(scenes, spoilt).mask, cover > 0.5) > 0.85


def test_nothing_is_cleaned_to_nothing():
    result = clean(find_ink(np.full((50, 60), 0.9, np.float32)))
    assert not result.mask.any()
    assert result.boxes == []
    assert result.stroke_width == 0
