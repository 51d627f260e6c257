"""Least squares with a ridge, from thousands of features to a few classes, in little room."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import SettingError

__all__ = ["RidgeRegression"]

Floats = NDArray[np.float32]
_ROWS = 512


class RidgeRegression:
    """Least squares from features to classes, W = (HᵀH + r I)⁻¹ HᵀY, with HᵀH summed piece by piece.

    HᵀH is symmetric, so its upper triangle and its diagonal are kept while the lower one is used to
    factorise it, again for each ridge: one matrix of features × features float32 is all the room there
    is, 256 MB for 8,000 features.

    Args:
        pieces: features ``(rows, features)`` float32 and targets ``(rows, classes)``, a few rows at a time.
        features: how many.
        classes: how many.
    """

    def __init__(self, pieces: Iterable[tuple[Floats, Floats]], features: int, classes: int) -> None:
        from scipy.linalg.blas import ssyrk

        self.products = np.zeros((features, features), np.float32, order="F")
        self.toward: Floats = np.zeros((features, classes), np.float32)
        for found, targets in pieces:
            ssyrk(1.0, found.T, beta=1.0, c=self.products, overwrite_c=1)
            self.toward += found.T @ targets
        self.diagonal = self.products.diagonal().copy()

    def weights(self, ridge: float) -> Floats:
        """W, ``(features, classes)``, for r = ``ridge`` times the mean of the diagonal.

        Raises:
            SettingError: the ridge is so small that float32 cannot factorise the matrix.
        """
        from scipy.linalg.lapack import spotrf, spotrs

        matrix = self.products
        for start in range(0, len(matrix), _ROWS):
            end = min(start + _ROWS, len(matrix))
            square = matrix[start:end, start:end]
            square[...] = np.triu(square, 1) + np.triu(square, 1).T
            matrix[end:, start:end] = matrix[start:end, end:].T
        np.fill_diagonal(matrix, self.diagonal + np.float32(ridge * self.diagonal.mean()))
        _, failed = spotrf(matrix, lower=1, clean=0, overwrite_a=1)
        if failed:
            raise SettingError(f"a ridge of {ridge:g} is too small for float32; take a larger one.")
        found: Floats = spotrs(matrix, self.toward, lower=1)[0]
        return found
