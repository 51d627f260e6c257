"""What the book's two networks share: their arrays, the way forward, the gradient, the epochs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.book.heart import Heart
from chainrule.book.neurons import sigmoid
from chainrule.book.pairs import Data, Pairs
from chainrule.errors import DataError, SettingError
from chainrule.numerics.parameters import Array
from chainrule.optimizers import SGD
from chainrule.regularizers import L2

__all__ = ["BookNetwork", "overrides", "say"]


def say(line: str) -> None:
    """Put a line on the screen, at once, as the book's programs do."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def overrides(network: object, house: type, *names: str) -> bool:
    """Whether a subclass of ``house``, or this one network, has put its own in place of a method."""
    return any(
        name in vars(network) or getattr(type(network), name) is not getattr(house, name) for name in names
    )


class BookNetwork:
    """Layers of sigmoid neurons, their weights and biases in plain lists.

    Attributes:
        sizes: neurons layer by layer, inputs first.
        num_layers: how many layers, the inputs counted.
        weights: ``(to, from)`` for each pair of neighbouring layers; may be assigned.
        biases: columns ``(to, 1)``, for every layer but the first; may be assigned.
        generator: where the start and the order of the images are drawn from.
    """

    weights: list[Array]
    biases: list[Array]
    _heart: Heart | None = None

    def __init__(self, sizes: Sequence[int], seed: int | np.random.Generator | None) -> None:
        self.sizes = list(sizes)
        if len(self.sizes) < 2 or not all(_whole(size) and size >= 1 for size in self.sizes):
            raise SettingError(
                f"a network takes at least two sizes, whole numbers from 1, such as [784, 30, 10]; "
                f"got {sizes!r}."
            )
        self.num_layers = len(self.sizes)
        self.generator = np.random.default_rng(seed)

    def _draw(self, *, divided: bool) -> None:
        """Biases, then weights, from N(0, 1); the weights ``divided`` by the root of the fan-in or not."""
        draw = self.generator.standard_normal
        neighbours = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        self.biases = [draw((to, 1)) for _, to in neighbours]
        self.weights = [draw((to, fan_in)) / (fan_in**0.5 if divided else 1.0) for fan_in, to in neighbours]

    def feedforward(self, a: Array) -> Array:
        """The outputs for inputs ``a``: each layer makes σ(w a + b) of what the one before says.

        Args:
            a: a column ``(features, 1)``, or several side by side, ``(features, images)``.

        Raises:
            DataError: another shape; a row of pixels would spread out into a square unnoticed.
        """
        features = np.shape(self.weights[0])[1]
        if np.ndim(a) != 2 or np.shape(a)[0] != features:
            raise DataError(
                f"expected a column of shape ({features}, 1), or several side by side, got {np.shape(a)}. "
                "A row x becomes a column by x.reshape(-1, 1)."
            )
        for weight, bias in zip(self.weights, self.biases, strict=True):
            a = sigmoid(np.dot(weight, a) + bias)
        return a

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        """The gradient of the cost of one image: ``(nabla_b, nabla_w)``, shaped as biases and weights.

        Args:
            x: a column ``(features, 1)``.
            y: the output wanted, a column ``(outputs, 1)``.

        Raises:
            DataError: other shapes.
        """
        self._check_column(x, self.sizes[0], "x")
        if self._loss_name():
            self._check_column(y, self.sizes[-1], "y")
        return self._loaded().gradient(x, lambda z: self._output_error(z, sigmoid(z), y))

    def _check_column(self, column: Array, size: int, letter: str) -> None:
        if np.shape(column) != (size, 1):
            raise DataError(f"expected {letter} as a column of shape ({size}, 1), got {np.shape(column)}.")

    def _output_error(self, z: Array, a: Array, y: Array) -> Array:
        """δ of the last layer, a column ``(outputs, 1)``."""
        raise NotImplementedError

    def _loss_name(self) -> str | None:
        """The loss of chainrule that this network minimises; None where a subclass has its own gradient."""
        raise NotImplementedError

    def _loaded(self) -> Heart:
        """The heart, with the weights and biases as they are now."""
        if self._heart is None or self._heart.sizes != list(self.sizes):
            self._heart = Heart(self.sizes)
        self._heart.take(self.weights, self.biases)
        return self._heart

    def __getstate__(self) -> dict[str, Any]:
        """What a copy needs: the heart is only borrowed room and made anew."""
        return {name: value for name, value in vars(self).items() if name != "_heart"}

    def _update(self, mini_batch: Data, eta: float, lmbda: float, n: int) -> None:
        """One step by the mean gradient of the mini-batch, and the shrinking of the weights by λ."""
        pairs = Pairs.of(mini_batch, "mini_batch")
        loss = self._loss_name()
        if loss is None:
            self._update_image_by_image(pairs, eta, lmbda, n)
            return
        inputs, targets = pairs.inputs(self.sizes[0]), pairs.targets(self.sizes[-1])
        heart = self._loaded()
        heart.begin(loss, eta, lmbda, n)
        heart.step(inputs.astype(np.float64, copy=False), targets.astype(np.float64, copy=False))
        self.weights, self.biases = heart.arrays()

    def _update_image_by_image(self, pairs: Pairs, eta: float, lmbda: float, n: int) -> None:
        sums: tuple[list[Array], list[Array]] = (
            [np.zeros(np.shape(bias)) for bias in self.biases],
            [np.zeros(np.shape(weight)) for weight in self.weights],
        )
        for x, y in pairs:
            for totals, nablas in zip(sums, self.backprop(x, y), strict=True):
                for total, nabla in zip(totals, nablas, strict=True):
                    total += nabla
        rate, kept = eta / len(pairs), 1.0 - eta * lmbda / n
        self.biases = [b - rate * total for b, total in zip(self.biases, sums[0], strict=True)]
        self.weights = [kept * w - rate * total for w, total in zip(self.weights, sums[1], strict=True)]

    def _epochs(
        self,
        pairs: Pairs,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        lmbda: float,
        *,
        loss: str | None,
        step: Callable[[list[tuple[Array, Array]]], None],
    ) -> Iterator[int]:
        """Train epoch after epoch; yields the number of each, from 0, when it is over.

        Args:
            pairs: what to learn from.
            epochs: how often.
            mini_batch_size: pairs a step.
            eta: η.
            lmbda: λ.
            loss: what the heart minimises; None where a subclass has a word in each step.
            step: is then called with mini-batch after mini-batch.
        """
        _check_rates(eta, lmbda)
        if not _whole(epochs) or epochs < 0:
            raise SettingError(f"the number of epochs is a whole number, not {epochs!r}.")
        if not _whole(mini_batch_size) or not 1 <= mini_batch_size <= len(pairs):
            raise SettingError(
                f"a mini-batch holds from 1 to all {len(pairs)} training images, not {mini_batch_size!r}. "
                "Choose a size between."
            )
        order = np.arange(len(pairs))
        finite = True
        for epoch in range(epochs):
            self.generator.shuffle(order)
            if loss:
                self._epoch_of_arrays(pairs, order, mini_batch_size, (loss, eta, lmbda, len(pairs)))
            else:
                for start in range(0, len(order), mini_batch_size):
                    step([pairs[place] for place in order[start : start + mini_batch_size]])
            if finite and not all(np.isfinite(array).all() for array in (*self.weights, *self.biases)):
                finite = False
                warnings.warn(
                    f"epoch {epoch}: the weights have grown beyond all numbers, and what the network says "
                    f"from now on means nothing. Lower eta or lmbda: eta·lmbda/n is "
                    f"{eta * lmbda / len(pairs):g}, and from 2 on every step makes the weights larger.",
                    RuntimeWarning,
                    stacklevel=3,
                )
            yield epoch

    def _epoch_of_arrays(
        self, pairs: Pairs, order: NDArray[np.int64], size: int, settings: tuple[str, float, float, int]
    ) -> None:
        inputs, targets = pairs.inputs(self.sizes[0]), pairs.targets(self.sizes[-1])
        heart = self._loaded()
        heart.begin(*settings)
        try:
            heart.epoch(inputs, targets, order, size)
        finally:
            self.weights, self.biases = heart.arrays()

    def _answers(self, pairs: Pairs, *, own_way: bool) -> Array:
        """The outputs for every x, ``(n, outputs)``; one by one where ``feedforward`` is a subclass's."""
        if own_way:
            return np.array([np.ravel(self.feedforward(x)) for x, _ in pairs])
        return self._loaded().outputs(pairs.inputs(self.sizes[0]))


def _check_rates(eta: float, lmbda: float) -> None:
    """Let chainrule's own step and penalty say what is wrong with η or λ, also where neither is used."""
    SGD(eta)
    if lmbda:
        L2(lmbda)


def _whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)
