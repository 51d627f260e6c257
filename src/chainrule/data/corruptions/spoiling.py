"""A whole data set spoilt in one way: the labels stay, every image changes."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from chainrule.data.corruptions.catalogue import CORRUPTIONS
from chainrule.data.dataset import Dataset
from chainrule.errors import DataError, SettingError, UnknownNameError

__all__ = ["corrupted"]

_SHAPES = ((28, 28), (28, 28, 1))
_IMAGES_AT_ONCE = 1000


def corrupted(dataset: Dataset, name: str, *, severity: int = 3, seed: int = 1) -> Dataset:
    """The data set with every image spoilt in the way called ``name``, rounded to 256 levels of grey.

    Seed and name alone decide what is drawn. The images are drawn in thousands, so the first 1,000 of
    10,000 images are spoilt as they are in a data set of those 1,000.

    Args:
        dataset: raw images, uint8, of 28 × 28 pixels, white on black; it is left as it is.
        name: one of `CORRUPTIONS`.
        severity: 1 (mild) to 5.
        seed: a whole number from 0.

    Raises:
        UnknownNameError: no corruption has this name.
        SettingError: no such severity, or a negative seed.
        DataError: other examples than such images.
    """
    if name not in CORRUPTIONS:
        raise UnknownNameError("corruption", name, CORRUPTIONS)
    if seed < 0:
        raise SettingError(f"a seed is a whole number from 0, not {seed}.")
    if dataset.inputs.dtype != np.uint8 or dataset.input_shape not in _SHAPES:
        raise DataError(
            f"{dataset.name}: only raw images (uint8) of 28 × 28 pixels can be corrupted; "
            f"this has {dataset.inputs.dtype} of shape {dataset.input_shape}."
        )
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    images = dataset.inputs.reshape(-1, 28, 28)
    spoilt = np.empty_like(images)
    for start in range(0, len(images), _IMAGES_AT_ONCE):
        some = slice(start, start + _IMAGES_AT_ONCE)
        unit = images[some] / np.float32(255)
        spoilt[some] = np.rint(255 * CORRUPTIONS[name](unit, severity, generator))
    return replace(dataset, inputs=spoilt, name=f"{dataset.name}, {name}")
