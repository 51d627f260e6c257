"""The reading bench: it counts what it says it counts, and draws on test images only when told to."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import reading, reading_measures
from benchmarks.reading_measures import Bench, auroc, edit_distance, lines_right, overlap
from benchmarks.reading_page import page_of, plain
from benchmarks.reading_targets import reading_outcomes
from benchmarks.scenes import CONDITIONS, GARBAGE, TrueDigit, Truth
from benchmarks.scenes.sources import part_of_mnist
from chainrule.reader import Digit, Line, Reading


def read(text, boxes=None, confidence=0.9):
    """A reading that says this."""
    lines, place = [], 0
    for line in text.split("\n") if text else []:
        digits = []
        for character in line:
            box = boxes[place] if boxes else (10 * place, 0, 8, 20)
            share = tuple(float(digit == int(character)) for digit in range(10))
            digits.append(Digit(character, box, share, confidence, "0", True))
            place += 1
        lines.append(Line(tuple(digits), line, (0, 0, 1, 1)))
    return Reading(tuple(lines), text, bool(text), (), "picture", 0.001)


def truth(text):
    return Truth(tuple(tuple(TrueDigit(digit, (0, 0, 8, 20)) for digit in line) for line in text.split("\n")))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("504192", "504192", 0),
        ("504192", "50419", 1),
        ("504192", "5041992", 1),
        ("504192", "504792", 1),
        ("504192", "", 6),
        ("12\n34", "1234", 0),
        ("1234", "4321", 4),
    ],
)
def test_the_edit_distance_counts_changes(one, other, distance):
    assert edit_distance(one, other) == edit_distance(other, one) == distance


def test_a_single_line_is_right_only_if_nothing_else_is_read():
    assert lines_right(truth("12"), read("12")) == 1
    assert lines_right(truth("12"), read("12\n3")) == 0
    assert lines_right(truth("12"), read("")) == 0


def test_lines_of_a_page_count_one_by_one():
    assert lines_right(truth("12\n34\n12"), read("12\n12\n34")) == 3
    assert lines_right(truth("12\n34\n12"), read("12\n34")) == 2
    assert lines_right(truth("12\n34"), read("12\n12")) == 1


def test_overlap_is_what_both_cover_of_what_either_does():
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 0, 10, 10)) == 0
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0


def test_auroc_is_how_often_a_digit_scores_higher():
    assert auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1
    assert auroc(np.array([0.1]), np.array([0.9])) == 0
    assert auroc(np.array([0.5, 0.5]), np.array([0.5])) == 0.5
    assert auroc(np.array([0.9, 0.3]), np.array([0.5, 0.1])) == 0.75


class Knowing:
    """Reads every picture rightly, for it has seen the truth; garbage it does not see."""

    def __init__(self, monkeypatch, mistakes=0):
        self.truth, self.mistakes = Truth(()), mistakes
        for name in ("scene", "garbage", "lone_digit"):
            monkeypatch.setattr(reading_measures, name, self.watched(name, getattr(reading_measures, name)))

    def watched(self, name, draw):
        def drawn(*given, **named):
            result = draw(*given, **named)
            if name == "garbage":
                self.truth = Truth(())
            elif name == "lone_digit":
                self.truth = truth(result[1])
            else:
                self.truth = result[1]
            return result

        return drawn

    def read(self, picture, *, min_confidence, digits=None):
        assert min_confidence == 0
        if digits is not None:
            assert digits == len(self.truth.digits)
            return read(self.truth.text)
        text, boxes = self.truth.text, [digit.box for digit in self.truth.digits]
        if self.mistakes and text:
            self.mistakes -= 1
            text = str(9 - int(text[0])) + text[1:]
            return read(text, boxes, confidence=0.2)
        return read(text, boxes)


@pytest.fixture(scope="module")
def images(mnist):
    return mnist.validation.part(slice(0, 1000), "part")


def test_one_who_knows_the_truth_has_everything_right(images, monkeypatch):
    bench = Bench(Knowing(monkeypatch), images, 3, 1)
    for name in ("separate", "page", "photo"):
        found = bench.condition(name)
        shares = ("strings", "digits", "boxes", "accepted", "right_of_accepted")
        assert [found[key]["share"] for key in shares] == [1] * 5
    rejection = bench.rejection()
    assert rejection["auroc"] == rejection["refused"]["share"] == rejection["lone_digits"]["share"] == 1
    assert rejection["lone_digits"]["of"] == 12
    sure = bench.sureness()
    assert set(sure["coverage"].values()) == {1.0}
    assert sure["calibration_error"] == pytest.approx(0.1)


def test_joined_writing_is_read_once_more_with_the_number_of_its_digits_known(images, monkeypatch):
    bench = Bench(Knowing(monkeypatch, mistakes=1), images, 4, 1)
    found = bench.condition("overlapping")
    assert found["strings"]["share"] == 0.75
    assert found["count_known"]["share"] == 1
    assert bench.condition("separate")["count_known"] is None


def test_a_mistake_counts_once_and_its_picture_is_kept(images, monkeypatch, tmp_path):
    bench = Bench(Knowing(monkeypatch, mistakes=1), images, 4, 1, tmp_path)
    found = bench.condition("separate")
    assert found["strings"]["share"] == 0.75
    assert found["digits"]["share"] == pytest.approx(23 / 24)
    assert found["accepted"]["share"] == 0.75
    assert found["right_of_accepted"]["share"] == 1
    assert bench.sureness()["coverage"]["1"] == 0.75
    assert bench.sureness()["coverage"]["0.7"] == 1
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("separate-0000-")


def seen_only(seen, picture, **settings):
    seen.append(picture)
    return read("")


def test_a_condition_run_alone_gives_what_it_gives_among_others(images, monkeypatch):
    names = []
    for order in (["separate", "blur"], ["blur"]):
        knowing = Knowing(monkeypatch)
        seen = []
        monkeypatch.setattr(
            knowing, "read", lambda picture, seen=seen, **_: seen.append(picture) or read("1")
        )
        bench = Bench(knowing, images, 2, 1)
        for name in order:
            bench.condition(name)
        names.append(seen[-2:])
    for one, other in zip(*names, strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_images_are_the_second_half_of_the_last_ten_thousand(mnist):
    found = part_of_mnist("validation")
    assert len(found) == 5000
    np.testing.assert_array_equal(found.inputs, mnist.validation.inputs[5000:])
    assert part_of_mnist("test").inputs is mnist.test.inputs or len(part_of_mnist("test")) == 10_000


def test_validation_images_are_what_is_drawn_from_if_nothing_is_said():
    assert reading.parser().parse_args([]).images == "validation"


@pytest.mark.parametrize(
    "arguments",
    [["candles"], ["--count", "0"], ["--page"], ["separate", "--page", "--images", "test"]],
)
def test_what_makes_no_sense_is_refused_before_anything_is_measured(arguments, capsys):
    with pytest.raises(SystemExit):
        reading.main(arguments)
    assert "error" in capsys.readouterr().err


def test_a_run_writes_its_figures(stand_ins, tmp_path, capsys):
    out = tmp_path / "figures.json"
    reading.main(["separate", "time", "--model", "tiny", "--count", "1", "--seed", "3", "--out", str(out)])
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["model"] == "tiny"
    assert figures["seed"] == 3
    assert figures["conditions"]["separate"]["strings"]["of"] == 1
    assert set(figures["time"]) == {"picture", "line", "photograph"}
    assert {"versions", "machine", "date"} <= set(figures)
    assert str(tmp_path) not in out.read_text(encoding="utf-8")
    assert "separate" in capsys.readouterr().out


def made_up(share):
    """Figures of a whole run in which every share is this."""
    found = {"share": share, "of": 100, "interval": [share, share]}
    return {
        "model": "tiny",
        "images": "MNIST test",
        "count": 100,
        "seed": 1,
        "date": "2026-01-01",
        "machine": {"processor": "P", "cores": 2, "memory_gib": 8, "system": "Linux"},
        "versions": {"numpy": "2"},
        "conditions": {
            name: dict.fromkeys(
                ("strings", "count_known", "digits", "boxes", "accepted", "right_of_accepted"), found
            )
            | {"milliseconds": 12}
            for name in CONDITIONS
        },
        "rejection": {
            "auroc": share,
            "threshold": 0.4,
            **dict.fromkeys(
                ("kept", "refused", "kept_by_default", "refused_by_default", "lone_digits"), found
            ),
            "kinds": {kind: {"auroc": share, "refused": found} for kind in GARBAGE},
        },
        "load_digits": found,
        "time": {"picture": 40.0, "line": 12.0, "photograph": 900.0},
        "coverage": {"1": 0.9, "0.5": 0.99},
        "calibration_error": 0.02,
    }


def test_targets_are_held_against_the_figures():
    for share, met in ((0.995, True), (0.5, False)):
        outcomes = list(reading_outcomes(made_up(share)))
        assert {one.met for one in outcomes if "ms" not in one.found} == {met}
        assert [one.met for one in outcomes if "ms" in one.found] == [True, False, True]
    assert {one.met for one in reading_outcomes({})} == {None}


def test_the_page_says_what_was_met_and_what_each_condition_draws():
    page = page_of(made_up(0.995))
    assert "| met |" in page
    assert "**missed**" in page
    for name in CONDITIONS:
        assert f"| {name} |" in page
    for kind in GARBAGE:
        assert f"| {kind} |" in page
    assert "JPEG of quality 8 to 40" in page
    assert "Wilson" in page
    assert page.endswith("seed 1.\n")


def test_a_part_of_a_run_is_printed_too():
    figures = made_up(0.5)
    assert "MISSED" in plain({"load_digits": figures["load_digits"]})
    assert "letter" in plain({"rejection": figures["rejection"]})
