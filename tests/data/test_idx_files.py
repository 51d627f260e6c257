"""IDX: what is written is read back, and what is not IDX is refused with a clear word."""

import gzip
import struct
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.fetch import fetch
from chainrule.data.formats import bounded, idx, read_parts, write_idx
from chainrule.errors import DataError, FileError

IMAGES = struct.pack(">HBB3I", 0, 8, 3, 2, 3, 4) + bytes(range(24))
LABELS = struct.pack(">HBB1I", 0, 8, 1, 2) + bytes([7, 1])


def put(folder, role="train", images=IMAGES, labels=LABELS):
    (folder / f"{role}-images-idx3-ubyte").write_bytes(images)
    (folder / f"{role}-labels-idx1-ubyte").write_bytes(labels)
    return folder / f"{role}-images-idx3-ubyte"


@given(
    images=arrays.arrays(np.uint8, st.tuples(st.integers(0, 5), st.integers(1, 6), st.integers(1, 6))),
    suffix=st.sampled_from(["", ".gz"]),
    data=st.data(),
)
def test_what_is_written_is_read_back(images, suffix, data):
    labels = data.draw(arrays.arrays(np.int64, len(images), elements=st.integers(0, 9)))
    dataset = Dataset(images, labels, input_shape=images.shape[1:])
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder, f"train-{kind}-ubyte{suffix}") for kind in ("images-idx3", "labels-idx1")]
        write_idx(dataset, *names)
        assert all((name.read_bytes()[:2] == b"\x1f\x8b") == bool(suffix) for name in names)
        found, test = read_parts(names[0])
    assert test is None
    assert found.input_shape == images.shape[1:]
    np.testing.assert_array_equal(found.inputs.reshape(images.shape), images)
    np.testing.assert_array_equal(found.labels, labels)


@pytest.mark.parametrize("separator", ["-", "."])
@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_and_its_training_images_give_both_parts(tmp_path, separator, packed):
    for role in ("train", "t10k"):
        for kind, content in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
            name = f"{role}-{kind}-ubyte".replace("-idx", f"{separator}idx") + (".gz" if packed else "")
            (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    first = next(tmp_path.glob("train-images*"))
    for path in (tmp_path, first):
        train, test = read_parts(path)
        assert test is not None
        assert train.labels.tolist() == test.labels.tolist() == [7, 1]


def test_gzip_is_told_by_the_content_not_by_the_name(tmp_path):
    images = put(tmp_path, images=gzip.compress(IMAGES), labels=gzip.compress(LABELS))
    assert read_parts(images)[0].inputs.tobytes() == IMAGES[16:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "first bytes none"),
        (b"\x00\x00", "first bytes 00 00"),
        (b"hello, world", "first bytes 68 65 6c 6c"),
        (b"\x00\x00\x0d\x03" + IMAGES[4:], "expected an IDX file of images .first bytes 00 00 08 03."),
        (LABELS, "got first bytes 00 00 08 01"),
        (IMAGES[:10], "12 bytes of header"),
        (IMAGES[:-1], "24 bytes of images of shape .2, 3, 4., got 23"),
        (IMAGES + b"x", "nothing after images of shape .2, 3, 4."),
        (struct.pack(">HBB3I", 0, 8, 3, 1 << 31, 1 << 10, 1 << 10), "declares 2,251,799,813,685,248 bytes"),
        (gzip.compress(IMAGES)[:-9], "intact gzip file"),
        (gzip.compress(IMAGES)[:20] + b"garbage" * 9, "intact gzip file"),
        (gzip.compress(IMAGES + b"x"), "nothing after"),
        (gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 60_000, 280, 280)), "the file can hold at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused_by_name(tmp_path, content, words):
    path = put(tmp_path, images=content)
    with pytest.raises(DataError, match=words) as caught:
        idx.read_array(path, "images")
    assert str(path) in str(caught.value)


def test_a_gzip_bomb_is_stopped_while_streaming(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "PIECE", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(10_000_000)))
    with (
        bounded.opened(path, "a file", at_most=5000) as stream,
        pytest.raises(DataError, match="at most 5,000"),
    ):
        stream.rest()


def test_counts_and_labels_must_fit(tmp_path):
    with pytest.raises(DataError, match=r"holds 2 images, but .*labels-idx1-ubyte holds 3 labels"):
        read_parts(put(tmp_path, labels=struct.pack(">HBB1I", 0, 8, 1, 3) + bytes(3)))
    with pytest.raises(DataError, match="label 10 of example 1 is out of range; expected 0 to 9"):
        read_parts(put(tmp_path, labels=LABELS[:-1] + b"\x0a"))


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        idx.read_array(tmp_path / "absent", "images")
    with pytest.raises(FileError, match="found a folder"):
        idx.read_array(tmp_path, "images")
    images = put(tmp_path)
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte is missing"):
        read_parts(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileError, match="train-labels-idx1-ubyte: expected the labels"):
        read_parts(images)
    unnamed = images.rename(tmp_path / "pictures")
    with pytest.raises(DataError, match="but not their labels"):
        read_parts(unnamed)


def test_only_raw_images_can_be_written(tmp_path):
    flat = Dataset(np.zeros((2, 4), np.float32), np.zeros(2, int), input_shape=(2, 2), scaling=Scaling(1.0))
    with pytest.raises(DataError, match="IDX holds uint8 images"):
        write_idx(flat, tmp_path / "images", tmp_path / "labels")
    assert not list(tmp_path.iterdir())


def test_mnist_is_read_quickly(mnist):
    folder = fetch("mnist")
    times = []
    for _ in range(3):
        start = time.perf_counter()
        train = idx.read_pair(folder / "train-images-idx3-ubyte", folder / "train-labels-idx1-ubyte")
        times.append(time.perf_counter() - start)
    assert len(train) == 60_000
    assert min(times) < 0.3
