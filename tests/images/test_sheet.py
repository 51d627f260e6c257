"""A sheet on a table is found by its corners and seen from above; other pictures are left alone."""

import numpy as np
import pytest

from chainrule.images.mapping import Mapping, corners_to_corners, warped
from chainrule.images.sheet import find_sheet, flattened

CORNERS = [
    [(90, 70), (700, 60), (710, 520), (80, 540)],
    [(150, 60), (640, 90), (760, 540), (50, 500)],
    [(60, 150), (620, 40), (740, 420), (160, 560)],
]


def photo(sheet, corners, table, shape=(600, 800)):
    height, width = sheet.shape
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    back = np.linalg.inv(corners_to_corners(whole, np.array(corners, float)))
    seen = warped(sheet, back, shape)
    there = warped(np.ones_like(sheet), back, shape)
    noise = np.random.default_rng(1).normal(0, 0.02, shape)
    return (seen + table * (1 - there) + noise).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("corners", CORNERS)
@pytest.mark.parametrize("table", [0.1, 0.45])
def test_the_corners_of_a_sheet_are_found(corners, table, scenes):
    sheet = scenes.picture(scenes.row(1, shape=(500, 700)))
    found = find_sheet(photo(sheet, corners, table))
    assert found == pytest.approx(np.array(corners, float), abs=6)


@pytest.mark.parametrize("corners", CORNERS)
def test_a_sheet_is_seen_from_above_and_leads_back(corners, scenes):
    sheet = np.full((460, 640), 0.9, np.float32)
    sheet[200:240, 300:360] = 0.1
    flat, matrix = flattened(photo(sheet, corners, 0.2), find_sheet(photo(sheet, corners, 0.2)))
    assert np.median(flat) == pytest.approx(0.9, abs=0.03)
    assert flat[:, [2, -3]].mean() == pytest.approx(0.9, abs=0.05)
    rows, columns = np.nonzero(flat < 0.5)
    assert len(np.unique(rows)) * len(np.unique(columns)) == pytest.approx(len(rows), rel=0.15)
    whole = np.array([(0, 0), (640, 0), (640, 460), (0, 460)], float)
    there = Mapping(corners_to_corners(whole, np.array(corners, float)), (800, 600)).place(330, 220)
    middle = Mapping(matrix, (800, 600)).place(columns.mean() + 0.5, rows.mean() + 0.5)
    assert middle == pytest.approx(there, abs=6)


def test_pictures_without_a_sheet_have_none(scenes):
    picture = scenes.picture(scenes.row(1, shape=(600, 800)))
    down, right = np.mgrid[:600, :800]
    others = {
        "a page": picture,
        "light on dark": 1 - picture,
        "half in shadow": picture * np.where(right > 400, 0.4, 1),
        "light from one side": picture * (0.2 + 0.8 * right / 800),
        "dark corners": picture * (1 - 0.8 * np.hypot(right / 400 - 1, down / 300 - 1) / 1.5),
        "a round lamp": np.where(np.hypot(right - 400, down - 300) < 250, 0.9, 0.2),
        "black": np.zeros((600, 800)),
        "tiny": np.zeros((1, 1)),
        "noise": np.random.default_rng(1).random((600, 800)),
    }
    for name, other in others.items():
        assert find_sheet(other.astype(np.float32)) is None, name
