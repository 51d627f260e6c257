"""Light is told in blocks and spread over their pixels again; paper keeps its light under what is written."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from chainrule.images.light import _closed, best_in_squares, block_means, enlarged, paper_light


@pytest.mark.parametrize(("shape", "block"), [((12, 18), 3), ((13, 17), 3), ((5, 40), 6), ((7, 9), 1)])
def test_a_block_is_the_mean_of_its_pixels_also_at_the_edge(shape, block):
    image = np.random.default_rng(1).random(shape, np.float32)
    rows, columns = (range(0, side, block) for side in shape)
    wanted = [
        [image[row : row + block, column : column + block].mean() for column in columns] for row in rows
    ]
    np.testing.assert_allclose(block_means(image, block), wanted, rtol=1e-6)


@pytest.mark.parametrize(("shape", "block"), [((12, 18), 3), ((13, 17), 3), ((5, 40), 6), ((7, 9), 1)])
def test_blocks_are_spread_as_pillow_spreads_them(shape, block):
    blocks = np.random.default_rng(2).random([-(-side // block) for side in shape], np.float32)
    box = 0, 0, shape[1] / block, shape[0] / block
    wanted = Image.fromarray(blocks).resize(shape[::-1], Image.Resampling.BILINEAR, box=box)
    np.testing.assert_allclose(enlarged(blocks, block, shape), np.asarray(wanted), atol=1e-5)


@pytest.mark.parametrize("reach", [3, 4, 7, 12, 25])
def test_a_closing_is_that_of_scipy(reach):
    blocks = np.random.default_rng(3).random((31, 44), np.float32)
    wanted = ndimage.grey_closing(np.pad(blocks, reach, mode="edge"), (reach, reach))[
        reach:-reach, reach:-reach
    ]
    np.testing.assert_array_equal(_closed(blocks, reach), wanted)


@pytest.mark.parametrize("reach", [2, 3, 8])
def test_the_least_and_the_most_in_squares_are_those_of_each_square(reach):
    values = np.random.default_rng(4).random((12, 17), np.float32)
    squares = np.lib.stride_tricks.sliding_window_view(values, (reach, reach))
    np.testing.assert_array_equal(best_in_squares(values, reach, np.minimum), squares.min(axis=(2, 3)))
    np.testing.assert_array_equal(best_in_squares(values, reach, np.maximum), squares.max(axis=(2, 3)))


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (50, 60)])
def test_even_light_is_told_as_it_is_also_on_a_strip_of_paper(shape):
    light = np.full(shape, 0.7, np.float32)
    np.testing.assert_allclose(paper_light(light), light, atol=1e-4)


def test_paper_has_its_light_under_a_stroke_too():
    light = np.linspace(0.5, 0.9, 60, dtype=np.float32) * np.ones((40, 1), np.float32)
    written = light.copy()
    written[10:30, 25:28] *= 0.3
    np.testing.assert_allclose(paper_light(written), light, atol=0.03)
