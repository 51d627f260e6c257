"""Hands: ways of writing a line of digits, with their sizes, slants and distances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from chainrule.handwriting.writing import Hand

__all__ = [
    "HANDS",
    "SIZES",
    "evenly",
    "in_boxes",
    "in_many_sizes",
    "on_a_wave",
    "overlapping",
    "slanted",
    "tilted",
    "touching_pairs",
    "unevenly",
]

SIZES = 30, 80
"""Digits are so many pixels high."""


def evenly(digits: int, generator: Generator) -> Hand:
    """A calm hand.

    Digits 30 to 80 pixels high, within 6 % of each other, slanted by 0.05 and turned by 3° at most beside
    what the writer did, up to 4 % of their height above or below the line. Distances of 0.12 to 0.4
    digits' heights, the same along the line to within a fifth, and no ink nearer than 0.08 of a height to the
    next digit's. Strokes from as thick as MNIST's to about half as thick again.
    """
    size = generator.uniform(*SIZES)
    gap = generator.uniform(0.12, 0.4) * size
    return Hand(
        sizes=size * generator.uniform(0.97, 1.03, digits),
        slants=generator.uniform(-0.05, 0.05, digits),
        turns=generator.uniform(-3, 3, digits),
        rises=size * generator.uniform(-0.04, 0.04, digits),
        gaps=gap * generator.uniform(0.8, 1.2, digits),
        apart=int(np.ceil(0.08 * size)),
        thinness=generator.uniform(0.3, 0.55),
    )


def unevenly(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, but distances vary along the line from 0.05 to 1.2 digits' heights."""
    hand = evenly(digits, generator)
    gaps = _height(hand) * 0.05 * 24 ** generator.random(digits)
    return replace(hand, gaps=gaps, apart=int(np.ceil(0.05 * _height(hand))))


def touching_pairs(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, but digits stand in pairs that touch; others keep their distance.

    The first pair begins at the first or the second digit; each pair touches with probability 0.7, one of
    them at least. In a touching pair the ink meets in some row by 1 pixel, or by up to 3 % of a digit's
    height.
    """
    hand = evenly(digits, generator)
    seconds = np.arange(1 + int(generator.integers(0, 2)) * (digits > 2), digits, 2)
    touches = generator.random(len(seconds)) < 0.7
    touches[generator.integers(0, len(seconds))] = True
    return replace(hand, gaps=_met(hand, seconds[touches], (0, 0.03), generator))


def overlapping(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, but every digit runs into the one before.

    From just touching it is pushed on by 5 % to 20 % of half its height, which is about the width of a digit.
    """
    hand = evenly(digits, generator)
    return replace(hand, gaps=_met(hand, np.arange(1, digits), (0.025, 0.1), generator))


def slanted(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, all slanted one way by 0.25 to 0.55 (14° to 29°), three in four to the right."""
    hand = evenly(digits, generator)
    lean = generator.uniform(0.25, 0.55) * (1 if generator.random() < 0.75 else -1)
    return replace(hand, slants=hand.slants + lean)


def in_many_sizes(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, but each digit 0.6 to 1.4 times as large as planned, turned by up to 8°."""
    hand = evenly(digits, generator)
    factors = generator.uniform(0.6, 1.4, digits)
    return replace(hand, sizes=hand.sizes * factors, turns=generator.uniform(-8, 8, digits))


def on_a_wave(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, on a line that climbs or falls by up to 5° and waves by 0.1 to 0.3 heights."""
    hand = evenly(digits, generator)
    size, places = _height(hand), np.arange(digits)
    wave = generator.uniform(0.1, 0.3) * np.sin(
        places * 2 * np.pi / generator.uniform(3, 8) + generator.uniform(0, 2 * np.pi)
    )
    climb = 0.9 * places * np.tan(np.deg2rad(generator.uniform(-5, 5)))
    return replace(hand, rises=hand.rises + size * (wave + climb))


def tilted(hand: Hand, generator: Generator) -> Hand:
    """As that hand writes, but the whole line climbs or falls by up to 2° and is slanted.

    The slant deviates by 0.12, in one of five lines by as much as 0.5.
    """
    slant = generator.normal(0, 0.12) if generator.random() < 0.8 else generator.uniform(-0.5, 0.5)
    climb = 0.7 * np.arange(len(hand.sizes)) * np.tan(np.deg2rad(generator.uniform(-2, 2)))
    return replace(hand, slants=hand.slants + slant, rises=hand.rises + _height(hand) * climb)


def in_boxes(digits: int, generator: Generator) -> Hand:
    """As a calm hand writes, each digit in the middle of a form's box, which is 1.2 to 1.5 heights wide."""
    hand = evenly(digits, generator)
    return replace(hand, pitch=generator.uniform(1.2, 1.5) * _height(hand))


HANDS: dict[str, Callable[[int, Generator], Hand]] = {
    "separate": evenly,
    "uneven spacing": unevenly,
    "sizes": in_many_sizes,
    "slanted": slanted,
    "wavy": on_a_wave,
    "touching": touching_pairs,
    "overlapping": overlapping,
}
"""By name, those that write on plain paper; given how many digits, and where chance comes from."""


def _height(hand: Hand) -> float:
    return float(np.median(hand.sizes))


def _met(hand: Hand, seconds: np.ndarray, share: tuple[float, float], generator: Generator) -> np.ndarray:
    """Gaps at which some digits run into the one before, by a share of their height, at least 1 pixel."""
    gaps = np.array(hand.gaps)
    gaps[seconds] = -np.maximum(1, generator.uniform(*share, len(seconds)) * hand.sizes[seconds])
    return gaps
