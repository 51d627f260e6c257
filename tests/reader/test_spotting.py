"""Spotting: digits are found in joined writing without a cut, and the lattice takes each once."""

from dataclasses import replace

import numpy as np
import pytest

from chainrule.images.lattice import solve
from chainrule.images.segmentation import cut_into_lines
from chainrule.images.strips import BESIDE, STEP
from chainrule.reader import evidence
from chainrule.reader.hypotheses import Tried, arcs_of
from chainrule.reader.spotting import spot, sure_atoms


class BarReader:
    """Says 1 where an upright bar is in the middle of the window, 7 where that bar is short, else none."""

    class_names = (*"0123456789", "none")
    input_shape = (28, 28, 1)

    def predict(self, pixels):
        frames = pixels.reshape(-1, 28, 28) / 255
        ink = frames[:, 4:24, 13:15].max(axis=2).mean(axis=1)
        found = np.full((len(frames), 11), 1e-3, np.float32)
        found[np.arange(len(frames)), np.select([ink > 0.8, ink > 0.4], [1, 7], 10)] = 1
        return found / found.sum(axis=1, keepdims=True)


class BarSpotter:
    """Says at each place of a strip what a BarReader says of what is seen there."""

    def answers(self, strips):
        found = []
        for strip in strips:
            count = strip.shape[1] // STEP
            wide = np.pad(strip, ((0, 0), (14, 14)))
            frames = np.array([wide[:, STEP * place + 1 :][:, :28] for place in range(count)])
            found.append(BarReader().predict(255 * frames))
        return found


def joined(*bars, height=40, apart=24):
    """A line of upright bars, tall or short, joined by one across their upper part."""
    ink = np.zeros((height + 20, apart * len(bars) + 40), np.float32)
    for number, kind in enumerate(bars):
        long = height if kind == "1" else round(0.6 * height)
        ink[10 : 10 + long, 20 + apart * number : 26 + apart * number] = 1
    ink[12:15, 20 : 21 + apart * (len(bars) - 1)] = 1
    (line,) = cut_into_lines(ink, joined=True)
    return line


def read(line, wanted=None, spotter=None):
    pieces = list(line.pieces())
    weighed = evidence.weigh(BarReader(), [line], [pieces])
    (spotted,) = spot(spotter or BarSpotter(), [line], [set()])
    tried = Tried.of(line, pieces, weighed, slice(0, len(pieces)), spotted)
    return tried, solve(list(arcs_of(tried, wanted)), tried.boundaries[-1] + 1, wanted, 3)


@pytest.mark.parametrize("text", ["11", "1771", "117711", "11111111"])
def test_joined_bars_are_read_one_by_one(text):
    tried, answer = read(joined(*text))
    assert answer.paths[0].text == text
    taken = [arc.piece for arc in answer.paths[0].arcs if arc.text]
    assert len(set(taken)) == len(text)
    lefts = [tried.pieces[number].box[1].start for number in taken]
    assert lefts == sorted(lefts)
    assert all(tried.odds[number] > 3 for number in taken)
    assert all(0.8 < answer.shares[number] <= 1 for number in taken)


@pytest.mark.parametrize(("odds", "text"), [(-2.0, "7"), (-9.0, "")])
def test_an_atom_in_which_nothing_is_spotted_is_read_unless_that_is_hopeless(odds, text):
    tried, _ = read(joined("7", "7"))
    none = np.zeros(len(tried.spotted[0].none))
    nothing = replace(tried.spotted[0], places=[], owners=[], scores=np.zeros((0, 10)), none=none, pieces=[])
    count = len(tried.pieces) - len(tried.spotted[0].pieces)
    probabilities = np.tile(np.where(np.arange(10) == 7, 0.55, 0.05), (count, 1))
    sole = tried._replace(
        pieces=tried.pieces[:count],
        odds=np.full(count, odds),
        probabilities=probabilities,
        spotted=[nothing],
    )
    assert solve(list(arcs_of(sole, None)), sole.boundaries[-1] + 1).paths[0].text == text


def test_a_pattern_holds_for_what_is_spotted():
    assert read(joined(*"1771"), "dddd")[1].paths[0].text == "1771"
    assert read(joined(*"11"), "ddddd")[1].paths == []


