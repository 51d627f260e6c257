"""``chainrule read``: files, folders, standard input; text, JSON, drawings; what cannot be read."""

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from chainrule.storage import save_model

from ..reader.printed import font_network, printed


@pytest.fixture(scope="module")
def font_model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "font.safetensors"
    save_model(font_network(), path)
    return path


@pytest.fixture
def read(cli, font_model):
    return lambda *words: cli("read", *words, "--model", font_model)


@pytest.fixture
def pictures(here):
    (here / "sheets").mkdir()
    for text in ("504192", "271828"):
        Image.fromarray(printed(text)).save(here / "sheets" / f"{text}.png")
    (here / "sheets" / "notes.txt").write_text("no picture")
    return here / "sheets"


def test_one_picture_prints_its_text_alone(read, pictures):
    said = read(pictures / "504192.png")
    assert (said.code, said.out, said.err) == (0, "504192\n", "")


def test_a_folder_prints_each_with_its_name_in_order(read, pictures):
    said = read("sheets")
    assert said.code == 0
    assert said.out.splitlines() == ["sheets/271828.png: 271828", "sheets/504192.png: 504192"]


def test_standard_input_is_read(read, pictures, monkeypatch):
    content = io.BytesIO((pictures / "504192.png").read_bytes())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))
    assert read("-").out == "504192\n"


def test_json_is_one_list_with_an_object_a_picture(read, pictures):
    found = read("sheets", "--json").json
    assert [each["text"] for each in found] == ["271828", "504192"]
    assert [each["name"] for each in found] == ["sheets/271828.png", "sheets/504192.png"]
    assert all(len(each["digits"]) == 6 and len(each["lines"]) == 1 for each in found)


def test_one_bad_file_does_not_stop_the_rest_and_the_exit_status_says_so(read, pictures, here):
    (here / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    said = read("bad.png", "absent.png", "sheets/504192.png")
    assert said.code == 1
    assert said.out == "sheets/504192.png: 504192\n"
    assert "bad.png" in said.err
    assert "absent.png" in said.err
    found = json.loads(read("bad.png", "sheets/504192.png", "--json").out)
    assert found[0]["name"] == "bad.png"
    assert found[0]["error"]
    assert found[1]["text"] == "504192"


def test_what_was_refused_and_why_is_said_on_standard_error(read, pictures, here):
    said = read("sheets/504192.png", "--min-confidence", 1)
    assert (said.code, said.out) == (0, "??????\n")
    assert said.err.count("sheets/504192.png: digit ") == 6
    Image.fromarray(np.full((50, 90), 255, np.uint8)).save(here / "blank.png")
    said = read("blank.png")
    assert (said.code, said.out) == (0, "\n")
    assert said.err == "blank.png: blank: no writing was found\n"


def test_format_and_number_of_digits_can_be_told(read, here):
    Image.fromarray(printed("24/12/2026")).save(here / "date.png")
    assert read("date.png", "--pattern", "dd/dd/dddd").out == "24/12/2026\n"
    Image.fromarray(printed("1000", gap=-1)).save(here / "money.png")
    assert len(read("money.png", "--digits", 4, "--min-confidence", 0).out) == 5


def test_drawings_are_written(read, pictures, here):
    assert read("sheets/504192.png", "--annotate", "out.png", "--explain", "steps").code == 0
    with Image.open(here / "out.png") as image:
        assert image.width >= 300
    assert len(list((here / "steps").glob("*.png"))) >= 4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sheets", "--annotate", "out.png"], "draw one picture; 2 came"),
        (["sheets", "--explain", "steps"], "draw one picture; 2 came"),
        (
            ["sheets/504192.png", "--annotate", "out.jpg"],
            "--annotate out.jpg: expected a name that ends in .png",
        ),
        (["empty"], "empty: expected pictures in this folder, found none"),
        (["-", "-"], "standard input, -, can be read once only"),
        (["sheets/504192.png", "--digits", "0"], "a line has 1 to 100 digits, not 0"),
        (["sheets/504192.png", "--digits", "6", "--pattern", "dd"], "not both"),
        (["sheets/504192.png", "--pattern", "//"], "a pattern has a 'd' for each digit"),
        (["sheets/504192.png", "--min-confidence", "2"], "a probability, 0 to 1"),
        (["sheets/504192.png", "--digits", "six"], "expected a whole number, got 'six'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_named(read, pictures, here, words, expected):
    (here / "empty").mkdir()
    said = read(*words)
    assert (said.code, said.out) == (2, "")
    assert expected in " ".join(said.err.split())


def test_a_model_of_other_things_is_refused(cli, model, pictures):
    said = cli("read", "sheets/504192.png", "--model", model)
    assert said.code == 2
    assert "reading needs a network of 28 × 28 images" in said.err
