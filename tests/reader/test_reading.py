"""A reading as text, as data and as HTML."""

import json
from dataclasses import replace

from chainrule.reader.reading import Digit, Line, Reading


def reading():
    sure = Digit("4", (10, 20, 30, 40), (0.0, 0.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.0, 0.0, 0.1), 0.97, "9", True)
    unsure = replace(sure, text="?", confidence=0.2, accepted=False, reason="could be 4 or <9>")
    lines = (
        Line((sure, unsure), "4/?", (10, 20, 70, 40), (("4/9", 0.25),)),
        Line((sure,), "4", (10, 90, 30, 40)),
    )
    return Reading(lines, "4/?\n4", False, ("digit 2: could be 4 or <9>",), "<b>.png", 0.01234567)


def test_digits_of_all_lines_follow_each_other():
    found = reading()
    assert [digit.text for digit in found.digits] == ["4", "?", "4"]
    assert found.digits[1].likeliest == "4"


def test_as_data_is_json_and_says_it_all():
    data = json.loads(json.dumps(reading().as_data()))
    assert data["text"] == "4/?\n4"
    assert data["accepted"] is False
    assert [line["text"] for line in data["lines"]] == ["4/?", "4"]
    assert data["lines"][0]["alternatives"] == [{"text": "4/9", "probability": 0.25}]
    assert [digit["line"] for digit in data["digits"]] == [0, 0, 1]
    first = data["digits"][0]
    assert first["box"] == [10, 20, 30, 40]
    assert (first["text"], first["runner_up"], first["confidence"]) == ("4", "9", 0.97)
    assert len(first["probabilities"]) == 10


def test_html_shows_every_digit_and_escapes_what_it_shows():
    html = reading()._repr_html_()
    assert html.count("<td") == 3
    assert "97%" in html
    assert "<b>" not in html
    assert "<9>" not in html
    assert "could be 4 or &lt;9&gt;" in html
