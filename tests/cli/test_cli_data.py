"""``chainrule data``: list, fetch and info, with the right files, wrong ones, and no network at all."""

import gzip
import hashlib

import numpy as np
import pytest

from chainrule.data.dataset import Scaling
from chainrule.data.sources import SOURCES, File, Source

CONTENT = {"numbers": bytes(range(60)), "labels": bytes(range(3)) * 20}


def read_tiny(folder):
    read = {name: np.frombuffer((folder / name).read_bytes(), np.uint8) for name in CONTENT}
    return [(read["numbers"][:, None], read["labels"])]


@pytest.fixture
def tiny(no_network, monkeypatch):
    """A data set called tiny, which has no way to this machine but ``--from``."""
    files = tuple(File(name, len(text), hashlib.sha256(text).hexdigest()) for name, text in CONTENT.items())
    source = Source(
        title="Tiny: numbers in a row",
        origin="this test",
        licence="none",
        examples=(60, 0),
        input_shape=(1,),
        class_names=("a", "b", "c"),
        scaling=Scaling(),
        files=files,
        read=read_tiny,
        mirrors=("http://127.0.0.1:9/",),
    )
    monkeypatch.setitem(SOURCES, "tiny", source)
    return no_network / "tiny"


def test_every_source_is_listed_with_its_state(cli, tiny):
    said = cli("data", "list")
    assert (said.code, said.err) == (0, "")
    assert [line.split()[0] for line in said.out.splitlines()] == list(SOURCES)
    assert all("(not fetched yet)" in line for line in said.out.splitlines())
    known = cli("data", "list", "--json").json
    assert [each["name"] for each in known] == list(SOURCES)
    assert known[-1] == {
        "name": "tiny",
        "title": "Tiny: numbers in a row",
        "origin": "this test",
        "licence": "none",
        "cached": False,
        "folder": str(tiny),
        "bytes": 120,
    }


@pytest.mark.parametrize("packed", [False, True])
def test_the_right_files_are_taken_from_a_folder(cli, tiny, here, packed):
    (here / "my files").mkdir()
    for name, content in CONTENT.items():
        path = here / "my files" / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    said = cli("data", "fetch", "tiny", "--from", "my files")
    assert (said.code, said.out) == (0, f"{tiny}\n")
    assert f"now in {tiny}" in said.err
    assert {path.name: path.read_bytes() for path in tiny.iterdir()} == CONTENT
    assert "(not fetched yet)" not in cli("data", "list").out.splitlines()[-1]
    assert cli("data", "fetch", "tiny").out == f"{tiny}\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "found no numbers there, raw or .gz"),
        ({"numbers": CONTENT["numbers"]}, "found no labels there, raw or .gz"),
        (CONTENT | {"labels": bytes(60)}, "labels: expected SHA-256"),
        (CONTENT | {"labels": CONTENT["labels"] * 2}, "expected at most 60 bytes of data"),
        ({"numbers": CONTENT["numbers"], "labels.gz": gzip.compress(bytes(10**7))}, "expected at most 60"),
        ({"numbers": CONTENT["numbers"], "labels.gz": gzip.compress(bytes(60))[:-6]}, "intact gzip file"),
    ],
    ids=["none", "one", "another", "longer", "bomb", "cut off"],
)
def test_wrong_files_are_refused_and_not_kept(cli, tiny, here, files, expected):
    for name, content in files.items():
        (here / name).write_bytes(content)
    said = cli("data", "fetch", "tiny", "--from", here)
    assert (said.code, said.out) == (1, "")
    assert expected in said.err
    assert "chainrule data fetch tiny --from FOLDER" in said.err
    assert not tiny.exists()


def test_a_folder_that_is_not_there_is_named(cli, tiny):
    said = cli("data", "fetch", "tiny", "--from", "nowhere")
    assert said.code == 1
    assert "found no such file or folder: nowhere" in said.err


@pytest.mark.parametrize("words", [["fetch", "tiny"], ["info", "tiny"]], ids=" ".join)
def test_without_a_network_the_message_says_what_was_tried_and_what_to_do(cli, tiny, words):
    said = cli("data", *words)
    assert (said.code, said.out) == (1, "")
    assert "tiny could not be brought to this machine. Tried:\n  the mirror http://127.0.0.1:9/" in said.err
    assert "Put its files (numbers, labels; raw or .gz) into a folder" in said.err
    assert not tiny.parent.exists()


