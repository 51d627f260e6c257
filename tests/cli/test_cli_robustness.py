"""``chainrule evaluate --robustness``: one model or several, its options, and what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.corruptions import CORRUPTIONS
from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.formats import write_npz
from chainrule.network import Network
from chainrule.storage import save_model


@pytest.fixture(scope="module")
def pictures_file(tmp_path_factory):
    """30 images of 28 × 28 pixels, in 3 classes: a bar at the left, in the middle, at the right."""
    generator = np.random.default_rng(0)
    labels = np.arange(120) % 3
    images = generator.integers(0, 30, (120, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[5:23, 6 + 6 * label : 10 + 6 * label] = 250
    flat, names = images.reshape(120, 784), ("left", "middle", "right")
    train, test = (
        Dataset(flat[part], labels[part], names, (28, 28), Scaling(1 / 255))
        for part in (slice(90), slice(90, 120))
    )
    path = tmp_path_factory.mktemp("data") / "bars.npz"
    write_npz(train, path, test)
    return path


@pytest.fixture
def models(here):
    for seed, name in enumerate(("first", "second")):
        network = Network([784, 3], seed=seed, class_names=("left", "middle", "right"))
        save_model(network, here / f"{name}.safetensors")
    return ["first.safetensors", "second.safetensors"]


@pytest.fixture
def measure(cli, models, pictures_file):
    return lambda *words: cli("evaluate", *words, "--data", pictures_file, "--robustness")


def test_one_model_is_told_with_intervals(measure):
    said = measure("first.safetensors")
    assert said.code == 0
    assert said.out.startswith("accuracy in %, severity 3 of 5, seed 1: 30 images of …")
    assert "95 % interval" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    for name in ("clean", *CORRUPTIONS, "mean of 21"):
        assert f"\n{name} " in said.out
    assert said.err.startswith("first: read 22 times, ")


def test_several_models_stand_side_by_side(measure, models):
    said = measure(*models, "--images", 12)
    assert said.code == 0
    assert said.out.splitlines()[2].split() == ["first", "second"]
    assert "12 images of" in said.out


def test_json_has_a_report_for_each_model(measure, models):
    result = measure(*models, "--json", "--severity", 2, "--seed", 9).json
    assert list(result) == ["first", "second"]
    assert {(each["severity"], each["seed"], each["n"]) for each in result.values()} == {(2, 9, 30)}
    assert list(result["first"]["corruptions"]) == list(CORRUPTIONS)
    again = measure(*models, "--json", "--severity", 2, "--seed", 9).json
    assert again == result


def test_models_of_one_name_are_told_apart_by_their_folders(measure, models, here):
    (here / "old").mkdir()
    (here / "old" / "first.safetensors").symlink_to(here / "second.safetensors")
    words = ["first.safetensors", "old/first.safetensors", "second.safetensors", "second.safetensors"]
    result = measure(*words, "--images", 3, "--json").json
    assert list(result) == ["first.safetensors", "old/first.safetensors", "second"]


def test_table_and_picture_are_written_to_files(measure, models, here):
    said = measure(*models, "--images", 5, "--figure", "a.png", "--markdown", "new/table.md", "--json")
    assert said.json["first"]["n"] == 5
    assert said.err.endswith("Wrote new/table.md\nDrew a.png\n")
    assert b"PNG" in (here / "a.png").read_bytes()[:8]
    assert "|  | first | second |" in (here / "new" / "table.md").read_text(encoding="utf-8")
    assert not list(here.rglob("*.part"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["one", "two"], "takes one model, or several with --robustness; got 2: one, two."),
        (["one", "--seed", "3"], "--seed goes with --robustness only"),
        (["one", "--images", "3"], "--images goes with --robustness only"),
        (["one", "--severity", "3"], "--severity goes with --robustness only"),
        (["one", "--markdown", "a.md"], "--markdown goes with --robustness only"),
        (["one", "--robustness", "--severity", "6"], "--severity"),
        (["one", "--robustness", "--images", "0"], "--images"),
        (["one", "--robustness", "--seed", "-1"], "--seed"),
        (["one", "--robustness", "--markdown", "a.txt"], "expected a name that ends in .md, got '.txt'"),
        (["one", "--robustness", "--figure", "a.pdf"], "expected a name that ends in .png or .svg"),
    ],
    ids=" ".join,
)
def test_what_does_not_fit_is_said_before_anything_is_read(cli, nothing_new, words, expected):
    said = cli("evaluate", *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


def test_data_that_are_no_images_of_that_size_are_refused(cli, model, flowers_file, here):
    said = cli("evaluate", model.name, "--data", flowers_file, "--robustness", "--figure", "a.png")
    assert (said.code, said.out) == (1, "")
    assert "only raw images (uint8) of 28 × 28 pixels can be corrupted" in said.err
    assert not (here / "a.png").exists()


def test_a_terminal_shows_a_bar(measure, monkeypatch):
    import sys

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    said = measure("first.safetensors", "--images", 3)
    assert said.code == 0
    assert "22" in said.err
    assert "read 22 times" not in said.err
