"""The program of the book's chapter 3: cross-entropy, L2, a better start, monitoring, saving.

All names and arguments are those of the book's ``network2.py``, and so is what ``SGD`` prints;
``early_stopping_n`` is that of its widespread version for Python 3. What `chainrule.book.network` says about
the generator, the order of the training data and subclasses holds here too. Two slips are not repeated:

- ``total_cost`` divides λ by the number of images *trained* on, as the book's equation 87 does; its program
  divides by the number of those at hand, which makes the λ-term on 10,000 validation images five times
  too large.
- Stopping early goes by the accuracy on ``evaluation_data``, monitored or not, and never by the one on
  the training data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.book.costs import COSTS, CrossEntropyCost, QuadraticCost
from chainrule.book.foundation import BookNetwork, overrides, say
from chainrule.book.heart import Heart
from chainrule.book.neurons import sigmoid, sigmoid_prime
from chainrule.book.pairs import Data, Pairs, vectorized_result
from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array
from chainrule.storage.book_json import read_book_json, write_book_json
from chainrule.training.stopping import Patience

__all__ = [
    "CrossEntropyCost",
    "Network",
    "QuadraticCost",
    "load",
    "sigmoid",
    "sigmoid_prime",
    "vectorized_result",
]

Monitored = tuple[list[float], list[int], list[float], list[int]]


class Network(BookNetwork):
    """A network of sigmoid neurons with a choice of costs, starts and L2 regularisation.

    See `BookNetwork` for its other attributes.

    Args:
        sizes: neurons layer by layer, inputs first, such as ``[784, 30, 10]``.
        cost: a class with the static methods ``fn(a, y)`` and ``delta(z, a, y)``.
        seed: a whole number or a ``numpy.random.Generator``, for a run that can be repeated.

    Attributes:
        cost: may be assigned, too.
        training_examples: n of the last ``SGD``, by which λ is divided; None before.

    Raises:
        SettingError: sizes or a cost that are none.
    """

    training_examples: int | None = None

    def __init__(
        self,
        sizes: Sequence[int],
        cost: Any = CrossEntropyCost,
        *,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(sizes, seed)
        if not (callable(getattr(cost, "fn", None)) and callable(getattr(cost, "delta", None))):
            raise SettingError(
                "a cost has fn(a, y) and delta(z, a, y), as QuadraticCost and CrossEntropyCost do; "
                f"got {cost!r}."
            )
        self.cost = cost
        self.default_weight_initializer()

    def default_weight_initializer(self) -> None:
        """Draw biases from N(0, 1), weights from N(0, 1/n), n the number of weights into the neuron."""
        self._draw(divided=True)

    def large_weight_initializer(self) -> None:
        """Draw biases and weights from N(0, 1), as in chapter 1, to compare."""
        self._draw(divided=False)

    def SGD(
        self,
        training_data: Data,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        lmbda: float = 0.0,
        evaluation_data: Data | None = None,
        monitor_evaluation_cost: bool = False,
        monitor_evaluation_accuracy: bool = False,
        monitor_training_cost: bool = False,
        monitor_training_accuracy: bool = False,
        early_stopping_n: int = 0,
    ) -> Monitored:
        """Train, and print after every epoch what is monitored.

        Args:
            training_data: pairs of columns, ``(features, 1)`` and ``(outputs, 1)``.
            epochs: how often every image is seen, at most.
            mini_batch_size: images a step.
            eta: the learning rate η.
            lmbda: λ of L2; 0 for none.
            evaluation_data: pairs of a column and a label.
            monitor_evaluation_cost: whether to print and return the cost on ``evaluation_data``,
            monitor_evaluation_accuracy: the right answers there,
            monitor_training_cost: the cost on ``training_data``,
            monitor_training_accuracy: the right answers there.
            early_stopping_n: stop when accuracy on ``evaluation_data`` has not passed its best for so many
                epochs; 0 for never.

        Returns:
            four lists, a number an epoch, in the order of the monitors; what is not monitored is empty.

        Raises:
            DataError: data of other shapes, labels outside the range of the outputs.
            SettingError: an impossible mini-batch size, η or λ; evaluation data missing but monitored.
        """
        training = Pairs.of(training_data, "training_data")
        evaluation = Pairs.if_any(evaluation_data, "evaluation_data")
        if not evaluation and (monitor_evaluation_cost or monitor_evaluation_accuracy or early_stopping_n):
            raise SettingError(
                "monitor_evaluation_cost, monitor_evaluation_accuracy and early_stopping_n look at "
                "evaluation_data, and there are none. Give evaluation_data=validation_data."
            )
        patience = Patience(early_stopping_n) if early_stopping_n else None
        n = self.training_examples = len(training)
        evaluation_cost, training_cost, accuracies, training_accuracy = [], [], [], []
        loss = None if overrides(self, Network, "update_mini_batch") else self._loss_name()

        def step(mini_batch: Data) -> None:
            self.update_mini_batch(mini_batch, eta, lmbda, n)

        for epoch in self._epochs(training, epochs, mini_batch_size, eta, lmbda, loss=loss, step=step):
            say(f"Epoch {epoch} training complete")
            if monitor_training_cost:
                training_cost.append(self.total_cost(training, lmbda))
                say(f"Cost on training data: {training_cost[-1]}")
            if monitor_training_accuracy:
                training_accuracy.append(self.accuracy(training, convert=True))
                say(f"Accuracy on training data: {training_accuracy[-1]} / {n}")
            if evaluation and monitor_evaluation_cost:
                evaluation_cost.append(self.total_cost(evaluation, lmbda, convert=True))
                say(f"Cost on evaluation data: {evaluation_cost[-1]}")
            if evaluation and (monitor_evaluation_accuracy or patience):
                accuracies.append(self.accuracy(evaluation))
                if monitor_evaluation_accuracy:
                    say(f"Accuracy on evaluation data: {accuracies[-1]} / {len(evaluation)}")
            say("")
            if patience and patience(accuracies):
                break
        evaluation_accuracy = accuracies if monitor_evaluation_accuracy else []
        return evaluation_cost, evaluation_accuracy, training_cost, training_accuracy

    def update_mini_batch(self, mini_batch: Data, eta: float, lmbda: float, n: int) -> None:
        """One step downhill by the mean gradient over ``mini_batch``, weights shrunk by 1 − ηλ/n.

        Args:
            mini_batch: pairs of columns.
            eta: η.
            lmbda: λ.
            n: images in the whole of the training data.
        """
        self._update(mini_batch, eta, lmbda, n)

    def accuracy(self, data: Data, convert: bool = False) -> int:
        """How many images of ``data`` the network gets right.

        Args:
            data: pairs of a column and a label; with ``convert``, training data: pairs of columns.
            convert: True where the wanted outputs are columns.
        """
        pairs = Pairs.of(data, "data")
        outputs = self.sizes[-1]
        wanted = pairs.targets(outputs).argmax(axis=1) if convert else pairs.labels(outputs)
        answers = self._answers(pairs, own_way=overrides(self, Network, "feedforward"))
        return int(np.count_nonzero(answers.argmax(axis=1) == wanted))

    def total_cost(self, data: Data, lmbda: float, convert: bool = False) -> float:
        """The mean cost over ``data`` plus λ/(2n) Σ w², n the number of images *trained* on.

        That is the book's equation 87; its program takes for n the number of images in ``data``.
        Before any training n is that too.

        Args:
            data: training data, pairs of columns; with ``convert``, pairs of a column and a label.
            lmbda: λ.
            convert: True where the wanted outputs are labels.
        """
        pairs = Pairs.of(data, "data")
        outputs = self.sizes[-1]
        wanted = np.eye(outputs)[pairs.labels(outputs)] if convert else pairs.targets(outputs)
        own_way = overrides(self, Network, "feedforward")
        loss = COSTS.get(self.cost)
        if loss and not own_way:
            mean = self._loaded().mean_loss(pairs.inputs(self.sizes[0]), wanted, loss)
        else:
            answers = self._answers(pairs, own_way=own_way)
            columns = zip(answers[:, :, np.newaxis], wanted[:, :, np.newaxis], strict=True)
            mean = float(sum(self.cost.fn(a, y) for a, y in columns)) / len(pairs)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = sum(float(np.sum(np.square(weight))) for weight in self.weights)
        return mean + 0.5 * lmbda / (self.training_examples or len(pairs)) * squares

    def save(self, filename: str | Path) -> None:
        """Write sizes, weights, biases and the name of the cost as the book's JSON.

        Raises:
            SettingError: a cost that is not the book's; the file could not be loaded again.
            DivergedError: the network holds NaN or infinity.
            FileError: the file cannot be written.
        """
        if self.cost not in COSTS:
            raise SettingError(
                "the book's file can name QuadraticCost or CrossEntropyCost as the cost, no other. Assign "
                "one of them to net.cost and save again: it changes no answer."
            )
        network = self._loaded().network
        network.training_record = {"settings": {"loss": COSTS[self.cost]}}
        write_book_json(network, filename)

    def _output_error(self, z: Array, a: Array, y: Array) -> Array:
        error: Array = self.cost.delta(z, a, y)
        return error

    def _loss_name(self) -> str | None:
        return None if overrides(self, Network, "backprop") else COSTS.get(self.cost)


def load(filename: str | Path) -> Network:
    """The network in a file that ``save`` wrote, here or in the book's program.

    Raises:
        FileError: absent, a folder, or not readable.
        ModelFileError: not such a file, or damaged.
    """
    found = read_book_json(filename, np.float64)
    loss = found.training_record["settings"]["loss"]
    heart = Heart(found)
    network = Network(heart.sizes, cost=next(cost for cost, name in COSTS.items() if name == loss))
    network.weights, network.biases = heart.arrays()
    return network
