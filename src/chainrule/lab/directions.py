"""The angle between two directions in the space of parameters, and how it changes while a network learns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.losses import Quadratic
from chainrule.network import Network
from chainrule.objective import Objective
from chainrule.training import Callback, EpochRecord, Trainer

__all__ = ["Angles", "degrees_between"]

_LOOKS_AN_EPOCH = 4


def degrees_between(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The angle between two directions, ``(n,)`` each, from 0 to 180 degrees; NaN where one has no length."""
    lengths = np.linalg.norm(first), np.linalg.norm(second)
    if not all(lengths):
        return float("nan")
    first, second = first / lengths[0], second / lengths[1]
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(first - second), np.linalg.norm(first + second))))


class Angles(Callback):
    """Notes the angle between two ways to go backward, and how much longer the first goes, by layer.

    Both are the mean over the same images, at the weights that the trained network has at that moment,
    by the quadratic cost. It looks at the start and four times an epoch.

    Args:
        networks: two networks with as many parameters as the trained one, in the same order.
        images: to take the directions on.
        targets: the numbers for "not this class" and "this class".

    Attributes:
        epochs: when, in epochs.
        degrees: the angle by layer, inputs first, at each of these moments.
        lengths: the length of the first direction over that of the second, likewise.
    """

    def __init__(
        self, networks: tuple[Network, Network], images: Dataset, targets: tuple[float, float]
    ) -> None:
        rows, dtype = len(images), networks[0].dtype
        batch = next(Batches(images, rows, dtype, targets).epoch(np.arange(rows)))
        self.inputs, self.wanted = (part.copy() for part in batch)
        self.networks = networks
        self.objectives = [Objective(network, Quadratic(), rows) for network in networks]
        self.epochs: list[float] = []
        self.degrees: list[list[float]] = []
        self.lengths: list[list[float]] = []

    def on_start(self, trainer: Trainer) -> None:
        self._look(trainer.network, 0.0)

    def on_batch(self, trainer: Trainer) -> None:
        between = max(1, trainer.batches // _LOOKS_AN_EPOCH)
        if trainer.batch % between == 0 and trainer.batch <= trainer.batches - between:
            self._look(trainer.network, trainer.epoch + trainer.batch / trainer.batches)

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        self._look(trainer.network, record.epoch + 1.0)

    def _look(self, trained: Network, epoch: float) -> None:
        first, second = (self._directions(index, trained) for index in range(2))
        self.epochs.append(epoch)
        self.degrees.append([degrees_between(*pair) for pair in zip(first, second, strict=True)])
        self.lengths.append(
            [float(np.linalg.norm(a) / np.linalg.norm(b)) for a, b in zip(first, second, strict=True)]
        )

    def _directions(self, index: int, trained: Network) -> list[NDArray[np.float64]]:
        """What goes backward through one of the two, layer by layer."""
        line = self.networks[index].parameters
        np.copyto(line.values, trained.parameters.values)
        self.objectives[index].forward(self.inputs, self.wanted)
        self.objectives[index].backward()
        return [line.view(name, line.gradient).astype(np.float64).ravel() for name in line.parameters]
