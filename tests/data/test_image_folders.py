"""Folders of images: classes by name, one size, and every broken image named."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from chainrule.data.formats import bounded, folder, read_parts
from chainrule.errors import DataError, FileError

RANDOM = np.random.default_rng(3)


def put(path, pixels=None, **options):
    pixels = RANDOM.integers(0, 256, (4, 5)).astype(np.uint8) if pixels is None else pixels
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return pixels


@pytest.mark.parametrize("ending", ["png", "PNG", "bmp", "gif", "tif", "tiff"])
def test_grey_images_are_read_exactly(tmp_path, ending):
    images = [put(tmp_path / name / f"{number}.{ending}") for name in ("b", "a") for number in (2, 1)]
    dataset, test = read_parts(tmp_path)
    assert test is None
    assert (dataset.class_names, dataset.input_shape) == (("a", "b"), (4, 5))
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(dataset.inputs.reshape(4, 4, 5), np.array(images)[[3, 2, 1, 0]])


@pytest.mark.parametrize(("ending", "options"), [("jpg", {"quality": 95}), ("webp", {"lossless": True})])
def test_photographs_are_read_nearly(tmp_path, ending, options):
    smooth = np.add.outer(np.arange(16), np.arange(16)).astype(np.uint8) * 8
    put(tmp_path / "a" / f"x.{ending}", smooth, **options)
    found = read_parts(tmp_path)[0].inputs.reshape(16, 16)
    assert np.abs(found.astype(int) - smooth).max() < 12


def test_colour_becomes_grey_and_transparent_becomes_white(tmp_path):
    colour = np.zeros((2, 2, 4), np.uint8)
    colour[0] = (255, 0, 0, 255)
    put(tmp_path / "a" / "x.png", colour)
    assert read_parts(tmp_path)[0].inputs.tolist() == [[76, 76, 255, 255]]


def test_train_and_test_folders_are_the_parts(tmp_path):
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            put(tmp_path / part / name / "1.png")
    train, test = read_parts(tmp_path)
    assert test is not None
    assert train.class_names == test.class_names == ("cat", "dog")


def test_other_files_are_left_alone(tmp_path):
    put(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "notes.txt").write_text("hello")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "readme.md").write_text("hello")
    assert len(read_parts(tmp_path)[0]) == 1


def declared_png(width, height):
    """A PNG that declares a size and brings no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return start + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "but it is broken|but this is none"),
        (b"hello", "but it is broken|but this is none"),
        (declared_png(5, 4), "but it is broken|but this is none"),
        (declared_png(5000, 5000), "declares 5000 x 5000"),
        (declared_png(60_000, 60_000), "but it is broken|but this is none|declares"),
        (b"\xff\xd8\xff\xe0" + b"x" * 50, "but it is broken|but this is none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_image_is_named(tmp_path, content, words):
    put(tmp_path / "a" / "1.png")
    path = tmp_path / "a" / "2.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read_parts(tmp_path)
    assert str(path) in str(caught.value)


def test_a_cut_off_image_is_named(tmp_path):
    put(tmp_path / "a" / "1.png", RANDOM.integers(0, 256, (50, 50)).astype(np.uint8))
    path = tmp_path / "a" / "1.png"
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DataError, match=r"1.png: expected an intact image"):
        read_parts(tmp_path)


def test_sizes_must_be_the_same(tmp_path):
    put(tmp_path / "a" / "1.png")
    put(tmp_path / "b" / "2.png", np.zeros((6, 3), np.uint8))
    with pytest.raises(DataError, match=r"2.png: expected 5 x 4 pixels as in .*1.png, got 3 x 6"):
        read_parts(tmp_path)


def test_sixteen_bits_are_refused(tmp_path):
    put(tmp_path / "a" / "1.png", np.zeros((4, 4), np.uint16))
    with pytest.raises(DataError, match="expected 8 bits a channel, got an image of mode I"):
        read_parts(tmp_path)


def test_empty_folders_are_named(tmp_path):
    with pytest.raises(DataError, match="a sub-folder of images for each class, or MNIST's four"):
        read_parts(tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(DataError, match="expected the images of class 'a' here"):
        read_parts(tmp_path)


def test_the_limits_hold(tmp_path, monkeypatch):
    put(tmp_path / "a" / "1.png")
    put(tmp_path / "a" / "2.png")
    monkeypatch.setattr(folder, "LARGEST", 30)
    with pytest.raises(DataError, match="2 images of 20 pixels are more than 30 bytes"):
        read_parts(tmp_path)
    monkeypatch.setattr(folder, "LARGEST_FILE", 10)
    with pytest.raises(DataError, match="at most 10 bytes"):
        read_parts(tmp_path)
    assert bounded.LARGEST == 2 << 30


def test_a_vanished_image_is_a_file_error(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(FileError, match=r"1.png: expected an image, found no such file"):
        read_parts(tmp_path)
