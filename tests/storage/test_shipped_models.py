"""The models that come with the package: found by their names, and as good as their cards say."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import FileError
from chainrule.storage import shipped_models
from chainrule.storage.shipped import model_path

SHIPPED = shipped_models()
EVERY_MODEL = pytest.mark.parametrize("model", SHIPPED.values(), ids=SHIPPED)
MOST_BYTES = {"tiny": 100_000, "reader": 1_000_000, "convnet": 1_000_000}


@EVERY_MODEL
def test_a_shipped_model_reads_the_test_images_as_its_card_says(model, mnist):
    right = cr.load_model(model.name).classify(mnist.test.inputs) == mnist.test.labels
    assert int(right.sum()) == model.figures["test"]["correct"]
    assert model.accuracy == right.mean()
    assert f"{right.sum():,}" in model.card
    assert f"{100 * right.mean():.2f} %" in model.card


@EVERY_MODEL
def test_a_shipped_file_is_the_one_its_card_is_about(model):
    whole = model.file.read_bytes()
    assert hashlib.sha256(whole).hexdigest() == model.figures["file"]["sha256"]
    assert model.figures["file"]["sha256"] in model.card
    assert len(whole) == model.size == model.figures["file"]["bytes"]
    assert cr.load_model(model.name).fingerprint() == model.figures["file"]["fingerprint"]


@EVERY_MODEL
def test_a_shipped_file_is_small_and_names_no_folder_of_a_machine(model):
    assert model.size < MOST_BYTES[model.name]
    record = str(cr.load_model(model.name).training_record)
    for text in (record, model.card, str(model.figures)):
        assert "/home/" not in text
        assert str(Path.home()) + "/" not in text
        assert str(Path(__file__).parents[2]) not in text


def test_they_are_listed_the_smallest_first(stand_ins):
    found = cr.shipped_models()
    assert list(found) == ["tiny", "wide"]
    assert found["tiny"].size == (stand_ins / "tiny.safetensors").stat().st_size
    assert found["tiny"].accuracy == 0.9954
    assert found["wide"].card == "# wide\n\nIts card.\n"


def test_a_name_stands_for_the_shipped_model(stand_ins):
    assert cr.load_model("tiny").fingerprint() == cr.load_model(stand_ins / "tiny.safetensors").fingerprint()
    assert cr.load_model("wide").layers[0].units == 20


def test_a_file_of_that_name_goes_before_and_a_folder_does_not(stand_ins, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wide").mkdir()
    assert cr.load_model("wide").layers[0].units == 20
    mine = cr.Network([784, 7, 10], seed=2)
    cr.save_model(mine, "tiny")
    assert cr.load_model("tiny").fingerprint() == mine.fingerprint()


@pytest.mark.parametrize("path", [Path("tiny"), "./tiny", "folder/tiny", "tiny.safetensors"], ids=repr)
def test_a_path_is_never_a_name(stand_ins, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="expected a model file"):
        cr.load_model(path)


def test_an_unknown_word_lists_the_names_and_the_nearest(stand_ins, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match=r"found neither\. Did you mean 'tiny'\? Shipped: tiny, wide\."):
        cr.load_model("tinny")
    with pytest.raises(FileError, match=r"found neither\. Shipped: tiny, wide\. For a file, check"):
        cr.load_model("model.safetensors")
    with pytest.raises(FileError) as told:
        cr.load_model("x" * 5000)
    assert len(str(told.value)) < 300


def test_without_shipped_models_a_word_is_a_file(tmp_path, monkeypatch):
    from chainrule.storage import shipped

    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "none")
    assert shipped_models() == {}
    assert model_path("tiny") == Path("tiny")
    with pytest.raises(FileError, match="found no such file"):
        cr.load_model("tiny")


def test_a_network_loaded_by_name_answers_as_the_file_does(stand_ins, mnist):
    inputs = mnist.test.inputs[:50]
    by_name, by_path = (cr.load_model(which) for which in ("tiny", stand_ins / "tiny.safetensors"))
    assert np.array_equal(by_name.predict(inputs), by_path.predict(inputs))
