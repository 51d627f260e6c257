"""The program of the book's chapters 1 and 2: sigmoid neurons, quadratic cost, mini-batches.

All names and arguments are those of the book's ``network.py``, and so is what ``SGD`` prints. What differs:

- The start and the order of the images come from a generator of the network's own, never from Python's or
  NumPy's global one: ``Network([784, 30, 10], seed=1)`` can be repeated, and ``net.generator`` can be
  assigned. ``random.seed`` and ``numpy.random.seed`` have no effect.
- The caller's list of training data keeps its order; the book's program shuffles it in place.
- Whole mini-batches are computed at once. A subclass with its own ``backprop`` or ``cost_derivative`` is
  asked image by image, one with its own ``update_mini_batch`` mini-batch by mini-batch, as in the book.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.book.foundation import BookNetwork, overrides, say
from chainrule.book.neurons import sigmoid, sigmoid_prime
from chainrule.book.pairs import Data, Pairs
from chainrule.numerics.parameters import Array

__all__ = ["Network", "sigmoid", "sigmoid_prime"]


class Network(BookNetwork):
    """A network of sigmoid neurons that learns by gradient descent on the quadratic cost.

    Weights and biases start from N(0, 1). See `BookNetwork` for its attributes.

    Args:
        sizes: neurons layer by layer, inputs first, such as ``[784, 30, 10]``.
        seed: a whole number or a ``numpy.random.Generator``, for a run that can be repeated.

    Raises:
        SettingError: sizes that are none.
    """

    def __init__(self, sizes: Sequence[int], *, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(sizes, seed)
        self._draw(divided=False)

    def SGD(
        self,
        training_data: Data,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        test_data: Data | None = None,
    ) -> None:
        """Train, and print after every epoch how many test images are right, or that it is complete.

        Args:
            training_data: pairs of columns, ``(features, 1)`` and ``(outputs, 1)``.
            epochs: how often every image is seen.
            mini_batch_size: images a step.
            eta: the learning rate η.
            test_data: pairs of a column and a label, to count right answers on after every epoch.

        Raises:
            DataError: data of other shapes, labels outside the range of the outputs.
            SettingError: a mini-batch larger than the data or below 1, a negative η.
        """
        pairs = Pairs.of(training_data, "training_data")
        tests = Pairs.if_any(test_data, "test_data")
        loss = None if overrides(self, Network, "update_mini_batch") else self._loss_name()

        def step(mini_batch: Data) -> None:
            self.update_mini_batch(mini_batch, eta)

        for epoch in self._epochs(pairs, epochs, mini_batch_size, eta, 0.0, loss=loss, step=step):
            if tests:
                say(f"Epoch {epoch}: {self.evaluate(tests)} / {len(tests)}")
            else:
                say(f"Epoch {epoch} complete")

    def update_mini_batch(self, mini_batch: Data, eta: float) -> None:
        """One step downhill by the mean gradient over ``mini_batch``, pairs of columns."""
        self._update(mini_batch, eta, 0.0, 1)

    def evaluate(self, test_data: Data) -> int:
        """How many images the network gets right; its answer is the neuron that is most active.

        Args:
            test_data: pairs of a column ``(features, 1)`` and a label.

        Raises:
            DataError: data of other shapes, labels outside the range of the outputs.
        """
        pairs = Pairs.of(test_data, "test_data")
        labels = pairs.labels(self.sizes[-1])
        answers = self._answers(pairs, own_way=overrides(self, Network, "feedforward"))
        return int(np.count_nonzero(answers.argmax(axis=1) == labels))

    def cost_derivative(self, output_activations: Array, y: Array) -> Array:
        """∂C/∂a of the quadratic cost C = ½ ‖y − a‖² for one image: a − y, a column."""
        return output_activations - y

    def _output_error(self, z: Array, a: Array, y: Array) -> Array:
        error: Array = self.cost_derivative(a, y) * sigmoid_prime(z)
        return error

    def _loss_name(self) -> str | None:
        return None if overrides(self, Network, "backprop", "cost_derivative") else "quadratic"
