"""What every contender is given: the images, the start weights, and the order of each round."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Workload

__all__ = ["Array", "Task", "accuracy", "order_of"]

Array = NDArray[Any]
_ROWS = 500


def order_of(seed: int, images: int) -> NDArray[np.int64]:
    """The order of the images that a ``chainrule.Trainer`` of this seed draws for its first epoch."""
    shuffle, _ = np.random.default_rng(seed).spawn(2)
    return shuffle.permutation(images)


class Task:
    """A workload with its data and its start, read from the folder that ``benchmarks.drawing`` wrote.

    Attributes:
        workload: what is to be done.
        threads: how many threads it may be done with.
        inputs: ``(images, 784)`` uint8, raw.
        labels: ``(images,)`` int64.
        test_inputs: ``(test_images, 784)`` uint8, raw.
        test_labels: ``(test_images,)`` int64.
        start: a pair for each layer with weights: these, float32, in the shapes that ``workload.products``
            says, and biases ``(to,)`` or None.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.threads = threads
        settings = (folder / "workload.json").read_text(encoding="utf-8")
        self.workload = Workload.of(json.loads(settings))
        self.inputs: Array = np.load(folder / "inputs.npy")
        self.labels: Array = np.load(folder / "labels.npy")
        self.test_inputs: Array = np.load(folder / "test_inputs.npy")
        self.test_labels: Array = np.load(folder / "test_labels.npy")
        with np.load(folder / "start.npz") as arrays:
            self.start: list[tuple[Array, Array | None]] = [
                (arrays[f"weights{layer}"], arrays.get(f"biases{layer}"))
                for layer in range(len(self.workload.products))
            ]

    @staticmethod
    def write(
        folder: Path,
        workload: Workload,
        data: dict[str, Array],
        start: list[tuple[Array, Array | None]],
    ) -> None:
        """Write what ``Task(folder)`` reads."""
        (folder / "workload.json").write_text(json.dumps(asdict(workload)), encoding="utf-8")
        for name, array in data.items():
            np.save(folder / f"{name}.npy", array)
        arrays = {f"weights{layer}": weights for layer, (weights, _) in enumerate(start)}
        arrays |= {f"biases{layer}": biases for layer, (_, biases) in enumerate(start) if biases is not None}
        np.savez(folder / "start.npz", allow_pickle=False, **arrays)

    def scaled(self, raw: Array) -> Array:
        """Network inputs, float32, for raw pixels: scaled into place, without a second copy."""
        inputs = raw.astype(np.float32)
        inputs *= np.float32(self.workload.scale)
        if self.workload.shift:
            inputs += np.float32(self.workload.shift)
        return inputs

    def target_rows(self) -> Array:
        """``(images, classes)`` float32: the target of each training image."""
        low, high = self.workload.targets
        classes = self.workload.sizes[-1]
        rows = np.full((classes, classes), low, np.float32)
        np.fill_diagonal(rows, high)
        chosen: Array = rows[self.labels]
        return chosen


def convolved(images: Array, weights: Array, biases: Array | None, pool: int) -> Array:
    """Convolution, ReLU and max pooling of ``(n, side, side, channels)``, by sums of products."""
    window, side = weights.shape[1], images.shape[1] - weights.shape[1] + 1
    z = np.zeros((len(images), side, side, len(weights)), np.float32)
    for row, column in np.ndindex(window, window):
        z += images[:, row : row + side, column : column + side] @ weights[:, row, column].T
    if biases is not None:
        z += biases
    fitting = side // pool
    whole = fitting * pool
    squares = np.maximum(z[:, :whole, :whole], 0).reshape(len(z), fitting, pool, fitting, pool, -1)
    pooled: Array = squares.max(axis=(2, 4))
    return pooled


def accuracy(task: Task, parameters: list[tuple[Array, Array | None]]) -> float:
    """Share of the test images classified rightly by these parameters; the same arithmetic for everyone.

    The activation of the last layer is left out: it does not change which output is the largest.
    """
    correct = 0
    for start in range(0, len(task.test_labels), _ROWS):
        a = task.scaled(task.test_inputs[start : start + _ROWS])
        if task.workload.convolutions:
            side = isqrt(a.shape[1])
            a = a.reshape(-1, side, side, 1)
        for layer, (weights, biases) in enumerate(parameters):
            if weights.ndim == 4:
                a = convolved(a, weights, biases, task.workload.convolutions[layer][2])
                continue
            z = a.reshape(len(a), -1) @ weights.T
            if biases is not None:
                z += biases.reshape(-1)
            if layer == len(parameters) - 1:
                a = z
            elif task.workload.hidden == "relu":
                a = np.maximum(z, 0)
            else:
                with np.errstate(over="ignore"):
                    a = 1 / (1 + np.exp(-z))
        correct += int((a.argmax(axis=1) == task.test_labels[start : start + _ROWS]).sum())
    return correct / len(task.test_labels)