class Crowded:
    """Sees a 6 at place 8 and, close beside it, less surely, a 1 at place 6."""

    def answers(self, strips):
        found = np.full((strips[0].shape[1] // STEP, 11), 1e-3, np.float32)
        found[:, 10] = 1
        seen = found[BESIDE:]
        seen[5:7, 1], seen[5:7, 10] = [0.3, 0.4], [0.7, 0.6]
        seen[7:10, 6], seen[7:10, 10] = [0.5, 0.99, 0.6], [0.5, 0.01, 0.4]
        return [found / found.sum(axis=1, keepdims=True)]


def test_a_digit_in_the_slope_of_a_surer_one_can_be_read_where_the_count_is_known():
    _, answer = read(joined("1", "1"), "dd", Crowded())
    assert answer.paths[0].text == "16"


def test_all_arrays_have_a_row_for_every_piece():
    tried, _ = read(joined(*"171"))
    count = len(tried.pieces)
    assert tried.frames.shape == (count, 28, 28)
    assert tried.odds.shape == (count,)
    assert tried.probabilities.shape == (count, 10)
    assert tried.probabilities.sum(axis=1) == pytest.approx(np.ones(count))


def test_narrow_writing_is_not_searched():
    ink = np.zeros((60, 60), np.float32)
    ink[10:50, 20:28] = 1
    (line,) = cut_into_lines(ink, joined=True)
    assert spot(BarSpotter(), [line], [set()]) == [[]]
    assert spot(BarSpotter(), [], []) == []


def test_what_is_surely_one_digit_is_not_searched():
    line = joined("7", "7")
    pieces = list(line.pieces())
    whole = [number for number, piece in enumerate(pieces) if piece.end == piece.first + 1]
    assert whole
    odds = np.zeros(len(pieces))
    assert sure_atoms(pieces, odds) == set()
    odds[whole] = 9
    assert sure_atoms(pieces, odds) == {0}
    assert spot(BarSpotter(), [line], [{0}]) == [[]]


def test_two_digits_seen_speak_against_one():
    (two,) = spot(BarSpotter(), [joined("1", "1")], [set()])[0]
    ink = np.zeros((60, 90), np.float32)
    ink[10:50, 20:26] = ink[12:15, 20:45] = 1
    (one,) = spot(BarSpotter(), cut_into_lines(ink, joined=True), [set()])[0]
    assert two.as_one < one.as_one - 3
    assert one.as_nothing < one.as_one


def test_a_digit_is_not_read_as_one_where_two_are_spotted_however_sure_the_whole_looks():
    tried, _ = read(joined("1", "1"))
    count = len(tried.pieces) - len(tried.spotted[0].pieces)
    odds = np.append(np.full(count, 3.5), tried.odds[count:])
    answer = solve(list(arcs_of(tried._replace(odds=odds), None)), tried.boundaries[-1] + 1)
    assert answer.paths[0].text == "11"


def test_places_side_by_side_that_show_one_digit_are_one_piece_and_two_where_it_comes_again():
    tried, answer = read(joined(*"171"))
    spotted = tried.spotted[0]
    surely = [owner for owner, odds in enumerate(spotted.odds) if odds > 3]
    assert len(surely) == 3
    assert max(spotted.owners.count(owner) for owner in surely) > 1
    assert [arc.piece - tried.first_spotted for arc in answer.paths[0].arcs if arc.text] == surely


class Twice:
    """Sees a 1 at place 5, less of it at place 6, and one again at places 7 and 8."""

    def answers(self, strips):
        found = np.full((strips[0].shape[1] // STEP, 11), 1e-3, np.float32)
        found[:, 10] = 1
        found[BESIDE:][5:9, 1] = [0.9, 0.3, 0.8, 0.8]
        found[BESIDE:][5:9, 10] = [0.1, 0.7, 0.2, 0.2]
        return [found / found.sum(axis=1, keepdims=True)]


def test_a_digit_that_fades_and_comes_again_is_two_pieces():
    (spotted,) = spot(Twice(), [joined("1", "1")], [set()])[0]
    assert spotted.places == [5, 6, 7, 8]
    assert spotted.owners == [0, 0, 1, 1]
