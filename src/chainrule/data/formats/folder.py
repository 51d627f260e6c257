"""A folder of images: one sub-folder a class, named as the class, with its images inside."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formats.bounded import LARGEST
from chainrule.errors import DataError, FileError
from chainrule.files import readable

__all__ = ["read"]

KINDS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
"""The endings of the files that are read; files with other endings are left alone."""

LARGEST_FILE = 1 << 26
MOST_PIXELS = 1 << 24
"""Pixels of one image: 4096 x 4096."""


def read(folder: str | Path) -> tuple[Dataset, Dataset | None]:
    """Read ``folder/<class>/<image>``, or ``folder/train/<class>/...`` and ``folder/test/<class>/...``.

    The images become grey (ITU-R 601; what is transparent becomes white), 0 black to 255 white.
    Classes are numbered in the order of their names; examples come class by class, in the order of
    the file names.

    Returns:
        inputs ``(n, rows * columns)`` uint8; the test part is None where there is no such folder.

    Raises:
        DataError: no classes, an empty class, a broken or huge image, or images of different sizes.
        FileError: a file cannot be read.
    """
    folder = Path(folder)
    train, test = folder / "train", folder / "test"
    if train.is_dir() and test.is_dir():
        return _read_classes(train), _read_classes(test)
    return _read_classes(folder), None


def _read_classes(folder: Path) -> Dataset:
    class_names: list[str] = []
    paths: list[Path] = []
    labels: list[int] = []
    for class_folder in _listed(folder):
        if not class_folder.is_dir() or class_folder.name.startswith("."):
            continue
        images = [path for path in _listed(class_folder) if path.suffix.lower() in KINDS]
        if not images:
            raise DataError(
                f"{class_folder}: expected the images of class '{class_folder.name}' here, found none "
                f"that ends in {', '.join(KINDS)}."
            )
        labels += [len(class_names)] * len(images)
        class_names.append(class_folder.name)
        paths += images
    if not class_names:
        raise DataError(
            f"{folder}: expected a sub-folder of images for each class, or MNIST's four IDX files, "
            "found neither."
        )
    inputs, shape = _read_images(paths)
    return Dataset(inputs, np.array(labels), tuple(class_names), input_shape=shape, name=str(folder))


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise FileError(f"{folder}: could not be read as a folder ({error.strerror or error}).") from error


def _read_images(paths: list[Path]) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """All images as rows of one array, ``(n, rows * columns)``, and the shape they all have."""
    first = _read_image(paths[0])
    if first.size * len(paths) > LARGEST:
        raise DataError(
            f"{paths[0].parent.parent}: {len(paths):,} images of {first.size:,} pixels are more than "
            f"{LARGEST:,} bytes. Give fewer or smaller images."
        )
    inputs = np.empty((len(paths), first.size), np.uint8)
    for row, path in enumerate(paths):
        image = _read_image(path)
        if image.shape != first.shape:
            raise DataError(
                f"{path}: expected {_size(first)} pixels as in {paths[0]}, got {_size(image)}. "
                "All images of a data set must have one size."
            )
        inputs[row] = image.ravel()
    return inputs, first.shape


def _read_image(path: Path) -> NDArray[np.uint8]:
    """One image as grey ``(rows, columns)`` uint8."""
    from PIL import Image, UnidentifiedImageError

    with readable(path, "an image") as file, open(file, "rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise DataError(
            f"{path}: expected an image file of at most {LARGEST_FILE:,} bytes, this one is larger."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=tuple(set(KINDS.values()))) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise DataError(
                        f"{path}: expected an image of at most {MOST_PIXELS:,} pixels, "
                        f"this one declares {image.width} x {image.height}."
                    )
                if image.mode.startswith(("I", "F")):
                    raise DataError(
                        f"{path}: expected 8 bits a channel, got an image of mode {image.mode}. "
                        "Save it as an 8-bit grey or colour image."
                    )
                if image.has_transparency_data:
                    paper = Image.new("RGBA", image.size, "white")
                    return np.asarray(Image.alpha_composite(paper, image.convert("RGBA")).convert("L"))
                return np.asarray(image.convert("L"))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: expected an image, but this is none. Remove or replace it.") from error
    except Exception as error:  # a broken image can raise nearly any error
        raise DataError(f"{path}: expected an intact image, but it is broken ({error}).") from error


def _size(image: NDArray[np.uint8]) -> str:
    rows, columns = image.shape
    return f"{columns} x {rows}"
