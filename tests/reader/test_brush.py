"""What a new user tries first: digits drawn with a mouse, thick or thin, large or small, anywhere."""

import numpy as np
import pytest

import chainrule as cr

from .brush import STROKES, brushed

NUMBERS = ("504192", "3867", "27", "0123456789")


@pytest.mark.parametrize("dark_on_light", [True, False], ids=["black on white", "white on black"])
@pytest.mark.parametrize(("height", "thickness"), [(40, 3), (60, 6), (80, 12), (150, 10), (300, 30)])
def test_numbers_drawn_with_a_mouse_are_read(height, thickness, dark_on_light):
    wrong = []
    for number, text in enumerate(NUMBERS):
        corner = (30 + 70 * (number % 2), 25 + 90 * (number % 3))
        canvas = (int(corner[0] + len(text) * (0.75 * height + 2 * thickness) + 60), corner[1] + height + 80)
        picture = brushed(text, height, thickness, canvas, corner, dark_on_light)
        read = cr.read(picture, min_confidence=0).text
        wrong += [(text, read)] * (read != text)
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("digit", STROKES)
def test_a_digit_alone_is_read_wherever_it_stands(digit):
    found = [
        cr.read(brushed(digit, height, thickness, (400, 400), corner), min_confidence=0).text
        for height, thickness, corner in [(60, 6, (10, 10)), (120, 14, (250, 40)), (200, 16, (90, 180))]
    ]
    assert found.count(digit) >= 2, found


def test_an_empty_canvas_holds_no_digit():
    assert cr.read(np.full((300, 400), 255, np.uint8)).text == ""
