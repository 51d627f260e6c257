"""A picture from anywhere, as grey numbers: a file, bytes, a Pillow image or an array, of bounded size."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from chainrule.errors import FileError, PictureError
from chainrule.files import readable
from chainrule.images.picture_files import LARGEST_FILE, checked_size, decoded, intact
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LIMIT", "Picture", "load_picture"]

LIMIT = 1 << 21
"""Pixels that are kept: 2 megapixels are enough for a page of digits."""

_STRIP = 256
"""Rows of the reduced picture that are worked out at a time."""


@dataclass(frozen=True)
class Picture:
    """A picture in grey.

    Attributes:
        grey: ``(height, width)`` float32 in [0, 1], 1 = white, as seen (not as the camera was held).
        scale: side of one of these pixels in pixels of the original, at least 1.
        name: for messages: the path, or "picture".
    """

    grey: Array
    scale: float
    name: str


def load_picture(source: Any, *, limit: int = LIMIT) -> Picture:
    """Load a picture: grey, upright, reduced by averaging to at most ``limit`` pixels.

    Colour becomes grey by ITU-R 601; what is transparent becomes paper (white; black where the opaque
    ink is light); of several frames the first counts; EXIF's orientation is obeyed.

    Args:
        source: a path, the bytes of a file, a file open for reading bytes (``sys.stdin.buffer``), a Pillow
            image, or an array ``(height, width)``, ``(height, width, 1)``, ``(height, width, 3)`` or
            ``(height, width, 4)``: bool, uint8, uint16, or floats from 0 to 1 or from 0 to 255.
        limit: pixels at most.

    Raises:
        PictureError: no picture, a damaged one, one that is too large, or an array of another kind.
        FileError: the file cannot be read.
    """
    if isinstance(source, np.ndarray):
        image, size, name = *_from_array(source), "picture"
    elif isinstance(source, (str, os.PathLike)):
        name = os.fspath(source)
        image, size = decoded(_file_content(Path(source)), name, limit)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        name = "picture"
        image, size = decoded(bytes(source), name, limit)
    elif hasattr(source, "read"):
        name = found if isinstance(found := getattr(source, "name", None), str) else "picture"
        image, size = decoded(_stream_content(source, name), name, limit)
    elif hasattr(source, "getbands"):
        name = getattr(source, "filename", "") or "picture"
        image, size = _from_pillow(source, name)
    else:
        raise PictureError(
            f"expected a path, bytes, an open file, a Pillow image or an array, got {type(source).__name__}."
        )
    with intact(name):
        grey = _grey(image, limit)
    return Picture(grey, max(1.0, size[0] / grey.shape[1], size[1] / grey.shape[0]), name)


def _file_content(path: Path) -> bytes:
    with readable(path, "a picture") as file, open(file, "rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _stream_content(stream: BinaryIO, name: str) -> bytes:
    parts, left = [], LARGEST_FILE + 1
    try:
        while left > 0 and (part := stream.read(left)):
            if not isinstance(part, bytes):
                raise PictureError(
                    f"{name}: expected a file opened for reading bytes, not text. Open it with 'rb'."
                )
            parts.append(part)
            left -= len(part)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        raise FileError(f"{name}: could not be read as a picture ({error}).") from error
    return b"".join(parts)


def _from_pillow(image: Image, name: str) -> tuple[Image, tuple[int, int]]:
    from PIL import ImageOps

    checked_size(image.width, image.height, name)
    with intact(name):
        upright = ImageOps.exif_transpose(image)
        return upright, upright.size


def _from_array(array: Array) -> tuple[Image, tuple[int, int]]:
    from PIL import Image

    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2 and (array.ndim != 3 or array.shape[2] not in (3, 4)):
        raise PictureError(
            "expected an array (height, width), (height, width, 3) or (height, width, 4), "
            f"got one of shape {array.shape}."
        )
    checked_size(array.shape[1], array.shape[0], "array")
    if array.dtype == np.bool_:
        array = array * np.uint8(255)
    elif array.dtype != np.uint8:
        array = _shares(array)
        if array.ndim == 3:
            array = np.rint(array * 255).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(array))
    return image, image.size


def _shares(array: Array) -> Array:
    """Numbers of another type than uint8, as float32 from 0 to 1."""
    if array.dtype.kind not in "uif":
        raise PictureError(f"expected an array of bool, uint8, uint16 or floats, got {array.dtype}.")
    least, most = float(array.min()), float(array.max())
    if array.dtype == np.uint16:
        top = 65535.0
    elif array.dtype.kind == "f" and least >= -0.01 and most <= 1.01:
        top = 1.0
    elif least >= 0 and most <= 255:
        top = 255.0
    else:
        raise PictureError(
            f"expected numbers from 0 to 1 or from 0 to 255, got {array.dtype} from {least:g} to {most:g}."
        )
    shares: Array = np.clip(array.astype(np.float32) / np.float32(top), 0, 1)
    return shares


def _grey(image: Image, limit: int) -> Array:
    """``(height, width)`` float32 in [0, 1], of at most ``limit`` pixels."""
    if image.mode.startswith(("I", "F")):
        deep: Array = np.clip(np.asarray(_reduced(_from_deep(image, limit), limit)), 0, 1)
        return deep
    if image.has_transparency_data:
        coloured = image if image.mode == "RGBA" else image.convert("RGBA")
        image = _on_paper(_reduced(coloured, limit))
    elif image.mode == "LAB":
        image = image.getchannel(0)
    elif image.mode != "L":
        image = image.convert("L")
    grey: Array = np.asarray(_reduced(image, limit), np.float32) * np.float32(1 / 255)
    return grey


def _reduced(image: Image, limit: int) -> Image:
    """With at most ``limit`` pixels, each the mean of the area that it covers."""
    from PIL.Image import Resampling

    ratio = (image.width * image.height / limit) ** 0.5
    if ratio <= 1:
        return image
    return image.resize((max(1, int(image.width / ratio)), max(1, int(image.height / ratio))), Resampling.BOX)


def _from_deep(image: Image, limit: int) -> Image:
    """An image of more than 8 bits, as floats from 0 to 1, reduced by a whole factor, strip by strip.

    16 bits have their full range; 32-bit numbers, which have none, range from their least to their greatest.
    """
    from PIL import Image

    factor = max(1, int((image.width * image.height / limit) ** 0.5))
    strips = []
    for top in range(0, image.height, _STRIP * factor):
        box = (0, top, image.width, min(top + _STRIP * factor, image.height))
        strip = np.nan_to_num(np.asarray(image.crop(box)).astype(np.float32), posinf=0, neginf=0)
        strips.append(np.asarray(Image.fromarray(strip).reduce(factor)))
    array = np.vstack(strips)
    least, most = float(array.min()), float(array.max())
    if image.mode.startswith("I;16") or (image.mode == "I" and least >= 0 and 255 < most <= 65535):
        least, most = 0.0, 65535.0
    elif least >= 0 and most <= 1:
        least, most = 0.0, 1.0
    return Image.fromarray((array - np.float32(least)) / np.float32(max(most - least, 1e-30)))


def _on_paper(image: Image) -> Image:
    """A transparent picture laid on white or on black, whichever lets its ink be seen.

    Where most is transparent, what is opaque is ink, and the paper is its contrary; where most is opaque,
    it holds its own paper, and what is transparent is made like it.
    """
    from PIL import Image

    cover = np.asarray(image.getchannel("A"), np.float32) / 255
    covered = float(cover.sum())
    light = float((np.asarray(image.convert("L"), np.float32) * cover).sum()) > 127.5 * covered
    mostly_opaque = covered > cover.size / 2
    paper = Image.new("RGBA", image.size, "white" if light == mostly_opaque or not covered else "black")
    return Image.alpha_composite(paper, image).convert("L")
