"""Pictures from anywhere become the same grey numbers, upright and of bounded size."""

import io

import numpy as np
import pytest
from PIL import Image

from chainrule.errors import FileError, PictureError
from chainrule.images.pictures import LIMIT, load_picture

HEIGHT, WIDTH = 40, 60


@pytest.fixture
def grey():
    """A picture whose corners all differ: dark upper left, ink in the middle, a light lower edge."""
    picture = np.full((HEIGHT, WIDTH), 220, np.uint8)
    picture[5:15, 5:25] = 20
    picture[20:30, 10:50] = 90
    picture[-4:] = 255
    return picture


def file_of(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "options", "apart"),
    [
        ("PNG", {}, 0.002),
        ("BMP", {}, 0.002),
        ("GIF", {}, 0.002),
        ("TIFF", {}, 0.002),
        ("TIFF", {"compression": "tiff_lzw"}, 0.002),
        ("WEBP", {"lossless": True}, 0.01),
        ("JPEG", {"quality": 95}, 0.05),
        ("JPEG", {"quality": 95, "progressive": True}, 0.05),
    ],
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_format_holds_the_same_picture(grey, kind, options, apart, mode):
    picture = load_picture(file_of(Image.fromarray(grey).convert(mode), kind, **options))
    assert picture.grey.dtype == np.float32
    assert picture.grey.shape == grey.shape
    assert picture.scale == 1
    assert np.abs(picture.grey - grey / 255).mean() < apart


def test_a_path_bytes_an_open_file_a_pillow_image_and_an_array_are_the_same(grey, tmp_path):
    content = file_of(Image.fromarray(grey), "PNG")
    path = tmp_path / "digits.png"
    path.write_bytes(content)
    with open(path, "rb") as stream:
        sources = [
            path,
            str(path),
            content,
            bytearray(content),
            io.BytesIO(content),
            stream,
            Image.open(path),
            grey,
        ]
        pictures = [load_picture(source) for source in sources]
    for picture in pictures:
        assert np.array_equal(picture.grey, pictures[0].grey)
    assert pictures[0].name == str(path)
    assert pictures[2].name == "picture"
    assert pictures[5].name == str(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("lies", range(1, 9))
def test_a_picture_is_turned_upright_however_the_camera_was_held(grey, kind, lies):
    undone = {
        1: grey,
        2: grey[:, ::-1],
        3: grey[::-1, ::-1],
        4: grey[::-1],
        5: grey.T,
        6: np.rot90(grey),
        7: grey[::-1, ::-1].T,
        8: np.rot90(grey, -1),
    }[lies]
    exif = Image.Exif()
    exif[274] = lies
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    image = Image.fromarray(np.ascontiguousarray(undone))
    for source in (file_of(image, kind, exif=exif, **options),):
        picture = load_picture(source)
        assert picture.grey.shape == grey.shape
        assert np.abs(picture.grey - grey / 255).mean() < 0.05
    opened = load_picture(Image.open(io.BytesIO(source)))
    assert np.abs(opened.grey - picture.grey).max() < 0.01


def test_the_mode_of_the_file_does_not_matter(grey):
    modes = {
        mode: Image.fromarray(grey).convert(mode) for mode in ("L", "RGB", "RGBA", "LA", "P", "CMYK", "YCbCr")
    }
    for mode, image in modes.items():
        assert np.abs(load_picture(image).grey - grey / 255).max() < 0.02, mode
    for mode in ("CMYK", "P", "LA"):
        assert np.abs(load_picture(file_of(modes[mode], "TIFF")).grey - grey / 255).max() < 0.02, mode
    assert np.abs(load_picture(file_of(modes["CMYK"], "JPEG", quality=95)).grey - grey / 255).mean() < 0.05
    one_bit = load_picture(file_of(Image.fromarray(grey > 128), "PNG")).grey
    assert np.array_equal(one_bit, (grey > 128).astype(np.float32))


def test_sixteen_bits_keep_their_range(grey):
    deep = grey.astype(np.uint16) * 257
    for kind in ("PNG", "TIFF"):
        assert np.abs(load_picture(file_of(Image.fromarray(deep), kind)).grey - grey / 255).max() < 0.002
    floats = Image.fromarray((grey / 255).astype(np.float32))
    assert np.abs(load_picture(file_of(floats, "TIFF")).grey - grey / 255).max() < 0.002
    numbers = load_picture(file_of(Image.fromarray(grey.astype(np.int32) * 100_000), "TIFF")).grey
    assert numbers.min() == 0
    assert numbers.max() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda grey: grey,
        lambda grey: grey[..., None],
        lambda grey: np.stack([grey] * 3, axis=-1),
        lambda grey: np.concatenate(
            [np.stack([grey] * 3, axis=-1), np.full((HEIGHT, WIDTH, 1), 255, np.uint8)], axis=-1
        ),
        lambda grey: grey.astype(np.uint16) * 257,
        lambda grey: grey.astype(np.int64),
        lambda grey: (grey / 255).astype(np.float16),
        lambda grey: grey / 255,
        lambda grey: grey.astype(np.float64),
        lambda grey: np.stack([grey / 255] * 3, axis=-1),
        lambda grey: np.asfortranarray(grey),
    ],
)
def test_arrays_of_many_kinds_are_read(grey, change):
    assert np.abs(load_picture(change(grey)).grey - grey / 255).max() < 0.005


