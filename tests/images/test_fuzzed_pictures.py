"""Whatever is done to a picture's bytes, it is read or refused with one of our errors, and never a crash."""

import io
import os
import time

import numpy as np
import pytest
from PIL import Image

from chainrule.errors import PictureError
from chainrule.images.pictures import load_picture
from chainrule.images.preparation import prepare

SECONDS = float(os.environ.get("CHAINRULE_FUZZ_SECONDS", "3"))
"""For all formats together; a minute in the continuous integration."""
SLOWEST = 10.0

KINDS = {
    "png": ("PNG", "RGB", {}),
    "palette": ("PNG", "P", {"transparency": 3}),
    "jpeg": ("JPEG", "RGB", {}),
    "progressive": ("JPEG", "L", {"progressive": True}),
    "tiff": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "raw tiff": ("TIFF", "L", {}),
    "webp": ("WEBP", "RGB", {}),
    "bmp": ("BMP", "P", {}),
    "gif": ("GIF", "P", {}),
}


def changed(content, generator):
    """The bytes with some of them overwritten, cut out, repeated or swapped."""
    spoilt = bytearray(content)
    for _ in range(int(generator.integers(1, 6))):
        place, length = int(generator.integers(len(spoilt))), int(generator.integers(1, 17))
        match int(generator.integers(6)):
            case 0:
                spoilt[place] ^= 1 << int(generator.integers(8))
            case 1:
                spoilt[place : place + length] = generator.integers(0, 256, length, dtype=np.uint8).tobytes()
            case 2:
                del spoilt[place : place + length]
            case 3:
                spoilt[place:place] = spoilt[place : place + length] * int(generator.integers(1, 50))
            case 4:
                spoilt[place : place + length] = bytes([int(generator.choice([0, 255]))]) * length
            case 5:
                spoilt = spoilt[: max(1, place)] if generator.random() < 0.3 else spoilt
        if not spoilt:
            spoilt = bytearray(b"\0")
    return bytes(spoilt)


@pytest.mark.parametrize("kind", KINDS)
def test_spoilt_bytes_are_read_or_refused(kind, scenes):
    generator = np.random.default_rng(list(KINDS).index(kind))
    form, mode, options = KINDS[kind]
    exif = Image.Exif()
    exif[274] = 6
    stream = io.BytesIO()
    image = Image.fromarray((scenes.picture(scenes.row(1, 2, (60, 80), 30, 4)) * 255).astype(np.uint8))
    image.convert(mode).save(stream, form, **options, **({"exif": exif} if form in ("JPEG", "WEBP") else {}))
    content = stream.getvalue()
    end = time.monotonic() + SECONDS / len(KINDS)
    tried = refused = 0
    while tried < 10 or time.monotonic() < end:
        started = time.monotonic()
        try:
            picture = load_picture(changed(content, generator))
        except PictureError:
            refused += 1
        else:
            assert picture.grey.dtype == np.float32
            assert picture.grey.min() >= 0
            assert picture.grey.max() <= 1
            prepared = prepare(picture)
            assert prepared.ink.shape == prepared.mask.shape
        assert time.monotonic() - started < SLOWEST
        tried += 1
    assert tried >= refused > 0
