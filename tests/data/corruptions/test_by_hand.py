"""What each corruption does, on images small and plain enough to be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.corruptions import blur, geometry, light, lines, noise, strokes

SOME = np.random.default_rng(0).random((3, 28, 28), dtype=np.float32)


@pytest.fixture
def generator():
    return np.random.default_rng(3)


def dots(*places):
    """One image with white pixels."""
    image = np.zeros((1, 28, 28), np.float32)
    for row, column in places:
        image[0, row, column] = 1
    return image


def test_a_dot_is_moved_to_one_of_four_corners(generator):
    many = np.tile(dots((10, 12)), (200, 1, 1))
    moved = geometry.translate(many, 3, generator)
    places = {tuple(np.argwhere(image)[0].tolist()) for image in moved}
    assert places == {(7, 9), (7, 15), (13, 9), (13, 15)}
    assert (moved.sum(axis=(1, 2)) == 1).all()


def test_what_is_moved_over_the_edge_does_not_come_back_at_the_other(generator):
    frame = np.ones((50, 28, 28), np.float32)
    assert (geometry.translate(frame, 4, generator).sum(axis=(1, 2)) == 24 * 24).all()


def test_brightness_is_added_up_to_white(generator):
    assert light.brightness(SOME, 0.3, generator) == pytest.approx(np.minimum(SOME + 0.3, 1))


def test_a_stripe_inverts_both_edges_and_nothing_between(generator):
    spoilt = light.stripe(SOME, 7, generator)
    assert (spoilt[:, :, 7:21] == SOME[:, :, 7:21]).all()
    assert spoilt[:, :, :7] == pytest.approx(1 - SOME[:, :, :7])
    assert spoilt[:, :, 21:] == pytest.approx(1 - SOME[:, :, 21:])


def test_a_quarter_turn_is_one_way_or_the_other(generator):
    many = np.tile(SOME[:1], (40, 1, 1))
    turned = geometry.rotate(many, 90, generator)
    ways = [np.abs(turned - np.rot90(many, k, (1, 2))).max(axis=(1, 2)) < 1e-4 for k in (1, 3)]
    assert ways[0].any()
    assert ways[1].any()
    assert (ways[0] ^ ways[1]).all()


def test_half_the_size_is_a_quarter_of_the_area(generator):
    square = np.zeros((1, 28, 28), np.float32)
    square[0, 4:24, 4:24] = 1
    half = geometry.scale(square, 0.5, generator)
    assert half.sum() == pytest.approx(100, rel=0.05)
    assert (half[0, 9:19, 9:19] == 1).all()


def test_a_slant_moves_rows_by_their_height(generator):
    upright = np.zeros((30, 28, 28), np.float32)
    upright[:, :, 13:15] = 1
    slanted = geometry.shear(upright, 0.5, generator)
    columns = (slanted * np.arange(28)).sum(axis=2) / slanted.sum(axis=2)
    steps = np.diff(columns, axis=1)
    assert abs(steps) == pytest.approx(0.5, abs=1e-3)
    assert {-1.0, 1.0} == set(np.sign(steps[:, 0]))


def test_affine_keeps_the_ink_on_the_field_and_reaches_every_edge(generator):
    square = np.zeros((2000, 28, 28), np.float32)
    square[:, 10:18, 10:18] = 1
    placed = geometry.affine(square, 1, generator)
    sizes = placed.sum(axis=(1, 2)) / 64
    assert sizes.min() > 0.64 * 0.9
    assert sizes.max() < 1.44 * 1.1
    ink = placed > 0
    for edge in (ink[:, 0], ink[:, -1], ink[:, :, 0], ink[:, :, -1]):
        assert edge.any()
    rows = (placed.sum(axis=2) * np.arange(28)).sum(axis=1) / placed.sum(axis=(1, 2))
    assert rows.mean() == pytest.approx(13.5, abs=0.5)
    assert rows.std() > 4


def test_shot_noise_counts_whole_photons_and_keeps_the_mean(generator):
    grey = np.full((50, 28, 28), 0.25, np.float32)
    seen = noise.shot_noise(grey, 4, generator)
    assert set(np.unique(seen)) == {0, 0.25, 0.5, 0.75, 1}
    assert seen.mean() == pytest.approx(0.25, abs=0.01)
    assert not noise.shot_noise(0 * grey, 4, generator).any()


def test_impulse_noise_spoils_the_share_it_says(generator):
    grey = np.full((50, 28, 28), 0.5, np.float32)
    spoilt = noise.impulse_noise(grey, 0.2, generator)
    assert [(spoilt == value).mean() for value in (0, 0.5, 1)] == pytest.approx([0.1, 0.8, 0.1], abs=0.01)


def test_gaussian_noise_has_the_deviation_it_says(generator):
    grey = np.full((50, 28, 28), 0.5, np.float32)
    assert noise.gaussian_noise(grey, 0.1, generator).std() == pytest.approx(0.1, rel=0.02)


def test_blur_spreads_a_dot_and_keeps_its_sum(generator):
    dot = dots((14, 13))
    for spread in (
        blur.gaussian_blur(dot, 1.5, generator),
        blur.defocus_blur(dot, 2, generator),
        blur.motion_blur(dot, 7, generator),
    ):
        assert spread.sum() == pytest.approx(1, rel=1e-3)
        assert spread.max() < 0.4


def test_a_lens_out_of_focus_makes_a_disc_of_a_dot(generator):
    disc = blur.defocus_blur(dots((14, 14)), 2.5, generator)[0]
    rows, columns = np.indices((28, 28)) - 14
    distance = np.hypot(rows, columns)
    assert disc[distance <= 1.5] == pytest.approx(1 / (np.pi * 2.5**2), rel=0.03)
    assert disc[distance > 3.3] == pytest.approx(0, abs=1e-6)


def test_motion_makes_a_line_of_a_dot_within_45_degrees_of_level(generator):
    streaks = blur.motion_blur(np.tile(dots((14, 14)), (100, 1, 1)), 9, generator)
    rows, columns = np.indices((28, 28)) - 14
    wide, high, both = ((streaks * each).sum(axis=(1, 2)) for each in (columns**2, rows**2, rows * columns))
    assert (high <= wide + 0.1).all()
    # A line of length 9 has the variance 81 / 12; sharing a point between pixels adds a little.
    assert wide + high == pytest.approx(81 / 12, abs=0.7)
    assert both.min() < -2
    assert both.max() > 2


def test_glass_shows_near_pixels_only(generator):
    ramp = np.tile(np.arange(28, dtype=np.float32) / 27, (1, 28, 1))
    seen = blur.glass_blur(ramp, (1e-6, 2, 1), generator)
    assert abs(seen - ramp).max() == pytest.approx(2 / 27, abs=1e-5)
    assert np.unique(np.rint(27 * seen)).size == 28


def test_fog_lies_between_the_image_and_white_and_takes_contrast(generator):
    cloud = light.fog(np.zeros((20, 28, 28), np.float32), 3, generator)
    assert cloud.min(axis=(1, 2)) == pytest.approx(0)
    assert cloud.max(axis=(1, 2)) == pytest.approx(3 / 4)
    smooth = abs(np.diff(cloud, axis=2)).mean()
    assert smooth < 0.3 * abs(cloud[:, :, :14] - cloud[:, :, 14:]).mean()


def test_spatter_covers_the_share_it_says_with_dark_grey(generator):
    white = np.ones((30, 28, 28), np.float32)
    spoilt = light.spatter(white, 0.2, generator)
    assert (spoilt < 0.625).mean() == pytest.approx(0.2, abs=0.03)
    assert spoilt.min() == pytest.approx(0.25, abs=0.01)
    assert light.spatter(0 * white, 0.2, generator).max() <= 0.25


@pytest.mark.parametrize("draw", [lines.dotted_line, lines.zigzag])
def test_lines_add_ink_and_take_none(draw, generator):
    crossed = draw(SOME, (2, 1), generator)
    assert (crossed >= SOME).all()
    faint = draw(0 * SOME, (1, 0.5), generator)
    assert faint.max() == pytest.approx(0.5, abs=0.1)


def test_a_dotted_line_has_gaps_and_a_zigzag_teeth(generator):
    empty = np.zeros((10, 28, 28), np.float32)
    dotted = lines.dotted_line(empty, (1, 1), generator)
    assert (dotted.any(axis=1) == (np.arange(28) // 2 % 2 == 1)).all()
    zigzag = lines.zigzag(empty, (1, 1), generator)
    assert not zigzag[:, :, [0, 1, 26, 27]].any()
    inked = zigzag.any(axis=1)[:, 2:-2]
    assert inked.mean() > 0.8


def test_a_dot_grows_to_a_disc_and_a_square_shrinks(generator):
    grown = strokes.thick(dots((14, 14)), 1, generator)[0]
    assert grown[13:16, 13:16] == pytest.approx(
        np.array([[2 - 2**0.5, 1, 2 - 2**0.5], [1, 1, 1], [2 - 2**0.5, 1, 2 - 2**0.5]])
    )
    assert grown.sum() == pytest.approx(5 + 4 * (2 - 2**0.5))
    square = np.zeros((1, 28, 28), np.float32)
    square[0, 10:16, 10:16] = 0.8
    shrunk = strokes.thin(square, 1, generator)
    assert shrunk[0, 11:15, 11:15] == pytest.approx(0.8)
    assert shrunk[0, 10].max() < 0.1


def test_the_outline_of_a_square_is_a_closed_line_one_pixel_wide(generator):
    square = np.zeros((1, 28, 28), np.float32)
    square[0, 8:20, 8:20] = 1
    outline = strokes.canny_edges(square, 1, generator)[0]
    assert set(np.unique(outline)) == {0, 1}
    for row in range(10, 18):
        left, right = np.flatnonzero(outline[row])
        assert left in (7, 8)
        assert right in (19, 20)
    assert not outline[11:17, 11:17].any()


def test_outlines_of_one_image_do_not_show_in_the_next(generator):
    square = np.zeros((3, 28, 28), np.float32)
    square[1, 8:20, 8:20] = 1
    assert strokes.canny_edges(square, 1, generator).any(axis=(1, 2)).tolist() == [False, True, False]
