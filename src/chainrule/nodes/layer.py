"""A layer: nodes side by side, not connected with each other, and a constant node for the biases."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.nodes.node import ConstNode, Node

__all__ = ["Layer"]


class Layer:
    """The nodes of one layer.

    Args:
        index: 0 for the inputs, 1 for the first layer of neurons, and so on.
        size: how many nodes, not counting the constant one.
        last: True for the outputs, which lead to nothing and so need no constant node.

    Attributes:
        nodes: the inputs or neurons.
        constant: the constant node, else None.
    """

    def __init__(self, index: int, size: int, last: bool) -> None:
        self.nodes = [Node(f"node {index}.{place}") for place in range(size)]
        self.constant = None if last else ConstNode(f"constant {index}")

    @property
    def upstream_nodes(self) -> list[Node]:
        """What the next layer is connected to: the nodes, and the constant one after them."""
        return self.nodes if self.constant is None else [*self.nodes, self.constant]

    @property
    def outputs(self) -> list[float]:
        """The outputs of the nodes."""
        return [node.output for node in self.nodes]

    def set_outputs(self, values: Sequence[float]) -> None:
        """Let the nodes send on these numbers: how inputs come into the network."""
        for node, value in zip(self.nodes, values, strict=True):
            node.output = value

    def calculate_outputs(self) -> None:
        """Each node reads the layer before and answers."""
        for node in self.nodes:
            node.calculate_output()

    def calculate_output_deltas(self, targets: Sequence[float]) -> None:
        """Each δ of the last layer, from what its nodes should have said."""
        for node, target in zip(self.nodes, targets, strict=True):
            node.calculate_output_delta(target)

    def calculate_hidden_deltas(self) -> None:
        """Each δ of a hidden layer, from those of the layer after."""
        for node in self.nodes:
            node.calculate_hidden_delta()

    def __len__(self) -> int:
        return len(self.nodes)
