"""Bilinear sampling shows what SciPy's does, at any place, on images of any side."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from chainrule.numerics.sampling import MARGIN, SamplingRoom, sample_bilinear


def with_margin(images):
    return np.pad(images, ((0, 0), MARGIN, MARGIN))


@pytest.mark.parametrize("sides", [(28, 28), (5, 9), (1, 1), (1, 7)], ids=str)
def test_any_place_shows_what_scipy_shows_there(sides):
    generator = np.random.default_rng(0)
    images = generator.random((7, *sides), dtype=np.float32)
    rows, columns = (generator.uniform(-3, side + 3, (7, *sides)).astype(np.float32) for side in sides)
    out = np.empty_like(images)
    room = SamplingRoom(9, *sides)
    sample_bilinear(with_margin(images), rows + 1, columns + 1, out, room)
    for image, row, column, found in zip(images, rows, columns, out, strict=True):
        expected = map_coordinates(image, [row, column], order=1, mode="grid-constant", cval=0)
        np.testing.assert_allclose(found, expected, atol=2e-5)


def test_whole_places_show_the_pixels_themselves_and_all_beyond_the_edge_is_nothing():
    images = np.random.default_rng(0).random((2, 4, 4), dtype=np.float32)
    rows, columns = np.broadcast_to(np.mgrid[1:5, 1:5].astype(np.float32)[:, None], (2, 2, 4, 4))
    out, room = np.empty_like(images), SamplingRoom(2, 4, 4)
    sample_bilinear(with_margin(images), rows, columns, out, room)
    assert np.array_equal(out, images)
    for far in (-1e9, -1.0, 5.0, 1e9):
        sample_bilinear(with_margin(images), rows, np.full_like(columns, far), out, room)
        assert not out.any()
