"""What runs under the book's networks: one chainrule Network in float64, and how it learns there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from chainrule.book.pairs import mini_batches
from chainrule.errors import DataError
from chainrule.layers.dense import Dense
from chainrule.losses import LOSSES, Loss, LossWorkspace, SigmoidCrossEntropy
from chainrule.network import Bench, Network
from chainrule.numerics.parameters import Array
from chainrule.numerics.threads import blas_threads_for
from chainrule.optimizers import SGD
from chainrule.regularizers import L2

__all__ = ["Heart"]

_ROWS_A_PASS = 1000


class _CrossEntropyError(SigmoidCrossEntropy):
    """The cross-entropy where a step needs its derivative only, which spares the logarithms."""

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        workspace.sigmoid(outputs, out=workspace.gradient)
        np.subtract(workspace.gradient, targets, out=workspace.gradient)
        return float("nan")


class Heart:
    """A network of sigmoid layers that lends its passes to the book's lists of arrays.

    ``take`` the lists in, compute, and ``arrays`` gives new lists back; the arrays of the caller are
    never written to, so that whoever kept hold of the weights before a step still has them.

    Args:
        network: such a network in float64, or sizes to make one of.

    Attributes:
        sizes: neurons layer by layer, inputs first.
    """

    def __init__(self, network: Network | Sequence[int]) -> None:
        if not isinstance(network, Network):
            network = Network(network, seed=0, dtype=np.float64)
        self.network = network
        self.dense = [layer for layer in self.network.layers if isinstance(layer, Dense)]
        self.sizes = [prod(network.input_shape), *(layer.units for layer in self.dense)]
        self.largest = max(layer.weights.size for layer in self.dense)
        self._benches: dict[tuple[int, bool, bool], Bench] = {}
        self._loss_benches: dict[int, LossWorkspace] = {}

    def take(self, weights: Sequence[Array], biases: Sequence[Array]) -> None:
        """Set every parameter: weights ``(to, from)`` and biases ``(to, 1)``, layer by layer.

        Raises:
            DataError: arrays that do not fit the sizes.
        """
        for name, arrays, shapes in (
            ("weights", weights, [layer.weights.shape for layer in self.dense]),
            ("biases", biases, [(layer.units, 1) for layer in self.dense]),
        ):
            found = [np.shape(array) for array in arrays]
            if found != shapes:
                raise DataError(
                    f"{name}: for sizes {self.sizes} expected arrays of shapes {shapes}, got {found}."
                )
        for layer, weight, bias in zip(self.dense, weights, biases, strict=True):
            layer.weights[...] = weight
            layer.biases[...] = np.asarray(bias)[:, 0]

    def arrays(self) -> tuple[list[Array], list[Array]]:
        """New lists of the weights, ``(to, from)``, and of the biases, ``(to, 1)``."""
        return (
            [layer.weights.copy() for layer in self.dense],
            [layer.biases[:, np.newaxis].copy() for layer in self.dense],
        )

    def begin(self, loss: str, eta: float, lmbda: float, examples: int) -> None:
        """Make ready for steps: η, and λ with the number of images trained on.

        Raises:
            SettingError: η or λ is negative or not finite.
        """
        self.loss = _CrossEntropyError() if loss == SigmoidCrossEntropy.name else LOSSES[loss]()
        self.optimizer = SGD(eta)
        self.optimizer.bind(self.network.parameters)
        self.regularizer = L2(lmbda) if lmbda else None
        if self.regularizer:
            self.regularizer.bind(self.network.parameters, examples)

    def step(self, inputs: Array, targets: Array) -> None:
        """One mini-batch: forward, loss, backward, step.

        Args:
            inputs: ``(batch, features)`` float64.
            targets: ``(batch, outputs)`` float64.
        """
        bench = self._bench(len(inputs), training=True, logits=self.loss.on_logits)
        workspace = self._loss_bench(len(inputs))
        self.loss.forward(self.network.forward(inputs, bench), targets, workspace)
        self.network.backward(self.loss.backward(workspace), bench)
        if self.regularizer:
            self.regularizer.add_gradient()
        self.optimizer.step(self.optimizer.learning_rate)

    def epoch(self, inputs: Array, targets: Array, order: NDArray[np.int64], size: int) -> None:
        """Mini-batch after mini-batch of ``size``, in the order given."""
        with blas_threads_for(size * self.largest), np.errstate(over="ignore", invalid="ignore"):
            for batch_inputs, batch_targets in mini_batches(inputs, targets, order, size):
                self.step(batch_inputs, batch_targets)

    def gradient(self, x: Array, error: Callable[[Array], Array]) -> tuple[list[Array], list[Array]]:
        """∂C/∂b and ∂C/∂w for one image, layer by layer, in the shapes of ``arrays``.

        Args:
            x: a column ``(features, 1)``.
            error: from z of the last layer, a column ``(outputs, 1)``, to δ = ∂C/∂z.
        """
        bench = self._bench(1, training=True, logits=True)
        z = self.network.forward(np.asarray(x, np.float64).T, bench)
        delta = np.asarray(error(z.T.copy()), np.float64)
        if delta.shape != z.T.shape:
            raise DataError(f"expected δ of the last layer as a column {z.T.shape}, got {delta.shape}.")
        self.network.backward(delta.T, bench)
        return (
            [layer.biases_gradient[:, np.newaxis].copy() for layer in self.dense],
            [layer.weights_gradient.copy() for layer in self.dense],
        )

    def outputs(self, inputs: Array) -> Array:
        """What the network answers, ``(n, outputs)``, for inputs ``(n, features)``."""
        return self.network.predict(inputs)

    def mean_loss(self, inputs: Array, targets: Array, loss_name: str) -> float:
        """The loss of that name, averaged over all rows."""
        loss: Loss = LOSSES[loss_name]()
        total = 0.0
        everything = np.arange(len(inputs))
        with np.errstate(over="ignore", invalid="ignore"):
            for rows, wanted in mini_batches(inputs, targets, everything, min(len(inputs), _ROWS_A_PASS)):
                bench = self._bench(len(rows), training=False, logits=loss.on_logits)
                outputs = self.network.forward(rows, bench)
                total += loss.forward(outputs, wanted, self._loss_bench(len(rows))) * len(rows)
        return total / len(inputs)

    def _bench(self, rows: int, *, training: bool, logits: bool) -> Bench:
        key = rows, training, logits
        if key not in self._benches:
            self._benches[key] = self.network.bench(rows, training=training, logits=logits)
        return self._benches[key]

    def _loss_bench(self, rows: int) -> LossWorkspace:
        if rows not in self._loss_benches:
            self._loss_benches[rows] = LossWorkspace(rows, self.sizes[-1], self.network.dtype)
        return self._loss_benches[rows]
