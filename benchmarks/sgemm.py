"""How fast NumPy multiplies float32 matrices: ``python -m benchmarks.sgemm THREADS`` prints its rates."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.worker import keep_to

__all__ = ["SIZES", "rates"]

SIZES = (256, 512, 1024, 2048)
REPEATS = 7


def rates(sizes: tuple[int, ...] = SIZES, clock: Callable[[], float] = time.perf_counter) -> dict[int, float]:
    """Floating-point operations a second, in 10⁹, of square products; the best of several tries each."""
    generator = np.random.default_rng(0)
    found = {}
    for size in sizes:
        left, right = (generator.standard_normal((size, size), dtype=np.float32) for _ in range(2))
        product = np.empty_like(left)
        times = max(1, (1 << 31) // size**3 // 8)
        best = float("inf")
        for _ in range(REPEATS):
            started = clock()
            for _ in range(times):
                np.dot(left, right, out=product)
            best = min(best, (clock() - started) / times)
        found[size] = round(2 * size**3 / best / 1e9, 2)
    return found


if __name__ == "__main__":
    keep_to(int(sys.argv[1]))
    print(json.dumps(rates()))
