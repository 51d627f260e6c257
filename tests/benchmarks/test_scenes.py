"""Pictures of digits: they are the same for a seed, and the truth is what is drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import distance_transform_edt

import chainrule as cr
from benchmarks.scenes import CONDITIONS, GARBAGE, gallery, garbage, lone_digit, scene
from benchmarks.scenes.gallery import draw_sheets, reading_sheets
from chainrule.handwriting import hands
from chainrule.handwriting.writing import SOLID, cropped, digit_ink, set_line
from chainrule.reader import Reader

DRAWN_PLAINLY = ["separate", "uneven spacing", "sizes", "slanted", "wavy", "touching", "overlapping", "page"]


@pytest.fixture(scope="module")
def images(mnist):
    part = mnist.validation
    return part.inputs[:2000], part.labels[:2000]


def drawn(name, images, seed=1, **given):
    return scene(name, *images, np.random.default_rng(seed), **given)


def written(hand, images, seed):
    """The solid ink of each digit of a line, all on one sheet: ``(digits, height, width)``."""
    generator = np.random.default_rng(seed)
    kind = hand(6, generator)
    chosen = generator.integers(0, len(images[0]), 6)
    pieces = set_line(list(images[0].reshape(-1, 28, 28)[chosen]), ["0"] * 6, kind)
    top = min(piece.top for piece in pieces)
    right = max(piece.left + piece.ink.shape[1] for piece in pieces)
    left = min(piece.left for piece in pieces)
    inks = np.zeros((6, max(piece.top - top + len(piece.ink) for piece in pieces), right - left), bool)
    for ink, piece in zip(inks, pieces, strict=True):
        rows, columns = piece.ink.shape
        ink[piece.top - top :, piece.left - left :][:rows, :columns] = piece.ink > SOLID
    return kind, inks


def between(one, other):
    """Pixels from the ink of one digit to that of another; 1 for neighbours, 0 where both have ink."""
    return float(distance_transform_edt(~one)[other].min())


@pytest.mark.parametrize("name", CONDITIONS)
def test_one_seed_gives_one_picture(name, images):
    (first, truth), (again, same), (other, _) = (drawn(name, images, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert truth == same
    assert first.shape != other.shape or (first != other).any()
    assert first.dtype == np.uint8


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_box_lies_in_the_picture_and_there_are_as_many_as_digits(name, images):
    for seed in range(3):
        picture, truth = drawn(name, images, seed)
        wanted = {"touching pair": 2}.get(name, 6)
        if name == "page":
            assert 3 <= len(truth.lines) <= 8
        else:
            assert len(truth.text) == len(truth.digits) == wanted
        for digit in truth.digits:
            left, top, width, height = digit.box
            assert min(left, top) >= 0
            assert left + width <= picture.shape[1]
            assert top + height <= picture.shape[0]
            assert height >= 10
            assert width >= 2


@pytest.mark.parametrize("name", DRAWN_PLAINLY)
def test_boxes_hold_all_ink_and_end_where_it_ends(name, images):
    for seed in range(3):
        picture, truth = drawn(name, images, seed)
        full = picture.max() - (picture.max() - picture.min()) * np.array([0.55, 0.45])
        ink, some_ink = picture < full[0], picture < full[1]
        covered = np.zeros_like(ink)
        for digit in truth.digits:
            left, top, width, height = digit.box
            own = some_ink[top : top + height, left : left + width]
            covered[top : top + height, left : left + width] = True
            for edge in (own[0], own[-1], own[:, 0], own[:, -1]):
                assert edge.any()
        assert not (ink & ~covered).any()


def test_boxes_follow_the_ink_into_a_photograph(images):
    """The ink is darker than the paper around it, so inside a box is darker than just outside."""
    for seed in range(4):
        picture, truth = drawn("photo", images, seed, digits=3)
        for digit in truth.digits:
            left, top, width, height = digit.box
            around = picture[max(0, top - 3) : top + height + 3, max(0, left - 3) : left + width + 3].astype(
                float
            )
            inside = picture[top : top + height, left : left + width].astype(float)
            outside = (around.sum() - inside.sum()) / (around.size - inside.size)
            assert inside.min() < 0.7 * outside
            assert inside.mean() < outside


def test_the_truth_names_the_images_that_were_chosen(images):
    one = images[0][:1], images[1][:1]
    _, truth = drawn("separate", one, digits=4)
    assert truth.text == str(images[1][0]) * 4
    assert {"".join(digit.text for digit in line) for line in truth.lines} == {truth.text}


@pytest.mark.parametrize(
    "hand", [hands.evenly, hands.unevenly, hands.in_many_sizes, hands.on_a_wave, hands.slanted]
)
def test_separate_digits_keep_their_distance(hand, images):
    for seed in range(10):
        kind, inks = written(hand, images, seed)
        for one, other in pairwise(inks):
            assert between(one, other) > max(1.5, kind.apart - 1)


@pytest.mark.parametrize("hand", [hands.touching_pairs, hands.overlapping])
def test_digits_that_are_to_touch_do_and_others_do_not(hand, images):
    met = 0
    for seed in range(10):
        kind, inks = written(hand, images, seed)
        for (one, other), gap in zip(pairwise(inks), kind.gaps[1:], strict=True):
            met += gap < 0
            if gap < 0:
                assert (one & other).any()
                narrow = min(one.sum(), other.sum())
                assert (one & other).sum() < 0.6 * narrow
            else:
                assert between(one, other) > 1.5
    assert met >= 10


def test_touching_digits_just_meet_and_overlapping_ones_share_more(images):
    shared = [
        np.mean(
            [
                (one & other).sum()
                for seed in range(10)
                for kind, inks in [written(hand, images, seed)]
                for (one, other), gap in zip(pairwise(inks), kind.gaps[1:], strict=True)
                if gap < 0
            ]
        )
        for hand in (hands.touching_pairs, hands.overlapping)
    ]
    assert shared[1] > 2 * shared[0]


def test_every_overlapping_string_runs_together_from_end_to_end(images):
    kind, _ = written(hands.overlapping, images, 1)
    heights = kind.sizes[1:]
    assert (kind.gaps[1:] <= -1).all()
    assert (kind.gaps[1:] >= -0.1 * heights - 1).all()


def test_digits_stand_inside_the_boxes_of_a_form(images):
    for seed in range(5):
        kind, inks = written(hands.in_boxes, images, seed)
        columns = [np.flatnonzero(ink.any(axis=0)) for ink in inks]
        middles = np.array([(own[0] + own[-1]) / 2 for own in columns])
        assert np.abs(np.diff(middles) - kind.pitch).max() < 3
        assert max(len(own) for own in columns) < kind.pitch


def test_enlarged_digits_have_clean_paper_around_them_and_sharp_edges(images):
    for size in (18, 30, 80):
        for thinness in (0.3, 0.55):
            ink = digit_ink(images[0][0].reshape(28, 28), size, thinness=thinness)
            assert ink[0].max() > 0
            assert (ink == 0).mean() > 0.2
            assert max(ink.shape) == pytest.approx(size, rel=0.2)
            assert ((ink > 0.1) & (ink < 0.9)).mean() < 0.5
    assert ink.max() == 1


def test_a_crop_ends_at_the_ink():
    ink = np.zeros((9, 9), np.float32)
    ink[2:5, 3:4] = 1
    assert cropped(ink).shape == (3, 1)
    assert cropped(np.zeros((4, 5), np.float32)).shape == (4, 5)


def test_a_canvas_is_the_least_size_of_the_picture(images):
    picture, _ = drawn("separate", images, canvas=(600, 800))
    assert picture.shape == (600, 800)


def test_every_condition_says_what_it_draws():
    for name, condition in CONDITIONS.items():
        assert condition.description or name in ("separate", "page"), name


def test_an_unknown_condition_is_an_error(images):
    with pytest.raises(KeyError):
        drawn("by candlelight", images)


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_drawn_for_a_seed(kind, images):
    first, again, other = (garbage(kind, *images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()
    assert first.ndim == 2
    assert first.dtype == np.uint8


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_there_unless_the_sheet_is_empty(kind, images):
    for seed in range(5):
        generator = np.random.default_rng(seed)
        ink = GARBAGE[kind](images[0].reshape(-1, 28, 28), images[1], 60, generator)
        assert (ink.max() > 0.9) == (kind != "blank")
        assert ink.dtype == np.float32
        assert kind == "blank" or ink.shape == cropped(ink).shape
        assert max(ink.shape) < 400


def test_a_lone_digit_is_drawn_as_garbage_is(images):
    picture, text = lone_digit(*images, np.random.default_rng(1))
    again, same = lone_digit(*images, np.random.default_rng(1))
    np.testing.assert_array_equal(picture, again)
    assert text == same
    assert text in "0123456789"


def test_reading_sheets_show_what_was_read_and_what_was_misread(tmp_path, mnist, monkeypatch):
    monkeypatch.setattr(gallery, "MOST", 1)
    reader = Reader(cr.load_model("tiny"))
    written = reading_sheets(mnist.validation.part(slice(0, 300), "part"), tmp_path, 1, reader)
    assert [path.name for path in written] == ["read.jpg", "misread.jpg", "steps.jpg"]
    with Image.open(written[0]) as read, Image.open(written[1]) as misread, Image.open(written[2]) as steps:
        assert read.width == misread.width == steps.width == 1200
        assert read.height > misread.height > 200
        assert steps.height > 400


def test_contact_sheets_show_every_condition(tmp_path, mnist):
    written = draw_sheets(mnist.validation.part(slice(0, 300), "part"), tmp_path, 1, boxes=True)
    assert [path.name for path in written] == ["scenes.png", "garbage.png"]
    for path in written:
        with Image.open(path) as sheet:
            assert sheet.width == 1200
            assert sheet.height > 800
