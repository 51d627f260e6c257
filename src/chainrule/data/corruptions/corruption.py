"""One way to spoil images: a function of images, how much, and chance; with five levels of how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

import numpy as np
from numpy.random import Generator

from chainrule.errors import DataError, SettingError
from chainrule.numerics.parameters import Array

__all__ = ["SEVERITIES", "Corruption"]

SEVERITIES = range(1, 6)
_SIDE = 28


@dataclass(frozen=True)
class Corruption:
    """One way to spoil images of digits, white on black, so that people still read them.

    Attributes:
        name: such as "shot noise".
        source: where the idea comes from.
        parameter: what the levels are, with their unit.
        levels: the parameter at severity 1, 2, 3, 4 and 5.
        function: ``(images, level, generator) -> images``; its docstring opens with what it does.
    """

    name: str
    source: str
    parameter: str
    levels: tuple[Any, ...]
    function: Callable[[Array, Any, Generator], Array]

    @property
    def description(self) -> str:
        """What it does, in one sentence."""
        return (getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")

    def __call__(self, images: Array, severity: int, generator: Generator) -> Array:
        """Spoilt copies.

        Args:
            images: ``(n, 28, 28)`` float32 in [0, 1], white digits on black; not written to.
            severity: 1 (mild) to 5.
            generator: where all chance comes from; the same state gives the same images.

        Returns:
            ``(n, 28, 28)`` float32 in [0, 1].

        Raises:
            DataError: images of another shape or number type.
            SettingError: no such severity.
        """
        if images.shape[1:] != (_SIDE, _SIDE) or images.dtype != np.float32:
            raise DataError(
                f"{self.name} takes images of shape (n, {_SIDE}, {_SIDE}) as float32, 0 for black and 1 for "
                f"white, not {images.dtype} of shape {images.shape}."
            )
        if severity not in SEVERITIES:
            raise SettingError(f"a severity is a whole number from 1 (mild) to 5, not {severity}.")
        return self.function(images, self.levels[severity - 1], generator)
