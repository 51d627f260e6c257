"""The book's algorithm: one image at a time, column vectors, lists of nablas, in float64."""

from __future__ import annotations

import numpy as np

from benchmarks.contender import Contender, Parameters
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["Book"]


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ)."""
    result: Array = 1.0 / (1.0 + np.exp(-z))
    return result


def sigmoid_prime(z: Array) -> Array:
    """σ'(z) = σ(z) (1 − σ(z))."""
    return sigmoid(z) * (1.0 - sigmoid(z))


class Book(Contender):
    """Stochastic gradient descent as chapters 1 to 3 of Nielsen's book describe it, in our own writing."""

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        if workload.hidden != "sigmoid" or workload.loss == "softmax_cross_entropy" or workload.momentum:
            return "the book's program has sigmoid neurons and plain gradient descent only"
        return ""

    @classmethod
    def share(cls, workload: Workload) -> float:
        return 0.1 if workload.batch_size == 1 else 1.0

    @classmethod
    def differs(cls, workload: Workload) -> str:
        return "" if workload.bias else "biases left out"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        if not self.workload.answers:
            columns = task.scaled(task.inputs)[:, :, np.newaxis]
            targets = task.target_rows().astype(np.float64)[:, :, np.newaxis]
            self.training_data = list(zip(columns, targets, strict=True))
        self._start()

    def _start(self) -> None:
        self.weights = [weights.astype(np.float64) for weights, _ in self.task.start]
        self.biases = [
            np.zeros((len(weights), 1)) if biases is None else biases.astype(np.float64).reshape(-1, 1)
            for weights, biases in self.task.start
        ]

    def prepare(self, order: Array, seed: int) -> None:
        self._start()
        self.order = order.tolist()

    def train(self) -> None:
        size = self.workload.batch_size
        shuffled = [self.training_data[index] for index in self.order]
        for start in range(0, len(shuffled), size):
            self.update_mini_batch(shuffled[start : start + size])

    def update_mini_batch(self, mini_batch: list[tuple[Array, Array]]) -> None:
        """One step by the sum of the gradients of the batch's images, times η/m; weights decay by λ/n."""
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b, strict=True)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w, strict=True)]
        share = self.workload.learning_rate / len(mini_batch)
        if self.workload.l2:
            decay = 1.0 - self.workload.learning_rate * self.workload.l2 / self.workload.images
            self.weights = [decay * w - share * nw for w, nw in zip(self.weights, nabla_w, strict=True)]
        else:
            self.weights = [w - share * nw for w, nw in zip(self.weights, nabla_w, strict=True)]
        if self.workload.bias:
            self.biases = [b - share * nb for b, nb in zip(self.biases, nabla_b, strict=True)]

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        """∇b and ∇w of the cost of one image, layer by layer (BP1 to BP4)."""
        activation, activations, zs = x, [x], []
        for w, b in zip(self.weights, self.biases, strict=True):
            z = np.dot(w, activation) + b
            activation = sigmoid(z)
            zs.append(z)
            activations.append(activation)
        delta = activations[-1] - y
        if self.workload.loss == "quadratic":
            delta = delta * sigmoid_prime(zs[-1])
        nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
        for layer in range(len(self.weights) - 2, -1, -1):
            delta = np.dot(self.weights[layer + 1].T, delta) * sigmoid_prime(zs[layer])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.dot(delta, activations[layer].T))
        return nabla_b, nabla_w

    def parameters(self) -> Parameters:
        keep = self.workload.bias
        return [(w, b.reshape(-1) if keep else None) for w, b in zip(self.weights, self.biases, strict=True)]

    def question(self, inputs: Array) -> list[Array]:
        return list(inputs[:, :, np.newaxis])

    def answer(self, question: list[Array]) -> list[Array]:
        return [self.feedforward(x) for x in question]

    def feedforward(self, a: Array) -> Array:
        """The outputs for one image."""
        for w, b in zip(self.weights, self.biases, strict=True):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def answered(self, answer: list[Array]) -> Array:
        return np.concatenate([column.T for column in answer])
