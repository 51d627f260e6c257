"""Each kind of change does what it says, held against SciPy's image operations and plain formulas."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from chainrule.data.augment import Augmentation
from chainrule.data.augment_images import Augmenter, augmented
from chainrule.data.augment_places import Places
from chainrule.errors import SettingError

GROWTH, DOWN, RIGHT, TURN, TALL, SLANT = 1, 6, 7, 8, 9, 11
"""Where the numbers of each kind stand among those that an image draws."""


class Loaded:
    """A generator whose even numbers are the middle, 0.5, but for those told."""

    def __init__(self, numbers):
        self.numbers = numbers

    def random(self, out, dtype):
        out.fill(0.5)
        for where, number in self.numbers.items():
            out[:, where] = number


@pytest.fixture(scope="module")
def images():
    """Twenty blurred scribbles of 28 by 28 that reach the edges."""
    noise = np.random.default_rng(0).standard_normal((20, 28, 28))
    blurred = ndimage.gaussian_filter(noise, (0, 2, 2))
    return np.clip(blurred / blurred.max() * 2, 0, 1).astype(np.float32)


def changed(images, numbers=None, seed=1, **kinds):
    out = np.empty_like(images)
    generator = Loaded(numbers) if numbers is not None else np.random.default_rng(seed)
    Augmenter(Augmentation(**kinds), images.shape[1:]).apply(images, generator, out)
    return out


def test_a_shift_of_whole_pixels_moves_them_down_and_right(images):
    moved = changed(images, {DOWN: 1, RIGHT: 0.75}, shift=4)
    expected = np.zeros_like(images)
    expected[:, 4:, 2:] = images[:, :-4, :-2]
    np.testing.assert_allclose(moved, expected, atol=1e-5)


def test_a_quarter_turn_is_rot90_clockwise(images):
    turned = changed(images, {TURN: 1}, rotation=90)
    np.testing.assert_allclose(turned, np.rot90(images, -1, axes=(1, 2)), atol=1e-4)


@pytest.mark.parametrize("sides", [(28, 28), (7, 12)], ids=str)
def test_places_are_those_of_the_inverse_of_turned_slanted_and_sized(sides):
    chosen = Augmentation(shift=3, rotation=40, scale=0.3, shear=30)
    drawn = np.random.default_rng(2).uniform(-1, 1, (50, 6)).astype(np.float32)
    rows, columns = Places(chosen, 60, *sides).draw(drawn, np.random.default_rng())
    middle = (np.array(sides) - 1) / 2
    offsets = np.stack(np.mgrid[: sides[0], : sides[1]], axis=-1) - middle
    for (down, right, turn, high, wide, slant), row, column in zip(drawn, rows, columns, strict=True):
        angle, tangent = np.radians(40 * turn), np.tan(np.radians(30 * slant))
        turned = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        sized = np.diag([1 + 0.3 * high, 1 + 0.3 * wide])
        forward = turned @ np.array([[1, 0], [-tangent, 1]]) @ sized
        source = (offsets - [3 * down, 3 * right]) @ np.linalg.inv(forward).T + middle + 1
        np.testing.assert_allclose(row, source[..., 0], atol=1e-4)
        np.testing.assert_allclose(column, source[..., 1], atol=1e-4)


def test_a_positive_scale_enlarges_and_a_positive_shear_leans_to_the_right():
    square = np.zeros((1, 21, 21), np.float32)
    square[:, 6:15, 8:13] = 1
    taller = changed(square, {TALL: 1}, scale=0.5)
    np.testing.assert_allclose(taller.sum() / square.sum(), 1.5, rtol=0.02)
    assert np.array_equal(np.flatnonzero(taller.any(axis=1)), np.arange(8, 13))
    leaning = changed(square, {SLANT: 1}, shear=30)
    middles = (leaning[0] @ np.arange(21))[6:15] / leaning[0].sum(axis=1)[6:15]
    np.testing.assert_allclose(np.diff(middles), -np.tan(np.radians(30)), rtol=1e-3)


@pytest.mark.parametrize("smoothness", [1, 2.5, 4, 9])
def test_bending_has_the_spread_and_the_smoothness_of_simards_smoothed_noise(smoothness):
    """His recipe, run as he wrote it far from any edge, beside ours everywhere, corners too."""
    generator = np.random.default_rng(3)
    chosen = Augmentation(elastic=(30, smoothness))
    rows, columns = Places(chosen, 3000, 28, 28).draw(np.zeros((3000, 6), np.float32), generator)
    down = rows - np.arange(1, 29)[:, None]
    across = columns - np.arange(1, 29)
    noise = generator.uniform(-1, 1, (1000, 1000))
    theirs = 30 * ndimage.gaussian_filter(noise, smoothness, truncate=6, mode="wrap")
    assert theirs.std() == pytest.approx(30 * 0.163 / smoothness, rel=0.05)
    for field in (down, across):
        np.testing.assert_allclose(field.std(axis=0), theirs.std(), rtol=0.12)
        for lag in (1, 3, 6):
            alike = (field[:, :, lag:] * field[:, :, :-lag]).mean() / (field**2).mean()
            assert alike == pytest.approx(np.exp(-((lag / smoothness) ** 2) / 4), abs=0.03)
    assert abs((down * across).mean()) < 0.02 * theirs.std() ** 2


def test_bending_is_the_same_in_distribution_at_every_pixel_of_an_image_that_is_not_square():
    chosen = Augmentation(elastic=(34, 4))
    rows, _ = Places(chosen, 4000, 10, 40).draw(np.zeros((4000, 6), np.float32), np.random.default_rng(4))
    spread = (rows - np.arange(1, 11)[:, None]).std(axis=0)
    assert spread.min() > 0.9 * spread.max()


@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        (1.0, lambda image, cross: ndimage.grey_dilation(image, footprint=cross, mode="constant")),
        (0.0, lambda image, cross: ndimage.grey_erosion(image, footprint=cross, mode="constant")),
        (0.75, lambda image, cross: (image + ndimage.grey_dilation(image, footprint=cross)) / 2),
        (0.5, lambda image, cross: image),
    ],
    ids=["thicker", "thinner", "half", "as it was"],
)
def test_thickness_of_one_pixel_is_grey_dilation_and_erosion(images, growth, expected):
    cross = ndimage.generate_binary_structure(2, 1)
    found = changed(images, {GROWTH: growth}, thickness=1)
    for image, grown in zip(images, found, strict=True):
        np.testing.assert_allclose(grown, expected(image, cross), atol=1e-6)


def test_thickness_of_more_pixels_is_one_after_the_other(images):
    once = changed(images, {GROWTH: 1}, thickness=1)
    twice = changed(once, {GROWTH: 1}, thickness=1)
    np.testing.assert_array_equal(changed(images, {GROWTH: 1}, thickness=2), twice)
    np.testing.assert_allclose(
        changed(images, {GROWTH: 1}, thickness=1.25), 0.75 * once + 0.25 * twice, atol=1e-6
    )


def test_noise_has_its_standard_deviation_and_stays_between_0_and_1():
    grey = np.full((200, 28, 28), 0.5, np.float32)
    noisy = changed(grey, noise=0.1)
    assert noisy.std() == pytest.approx(0.1, rel=0.02)
    assert noisy.mean() == pytest.approx(0.5, abs=0.001)
    black = changed(np.zeros_like(grey), noise=0.3)
    assert black.min() == 0
    assert 0.4 < (black > 0).mean() < 0.6
    assert black.max() <= 1


def test_a_rectangle_is_erased_anywhere_and_no_larger_than_asked_for():
    white = np.ones((2000, 20, 30), np.float32)
    holed = changed(white, erase=0.5) == 0
    heights, widths = holed.any(axis=2).sum(axis=1), holed.any(axis=1).sum(axis=1)
    assert np.array_equal(holed.sum(axis=(1, 2)), heights * widths)
    assert (heights.max(), widths.max()) == (10, 15)
    assert heights.mean() == pytest.approx(10 / 2 * 0.875, rel=0.05)
    assert holed.any(axis=0).all()


def test_the_share_that_is_changed_is_the_one_asked_for_and_the_others_stay_exactly(images):
    many = np.tile(images, (100, 1, 1))
    out = changed(many, shift=2, noise=0.1, erase=0.3, share=0.3)
    same = (out == many).all(axis=(1, 2))
    assert same.mean() == pytest.approx(0.7, abs=0.04)


@settings(max_examples=60)
@given(
    sides=st.tuples(st.integers(1, 33), st.integers(1, 33)),
    channels=st.sampled_from([None, 1, 3]),
    text=st.lists(
        st.sampled_from(
            [
                *("shift=3", "rotation=180", "scale=0.9", "shear=60", "elastic=500:1", "elastic=34:100"),
                *("thickness=5", "noise=1", "erase=1", "share=0.5"),
            ]
        ),
        unique_by=lambda part: part.split("=")[0],
    ),
    seed=st.integers(0, 2**32),
)
def test_whatever_is_asked_for_images_of_any_shape_stay_images(sides, channels, text, seed):
    shape = sides if channels is None else (*sides, channels)
    given_ = np.random.default_rng(seed).random((3, *shape), dtype=np.float32)
    before = given_.copy()
    augmentation = Augmentation.from_text(",".join(text))
    out = augmented(given_, augmentation, seed)
    assert (out.shape, out.dtype) == (given_.shape, np.float32)
    assert out.min() >= 0
    assert out.max() <= 1
    assert np.array_equal(given_, before)
    assert np.array_equal(out, augmented(given_, augmentation, seed))
    if not augmentation:
        assert np.array_equal(out, given_)


def test_channels_are_bent_alike(images):
    colours = np.stack([images, images, 0.5 * images], axis=-1)
    kinds = {"shift": 2, "rotation": 20, "elastic": (34, 4), "thickness": 1, "erase": 0.3}
    plain, out = changed(images, **kinds), changed(colours, **kinds)
    for channel, factor in enumerate((1, 1, 0.5)):
        np.testing.assert_allclose(out[..., channel], factor * plain, atol=1e-6)


def test_nothing_of_one_piece_is_left_for_the_next(images):
    """Also where strokes reach the edge, beyond which sampling must find nothing."""
    chosen = Augmentation(thickness=2, shift=3, elastic=(34, 4), noise=0.1, erase=0.4, share=0.8)
    worn, fresh = Augmenter(chosen, (28, 28)), Augmenter(chosen, (28, 28))
    out, expected = np.empty_like(images), np.empty_like(images)
    worn.apply(
        np.ones((150, 28, 28), np.float32), np.random.default_rng(9), np.empty((150, 28, 28), np.float32)
    )
    worn.apply(images, np.random.default_rng(1), out)
    fresh.apply(images, np.random.default_rng(1), expected)
    assert np.array_equal(out, expected)


def test_one_kind_more_leaves_what_the_others_do(images):
    moved = changed(images, shift=3)
    both = changed(images, shift=3, erase=0.5)
    assert np.array_equal(both[both > 0], moved[both > 0])


def test_hardly_anything_is_allocated_for_a_thousand_images():
    chosen = Augmentation(1, 10, 0.1, 10, (34, 4), 0.5, 0.1, 0.3, 0.9)
    images = np.random.default_rng(0).random((1000, 28, 28), dtype=np.float32)
    out, augmenter, generator = np.empty_like(images), Augmenter(chosen, (28, 28)), np.random.default_rng(1)
    augmenter.apply(images, generator, out)
    tracemalloc.start()
    augmenter.apply(images, generator, out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150_000


@pytest.mark.parametrize("shape", [(784,), (2, 2, 2, 2), (0, 28), (5000, 5000)], ids=str)
def test_examples_that_are_no_images_are_refused(shape):
    with pytest.raises(SettingError, match="is for images"):
        Augmenter(Augmentation(shift=1), shape)
