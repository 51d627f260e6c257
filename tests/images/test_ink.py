"""Ink is told from paper whatever the light, the contrast and the grain; blank paper holds none."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from chainrule.images.ink import find_ink, near, stroke_width

SHAPE = (300, 800)


def grain(seed, sigma, blur=0.0, shape=SHAPE):
    noise = np.random.default_rng(seed).normal(size=shape)
    noise = ndimage.gaussian_filter(noise, blur) if blur else noise
    return (sigma * noise / noise.std()).astype(np.float32)


def slope(low, high, shape=SHAPE):
    down, right = np.mgrid[: shape[0], : shape[1]]
    across = right / shape[1] + 0.5 * down / shape[0]
    return (low + (high - low) * across / across.max()).astype(np.float32)


def shadow(depth, soft, shape=SHAPE):
    down, right = np.mgrid[: shape[0], : shape[1]]
    return (1 - depth / 2 * (1 + np.tanh((right - 0.7 * down - 0.4 * shape[1]) / (2 * soft)))).astype(
        np.float32
    )


def through_jpeg(grey, quality):
    import io

    stream = io.BytesIO()
    Image.fromarray((grey.clip(0, 1) * 255).astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream), np.float32) / 255


CONDITIONS = {
    "clean": lambda picture: picture,
    "light on dark": lambda picture: 1 - picture,
    "faint": lambda picture: 0.7 + 0.2 * picture,
    "faint on grey": lambda picture: 0.4 + 0.2 * picture,
    "light from one side": lambda picture: picture * slope(0.3, 1),
    "soft shadow": lambda picture: picture * shadow(0.5, 15),
    "sharp shadow": lambda picture: picture * shadow(0.5, 0.5),
    "noise": lambda picture: picture + grain(1, 0.06),
    "strong noise": lambda picture: picture + grain(2, 0.15),
    "texture": lambda picture: picture + grain(3, 0.03, 1) + grain(4, 0.03, 12),
    "JPEG": lambda picture: through_jpeg(picture, 15),
    "blur": lambda picture: ndimage.gaussian_filter(picture, 3),
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_ink_is_found(condition, seed, scenes, common):
    cover = scenes.row(seed)
    found = find_ink(CONDITIONS[condition](scenes.picture(cover)).clip(0, 1).astype(np.float32))
    assert found.dark_on_light == (condition != "light on dark")
    assert common(found.mask, cover > 0.5) > (0.75 if condition == "blur" else 0.85)
    assert found.ink.dtype == np.float32
    assert found.ink.min() >= 0
    assert found.ink.max() <= 1


def test_edges_of_strokes_stay_grey(scenes):
    cover = scenes.row(1)
    found = find_ink(scenes.picture(cover))
    edge = (cover > 0.35) & (cover < 0.65)
    assert 0.2 < np.median(found.ink[edge]) < 0.8
    assert found.ink[cover > 0.95].min() > 0.9
    assert found.ink[~near(near(cover > 0.1))].max() == 0


BLANKS = {
    "white": lambda: np.ones(SHAPE, np.float32),
    "grey": lambda: np.full(SHAPE, 0.5, np.float32),
    "black": lambda: np.zeros(SHAPE, np.float32),
    "light from one side": lambda: slope(0.2, 1),
    "dark corners": lambda: (
        (
            0.9
            - 0.4
            * sum(side**2 for side in np.meshgrid(*[np.linspace(-1, 1, n) for n in SHAPE], indexing="ij"))
        )
        .clip(0, 1)
        .astype(np.float32)
    ),
    "soft shadow": lambda: 0.9 * shadow(0.5, 15),
    "sharp shadow": lambda: 0.9 * shadow(0.5, 0.5),
    "a little noise": lambda: 0.9 + grain(1, 0.02),
    "noise": lambda: 0.7 + grain(2, 0.1),
    "strong noise": lambda: 0.5 + grain(3, 0.25),
    "noise of all values": lambda: np.random.default_rng(1).random(SHAPE, np.float32),
    "texture": lambda: 0.8 + grain(4, 0.05, 2),
    "texture of several sizes": lambda: 0.8 + grain(5, 0.03, 1) + grain(6, 0.03, 4) + grain(7, 0.03, 15),
    "JPEG noise": lambda: through_jpeg(0.8 + grain(8, 0.03), 10),
    "JPEG of a slope": lambda: through_jpeg(slope(0.4, 0.9), 30),
}


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_paper_holds_no_ink(blank):
    for picture in (BLANKS[blank]().clip(0, 1), 1 - BLANKS[blank]().clip(0, 1)):
        found = find_ink(picture.astype(np.float32))
        assert not found.mask.any()
        assert not found.ink.any()
        assert found.stroke_width == 0


def test_a_single_digit_that_fills_the_picture_is_seen_on_either_ground(mnist):
    """The polarity of MNIST's own images, and of the same cut to the ink."""
    right = {"whole": 0, "cut": 0}
    for image in mnist.train.inputs[1000:1200].reshape(-1, 28, 28) / np.float32(255):
        rows, columns = np.flatnonzero(image.max(axis=1)), np.flatnonzero(image.max(axis=0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        for name, picture in (("whole", image), ("cut", cut)):
            right[name] += not find_ink(picture).dark_on_light
            right[name] += find_ink(1 - picture).dark_on_light
    assert right["whole"] == 400
    assert right["cut"] >= 340


@pytest.mark.parametrize("width", [2, 5, 9])
def test_the_width_of_strokes_is_known(width):
    drawn = np.zeros((200, 200), np.bool_)
    drawn[20 : 20 + width, 20:180] = True
    assert stroke_width(drawn) == pytest.approx(width, rel=0.1)
    assert stroke_width(drawn.T) == pytest.approx(width, rel=0.1)
    down, right = np.mgrid[:200, :200]
    ring = np.abs(np.hypot(down - 100, right - 100) - 60) < width / 2
    assert stroke_width(ring) == pytest.approx(width, rel=0.25)
    assert stroke_width(np.zeros((5, 5), np.bool_)) == 0
