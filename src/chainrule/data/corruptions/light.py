"""Light and weather: brightness, inverted stripes, fog, and drops of mud."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.data.corruptions.blur import smoothed
from chainrule.numerics.parameters import Array

__all__ = ["brightness", "fog", "spatter", "stripe"]

_MUD = 0.25
_ROUGHNESS = 1.5


def brightness(images: Array, added: float, generator: Generator) -> Array:
    """Too much light: the same amount is added to every pixel, up to white."""
    spoilt = images + np.float32(added)
    return spoilt.clip(0, 1, out=spoilt)


def stripe(images: Array, width: int, generator: Generator) -> Array:
    """So many columns at the left and at the right edge are inverted, black for white."""
    spoilt = images.copy()
    for edge in (spoilt[:, :, :width], spoilt[:, :, images.shape[2] - width :]):
        np.subtract(1, edge, out=edge)
    return spoilt


def fog(images: Array, density: float, generator: Generator) -> Array:
    """Seen through fog: drifting clouds lie over the digit and take its contrast.

    A pixel b becomes (b + density · cloud) / (1 + density). The cloud is noise whose amplitude falls
    with the frequency f as 1 / f^1.5, from 0 at its thinnest place to 1 at its thickest.
    """
    from scipy.fft import irfft2, rfft2

    side = images.shape[1]
    frequency = np.hypot(np.fft.fftfreq(2 * side)[:, None], np.fft.rfftfreq(2 * side))
    frequency[0, 0] = np.inf
    # Twice the field, of which a quarter is used: otherwise what leaves at one edge enters at the other.
    noise = generator.standard_normal((len(images), 2 * side, 2 * side), dtype=np.float32)
    cloud: Array = irfft2(rfft2(noise) * (frequency**-_ROUGHNESS).astype(np.float32))[:, :side, :side]
    cloud -= cloud.min(axis=(1, 2), keepdims=True)
    cloud *= density / cloud.max(axis=(1, 2), keepdims=True)
    cloud += images
    cloud /= 1 + density
    return np.clip(cloud, 0, 1)


def spatter(images: Array, share: float, generator: Generator) -> Array:
    """Drops of dark grey mud cover a share of the field, in blots a few pixels wide, and hide what is below.

    The blots are where smooth noise (deviation 1.5 pixels) is highest; their edges are softened.
    """
    noise = smoothed(generator.standard_normal(images.shape, dtype=np.float32), 1.5)
    pixels = images.shape[1] * images.shape[2]
    bare = round((1 - share) * pixels) - 1
    highest = np.partition(noise.reshape(len(images), pixels), bare, axis=1)[:, bare, None, None]
    mud = smoothed((noise > highest).astype(np.float32), 0.5)
    spoilt = images + mud * (_MUD - images)
    return spoilt.clip(0, 1, out=spoilt)
