"""Lines cut into atoms: nothing lost, broken digits whole, touching digits among the pieces."""

import numpy as np
import pytest

from chainrule.images.segmentation import cut_into_lines

HEIGHT, WIDTH = 40, 24


def box(ink, top, left, height=HEIGHT, width=WIDTH, thick=5):
    """The outline of a rectangle: a digit of sorts."""
    ink[top : top + height, left : left + width] = 1
    ink[top + thick : top + height - thick, left + thick : left + width - thick] = 0


def sheet():
    return np.zeros((100, 300), np.float32)


def boxes_of(line):
    return {
        (piece.box[1].start, piece.box[1].stop, piece.box[0].start, piece.box[0].stop)
        for piece in line.pieces()
    }


def test_separate_digits_are_pieces_and_no_two_together_are_one():
    ink = sheet()
    for left in (20, 70, 120):
        box(ink, 30, left)
    (line,) = cut_into_lines(ink)
    assert line.corner == (29, 19)
    assert {(1, 25, 1, 41), (51, 75, 1, 41), (101, 125, 1, 41)} <= boxes_of(line)
    assert all(right - left <= WIDTH for left, right, *_ in boxes_of(line))


def test_all_ink_is_in_atoms_and_all_atoms_are_numbered_from_the_left():
    generator = np.random.default_rng(0)
    ink = sheet()
    for left in (20, 43, 64, 120):
        box(ink, 30, left)
    ink[ink == 0] = 0.3 * (generator.random((ink == 0).sum()) < 0.01)
    (line,) = cut_into_lines(ink)
    assert (line.atoms[line.ink > 0.5] > 0).all()
    numbers = np.unique(line.atoms[line.atoms > 0])
    assert numbers.tolist() == list(range(1, len(line.boxes) + 1))
    assert len(line.boxes) == len(line.owners) == len(line.cuts)
    whole = line.piece(0, len(line.boxes))
    assert whole.ink[whole.ink > 0.5].sum() == pytest.approx(ink[ink > 0.5].sum())


def test_touching_digits_are_among_the_pieces():
    ink = sheet()
    box(ink, 30, 20)
    box(ink, 30, 46)
    ink[48:52, 44:46] = 1
    (line,) = cut_into_lines(ink)
    found = boxes_of(line)
    for left, right in ((1, 25), (27, 51)):
        away = min(
            max(abs(a - left), abs(b - right), abs(top - 1), abs(end - 41)) for a, b, top, end in found
        )
        assert away <= 2
    pieces = list(line.pieces())
    assert any(piece.cut[1] > 0 for piece in pieces)
    assert all(piece.cut[0] == 0 for piece in pieces if piece.first == 0)


def test_a_bar_over_a_digit_is_part_of_it():
    ink = sheet()
    box(ink, 42, 20, height=28)
    ink[30:36, 22:40] = 1
    (line,) = cut_into_lines(ink)
    assert (1, 25, 1, 41) in boxes_of(line)
    assert len(set(line.owners)) == 1


def test_a_bar_beside_a_digit_may_be_part_of_it_or_not():
    ink = sheet()
    box(ink, 36, 20, height=34)
    ink[30:36, 46:62] = 1
    (line,) = cut_into_lines(ink)
    assert {(1, 25, 7, 41), (1, 43, 1, 41)} <= boxes_of(line)


def test_halves_of_two_neighbours_are_not_tried_as_one():
    ink = sheet()
    box(ink, 30, 20)
    box(ink, 30, 48)
    (line,) = cut_into_lines(ink)
    atoms = {owner: line.owners.count(owner) for owner in set(line.owners)}
    for piece in line.pieces():
        inside = line.owners[piece.first : piece.end]
        assert sum(inside.count(owner) < atoms[owner] for owner in set(inside)) <= 1


@pytest.mark.parametrize("times", [1, 2, 5])
def test_large_writing_is_made_smaller_and_its_boxes_found_on_the_page(times):
    ink = sheet()
    for left in (20, 70, 120):
        box(ink, 30, left)
    (line,) = cut_into_lines(np.kron(ink, np.ones((times, times), np.float32)))
    assert line.digit_height == pytest.approx(40, abs=1)
    pages = [line.on_page(piece.box) for piece in line.pieces()]
    for left in (20, 70, 120):
        wanted = np.array([left, 30, WIDTH, HEIGHT]) * times
        assert min(np.abs(np.array(page) - wanted).max() for page in pages) <= 1.2 * times


def test_a_pieces_ink_is_its_own_only():
    ink = sheet()
    box(ink, 30, 20)
    box(ink, 30, 48)
    (line,) = cut_into_lines(ink)
    whole = [
        piece for piece in line.pieces() if piece.box[1] == slice(1, 25) and piece.box[0] == slice(1, 41)
    ]
    assert any(piece.ink.sum() == ink[:, 20:44].sum() for piece in whole)


def test_a_blank_page_has_no_lines():
    assert cut_into_lines(sheet()) == []


def test_a_thin_pen_is_made_thicker():
    ink = np.zeros((200, 300), np.float32)
    box(ink, 30, 20, height=120, width=70, thick=2)
    (line,) = cut_into_lines(ink)
    whole = line.piece(0, len(line.boxes))
    assert (whole.ink > 0.5).mean() > 2.5 * (ink[30:150, 20:90] > 0.5).mean()
    left, top, width, height = line.on_page(whole.box)
    assert np.abs(np.subtract((left, top, width, height), (20, 30, 70, 120))).max() <= 12
