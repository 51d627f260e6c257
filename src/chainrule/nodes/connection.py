"""A connection: it leads from one node to another, and its weight is what a network learns."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.nodes.node import Node

__all__ = ["Connection", "Connections"]


class Connection:
    """The way from one node to a node of the next layer.

    Attributes:
        upstream_node: where it comes from.
        downstream_node: where it leads to.
        weight: w, how much of the upstream output arrives.
    """

    def __init__(self, upstream_node: Node, downstream_node: Node, weight: float) -> None:
        self.upstream_node = upstream_node
        self.downstream_node = downstream_node
        self.weight = weight

    @property
    def gradient(self) -> float:
        """∂E/∂w = −δ x: the δ of the node it leads to, times the output x that it carries."""
        return -self.downstream_node.delta * self.upstream_node.output

    def update(self, learning_rate: float) -> None:
        """Take a step against the gradient: w ← w + η δ x (note 002, equation 4.5)."""
        self.weight += learning_rate * self.downstream_node.delta * self.upstream_node.output

    def __repr__(self) -> str:
        return f"<{self.upstream_node.name} → {self.downstream_node.name}: weight {self.weight:.4f}>"


class Connections:
    """All connections of a network, in the order in which they were made."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []

    def connect(self, upstream_node: Node, downstream_node: Node, weight: float) -> None:
        """Make a connection, and tell both nodes of it."""
        connection = Connection(upstream_node, downstream_node, weight)
        upstream_node.outgoing.append(connection)
        downstream_node.incoming.append(connection)
        self.connections.append(connection)

    def update(self, learning_rate: float) -> None:
        """Move every weight by one step."""
        for connection in self.connections:
            connection.update(learning_rate)

    def __iter__(self) -> Iterator[Connection]:
        return iter(self.connections)

    def __len__(self) -> int:
        return len(self.connections)