def test_training_on_mnist_without_a_network_says_the_same_and_writes_nothing(cli, no_network, nothing_new):
    said = cli("train", "--out", "m", "--history", "h.json", "--checkpoint", "kept")
    assert (said.code, said.out) == (1, "")
    assert "mnist could not be brought to this machine" in said.err
    assert said.err.rstrip().endswith("chainrule data fetch mnist --from FOLDER")


def test_a_damaged_file_in_the_cache_is_not_used(cli, tiny, here):
    for name, content in CONTENT.items():
        (here / name).write_bytes(content)
    assert cli("data", "fetch", "tiny", "--from", here).code == 0
    (tiny / "labels").write_bytes(bytes(60))
    said = cli("data", "info", "tiny")
    assert said.code == 1
    assert "labels is damaged; removing it" in said.err


def test_what_is_in_a_data_set_is_told(cli, tiny, here):
    for name, content in CONTENT.items():
        (here / name).write_bytes(content)
    assert cli("data", "fetch", "tiny", "--from", here).code == 0
    said = cli("data", "info", "tiny")
    assert (said.code, said.err) == (0, "")
    for word in ("shape (1,), 3 classes", "train", "validation", "test", "a, b, c", "this test", str(tiny)):
        assert word in said.out
    result = cli("data", "info", "tiny", "--json").json
    assert {part: each["examples"] for part, each in result["parts"].items()} == {
        "train": 42,
        "validation": 8,
        "test": 10,
    }
    assert sum(result["parts"]["train"]["by_class"]) == 42
    assert result["source"]["cached"] is True


def test_a_file_is_a_data_set_too(cli, flowers_file):
    result = cli("data", "info", flowers_file, "--json").json
    assert result["classes"] == ["red", "blue", "white"]
    assert result["shape"] == [4]
    assert "source" not in result
    assert "from   " not in cli("data", "info", flowers_file).out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["fetch", "minst"], "unknown data set 'minst'. Did you mean 'mnist'?"),
        (["info", "minst"], "unknown data set or file 'minst'. Did you mean 'mnist'?"),
    ],
    ids=str,
)
def test_a_misspelt_name_gets_the_nearest_one(cli, words, expected):
    said = cli("data", *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


def pixels_of(path):
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("L"))


def test_a_contact_sheet_shows_originals_and_changed_copies(cli, scribbles_file, here):
    words = ("data", "preview", scribbles_file, "--augment", "shift=2", "--images", 3, "--copies", 4)
    said = cli(*words, "--out", "a.png")
    assert (said.code, said.out) == (0, "a.png\n")
    sheet = pixels_of(here / "a.png")
    assert cli(*words, "--out", "again.png").code == 0
    assert np.array_equal(pixels_of(here / "again.png"), sheet)
    assert cli(*words, "--seed", 2, "--out", "other.png").code == 0
    assert not np.array_equal(pixels_of(here / "other.png"), sheet)
    assert cli(*words[:3], "--augment", "", *words[5:], "--out", "none.png").code == 0
    original = np.s_[100:300, 16:96]
    assert np.array_equal(pixels_of(here / "none.png")[original], sheet[original])
    assert 0 < (sheet[original] < 128).mean() < 0.5


def test_without_an_augmentation_each_kind_has_a_block_of_its_own(cli, scribbles_file, here):
    said = cli("data", "preview", scribbles_file, "--out", "kinds.svg", "--copies", 2)
    assert (said.code, said.out) == (0, "kinds.svg\n")
    one = cli("data", "preview", scribbles_file, "--out", "one.svg", "--augment", "shift=1")
    assert one.code == 0
    images = [(here / name).read_text().count("<image") for name in ("kinds.svg", "one.svg")]
    assert images == [8, 1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--augment", "shft=1"], "unknown augmentation 'shft'. Did you mean 'shift'?"),
        (["--augment", "shift=-1"], "shift is a number from 0 to 100, not -1.0"),
        (["--out", "sheet.jpg"], "expected a name that ends in .png or .svg"),
        (["--images", "0"], "from 1 to 50 images, not 0"),
        (["--copies", "51"], "from 1 to 50 copies, not 51"),
        (["--seed", "-1"], "a seed is a whole number of at least 0, not -1"),
        (["--images", "two"], "expected a whole number, got 'two'"),
    ],
    ids=str,
)
def test_a_contact_sheet_that_cannot_be_is_refused(cli, scribbles_file, contents, words, expected):
    before = contents()
    said = cli("data", "preview", scribbles_file, *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err
    assert contents() == before


def test_a_contact_sheet_of_what_is_no_image_is_refused(cli, flowers_file, contents):
    before = contents()
    said = cli("data", "preview", flowers_file)
    assert said.code == 2
    assert "not for examples of shape (4,)" in said.err
    assert contents() == before
