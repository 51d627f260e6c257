"""``chainrule evaluate``: the numbers, the picture, and what does not fit."""

import re

import numpy as np
import pytest

from chainrule.data.formats import write_npz


@pytest.fixture
def evaluate(cli, model, flowers_file):
    return lambda *words: cli("evaluate", model.name, "--data", flowers_file, *words)


def test_the_table_is_printed(evaluate):
    said = evaluate()
    assert (said.code, said.err) == (0, "")
    assert re.match(r"accuracy [\d.]+ % \(95 % interval", said.out)
    assert max(map(len, said.out.splitlines())) <= 80
    assert "confusions" in said.out


def test_json_is_one_object_with_the_accuracy_as_a_fraction(evaluate):
    result = evaluate("--json").json
    assert 0 <= result["accuracy"] <= 1
    assert result["accuracy"] == result["correct"] / result["n"]
    assert np.sum(result["confusion"]) == result["n"] == 30


@pytest.mark.parametrize(
    ("words", "examples"),
    [
        (["--part", "test"], 30),
        (["--part", "validation"], 15),
        (["--part", "train"], 75),
        (["--part", "train", "--split", "60k"], 90),
    ],
    ids=str,
)
def test_every_part_can_be_judged_on(evaluate, words, examples):
    assert evaluate(*words, "--json").json["n"] == examples


@pytest.mark.parametrize("name", ["a.png", "a.SVG", "new folder/größer.svg"])
def test_the_picture_is_drawn(evaluate, here, name):
    said = evaluate("--figure", name, "--json")
    assert said.json["n"] == 30
    assert said.err == f"Drew {name}\n"
    start = (here / name).read_bytes()[:100]
    assert (b"PNG" in start) == name.endswith("png")
    assert (here / name).stat().st_size > 5000
    assert not list(here.rglob("*.part"))


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["--figure", "a.pdf"], 2, "--figure a.pdf: expected a name that ends in .png or .svg, got '.pdf'"),
        (["--figure", "picture"], 2, "expected a name that ends in .png or .svg, got ''"),
        (["--figure", "folder.png"], 2, "expected the name of a file to write, but it is a folder"),
        (["--figure", "blocker/a.png"], 1, "nothing can be written to "),
        (["--part", "tset"], 2, "unknown part 'tset'. Did you mean 'test'?"),
        (["--split", "50"], 2, "unknown split '50'. Did you mean '50k'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_can_be_known_at_once_is_said_before_anything_is_done(
    cli, here, no_network, words, code, expected
):
    (here / "folder.png").mkdir()
    (here / "blocker").write_text("a file")
    said = cli("evaluate", "no such model", *words)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert "no such model" not in said.err


def test_a_split_without_validation_has_none_to_judge_on(evaluate):
    said = evaluate("--split", "60k", "--part", "validation")
    assert (said.code, said.out) == (2, "")
    assert "--part validation: " in said.err
    assert "split as 60k has no such part. Use --split 50k" in said.err


def test_data_of_another_shape_or_other_classes_are_refused(cli, model, here, flowers):
    np.savez(here / "wide.npz", inputs=np.zeros((30, 5), np.uint8), labels=np.zeros(30, int))
    np.savez(here / "ten.npz", inputs=np.zeros((30, 4), np.uint8), labels=np.zeros(30, int))
    for name, expected in (
        ("wide.npz", "takes examples of shape (4,) (4 numbers each), the data set has shape (5,)"),
        ("ten.npz", "tells 3 classes apart, the data set has 10"),
    ):
        said = cli("evaluate", model.name, "--data", name, "--figure", "a.png")
        assert (said.code, said.out) == (1, "")
        assert name in said.err
        assert expected in said.err
    assert not (here / "a.png").exists()


def test_a_model_is_judged_from_another_folder(evaluate, model, here, monkeypatch, cli, flowers):
    elsewhere = here / "else where"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    write_npz(flowers[0], "same.npz", flowers[1])
    first = cli("evaluate", f"../{model.name}", "--data", "./same.npz", "--json").json
    assert first["n"] == 30
