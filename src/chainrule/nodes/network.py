"""A network of node and connection objects: forward, backward and learning, one number at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from random import Random

from chainrule.nodes.checks import (
    checked_count,
    checked_examples,
    checked_numbers,
    checked_rate,
    checked_rows,
    checked_seed,
    checked_sizes,
)
from chainrule.nodes.connection import Connections
from chainrule.nodes.layer import Layer

__all__ = ["Network"]


class Network:
    """Layers of sigmoid nodes, each node connected with all nodes of the next layer.

    Args:
        sizes: nodes of each layer, inputs first: ``[2, 3, 1]`` is two inputs, three hidden nodes, one output.
        seed: a whole number gives the same first weights each time; None gives others each time.

    Attributes:
        layers: the layers, inputs first.
        connections: all connections, biases too: those that leave a constant node.

    Raises:
        SettingError: fewer than two layers, an empty layer, or a seed that is no whole number.
    """

    def __init__(self, sizes: Sequence[int], seed: int | None = None) -> None:
        sizes, random = checked_sizes(sizes), Random(checked_seed(seed))
        last = len(sizes) - 1
        self.layers = [Layer(index, size, index == last) for index, size in enumerate(sizes)]
        self.connections = Connections()
        for before, after in pairwise(self.layers):
            self._connect(before, after, random)

    def _connect(self, before: Layer, after: Layer, random: Random) -> None:
        """Every node of one layer with every node of the next; first weights from N(0, 1 / inputs)."""
        for downstream_node in after.nodes:
            for upstream_node in before.upstream_nodes:
                weight = random.gauss(0, 1 / sqrt(len(before)))
                self.connections.connect(upstream_node, downstream_node, weight)

    def predict(self, inputs: Iterable[float]) -> list[float]:
        """The outputs for these inputs; every node then holds its own output.

        Raises:
            DataError: not as many finite numbers as there are input nodes.
        """
        self.layers[0].set_outputs(checked_numbers("inputs", inputs, len(self.layers[0])))
        for layer in self.layers[1:]:
            layer.calculate_outputs()
        return self.layers[-1].outputs

    def error(self, inputs: Iterable[float], targets: Iterable[float]) -> float:
        """E = ½ Σ (t − a)² for one example, t being the targets and a the outputs.

        Raises:
            DataError: inputs or targets of another length, or not numbers.
        """
        wanted = checked_numbers("targets", targets, len(self.layers[-1]))
        return sum((t - a) ** 2 for t, a in zip(wanted, self.predict(inputs), strict=True)) / 2

    def calculate_deltas(self, targets: Iterable[float]) -> None:
        """Backpropagation: δ of the outputs first, then of each layer before, down to the first hidden one.

        It belongs to the inputs that ``predict`` was last given.

        Raises:
            DataError: not as many finite numbers as there are output nodes.
        """
        wanted = checked_numbers("targets", targets, len(self.layers[-1]))
        self.layers[-1].calculate_output_deltas(wanted)
        for layer in reversed(self.layers[1:-1]):
            layer.calculate_hidden_deltas()

    def learn(self, inputs: Iterable[float], targets: Iterable[float], learning_rate: float) -> None:
        """One step of gradient descent on one example: forward, backward, and only then the weights.

        Raises:
            DataError: inputs or targets of another length, or not numbers.
            SettingError: the learning rate is negative or no finite number.
        """
        rate = checked_rate(learning_rate)
        wanted = checked_numbers("targets", targets, len(self.layers[-1]))
        self.predict(inputs)
        self.calculate_deltas(wanted)
        self.connections.update(rate)

    def train(
        self,
        examples: Iterable[tuple[Iterable[float], Iterable[float]]],
        learning_rate: float,
        epochs: int = 1,
    ) -> None:
        """Learn from each example, a pair of inputs and targets, in order; once an epoch.

        Raises:
            DataError: no examples, or one of them is not as ``learn`` takes it.
            SettingError: a learning rate or a number of epochs that cannot be.
        """
        pairs = checked_examples(examples)
        for _ in range(checked_count("epochs", epochs)):
            for inputs, targets in pairs:
                self.learn(inputs, targets, learning_rate)

    @property
    def weights(self) -> list[list[list[float]]]:
        """All weights: a table for each layer after the inputs, in it a row for each node, its bias last.

        This is the matrix W of note 002, equation 3.7. ``set_weights`` takes the same.
        """
        return [
            [[connection.weight for connection in node.incoming] for node in layer.nodes]
            for layer in self.layers[1:]
        ]

    def set_weights(self, tables: Sequence[Sequence[Sequence[float]]]) -> None:
        """Give every connection its weight; ``tables`` is as ``weights`` is. Nothing changes on an error.

        Raises:
            DataError: another number of tables, rows or weights, or not numbers.
        """
        nodes = [node for layer in self.layers[1:] for node in layer.nodes]
        rows = checked_rows(tables, [len(layer) for layer in self.layers[1:]])
        checked = [
            checked_numbers(f"weights into {node.name}, its bias last", row, len(node.incoming))
            for node, row in zip(nodes, rows, strict=True)
        ]
        for node, row in zip(nodes, checked, strict=True):
            for connection, weight in zip(node.incoming, row, strict=True):
                connection.weight = weight

    def __repr__(self) -> str:
        sizes = "-".join(str(len(layer)) for layer in self.layers)
        return f"<Network {sizes} of objects, {len(self.connections):,} connections>"
