"""``chainrule models``, and the names of shipped models where a command asks for a model."""

import json

import numpy as np


def test_the_models_are_listed(cli, stand_ins):
    said = cli("models")
    assert (said.code, said.err) == (0, "")
    head, tiny, wide = said.out.splitlines()
    assert head.split() == ["name", "bytes", "parameters", "accuracy", "%", "ms", "an", "image"]
    size = (stand_ins / "tiny.safetensors").stat().st_size
    assert tiny.split() == ["tiny", f"{size:,}", "3,190", "99.54", "0.051"]
    assert wide.startswith("wide")
    assert len(head) == len(tiny) == len(wide) <= 80


def test_a_card_is_printed_as_it_is(cli, stand_ins):
    assert cli("models", "wide").out == "# wide\n\nIts card.\n"


def test_json_is_what_the_cards_say(cli, stand_ins):
    figures = json.loads((stand_ins / "tiny.json").read_text(encoding="utf-8"))
    assert cli("models", "tiny", "--json").json == figures
    assert [each["name"] for each in cli("models", "--json").json] == ["tiny", "wide"]


def test_an_unknown_name_is_told_with_the_nearest(cli, stand_ins):
    said = cli("models", "tinny")
    assert (said.code, said.out) == (2, "")
    assert "unknown shipped model 'tinny'. Did you mean 'tiny'? Known: tiny, wide." in said.err


def test_commands_take_a_name_for_a_model(cli, stand_ins, here):
    parameters = cli("describe", "tiny", "--json").json["parameters"]
    assert parameters == 3190
    assert cli("export", "tiny", "network.json").code == 0
    assert (here / "network.json").exists()
    rows = cli("predict", "wide", "--index", 0, 1, "--json").json
    assert [row["index"] for row in rows] == [0, 1]
    assert cli("evaluate", "tiny", "--json").json["n"] == 10_000


def test_predict_reads_with_tiny_if_no_model_is_named(cli, stand_ins, here):
    by_name = cli("predict", "tiny", "--index", 3, 1, 4, "--json")
    assert cli("predict", "--index", 3, 1, 4, "--json").json == by_name.json
    assert cli("predict", "--index=3", "--index=1", "--index=4", "--json").json == by_name.json
    (here / "tiny").write_text("a file that nobody has named")
    assert cli("predict", "--index", 3, 1, 4, "--json").json == by_name.json
    assert cli("predict", "tiny", "--index", 3).code == 1


def test_a_file_of_arrays_alone_still_needs_a_model(cli, stand_ins, here):
    np.save(here / "two.npy", np.zeros((2, 784), np.uint8))
    said = cli("predict", "two.npy")
    assert (said.code, said.out) == (2, "")
    assert "say what to predict" in said.err
    assert len(cli("predict", "tiny", "two.npy", "--json").json) == 2


def test_a_word_that_is_neither_is_told_with_the_names(cli, stand_ins):
    for words in (["describe", "tinny"], ["predict", "tinny", "--index", "0"], ["export", "tinny", "out"]):
        said = cli(*words)
        assert (said.code, said.out) == (1, "")
        assert "Did you mean 'tiny'? Shipped: tiny, wide." in said.err
