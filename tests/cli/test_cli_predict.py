"""``chainrule predict``: examples by number or from files, and a clear word where that cannot be."""

import numpy as np
import pytest

from chainrule.data.dataset import Dataset
from chainrule.data.formats import write_csv, write_idx
from chainrule.storage import load_model


@pytest.fixture
def predict(cli, model, flowers_file):
    return lambda *words: cli("predict", model.name, "--data", flowers_file, *words)


def test_examples_of_the_test_part_are_asked_for_by_number(predict, flowers):
    said = predict("--index", 0, 1, 2)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    names = flowers[1].class_names
    for number, line in enumerate(lines):
        start = f"test example {number}: "
        assert line.startswith(tuple(start + name for name in names))
        assert "%, then " in line
    assert len(lines) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "M", "--data", "D", "--index", "4", "2"],
        ["predict", "M", "--data", "D", "--index", "4", "--index", "2"],
        ["predict", "--index", "4", "--index", "2", "M", "--data", "D"],
        ["predict", "--data", "D", "--index", "4", "2", "M"],
        ["predict", "--data", "D", "M", "2", "--index=4"],
    ],
    ids=" ".join,
)
def test_the_words_may_stand_in_any_order(cli, model, flowers_file, words):
    put = {"M": model.name, "D": flowers_file}
    rows = cli(*(put.get(word, word) for word in words), "--json").json
    assert [row["index"] for row in rows] == [4, 2]


def test_json_is_one_list_with_shares_that_are_fractions(predict, flowers, model):
    rows = predict("--index", 0, 29, "--json").json
    test = flowers[1]
    outputs = load_model(model).predict(test.inputs[[0, 29]])
    for row, index, expected in zip(rows, (0, 29), outputs, strict=True):
        assert row["index"] == index
        assert row["label"] == test.class_names[test.labels[index]]
        assert row["outputs"] == expected.tolist()
        assert row["class"] == test.class_names[expected.argmax()]
        assert row["runner_up"] != row["class"]
        assert 1 / 3 <= row["confidence"] <= 1


def test_outputs_below_zero_still_give_shares(train, cli, flowers_file):
    words = ("--output", "tanh", "--learning-rate", 0.1, "--quiet")
    assert train(*words).code == 0
    rows = cli("predict", "model.safetensors", "--data", flowers_file, "--index", *range(30), "--json").json
    assert min(min(row["outputs"]) for row in rows) < 0
    assert all(0 <= row["confidence"] <= 1 for row in rows)


def test_a_wrong_answer_is_shown_with_the_right_one(predict, cli, train, flowers_file):
    assert train("--epochs", 1, "--learning-rate", 0, "--quiet", "--out", "bad").code == 0
    rows = cli("predict", "bad", "--data", flowers_file, "--index", *range(30), "--json").json
    lines = cli("predict", "bad", "--data", flowers_file, "--index", *range(30)).out.splitlines()
    for row, line in zip(rows, lines, strict=True):
        assert line.endswith(f"(it is {row['label']})") == (row["label"] != row["class"])


def test_files_of_every_format_give_the_same_answers(predict, here, flowers, flowers_file):
    test = flowers[1]
    np.save(here / "raw.npy", test.inputs)
    np.save(here / "scaled.npy", (test.inputs / 255).astype(np.float32))
    np.savez(here / "größe 4.npz", inputs=test.inputs, labels=test.labels)
    write_csv(test, here / "table.csv")
    images = Dataset(test.inputs, test.labels, test.class_names, (2, 2))
    write_idx(images, here / "some-images-idx3-ubyte", here / "some-labels-idx1-ubyte.gz")
    expected = [row["class"] for row in predict("--index", *range(30), "--json").json]
    for name in ("raw.npy", "scaled.npy", "größe 4.npz", "table.csv", "some-images-idx3-ubyte"):
        rows = predict(name, "--json").json
        assert [row["class"] for row in rows] == expected
        assert [(row["file"], row["row"]) for row in rows] == [(name, number) for number in range(30)]
    lines = predict("raw.npy", "table.csv").out.splitlines()
    assert len(lines) == 60
    assert lines[31].startswith("table.csv row 1: ")


def test_one_example_alone_is_enough(predict, here, flowers):
    np.save(here / "one.npy", flowers[1].inputs[0])
    assert predict("one.npy").out.startswith("one.npy row 0: ")


def test_numbers_and_files_can_be_asked_for_together(predict, here, flowers):
    np.save(here / "two.npy", flowers[1].inputs[:2])
    rows = predict("two.npy", "--index", 7, "--json").json
    assert [row.get("index", row.get("row")) for row in rows] == [7, 0, 1]


def test_no_data_are_needed_for_files(cli, model, here, flowers, no_network):
    np.save(here / "two.npy", flowers[1].inputs[:2])
    assert cli("predict", model.name, "two.npy").code == 0


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        ([], 2, "say what to predict: files of arrays, or --index 0 1 2 for test examples"),
        (["--index", "30"], 2, "--index 30: "),
        (["--index", "30"], 2, "has examples 0 to 29"),
        (["--index", "-1"], 2, "--index -1"),
        (["--index", "first"], 2, "expected a whole number, got 'first'"),
        (["absent.npy"], 1, "absent.npy: expected a data file or folder, found no such file"),
        (["wide.npy"], 1, "wide.npy: this network takes examples of shape (4,)"),
        (["words.npy"], 1, "words.npy: expected numbers as inputs, got an array of <U5"),
        (["holes.npy"], 1, "holes.npy: the inputs hold NaN or infinity"),
        (["cut.npy"], 1, "cut.npy: its header declares shape (30, 4)"),
        (["objects.npy"], 1, "objects.npy: expected numbers, got object. Python objects are never loaded"),
        (["noise.bin"], 1, "noise.bin: expected an IDX, CSV or .npz file"),
        (["wide.csv"], 1, "wide.csv: this network takes examples of shape (4,)"),
        (["good.npy", "wide.npy", "--json"], 1, "wide.npy: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_predicted_is_named(predict, here, flowers, words, code, expected):
    inputs = flowers[1].inputs
    np.save(here / "good.npy", inputs)
    np.save(here / "wide.npy", np.zeros((3, 5), np.float32))
    np.save(here / "words.npy", np.array([["seven"] * 4]))
    np.save(here / "holes.npy", np.full((1, 4), np.nan))
    np.save(here / "objects.npy", np.array([[None] * 4]), allow_pickle=True)
    (here / "cut.npy").write_bytes((here / "good.npy").read_bytes()[:-3])
    (here / "noise.bin").write_bytes(bytes(range(256)))
    (here / "wide.csv").write_text("1,2,3\n" * 8)
    said = predict(*words)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err


def test_another_data_set_than_the_models_is_named(cli, model, here):
    np.savez(here / "other.npz", inputs=np.zeros((30, 5), np.uint8), labels=np.zeros(30, int))
    said = cli("predict", model.name, "--data", "other.npz", "--index", 0)
    assert said.code == 1
    assert "other.npz (test): this network takes examples of shape (4,)" in said.err
