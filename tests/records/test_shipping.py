"""From trained runs to a model in a folder, its figures and its card, all saying the same."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import partial

import numpy as np
import pytest

import chainrule as cr
from records.card import card_of


@pytest.fixture(scope="session")
def trained(mnist, tmp_path_factory):
    """Two small models, of different images: one for the 60k run, one for the 50k run."""
    folder = tmp_path_factory.mktemp("trained")
    for number, split in enumerate(("60k", "50k")):
        network = cr.Network([784, 20, 10], seed=number)
        part = mnist.train.part(slice(3000 * number, 3000 * number + 3000), "mnist")
        cr.Trainer(network, epochs=3, seed=number).fit(part)
        cr.save_model(network, folder / f"{split}.safetensors")
    return folder


@pytest.fixture
def recorded(trained, kept, tmp_path):
    """A record of runs that made the two models; returns it and the folder of the models."""
    from records.store import Record
    from records.training import model_file

    record = Record(kept, "tiny", "d" * 64)
    for seed, split in ((1, "60k"), (2, "60k"), (1, "50k")):
        file = model_file(tmp_path / "models", record, seed, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(trained / f"{split}.safetensors", file)
        record.put(
            {
                "seed": seed,
                "split": split,
                "command": f"chainrule train --recipe tiny --seed {seed} --split {split}",
                "started": "2026-01-02T03:04:05+00:00",
                "accuracy": 0.8 + seed / 100,
                "accuracy_corrected": 0.81 + seed / 100,
                "seconds": 10.0,
                "processor_seconds": 12.0,
                "peak_mb": 200.0,
                "interrupted": False,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
        )
    return record, tmp_path / "models"


@pytest.fixture
def shipped(recorded, mnist, tmp_path, monkeypatch):
    """The folder of a shipped stand-in; of the corruptions, two are measured."""
    from records import figures
    from records.shipping import ship

    monkeypatch.setattr(figures, "robustness", partial(figures.robustness, corruptions=["shear", "stripe"]))
    folder = tmp_path / "shipped"
    files = ship(*recorded, mnist, folder)
    assert sorted(folder.iterdir()) == sorted(files)
    return folder


def test_the_figures_are_those_of_the_file(shipped, recorded, mnist):
    figures = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))
    whole = (shipped / "tiny.safetensors").read_bytes()
    network = cr.load_model(shipped / "tiny.safetensors")
    right = network.classify(mnist.test.inputs) == mnist.test.labels
    assert figures["test"]["correct"] == right.sum()
    assert figures["file"]["sha256"] == hashlib.sha256(whole).hexdigest()
    assert figures["file"]["bytes"] == len(whole)
    assert figures["file"]["fingerprint"] == network.fingerprint()
    assert figures["corrected"]["changed"] == 10
    assert abs(figures["corrected"]["correct"] - right.sum()) <= 10
    assert figures["over_seeds"]["accuracy"] == {
        "n": 2,
        "mean": pytest.approx(0.815),
        "sd": pytest.approx(0.00707, rel=1e-3),
    }
    by_digit = {each["class"]: each for each in figures["test"]["per_class"]}
    assert by_digit["1"]["examples"] == 1135
    assert by_digit["1"]["accuracy"] == pytest.approx(right[mnist.test.labels == 1].mean())
    most = figures["test"]["confusions"][0]
    answers = network.classify(mnist.test.inputs)
    seen = (mnist.test.labels == int(most["true"])) & (answers == int(most["read_as"]))
    assert most["examples"] == seen.sum()
    inverted = network.classify(255 - mnist.test.inputs) == mnist.test.labels
    assert figures["edges"]["black_on_white_accuracy"] == pytest.approx(inverted.mean())


def test_a_temperature_helps_where_the_held_out_images_say_so(shipped):
    found = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))["calibration"]
    assert found["bins"] == 15
    assert found["nll_at_temperature"] < found["nll"]
    assert found["temperature"] != pytest.approx(1, abs=0.01)


def test_the_robustness_is_in_figures_and_card(shipped):
    found = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))["robustness"]
    assert (found["n"], found["severity"], list(found["corruptions"])) == (10_000, 3, ["shear", "stripe"])
    for score in found["corruptions"].values():
        assert f"{100 * score['accuracy']:.2f}" in (shipped / "tiny.md").read_text(encoding="utf-8")


def test_one_image_is_timed(shipped):
    latency = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))["latency"]
    assert 0.001 < latency["median_ms"] < 20
    assert latency["threads"] == 1


def test_the_card_is_written_of_the_figures_alone(shipped):
    figures = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))
    card = (shipped / "tiny.md").read_text(encoding="utf-8")
    assert card == card_of(figures)
    for word in (
        f"{figures['test']['correct']:,}",
        figures["file"]["sha256"],
        "chainrule train --recipe tiny --seed 1 --split 60k",
        "81.50 ± 0.71",
        "Attribution-ShareAlike",
        "10,000 validation images",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ):
        assert word in card
    assert "None" not in card
    assert "nan" not in card


@pytest.mark.parametrize(("empty", "said"), [("none", "image shows no single digit"), ("8", "is a 8 to it")])
def test_the_card_says_whether_a_model_knows_what_is_none(empty, said, shipped):
    figures = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))
    figures["edges"]["empty_read_as"] = empty
    assert said in card_of(figures)


def test_the_first_seed_is_shipped_even_if_another_is_better(shipped, recorded):
    figures = json.loads((shipped / "tiny.json").read_text(encoding="utf-8"))
    assert figures["seed"] == 1
    assert recorded[0].run(2, "60k")["accuracy"] > recorded[0].run(1, "60k")["accuracy"]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ((1, "60k"), "seed 1 (60k) is not in models; make it with `python -m records train tiny --split 60k"),
        ((1, "50k"), "seed 1 (50k) is not in models; make it with `python -m records train tiny --split 50k"),
    ],
    ids=str,
)
def test_a_model_that_is_gone_is_asked_for(recorded, mnist, tmp_path, gone, expected):
    from records.shipping import ship
    from records.store import RecordError
    from records.training import model_file

    record, models = recorded
    model_file(models, record, *gone).write_bytes(b"another")
    with pytest.raises(RecordError) as told:
        ship(record, models, mnist, tmp_path / "shipped")
    assert expected in str(told.value)
    assert not (tmp_path / "shipped").exists()


def test_a_run_that_is_missing_is_asked_for(recorded, mnist, tmp_path):
    from records.shipping import ship
    from records.store import RecordError

    record, models = recorded
    record.runs = [run for run in record.runs if run["split"] == "60k"]
    with pytest.raises(RecordError, match=r"train tiny --split 50k --seeds 1 --first-seed 1`"):
        ship(record, models, mnist, tmp_path)
    record.runs = []
    with pytest.raises(RecordError, match=r"train tiny`"):
        ship(record, models, mnist, tmp_path)


def test_a_file_too_large_is_not_shipped(recorded, mnist, tmp_path, monkeypatch):
    from records import shipping
    from records.store import RecordError

    monkeypatch.setitem(shipping.MOST_SHIPPED_BYTES, "tiny", 1000)
    with pytest.raises(RecordError, match="fewer than 1,000 may be shipped"):
        shipping.ship(*recorded, mnist, tmp_path)


def test_the_stand_in_can_read(trained, mnist):
    network = cr.load_model(trained / "60k.safetensors")
    assert np.mean(network.classify(mnist.test.inputs) == mnist.test.labels) > 0.6


@pytest.mark.parametrize("model", cr.shipped_models().values(), ids=cr.shipped_models())
def test_the_card_of_a_shipped_model_is_written_of_its_figures_alone(model):
    assert model.card == card_of(model.figures)
    assert model.figures["name"] == model.name
