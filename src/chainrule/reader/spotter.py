"""The network that looks along joined writing, and its answers about strips of any width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from chainrule.images.framing import SIDE
from chainrule.images.strips import PIECE, STEP, laid_on_tape
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.storage import load_model

__all__ = ["FILE", "Spotter", "shipped_spotter"]

FILE = Path(__file__).with_name("spotter.safetensors")
_SHARED = 24
"""Columns at the cut ends of a strip's parts of which the other part answers: it sees more beside them."""


class Spotter:
    """Says what is at each place of strips of joined writing.

    Args:
        network: takes pieces of tape, ``(28, PIECE, 1)``, and answers 0 to 9 or "none" at each place.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    def answers(self, strips: Sequence[Array]) -> list[Array]:
        """What is at each place of some strips, the network being asked once.

        They are laid on tape one after the other, a strip that is wider than a piece of tape in parts.

        Args:
            strips: each ``(28, width)`` from 0 to 1, as `strip_of` makes them.

        Returns:
            Of each strip the probabilities ``(width // STEP, classes)``.
        """
        if not strips:
            return []
        parts = [
            (number, start, strip[:, start : start + PIECE])
            for number, strip in enumerate(strips)
            for start in range(0, max(1, strip.shape[1] - 2 * _SHARED), PIECE - 2 * _SHARED)
        ]
        where = list(laid_on_tape(ink.shape[1] for _, _, ink in parts))
        tape = np.zeros((where[-1][0] + 1, SIDE, PIECE), np.float32)
        for (_, _, ink), (piece, column) in zip(parts, where, strict=True):
            tape[piece, :, column : column + ink.shape[1]] = ink
        seen = self.network.predict(tape)
        found = [np.empty((strip.shape[1] // STEP, seen.shape[-1]), seen.dtype) for strip in strips]
        for (number, start, ink), (piece, column) in zip(parts, where, strict=True):
            edge = min(start, _SHARED)
            first, end = (column + edge) // STEP, (column + ink.shape[1]) // STEP
            found[number][(start + edge) // STEP : (start + ink.shape[1]) // STEP] = seen[piece, first:end]
        return found


@cache
def shipped_spotter() -> Spotter:
    """The one that comes with the package."""
    return Spotter(load_model(FILE))
