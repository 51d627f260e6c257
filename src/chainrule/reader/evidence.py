"""What speaks for a piece of writing being one whole digit: the network's answer, its size, its edges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import SettingError
from chainrule.images.framing import SIDE, frame_all
from chainrule.images.segmentation import Piece, WrittenLine
from chainrule.metrics import shares, tempered
from chainrule.network import Network
from chainrule.numerics.parameters import Array

__all__ = [
    "FEATURES",
    "FILE",
    "NONE",
    "Weighed",
    "coefficients",
    "require_digits",
    "traits",
    "weigh",
]

_LOW = float(np.log(0.5))
"""Log of the height, in those of a digit of its line, below which each bit less speaks against a piece."""
NONE = "none"
"""Name of the eleventh class of a network that was taught what is no digit."""
_DIGITS = tuple("0123456789")
FILE = Path(__file__).with_name("coefficients.json")

FEATURES = (
    "log_likeliest",
    "log_runner_up_share",
    "log_odds_of_none",
    "log_height",
    "log_height_squared",
    "lowness",
    "width",
    "wider_than_high",
    "ink_cut_through",
    "sides_cut",
    "gap_inside",
    "ink",
    "fill",
)
"""What a piece is judged by; lengths are in heights of a digit of its line."""


@dataclass(frozen=True)
class Weighed:
    """What the network and the ink say of n pieces.

    Attributes:
        frames: ``(n, 28, 28)`` as the network saw them.
        probabilities: ``(n, 10)`` of the digits, given that it is one; calibrated.
        odds: ``(n,)`` log-odds that it is exactly one digit.
        traits: ``(n, len(FEATURES))`` what the odds are made of.
    """

    frames: NDArray[np.float32]
    probabilities: Array
    odds: Array
    traits: Array


@cache
def coefficients(with_none: bool) -> dict[str, Any]:
    """The fitted numbers, for a network with an eleventh class or for one without."""
    fitted: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    chosen: dict[str, Any] = fitted["with none" if with_none else "without none"]
    return chosen


def require_digits(network: Network) -> bool:
    """Make sure that a network reads digits; True if it also knows what is none.

    Raises:
        SettingError: it takes other images than 28 × 28, or answers in other classes.
    """
    names = network.class_names
    known = int(np.prod(network.input_shape)) == SIDE * SIDE and names[:10] == _DIGITS
    if not known or names[10:] not in ((), (NONE,)):
        raise SettingError(
            f"reading needs a network of 28 × 28 images that answers 0 to 9, or these and '{NONE}'; this one "
            f"takes {' × '.join(map(str, network.input_shape))} and answers {', '.join(names)[:60]}."
        )
    return len(names) == 11


def weigh(network: Network, lines: Sequence[WrittenLine], pieces: Sequence[Sequence[Piece]]) -> Weighed:
    """Frame all pieces of all lines, ask the network about them at once, and judge each.

    Args:
        network: a network of digits.
        lines: the lines.
        pieces: the pieces of each line.
    """
    both = [(line, piece) for line, some in zip(lines, pieces, strict=True) for piece in some]
    frames = frame_all([piece.ink for _, piece in both])
    pixels = np.rint(frames.reshape(len(frames), -1) * 255).astype(np.uint8)
    fitted = coefficients(len(network.class_names) == 11)
    outputs = shares(network.predict(pixels)).astype(np.float64)
    digits = np.maximum(outputs[:, :10], 1e-12)
    probabilities = tempered(digits / digits.sum(axis=1, keepdims=True), fitted["temperature"])
    geometry = [traits(line, piece) for line, piece in both]
    found = np.column_stack([_answers(probabilities, outputs), np.array(geometry).reshape(len(frames), -1)])
    odds = found @ np.array(fitted["digit"]["weights"]) + fitted["digit"]["bias"]
    return Weighed(frames, probabilities, odds, found)


def _answers(probabilities: Array, outputs: Array) -> Array:
    """The features that come from the network, ``(n, 3)``."""
    ordered = np.sort(probabilities, axis=1)
    likeliest, second = np.log(ordered[:, -1]), np.log(ordered[:, -2])
    none = outputs[:, 10] if outputs.shape[1] > 10 else np.full(len(outputs), 0.5)
    none = none.clip(1e-5, 1 - 1e-5)
    return np.column_stack([likeliest, np.maximum(second - likeliest, -8.0), np.log(none) - np.log1p(-none)])


def traits(line: WrittenLine, piece: Piece) -> tuple[float, ...]:
    """The features of a piece that come from its ink alone."""
    unit = line.digit_height
    height, width = (side.stop - side.start for side in piece.box)
    mass = float(piece.ink.sum())
    log_height = log(height / unit)
    return (
        log_height,
        log_height**2,
        max(0.0, _LOW - log_height),
        width / unit,
        max(0.0, width / height - 1.0),
        sum(piece.cut),
        float(sum(cut > 0 for cut in piece.cut)),
        line.gap(piece.first, piece.end) / unit,
        mass / unit**2,
        mass / (height * width),
    )
