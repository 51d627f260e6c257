"""The reader on numbers printed in a font that its network knows: read, constrained, refused."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from chainrule.errors import PictureError, SettingError
from chainrule.layers import Dense, Flatten, Softmax
from chainrule.network import Network
from chainrule.reader import Reader
from chainrule.reader.spotter import shipped_spotter

from .printed import printed


@pytest.mark.parametrize("text", ["504192", "7", "1234567890", "00", "3141592653"])
def test_printed_numbers_are_read(reader, text):
    reading = reader.read(printed(text))
    assert reading.text == text
    assert [digit.text for digit in reading.digits] == list(text)
    assert reading.accepted
    assert reading.reasons == ()


@pytest.mark.parametrize("gap", [4, 1, 0])
def test_digits_that_touch_are_read(reader, gap):
    assert reader.read(printed("508293", gap=gap), min_confidence=0).text == "508293"


def test_light_on_dark_and_any_size_read_the_same(reader):
    assert reader.read(255 - printed("504192")).text == "504192"
    assert reader.read(printed("504192", size=25, gap=5)).text == "504192"
    assert reader.read(printed("504192", size=150, gap=30)).text == "504192"


def test_lines_are_read_from_the_top(reader):
    parts = [printed("2718"), printed("31415")]
    width = max(part.shape[1] for part in parts)
    page = np.vstack([np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=255) for p in parts])
    reading = reader.read(page)
    assert reading.text == "2718\n31415"
    assert [line.text for line in reading.lines] == ["2718", "31415"]
    assert reading.lines[0].box[1] < reading.lines[1].box[1]


def test_boxes_stand_around_the_digits(reader):
    picture = printed("504192")
    reading = reader.read(picture)
    left, _, width, _ = np.array([digit.box for digit in reading.digits]).T
    assert (left[1:] > (left + width)[:-1]).all()
    for x, y, w, h in (digit.box for digit in reading.digits):
        rows, columns = np.nonzero(picture[:, x - 3 : x + w + 3] < 128)
        found = (columns.min() + x - 3, rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
        assert np.abs(np.subtract((x, y, w, h), found)).max() <= 3


def test_probabilities_and_confidence_are_probabilities(reader):
    for digit in reader.read(printed("504192")).digits:
        assert sum(digit.probabilities) == pytest.approx(1)
        assert 0.5 <= digit.confidence <= 1
        assert digit.likeliest == digit.text != digit.runner_up


def test_how_many_digits_there_are_decides_how_they_are_cut(reader):
    picture = printed("1000", gap=-1)
    assert len(reader.read(picture, digits=4, min_confidence=0).digits) == 4
    assert len(reader.read(picture, digits=5, min_confidence=0).digits) == 5


def test_a_pattern_gives_the_other_characters(reader):
    reading = reader.read(printed("24/12/2026"), pattern="dd/dd/dddd")
    assert reading.text == "24/12/2026"
    assert len(reading.digits) == 8
    assert reader.read(printed("24122026"), pattern="dd/dd/dddd").text == "24122026"


def test_a_line_that_cannot_fit_is_read_as_it_is_and_not_accepted(reader):
    reading = reader.read(printed("7"), digits=12)
    assert not reading.accepted
    assert reading.reasons == ("line 1 does not fit 'dddddddddddd'",)
    assert reading.text == "7"


def test_what_is_not_sure_enough_is_a_question_mark_with_a_reason(reader):
    reading = reader.read(printed("504192"), min_confidence=1)
    assert reading.text == "??????"
    assert not reading.accepted
    assert len(reading.reasons) == 6
    assert [digit.likeliest for digit in reading.digits] == list("504192")


def test_a_blank_picture_is_said_to_be_blank(reader):
    reading = reader.read(np.full((100, 200), 255, np.uint8))
    assert (reading.text, reading.lines, reading.accepted) == ("", (), False)
    assert reading.reasons == ("blank: no writing was found",)


def test_what_is_no_digit_is_refused(reader):
    picture = np.full((120, 200), 255, np.uint8)
    picture[30:90, 60:120] = 0
    reading = reader.read(picture)
    assert not reading.accepted
    assert set(reading.text) <= {"?"}


def test_other_readings_are_told_with_their_probabilities(reader):
    line = reader.read(printed("1000", gap=-1), min_confidence=0).lines[0]
    assert len(line.alternatives) <= 2
    assert all(0 <= share <= 0.5 and text != line.text for text, share in line.alternatives)


def test_the_same_picture_reads_the_same_again(reader):
    first, second = (reader.read(printed("82", gap=-3)).as_data() | {"seconds": 0} for _ in range(2))
    assert first == second


def test_what_is_no_picture_is_an_error(reader):
    with pytest.raises(PictureError):
        reader.read(b"no picture")


@pytest.mark.parametrize(
    "wanted",
    [
        {"digits": 0},
        {"digits": 101},
        {"pattern": "//"},
        {"pattern": ""},
        {"digits": 2, "pattern": "dd"},
        {"min_confidence": 1.1},
        {"min_confidence": -0.1},
    ],
    ids=str,
)
def test_impossible_wishes_are_named(reader, wanted):
    with pytest.raises(SettingError):
        reader.read(printed("1"), **wanted)


def test_a_network_of_other_things_is_refused():
    letters = Network([Flatten(), Dense(3), Softmax()], (28, 28, 1), seed=0, class_names=["a", "b", "c"])
    with pytest.raises(SettingError, match="answers 0 to 9"):
        Reader(letters)
    with pytest.raises(SettingError, match="28 × 28"):
        Reader(Network([64, 10], seed=0))


def test_blas_is_held_to_one_thread_while_a_picture_is_read(reader):
    def counts():
        return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

    seen = []
    with threadpool_limits(2, user_api="blas"):
        reader.study(printed("504192"), show=lambda name, grey: seen.append(counts()))
        with pytest.raises(PictureError):
            reader.read(b"no picture")
        assert counts() == {2}
    assert seen
    assert all(each == {1} for each in seen)


def test_a_spotter_reads_joined_digits_for_a_network_of_ten_classes_too(network, reader):
    joined = printed("508293", gap=-6)
    assert reader.read(joined, min_confidence=0).text != "508293"
    assert Reader(network, shipped_spotter()).read(joined, min_confidence=0).text == "508293"
