"""How far lines climb and strokes lean is told, and undone."""

import numpy as np
import pytest

from chainrule.images.boxes import pieces_of
from chainrule.images.ink import find_ink
from chainrule.images.mapping import Mapping
from chainrule.images.upright import lean, leaned, skew, turned


def mask_of(scenes, cover):
    return find_ink(scenes.picture(cover)).mask


def lean_of(mask):
    return lean(mask, pieces_of(mask)[0])


def page(scenes, seed):
    cover = np.zeros((600, 800), np.float32)
    for line in range(6):
        row = scenes.row(seed + line, 6, (600, 800), height=50, gap=10, top=60 + 85 * line, left=180)
        cover = np.maximum(cover, row)
    return cover


@pytest.mark.parametrize("degrees", [-14, -9, -4, -1.5, 0, 2.5, 6, 11, 15])
def test_the_skew_of_ruled_lines_is_told_to_a_quarter_of_a_degree(degrees, scenes):
    cover = scenes.row(1, shape=(600, 800))
    cover[::60] = cover[1::60] = 1
    assert skew(mask_of(scenes, scenes.turned(cover, degrees))) == pytest.approx(degrees, abs=0.25)


@pytest.mark.parametrize("degrees", [-14, -7, 0, 4, 12])
def test_the_skew_of_a_page_of_numbers_is_told_to_a_degree(degrees, scenes):
    assert skew(mask_of(scenes, scenes.turned(page(scenes, 1), degrees))) == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize("degrees", [-14, -5, 0, 8, 15])
def test_the_skew_of_six_digits_is_told_to_a_degree_on_average(degrees, scenes):
    covers = [scenes.row(seed, shape=(500, 800)) for seed in range(8)]
    wrong = [skew(mask_of(scenes, scenes.turned(cover, degrees))) - degrees for cover in covers]
    assert np.abs(wrong).mean() < 1
    assert np.abs(wrong).max() < 3


@pytest.mark.parametrize("digits", [1, 2])
def test_a_digit_or_two_have_no_line(digits, scenes):
    assert [skew(mask_of(scenes, scenes.row(seed, digits))) for seed in range(6)] == [0] * 6


def test_nothing_has_no_skew_and_no_lean():
    empty = np.zeros((40, 50), np.bool_)
    assert skew(empty) == 0
    assert lean_of(empty) == 0
    empty[3, 4] = True
    assert skew(empty) == 0


@pytest.mark.parametrize("degrees", [-30, 25, 30])
@pytest.mark.parametrize("gap", [14, -4])
def test_slanted_writing_is_told_to_a_few_degrees(degrees, gap, scenes):
    covers = [scenes.row(seed, gap=gap) for seed in range(8)]
    told = [lean_of(mask_of(scenes, scenes.leaning(cover, degrees))) for cover in covers]
    wrong = np.array(told) - degrees
    assert abs(wrong.mean()) < 7
    assert np.count_nonzero(told) >= 6


def test_writing_as_usual_is_left_as_it_is(scenes):
    told = [lean_of(mask_of(scenes, scenes.row(seed))) for seed in range(20)]
    assert np.count_nonzero(told) <= 1


@pytest.mark.parametrize("change", [turned, leaned])
@pytest.mark.parametrize("angle", [-14.0, 3.0, 25.0])
def test_a_place_finds_its_way_back(change, angle):
    image = np.zeros((60, 90), np.float32)
    image[20:24, 70:76] = 1
    there, matrix = change(image, angle)
    rows, columns = np.nonzero(there > 0.5)
    mapping = Mapping.scaled(1, image.shape).after(matrix)
    assert mapping.place(columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((73, 22), abs=0.6)
    assert there.sum() == pytest.approx(image.sum(), rel=0.15)


def test_turning_makes_falling_lines_level(scenes):
    cover = scenes.row(2, shape=(400, 800))
    level, _ = turned(scenes.turned(cover, 8), 8)
    spread = np.flatnonzero((level > 0.5).any(axis=1))
    assert np.ptp(spread) < 100


@pytest.mark.parametrize(("joined", "told"), [(False, True), (True, False)])
def test_a_long_piece_of_joined_writing_has_no_say_in_the_lean(joined, told):
    """Bars that lean left by 27°, apart and joined by a line across their feet."""
    mask = np.zeros((80, 320), np.bool_)
    for number in range(6):
        for row in range(20, 60):
            left = 20 + 40 * number + row // 2
            mask[row, left : left + 6] = True
    if joined:
        mask[57:60, 48:276] = True
    assert bool(lean_of(mask)) == told
