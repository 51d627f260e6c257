"""``chainrule describe`` and ``chainrule export``: what a model is, and its weights in other files."""

import json

import numpy as np
import pytest

from chainrule.storage import load_model, read_book_json


def test_a_model_is_described(cli, model):
    said = cli("describe", model.name)
    assert (said.code, said.err) == (0, "")
    for word in ("Dense", "Sigmoid", "243", "fingerprint", "sgd", "quadratic", "seed", "trained in"):
        assert word in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines() if "flowers.npz" not in line)


def test_json_is_one_object(cli, model):
    result = cli("describe", model.name, "--json").json
    network = load_model(model)
    assert result["parameters"] == 243
    assert result["fingerprint"] == network.fingerprint()
    assert result["class_names"] == ["red", "blue", "white"]
    assert result["architecture"] == network.architecture()
    test = result["training"]["test"]
    assert 0 <= test["correct"] <= test["examples"] == 30


def test_the_book_form_and_the_npy_form_hold_the_weights(cli, model, here):
    network = load_model(model)
    said = cli("export", model.name, "made for it/network.JSON")
    assert (said.code, said.out, said.err) == (0, "", "Wrote made for it/network.JSON\n")
    book = read_book_json(here / "made for it" / "network.JSON")
    assert (book.parameters.values == network.parameters.values).all()
    assert cli("export", model.name, "weights").code == 0
    assert (np.load(here / "weights" / "weights_1.npy") == network.layers[0].weights).all()


@pytest.mark.parametrize(
    ("words", "out", "code", "expected"),
    [
        (["--hidden", "tanh"], "n.json", 2, "n.json: the book's file holds Dense layers with biases"),
        (["--batch-norm"], "folder", 2, "folder: the notes' files hold weights and biases of Dense layers"),
        ([], "blocker/n.json", 1, "blocker/n.json: could not be written"),
        ([], "blocker", 1, "could not be written"),
    ],
)
def test_what_cannot_be_exported_leaves_nothing(cli, train, here, contents, words, out, code, expected):
    assert train("--quiet", *words).code == 0
    (here / "blocker").write_text("a file")
    before = contents()
    said = cli("export", "model.safetensors", out)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert contents() == before


def header(whole):
    text = json.dumps(whole).encode()
    return len(text).to_bytes(8, "little") + text


def terabyte():
    sides = [2**19, 2**19]
    array = {"dtype": "F32", "shape": sides, "data_offsets": [0, 2**40]}
    return header({"__metadata__": {"chainrule": json.dumps({"format": 1})}, "a": array}) + bytes(64)


FILES = {
    "empty": b"",
    "text": b"These are no weights, but words.",
    "huge header": (2**40).to_bytes(8, "little") + bytes(100),
    "terabyte": terabyte(),
    "another program's": header({"__metadata__": {"format": "pt"}}) + bytes(8),
    "no metadata": header({}),
    "later version": header({"__metadata__": {"chainrule": json.dumps({"format": 99, "version": "9"})}}),
    "pickle": b"\x80\x04\x95\x00\x00\x00\x00",
}


@pytest.mark.parametrize("command", ["describe", "evaluate", "predict", "export"])
@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_model_is_refused(cli, here, contents, no_network, command, kind):
    (here / "bad.safetensors").write_bytes(FILES[kind])
    before = contents()
    more = {"predict": ["--index", "0"], "export": ["out.json"]}.get(command, [])
    said = cli(command, "bad.safetensors", *more)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("chainrule: bad.safetensors: ")
    assert len(said.err) < 500
    assert contents() == before


@pytest.mark.parametrize("size", [4, 100, 2000, -1])
def test_a_model_that_is_cut_off_is_refused(cli, model, size):
    model.write_bytes(model.read_bytes()[:size])
    said = cli("describe", model.name)
    assert (said.code, said.out) == (1, "")
    assert f"{model.name}: expected a model file" in said.err


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("absent", "absent: expected a model file or the name of a shipped model, found neither."),
        ("in/absent", "in/absent: expected a model file, found no such file. Check the name and the folder."),
        (".", ".: expected a model file, found a folder"),
        ("x" * 300, "expected a model file or the name of a shipped model, found neither."),
        ("kept/" + "x" * 300, "could not be read as a model file"),
        ("kept/checkpoint.safetensors", "expected a model file, got the checkpoint of a training run"),
    ],
    ids=["absent", "absent in a folder", "a folder", "too long a name", "too long a path", "a checkpoint"],
)
def test_a_name_that_is_no_model_is_refused(cli, train, stand_ins, name, expected):
    assert train("--quiet", "--checkpoint", "kept").code == 0
    said = cli("describe", name)
    assert (said.code, said.out) == (1, "")
    assert expected in said.err
