"""Third oracle: the textbook's way, one image at a time, with lists of column vectors.

Activations and weighted inputs are kept layer by layer in lists, the error travels back through
``numpy`` products of columns, and the sums of the nablas over a mini-batch make one step. It is
slow and says what it does; a network of sigmoid neurons trained by it must come to the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Pair = tuple[Any, Any]


def sigmoid(z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z: Any) -> Any:
    return sigmoid(z) * (1.0 - sigmoid(z))


def quadratic_error(z: Any, a: Any, y: Any) -> Any:
    """δ of the last layer under the quadratic cost: (a − y) ⊙ σ'(z) (BP1)."""
    return (a - y) * sigmoid_prime(z)


def cross_entropy_error(z: Any, a: Any, y: Any) -> Any:
    """δ of the last layer under the cross-entropy: σ' has cancelled."""
    return a - y


class TextbookNetwork:
    """Sigmoid neurons; ``weights[l]`` is ``(to, from)``, ``biases[l]`` a column ``(to, 1)``."""

    def __init__(self, weights: Sequence[Any], biases: Sequence[Any], error: Any = quadratic_error) -> None:
        self.weights = [np.array(weight, np.float64) for weight in weights]
        self.biases = [np.array(bias, np.float64).reshape(-1, 1) for bias in biases]
        self.error = error

    def backpropagate(self, x: Any, y: Any) -> tuple[list[Any], list[Any]]:
        """∇b and ∇w of the cost of one image."""
        activation, activations, weighted_inputs = x, [x], []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            z = np.dot(weight, activation) + bias
            activation = sigmoid(z)
            weighted_inputs.append(z)
            activations.append(activation)
        delta = self.error(weighted_inputs[-1], activations[-1], y)
        nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
        for layer in range(len(self.weights) - 2, -1, -1):
            delta = np.dot(self.weights[layer + 1].T, delta) * sigmoid_prime(weighted_inputs[layer])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.dot(delta, activations[layer].T))
        return nabla_b, nabla_w

    def update_mini_batch(self, pairs: Sequence[Pair], eta: float, lmbda: float, n: int) -> None:
        """One step by the sum of the gradients of the mini-batch's images, times η/m.

        With λ every weight first shrinks by the factor 1 − ηλ/n; biases do not.
        """
        sum_b = [np.zeros_like(bias) for bias in self.biases]
        sum_w = [np.zeros_like(weight) for weight in self.weights]
        for x, y in pairs:
            nabla_b, nabla_w = self.backpropagate(x, y)
            sum_b = [total + one for total, one in zip(sum_b, nabla_b, strict=True)]
            sum_w = [total + one for total, one in zip(sum_w, nabla_w, strict=True)]
        share = eta / len(pairs)
        decay = 1.0 - eta * lmbda / n
        self.weights = [decay * w - share * nabla for w, nabla in zip(self.weights, sum_w, strict=True)]
        self.biases = [b - share * nabla for b, nabla in zip(self.biases, sum_b, strict=True)]

    def epoch(self, pairs: Sequence[Pair], mini_batch_size: int, eta: float, lmbda: float = 0.0) -> None:
        """Mini-batch after mini-batch, in the order in which the pairs are given."""
        for start in range(0, len(pairs), mini_batch_size):
            self.update_mini_batch(pairs[start : start + mini_batch_size], eta, lmbda, len(pairs))
