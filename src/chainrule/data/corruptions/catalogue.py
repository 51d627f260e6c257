"""Every corruption by name, in the order of tables and figures, with its levels.

Most are in the manner of MNIST-C (Mu and Gilmer, "MNIST-C: A robustness benchmark for computer
vision", 2019): the same ideas, written anew. Where a parameter means what it means there (photons,
share, slant, factor, degrees, pixels, added, columns), severity 3 has the value that they chose. The
images are generated here and are not that benchmark's files: accuracies can be compared in kind only.
"""

from __future__ import annotations

from chainrule.data.corruptions import blur, geometry, light, lines, noise, strokes
from chainrule.data.corruptions.corruption import Corruption

__all__ = ["CORRUPTIONS"]

_MNIST_C = "MNIST-C"
_COMMON = "MNIST-C's wider list"
_AFFNIST = "affNIST"
_OWN = "ours"

_ALL = (
    Corruption("shot noise", _MNIST_C, "photons at white", (12, 6, 3, 2, 1), noise.shot_noise),
    Corruption("impulse noise", _MNIST_C, "share", (0.05, 0.1, 0.17, 0.25, 0.35), noise.impulse_noise),
    Corruption("gaussian noise", _COMMON, "deviation", (0.1, 0.2, 0.3, 0.4, 0.5), noise.gaussian_noise),
    Corruption("gaussian blur", _COMMON, "deviation, pixels", (0.7, 1, 1.4, 1.8, 2.2), blur.gaussian_blur),
    Corruption("defocus blur", _COMMON, "radius, pixels", (1, 1.5, 2, 2.5, 3), blur.defocus_blur),
    Corruption(
        "glass blur",
        _MNIST_C,
        "deviation and reach, pixels; times",
        ((0.4, 1, 1), (0.5, 1, 2), (0.7, 1, 2), (0.7, 2, 1), (0.9, 2, 2)),
        blur.glass_blur,
    ),
    Corruption("motion blur", _MNIST_C, "length, pixels", (3, 5, 7, 8.5, 10), blur.motion_blur),
    Corruption("shear", _MNIST_C, "slant", (0.2, 0.3, 0.4, 0.6, 0.8), geometry.shear),
    Corruption("scale", _MNIST_C, "factor", (0.9, 0.8, 0.7, 0.6, 0.5), geometry.scale),
    Corruption("rotate", _MNIST_C, "degrees", (8, 15, 23, 34, 46), geometry.rotate),
    Corruption("translate", _MNIST_C, "pixels", (1, 2, 3, 4, 5), geometry.translate),
    Corruption("affine", _AFFNIST, "strength", (0.4, 0.7, 1, 1.3, 1.6), geometry.affine),
    Corruption("brightness", _MNIST_C, "added", (0.1, 0.3, 0.5, 0.6, 0.7), light.brightness),
    Corruption("stripe", _MNIST_C, "columns", (3, 5, 7, 8, 9), light.stripe),
    Corruption("fog", _MNIST_C, "density", (1, 2, 3, 3.5, 4), light.fog),
    Corruption("spatter", _MNIST_C, "share", (0.05, 0.1, 0.2, 0.3, 0.4), light.spatter),
    Corruption(
        "dotted line",
        _MNIST_C,
        "lines; brightness",
        ((1, 0.5), (1, 0.75), (1, 1), (2, 1), (3, 1)),
        lines.dotted_line,
    ),
    Corruption(
        "zigzag",
        _MNIST_C,
        "lines; brightness",
        ((1, 0.5), (1, 0.75), (1, 1), (2, 0.75), (2, 1)),
        lines.zigzag,
    ),
    Corruption("canny edges", _MNIST_C, "deviation, pixels", (0.6, 0.8, 1, 1.2, 1.4), strokes.canny_edges),
    Corruption("thick", _OWN, "pixels", (0.4, 0.7, 1, 1.4, 1.8), strokes.thick),
    Corruption("thin", _OWN, "pixels", (0.3, 0.5, 0.7, 0.85, 1), strokes.thin),
)

CORRUPTIONS = {corruption.name: corruption for corruption in _ALL}
"""By name, in the order of tables and figures."""
