"""Cuts: through gaps and thin joints, along bent ways, in order, and none where there is nothing to cut."""

import numpy as np
import pytest

from chainrule.images.seams import seams_through

HEIGHT = 40


def ring(left, width=26, thick=5):
    y, x = np.mgrid[:HEIGHT, :80] + 0.5
    away = np.hypot((x - left - width / 2) / (width / 2), (y - HEIGHT / 2) / (HEIGHT / 2))
    return ((away <= 1) & (away >= 1 - 2 * thick / width)).astype(np.float32)


def test_touching_rings_are_cut_where_they_touch():
    ink = np.maximum(ring(2), ring(26))[:, :54]
    seams = seams_through([ink], HEIGHT)[0]
    best = min(seams, key=lambda seam: abs(float(seam.columns.mean()) - 27))
    assert abs(float(best.columns.mean()) - 27) <= 2
    assert 0 < best.ink < 0.6


def test_a_gap_that_no_straight_line_passes_is_found():
    y, x = np.mgrid[:HEIGHT, :60]
    left, right = np.abs(x - 12 - 0.7 * (HEIGHT - y) * 0.8) < 3, np.abs(x - 24 - 0.7 * (HEIGHT - y) * 0.8) < 3
    ink = (left | right).astype(np.float32)
    assert (ink.max(axis=0) > 0)[12:50].all()
    seams = seams_through([ink], HEIGHT)[0]
    assert min(seam.ink for seam in seams) == 0


def test_cuts_stand_in_order_and_never_cross():
    ink = np.maximum.reduce([ring(left) for left in (0, 22, 44)])
    seams = seams_through([ink], HEIGHT)[0]
    assert len(seams) >= 2
    columns = np.array([seam.columns for seam in seams])
    assert (np.diff(columns, axis=0) >= 0).all()
    assert columns.shape[1] == HEIGHT
    assert np.abs(np.diff(columns, axis=1)).max() <= 1


def test_every_piece_is_cut_as_if_it_were_alone():
    inks = [np.maximum(ring(2), ring(26))[:, :54], ring(0)[:, :26], ring(0)[8:, 3:20]]
    together = seams_through(inks, HEIGHT)
    for ink, seams in zip(inks, together, strict=True):
        alone = seams_through([ink], HEIGHT)[0]
        assert [seam.ink for seam in seams] == pytest.approx([seam.ink for seam in alone])
        assert all(len(seam.columns) == len(ink) for seam in seams)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (40, 2), (3, 40)])
def test_what_is_too_small_is_not_cut(shape):
    assert seams_through([np.ones(shape, np.float32)], HEIGHT) == [[]]


def test_a_solid_block_is_not_cut():
    assert seams_through([np.ones((HEIGHT, 60), np.float32)], HEIGHT) == [[]]
    assert seams_through([], HEIGHT) == []
