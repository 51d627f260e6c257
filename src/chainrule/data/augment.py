"""What may happen to an image in training, so that no two epochs show quite the same."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from chainrule.errors import SettingError, UnknownNameError

__all__ = ["Augmentation"]

_BOUNDS: dict[str, tuple[float, float]] = {
    "shift": (0, 100),
    "rotation": (0, 180),
    "scale": (0, 0.9),
    "shear": (0, 60),
    "thickness": (0, 5),
    "noise": (0, 1),
    "erase": (0, 1),
    "share": (0, 1),
}
_MOST_ELASTIC = 1000.0
_SMOOTHNESS = (1.0, 100.0)


@dataclass(frozen=True)
class Augmentation:
    """Random changes that leave the meaning of an image as it is; each is off unless it is given.

    Numbers are drawn anew for every image. A change "up to ±s" is drawn evenly from −s to s. Strokes are
    made thicker or thinner first; then the image is moved, turned, sized, slanted and bent, all in one
    bilinear sampling; then noise is added, and a rectangle wiped out.

    Args:
        shift: sideways, and up or down, each up to ± this many pixels, parts of a pixel too. From 0 to 100.
        rotation: up to ± this many degrees about the middle. From 0 to 180.
        scale: width and height, each by its own factor, up to 1 ± this. From 0 to 0.9.
        shear: slant of the upright strokes, up to ± this many degrees. From 0 to 60.
        elastic: strength α, in pixels, and smoothness σ, in pixels, of a random bending of the whole
            image: each pixel moves by α times noise from −1 to 1 that a Gaussian of standard deviation σ
            has smoothed, as in Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural
            Networks Applied to Visual Document Analysis" (2003), who took 34 and 4 for MNIST. Places so
            move by 0.163 α/σ pixels (root mean square, each way): 1.4 for theirs. α from 0 to 1000,
            σ from 1 to 100; α alone means σ = 4.
        thickness: strokes grow or shrink on each side by up to this many pixels, parts of a pixel too;
            thin ones fade where they shrink by more than 0.5. From 0 to 5.
        noise: standard deviation of what is added to each pixel, of 0 to 1. From 0 to 1.
        erase: a rectangle anywhere is set to 0, its sides drawn from 0 to this share of the image's, as in
            DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout"
            (2017). From 0 to 1.
        share: of the images that are changed at all; the others stay as they are. From 0 to 1.

    Raises:
        SettingError: a number outside its bounds.
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    elastic: tuple[float, float] = (0.0, 4.0)
    thickness: float = 0.0
    noise: float = 0.0
    erase: float = 0.0
    share: float = 1.0

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            object.__setattr__(self, name, _bounded(name, getattr(self, name), low, high))
        given = self.elastic
        pair = tuple(given) if isinstance(given, (tuple, list)) else (given, Augmentation.elastic[1])
        if len(pair) != 2:
            raise SettingError(
                f"elastic takes two numbers, strength and smoothness in pixels, not {given!r:.80}."
            )
        strength = _bounded("the strength of elastic", pair[0], 0, _MOST_ELASTIC)
        smoothness = _bounded("the smoothness of elastic", pair[1], *_SMOOTHNESS)
        object.__setattr__(self, "elastic", (strength, smoothness))

    def __bool__(self) -> bool:
        """Whether any image can come out changed."""
        kinds = (getattr(self, name) for name in _BOUNDS if name != "share")
        return self.share > 0 and (any(kinds) or self.elastic[0] > 0)

    @property
    def moves(self) -> bool:
        """Whether pixels come from other places: all kinds but thickness, noise and erase."""
        return bool(self.shift or self.rotation or self.scale or self.shear or self.elastic[0])

    @classmethod
    def from_text(cls, text: str) -> Augmentation:
        """``"shift=2,rotation=10,elastic=34:4"``; spaces are allowed, and no text at all is no change at all.

        Raises:
            UnknownNameError: a name that is none of the changes.
            SettingError: no number behind it, one outside its bounds, or a name given twice.
        """
        names = [each.name for each in fields(cls)]
        found: dict[str, Any] = {}
        for part in text.split(",") if text.strip() else []:
            name, _, value = (word.strip() for word in part.partition("="))
            if name not in names:
                raise UnknownNameError("augmentation", name, names)
            if name in found:
                raise SettingError(f"{name} is given twice in the augmentation '{text:.80}'; expected once.")
            try:
                numbers = tuple(float(number) for number in value.split(":"))
            except ValueError:
                numbers = ()
            if not 1 <= len(numbers) <= (2 if name == "elastic" else 1):
                raise SettingError(
                    f"an augmentation is written like shift=2,rotation=10,elastic=34:4, not '{part:.80}'."
                )
            found[name] = numbers[0] if len(numbers) == 1 else numbers
        return cls(**found)

    def __str__(self) -> str:
        """The text from which ``from_text`` makes an equal one."""
        values = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        return ",".join(f"{name}={_text(value)}" for name, value, default in values if value != default)


def _bounded(name: str, value: Any, low: float, high: float) -> float:
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise SettingError(f"{name} is a number from {low:g} to {high:g}, not {value!r:.80}.")
    return float(value)


def _text(value: float | tuple[float, ...]) -> str:
    numbers = value if isinstance(value, tuple) else (value,)
    return ":".join(repr(number).removesuffix(".0") for number in numbers)
