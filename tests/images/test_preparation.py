"""From any picture to level and upright ink, and back to the picture's own pixels."""

import numpy as np
import pytest

from chainrule.images.pictures import Picture, load_picture
from chainrule.images.preparation import prepare


def boxes_of(prepared):
    from scipy.ndimage import find_objects, label

    labels, _ = label(prepared.mask, np.ones((3, 3)))
    for rows, columns in find_objects(labels):
        yield prepared.mapping.box(
            columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
        )


@pytest.mark.parametrize("degrees", [0, -6, 11])
@pytest.mark.parametrize("slant", [0, 25])
def test_boxes_lead_back_to_the_ink_in_the_picture(degrees, slant, scenes):
    cover = scenes.turned(scenes.leaning(scenes.row(3, 7, shape=(500, 900)), slant), degrees)
    prepared = prepare(Picture(scenes.picture(cover), 2.0, "row"))
    assert abs(prepared.skew - degrees) < 3
    inside = np.zeros(cover.shape, np.bool_)
    for left, top, width, height in boxes_of(prepared):
        inside[top // 2 : (top + height) // 2 + 1, left // 2 : (left + width) // 2 + 1] = True
    assert (cover > 0.5)[inside].sum() > 0.98 * (cover > 0.5).sum()
    assert inside.mean() < 0.35


def test_the_writing_comes_out_level_cleaned_and_cropped(scenes):
    cover = scenes.row(1, shape=(500, 900))
    cover[::70] = cover[1::70] = 0.8
    prepared = prepare(load_picture(scenes.picture(scenes.turned(cover, 7)).clip(0, 1)))
    assert prepared.skew == pytest.approx(7, abs=0.3)
    assert prepared.ink.shape[0] < 130
    assert prepared.dark_on_light
    assert 4 < prepared.stroke_width < 20


@pytest.mark.parametrize(("heights", "times"), [((110, 120), 2), ((30, 34), 1), ((26, 120), 1)])
def test_thick_writing_is_prepared_at_half_the_size_unless_there_is_small_writing_too(heights, times, scenes):
    rows = [scenes.row(number, height=height, shape=(200, 900)) for number, height in enumerate(heights)]
    prepared = prepare(Picture(scenes.picture(np.concatenate(rows)), 1.0, "two rows"))
    assert prepared.mapping.matrix[0, 0] == pytest.approx(times, rel=0.01)


def test_ruled_paper_is_prepared_in_full_size(scenes):
    cover = scenes.row(1, height=170, shape=(600, 1200))
    for row in range(40, 600, 140):
        cover[row : row + 3] = 0.9
    prepared = prepare(Picture(scenes.picture(cover), 1.0, "ruled"))
    assert prepared.mapping.matrix[0, 0] == pytest.approx(1, rel=0.01)


def test_form_boxes_come_with_the_ink(scenes):
    cover, frames, _ = scenes.boxed(2, shape=(500, 900))
    prepared = prepare(load_picture(scenes.picture(scenes.turned(np.maximum(cover, frames), 4))))
    assert len(prepared.boxes) == 6
    for top, left, bottom, right in prepared.boxes:
        assert prepared.mask[top:bottom, left:right].mean() > 0.05


@pytest.mark.parametrize("fill", [0.0, 0.5, 1.0])
def test_a_blank_picture_has_nothing_in_it(fill):
    prepared = prepare(Picture(np.full((300, 400), fill, np.float32), 1.0, "blank"))
    assert not prepared.mask.any()
    assert prepared.boxes == []
    assert prepared.stroke_width == 0


def test_each_step_can_be_watched(scenes):
    seen = {}
    cover = scenes.turned(scenes.leaning(scenes.row(1), 28), 8)
    prepare(load_picture(scenes.picture(cover)), show=lambda name, grey: seen.update({name: grey.shape}))
    assert list(seen) == ["picture", "ink", "level", "clean", "upright"]


def test_the_picture_is_not_changed(scenes):
    picture = Picture(scenes.picture(scenes.row(1)), 1.0, "row")
    before = picture.grey.copy()
    prepare(picture)
    assert np.array_equal(picture.grey, before)
