"""The lattice: what dynamic programming finds is what trying everything finds."""

from itertools import combinations
from math import exp, log

import numpy as np
import pytest

from chainrule.images.lattice import Arc, solve


def all_paths(arcs, end, start=0):
    if start == end:
        return [()]
    return [(arc, *rest) for arc in arcs if arc.start == start for rest in all_paths(arcs, end, arc.end)]


def random_arcs(seed, boundaries=6):
    generator = np.random.default_rng(seed)
    spans = list(combinations(range(boundaries), 2))
    return [
        Arc(start, end, str(generator.integers(0, 10)), float(generator.normal(0, 3)), number)
        for number, (start, end) in enumerate(spans)
    ]


def score(path):
    return sum(arc.score for arc in path)


def said(path):
    return "".join(arc.text for arc in path)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_paths_are_the_best_of_all(seed):
    arcs = random_arcs(seed)
    best = {}
    for path in sorted(all_paths(arcs, 5), key=score, reverse=True):
        best.setdefault(said(path), score(path))
    found = solve(arcs, 6, count=4)
    assert [path.text for path in found.paths] == list(best)[:4]
    assert [path.score for path in found.paths] == pytest.approx(list(best.values())[:4])


@pytest.mark.parametrize("seed", range(5))
def test_shares_are_those_of_all_paths(seed):
    arcs = random_arcs(seed)
    paths = all_paths(arcs, 5)
    whole = sum(exp(score(path)) for path in paths)
    shares = solve(arcs, 6).shares
    for arc in arcs:
        through = sum(exp(score(path)) for path in paths if arc in path)
        assert shares[arc.piece] == pytest.approx(through / whole, rel=1e-6)


@pytest.mark.parametrize("digits", range(1, 6))
def test_so_many_digits_as_asked_for(digits):
    arcs = random_arcs(digits)
    paths = [path for path in all_paths(arcs, 5) if len(path) == digits]
    found = solve(arcs, 6, "d" * digits)
    assert found.paths[0].score == pytest.approx(max(map(score, paths)))
    assert all(len(path.arcs) == digits for path in found.paths)


def test_more_digits_than_atoms_fit_nothing():
    found = solve(random_arcs(0), 6, "d" * 6)
    assert (found.paths, found.shares) == ([], {})


def test_a_pattern_puts_its_characters_where_they_stand():
    arcs = [Arc(i, i + 1, text, 0.0, i) for i, text in enumerate("12345")]
    arcs += [Arc(i, i + 1, "/", 1.0 if i == 2 else -2.0, i) for i in range(5)]
    assert solve(arcs, 6, "dd/dd").paths[0].text == "12/45"
    assert solve(arcs, 6, "ddddd").paths[0].text == "12345"


def test_a_separator_may_be_missing_and_costs():
    arcs = [Arc(i, i + 1, text, 0.0, i) for i, text in enumerate("1234")]
    found = solve(arcs, 5, "dd.dd")
    assert found.paths[0].text == "1234"
    assert found.paths[0].score < 0


def test_dust_is_passed_over_within_a_pattern_too():
    arcs = [Arc(0, 1, "7", 1.0, 0), Arc(1, 2, "", -1.0, 1), Arc(1, 2, "1", -4.0, 1), Arc(2, 3, "5", 1.0, 2)]
    assert solve(arcs, 4).paths[0].text == "75"
    assert solve(arcs, 4, "dd").paths[0].text == "75"
    assert solve(arcs, 4, "ddd").paths[0].text == "715"
    assert solve(arcs, 4).shares[1] == pytest.approx(exp(-4) / (exp(-4) + exp(-1)))


def test_two_ways_to_the_same_text_are_one_reading():
    arcs = [Arc(0, 1, "1", 0.0, 0), Arc(1, 2, "", 0.0, 1), Arc(0, 2, "1", 0.5, 2), Arc(0, 2, "4", -1.0, 2)]
    found = solve(arcs, 3)
    assert [path.text for path in found.paths] == ["1", "4"]
    assert found.paths[0].score == 0.5
    assert found.shares[2] == pytest.approx(1 - 1 / (1 + exp(0.5) + exp(-1)))


def test_nothing_written_reads_as_nothing():
    found = solve([], 1)
    assert found.paths[0].text == ""
    assert found.paths[0].score == log(1)
