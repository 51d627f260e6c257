"""The bytes of a picture file opened with bounds: what it is, how large it is, how it lies, and no trap."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainrule.errors import ChainruleError, PictureError
from chainrule.images.tags import harmless, orientation

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LARGEST_FILE", "MOST_PIXELS", "checked_size", "decoded", "intact"]

LARGEST_FILE = 1 << 26
"""Bytes: 64 MiB."""
MOST_PIXELS = 50_000_000
"""Of a picture that must be decoded whole."""
_MOST_PIXELS_REDUCED = 150_000_000
"""Of a JPEG that can be reduced while it is decoded."""
_MOST_PIXELS_WEBP = 25_000_000
"""Of a WebP, of which several whole copies are held while it is decoded."""
_MOST_PIXELS_SLOW = 4_000_000
"""Of a run-length coded BMP, which Pillow decodes in Python."""
_LONGEST_SIDE = 1 << 17
_MOST_SCANNED = 1_000_000_000
"""Pixels times scans of a progressive JPEG: each scan goes over all of them."""

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
_READ = "PNG, JPEG, TIFF, WebP, BMP or GIF"
_OTHERS = (
    (4, b"ftyphei", "a HEIC photo; save it as JPEG"),
    (4, b"ftypmif", "a HEIC photo; save it as JPEG"),
    (4, b"ftypavif", "an AVIF picture; save it as PNG"),
    (0, b"%PDF", "a PDF document; save its page as PNG"),
    (0, b"<svg", "an SVG drawing; save it as PNG"),
    (0, b"<?xml", "an XML file; if it is a drawing, save it as PNG"),
    (0, b"PK\3\4", "a zip archive; unpack it first"),
    (0, b"\x1f\x8b", "a gzip archive; unpack it first"),
)


def decoded(content: bytes, name: str, most: int) -> tuple[Image, tuple[int, int]]:
    """The first picture of a file, decoded and upright; a large JPEG is reduced while it is decoded.

    Args:
        content: the whole file. What it is is told by its bytes, not by its name.
        name: for messages.
        most: pixels that are wanted at most; the result may still have more.

    Returns:
        The Pillow image, and the whole picture's size (width, height), upright.

    Raises:
        PictureError: another kind of file, damaged, cut off, or too large.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise PictureError(f"{name}: expected a picture, but the file is empty.")
    if len(content) > LARGEST_FILE:
        raise PictureError(
            f"{name}: expected a file of at most {LARGEST_FILE:,} bytes. Give a smaller picture."
        )
    lies = 1
    with intact(name):
        if content.startswith(b"\xff\xd8"):
            exif = content.find(b"Exif\0\0")
            lies = orientation(content[exif : exif + (1 << 16)]) if exif > 0 else 1
            # Pillow copies every value that such a block names, and joins blocks; it need not see them.
            content = content.replace(b"Exif\0\0", b"Past\0\0")
        elif content[:2] in (b"II", b"MM") and not harmless(content):
            raise PictureError(
                f"{name}: expected an intact TIFF, but its directory promises more than it holds."
            )
        try:
            image = Image.open(_Bounded(content), formats=_FORMATS)
        except UnidentifiedImageError as error:
            raise PictureError(f"{name}: expected {_READ}, found {_kind_of(content)}.") from error
        lies = (
            orientation(image.info["exif"])
            if image.format in ("PNG", "WEBP") and "exif" in image.info
            else lies
        )
        _check(image, content, name)
        size = image.size
        if image.format in ("JPEG", "MPO"):
            ratio = max(1.0, (image.width * image.height / most) ** 0.5)
            image.draft("L", (max(1, int(image.width / ratio)), max(1, int(image.height / ratio))))
        image.load()
        if image.format == "TIFF":  # Pillow turns these by itself
            return image, image.size
        return _turned(image, lies), (size[::-1] if lies > 4 else size)


@contextmanager
def intact(name: str) -> Iterator[None]:
    """Turn whatever a broken picture makes Pillow raise into one clear error, and silence its warnings."""
    from PIL.Image import DecompressionBombError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ChainruleError:
        raise
    except DecompressionBombError as error:
        raise PictureError(
            f"{name}: expected at most {MOST_PIXELS:,} pixels, this one declares far more."
        ) from error
    except Exception as error:  # a broken picture can raise nearly any error
        reason = str(error).strip()[:120] or type(error).__name__
        raise PictureError(
            f"{name}: expected an intact picture, but it is cut off or damaged ({reason}). Copy it again."
        ) from error


def checked_size(width: int, height: int, name: str, most: int = MOST_PIXELS) -> None:
    """Refuse a picture of no pixels, of too many, or with a side that is too long.

    Raises:
        PictureError: it is one of these.
    """
    if width < 1 or height < 1:
        raise PictureError(f"{name}: expected a picture of at least one pixel, got {width} x {height}.")
    if width * height > most or max(width, height) > _LONGEST_SIDE:
        raise PictureError(
            f"{name}: expected at most {most:,} pixels and sides of at most {_LONGEST_SIDE:,}, "
            f"got {width:,} x {height:,}. Give a smaller picture."
        )


def _check(image: Image, content: bytes, name: str) -> None:
    most = MOST_PIXELS
    if image.format == "BMP" and image.info.get("compression") in (1, 2):
        most = _MOST_PIXELS_SLOW
    elif image.format == "WEBP":
        most = _MOST_PIXELS_WEBP
    elif image.format in ("JPEG", "MPO"):
        if "progressive" not in image.info:
            most = _MOST_PIXELS_REDUCED
        elif image.width * image.height * content.count(b"\xff\xda") > _MOST_SCANNED:
            raise PictureError(
                f"{name}: expected a JPEG of a few scans, this one has very many. Save it anew."
            )
    checked_size(image.width, image.height, name, most)


def _turned(image: Image, lies: int) -> Image:
    """Upright, by the number EXIF gives to the eight ways a picture can lie."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[lies]) if lies in turns else image


def _kind_of(content: bytes) -> str:
    for place, sign, kind in _OTHERS:
        if content.startswith(sign, place):
            return kind
    return "something else"


class _Bounded(io.BytesIO):
    """Bytes that may be read a few times over and no more: a file can send its reader round in circles."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = 4 * len(content) + (1 << 22)

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self._left -= len(found) + 16
        if self._left < 0:
            raise OSError("it names the same bytes again and again")
        return found