def test_an_array_of_truths_is_black_where_false(grey):
    assert np.array_equal(load_picture(grey > 128).grey, (grey > 128).astype(np.float32))


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((0, 5), np.uint8), "at least one pixel"),
        (np.zeros(9, np.uint8), "shape"),
        (np.zeros((4, 4, 2), np.uint8), "shape"),
        (np.full((4, 4), -1.0), "from -1"),
        (np.full((4, 4), 1000), "to 1000"),
        (np.full((4, 4), np.nan), "nan"),
        (np.array([["a"]]), "dtype|bool, uint8"),
        (np.zeros((2, 2), complex), "complex"),
    ],
)
def test_an_array_of_another_kind_is_refused(array, said):
    with pytest.raises(PictureError, match=said):
        load_picture(array)


def test_what_is_transparent_becomes_paper_so_that_the_ink_is_seen(grey):
    ink = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    ink[5:15, 5:25] = (0, 0, 0, 255)
    assert load_picture(ink).grey[10, 10] == 0
    assert load_picture(ink).grey[30, 30] == 1
    ink[5:15, 5:25] = (255, 255, 255, 255)
    assert load_picture(ink).grey[10, 10] == 1
    assert load_picture(ink).grey[30, 30] == 0
    page = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    page[:3] = 0
    assert load_picture(page).grey[0, 0] == 1
    assert load_picture(np.zeros((9, 9, 4), np.uint8)).grey.min() == 1


def test_a_palette_with_a_transparent_colour_is_laid_on_paper():
    image = Image.fromarray(np.array([[0, 1], [1, 1]], np.uint8).repeat(20, 0).repeat(20, 1), "L").convert(
        "P"
    )
    image.putpalette([0, 0, 0, 9, 9, 9] + [0] * 750)
    for kind in ("PNG", "GIF"):
        picture = load_picture(file_of(image, kind, transparency=1))
        assert picture.grey[0, 0] == 0
        assert picture.grey[30, 30] == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animated_picture_the_first_frame_is_read(grey, kind):
    first, second = Image.fromarray(grey).convert("RGB"), Image.fromarray(255 - grey).convert("RGB")
    options = {"lossless": True} if kind == "WEBP" else {}
    content = file_of(first, kind, save_all=True, append_images=[second], **options)
    assert np.abs(load_picture(content).grey - grey / 255).max() < 0.02


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_reduced_by_averaging_and_says_by_how_much(kind):
    large = np.full((1500, 2500), 250, np.uint8)
    large[500:1000, 1000:1500] = 10
    picture = load_picture(file_of(Image.fromarray(large), kind))
    height, width = picture.grey.shape
    assert 0.98 * LIMIT < height * width <= LIMIT
    assert picture.scale == pytest.approx(1500 / height, rel=0.002)
    assert picture.scale == pytest.approx(2500 / width, rel=0.002)
    dark = np.flatnonzero((picture.grey < 0.5).any(axis=1))
    assert dark[0] * picture.scale == pytest.approx(500, abs=3)
    assert (dark[-1] + 1) * picture.scale == pytest.approx(1000, abs=3)
    assert picture.grey.mean() == pytest.approx(large.mean() / 255, abs=0.005)


def test_a_smaller_limit_can_be_asked_for(grey):
    picture = load_picture(grey, limit=600)
    assert picture.grey.shape == (20, 30)
    assert picture.scale == 2


def test_a_missing_file_or_a_folder_is_said(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        load_picture(tmp_path / "nothing.png")
    with pytest.raises(FileError, match="folder"):
        load_picture(tmp_path)


def test_what_is_no_source_is_said():
    with pytest.raises(PictureError, match="a path, bytes, an open file"):
        load_picture(42)
    with pytest.raises(PictureError, match="not text"):
        load_picture(io.StringIO("a picture"))
