"""A node: it adds up what its connections bring, and sends the sum through the sigmoid."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.nodes.connection import Connection

__all__ = ["ConstNode", "Node", "sigmoid"]


def sigmoid(z: float) -> float:
    """σ(z) = 1 / (1 + e⁻ᶻ), between 0 and 1; its derivative is σ(z) (1 − σ(z)).

    Below 0 it is written eᶻ / (1 + eᶻ), the same number, so that no power becomes too large for Python.
    """
    if z >= 0:
        return 1 / (1 + exp(-z))
    return exp(z) / (1 + exp(z))


class Node:
    """One neuron, or one input.

    Attributes:
        output: a, the number that the node sends on.
        delta: δ = −∂E/∂z, how fast the error E of the network falls when the node's weighted input z rises.
        incoming: connections that lead to this node.
        outgoing: connections that lead away from it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.output = 0.0
        self.delta = 0.0
        self.incoming: list[Connection] = []
        self.outgoing: list[Connection] = []

    def calculate_output(self) -> None:
        """Compute a = σ(z), where z is the sum of weight times output over the incoming connections."""
        z = 0.0
        for connection in self.incoming:
            z += connection.weight * connection.upstream_node.output
        self.output = sigmoid(z)

    def calculate_output_delta(self, target: float) -> None:
        """δ of a node in the last layer: a (1 − a) (t − a) for E = ½ Σ (t − a)² (note 002, equation 4.1)."""
        self.delta = self.output * (1 - self.output) * (target - self.output)

    def calculate_hidden_delta(self) -> None:
        """δ of a hidden node: a (1 − a) Σ w δ over the nodes that it leads to (note 002, equation 4.3)."""
        passed_back = 0.0
        for connection in self.outgoing:
            passed_back += connection.weight * connection.downstream_node.delta
        self.delta = self.output * (1 - self.output) * passed_back

    def __repr__(self) -> str:
        return f"<{self.name}: output {self.output:.4f}, delta {self.delta:.4f}>"


class ConstNode(Node):
    """A node whose output is always 1: the weight of a connection that leaves it is a bias."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.output = 1.0
