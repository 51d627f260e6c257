"""Drawings: every digit gets its box, every step its picture."""

import numpy as np
import pytest
from PIL import Image

from chainrule.reader.drawing import annotated, explain, save_picture

from .printed import printed


def test_boxes_are_drawn_where_the_digits_stand(reader):
    picture = printed("504192")
    studied = reader.study(picture)
    drawn = np.asarray(annotated(studied))
    assert drawn.ndim == 3
    coloured = (drawn.max(axis=2).astype(int) - drawn.min(axis=2)) > 60
    room = drawn.shape[0] - picture.shape[0] * (drawn.shape[1] // picture.shape[1])
    scale = drawn.shape[1] / picture.shape[1]
    for left, top, width, height in (digit.box for digit in studied.reading.digits):
        middle = round((top + height / 2) * scale) + room
        for x in (left, left + width):
            near = slice(max(0, round(x * scale) - 4), round(x * scale) + 5)
            assert coloured[middle, near].any()


def test_refused_digits_are_drawn_in_another_colour(reader):
    picture = printed("504192")
    sure, unsure = (np.asarray(annotated(reader.study(picture, min_confidence=least))) for least in (0, 1))
    assert (sure != unsure).any()


def test_a_blank_picture_is_drawn_as_it_is(reader):
    drawn = np.asarray(annotated(reader.study(np.full((700, 900), 255, np.uint8))))
    assert (drawn == 255).all()


@pytest.mark.parametrize("text", ["504192", ""])
def test_every_step_is_a_picture_of_its_own(reader, tmp_path, text):
    picture = printed(text) if text else np.full((100, 100), 255, np.uint8)
    explain(reader, picture, tmp_path / "steps")
    names = sorted(path.name for path in (tmp_path / "steps").iterdir())
    assert [int(name[:2]) for name in names] == list(range(1, len(names) + 1))
    assert names[0] == "01 picture.png"
    assert names[-1].endswith(" read.png")
    assert any(name.endswith(" tried.png") for name in names) == bool(text)
    for path in (tmp_path / "steps").iterdir():
        with Image.open(path) as image:
            assert min(image.size) > 0
            image.load()


def test_a_picture_is_written_whole(tmp_path):
    save_picture(Image.new("RGB", (3, 3)), tmp_path / "deep" / "x.png")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.png"]
