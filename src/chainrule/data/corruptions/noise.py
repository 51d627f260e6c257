"""Noise: pixels that differ from what was written, each by its own draw."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from chainrule.numerics.parameters import Array

__all__ = ["gaussian_noise", "impulse_noise", "shot_noise"]


def shot_noise(images: Array, photons: float, generator: Generator) -> Array:
    """A picture in poor light: each pixel counts a few photons, and counts them by chance.

    A pixel of brightness b becomes Poisson(photons · b) / photons, at most 1.
    """
    seen: Array = generator.poisson(images * photons).astype(np.float32)
    seen /= photons
    return seen.clip(0, 1, out=seen)


def impulse_noise(images: Array, share: float, generator: Generator) -> Array:
    """Salt and pepper: a share of the pixels turns white or black, either as often as the other."""
    drawn = generator.random(images.shape, dtype=np.float32)
    spoilt = images.copy()
    spoilt[drawn < share] = 1
    spoilt[drawn < share / 2] = 0
    return spoilt


def gaussian_noise(images: Array, deviation: float, generator: Generator) -> Array:
    """Noise of a sensor: every pixel is off by a draw from a normal distribution, within black and white."""
    noise = generator.standard_normal(images.shape, dtype=np.float32)
    noise *= deviation
    noise += images
    return noise.clip(0, 1, out=noise)
