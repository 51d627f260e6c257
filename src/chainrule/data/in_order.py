"""For programs that go through their examples in one order and never shuffle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["InOrder"]


class InOrder(np.random.Generator):
    """A generator whose permutations leave everything where it is: a ``seed`` for no shuffling at all."""

    def permutation(self, x: Any, axis: int = 0) -> NDArray[Any]:
        return np.arange(x)
