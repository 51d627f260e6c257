"""Files that are damaged, mislabelled or traps: a clear error or a picture, in bounded time and memory."""

import io
import struct
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.errors import PictureError
from chainrule.images.pictures import load_picture
from chainrule.images.preparation import prepare
from chainrule.images.tags import harmless

KINDS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")


@pytest.fixture(scope="module")
def files():
    """One picture in every format."""
    generator = np.random.default_rng(1)
    image = Image.fromarray(generator.integers(0, 256, (40, 50, 3), dtype=np.uint8))
    return {kind: file_of(image, kind) for kind in KINDS}


def file_of(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png(width, height, rows, depth=8, colour=0):
    """A PNG of which only the header and the packed rows are given."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_off_anywhere_is_an_error_or_whole(files, kind):
    content = files[kind]
    whole = load_picture(content).grey
    for length in [*range(0, 64), *range(64, len(content), max(1, len(content) // 60))]:
        with suppress(PictureError):
            assert load_picture(content[:length]).grey.shape == whole.shape


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_counts_and_not_the_name(files, kind, tmp_path):
    path = tmp_path / ("digits.jpg" if kind != "JPEG" else "digits.png")
    path.write_bytes(files[kind])
    assert load_picture(path).grey.shape == (40, 50)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\0" * 100, "something else"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (b"<svg xmlns='x'></svg>", "SVG"),
        (b"PK\3\4" + b"\0" * 40, "zip"),
        (b"GIF89a", "cut off|something else"),
        (b"\xff\xd8\xff", "cut off|something else"),
    ],
)
def test_what_is_no_picture_is_named(content, said):
    with pytest.raises(PictureError, match=said):
        load_picture(content)


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (10_000, 5_001), (1, 200_000)]
)
def test_a_picture_that_declares_too_many_pixels_is_refused_before_it_is_decoded(width, height):
    started = time.perf_counter()
    with pytest.raises(PictureError, match="at most"):
        load_picture(png(width, height, zlib.compress(bytes(1000))))
    assert time.perf_counter() - started < 1


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.png"
    with open(path, "wb") as file:
        file.truncate((1 << 26) + 1)
    with pytest.raises(PictureError, match="bytes"):
        load_picture(path)


@pytest.mark.parametrize("shape", [(1, 1), (1, 100_000), (100_000, 1), (2, 3), (7, 7), (3, 5000)])
def test_a_tiny_or_thin_picture_is_read_as_empty(shape):
    for fill in (0, 128, 255):
        assert not prepare(load_picture(np.full(shape, fill, np.uint8))).mask.any()
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    prepare(load_picture(noise))


def test_a_tiff_whose_tags_name_the_same_bytes_again_and_again_is_refused():
    size, entries = 1 << 20, 4000
    tags = b"".join(struct.pack("<HHII", 30_000 + number, 7, size, 8) for number in range(entries))
    trap = b"II*\0" + struct.pack("<I", size) + bytes(size - 8) + struct.pack("<H", entries) + tags + bytes(4)
    assert not harmless(trap)
    with pytest.raises(PictureError, match="promises more"):
        load_picture(trap)


def test_exif_that_names_the_same_bytes_again_and_again_costs_nothing(files):
    block = bytearray(b"Exif\0\0II*\0" + struct.pack("<IH", 8, 5000))
    for number in range(5000):
        block += struct.pack(
            "<HHII",
            274 if number == 0 else 1000 + number,
            3 if number == 0 else 7,
            1 if number == 0 else 60_000,
            6,
        )
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + bytes(block)
    started = time.perf_counter()
    picture = load_picture(files["JPEG"][:2] + segment * 8 + files["JPEG"][2:])
    assert time.perf_counter() - started < 1
    assert picture.grey.shape == (50, 40)


def test_a_jpeg_of_very_many_scans_is_refused():
    content = file_of(Image.fromarray(np.zeros((3000, 4000), np.uint8)), "JPEG", progressive=True)
    start = content.rindex(b"\xff\xda")
    with pytest.raises(PictureError, match="scans"):
        load_picture(content[:-2] + content[start:-2] * 500 + b"\xff\xd9")


def test_ten_thousand_specks_are_nothing_and_take_no_time():
    generator = np.random.default_rng(1)
    picture = np.full((600, 800), 240, np.uint8)
    rows, columns = generator.integers(0, 598, 10_000), generator.integers(0, 798, 10_000)
    picture[rows, columns] = picture[rows + 1, columns] = picture[rows, columns + 1] = 10
    started = time.perf_counter()
    prepared = prepare(load_picture(picture))
    assert time.perf_counter() - started < 3
    assert prepared.mask.mean() < 0.1 or prepared.mask.size < 100


MEASURED = """
import sys, time
import numpy as np
from chainrule.images.pictures import load_picture
from chainrule.images.preparation import prepare
started = time.perf_counter()
try:
    prepare(load_picture(sys.argv[1]))
except Exception as error:
    print(type(error).__name__, error, file=sys.stderr)
most = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.perf_counter() - started, int(most) / 1024)
"""


told = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")


def measured(path):
    """Seconds and the most memory in MiB that a process of its own takes to load and prepare a picture."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


@told
def test_fifty_megapixels_of_noise_stay_within_time_and_memory(tmp_path):
    line = np.random.default_rng(1).integers(0, 256, 10_000, dtype=np.uint8).tobytes()
    path = tmp_path / "noise.png"
    path.write_bytes(png(10_000, 5000, zlib.compress((b"\0" + line) * 5000, 1)))
    seconds, memory = measured(path)
    assert seconds < 10
    assert memory < 600


@told
def test_a_photo_of_twelve_megapixels_stays_within_time_and_memory(tmp_path, scenes):
    cover = scenes.row(1, shape=(750, 1000))
    large = Image.fromarray((scenes.picture(cover) * 255).astype(np.uint8)).resize((4000, 3000))
    path = tmp_path / "photo.jpg"
    large.convert("RGB").save(path, quality=85)
    seconds, memory = measured(path)
    assert seconds < 3
    assert memory < 600
