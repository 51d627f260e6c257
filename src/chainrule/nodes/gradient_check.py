"""Whether backpropagation is right: move each weight a little, and see whether the error follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.nodes.checks import checked_step
from chainrule.nodes.connection import Connection
from chainrule.nodes.network import Network

__all__ = ["Comparison", "gradient_check"]

_FOUR_DIGITS = 1e-4
_TOO_SMALL_TO_TELL = 1e-9


@dataclass(frozen=True)
class Comparison:
    """One weight of a gradient check.

    Attributes:
        connection: whose weight it is.
        gradient: ∂E/∂w by backpropagation.
        measured: ∂E/∂w by moving the weight.
    """

    connection: Connection
    gradient: float
    measured: float

    @property
    def agrees(self) -> bool:
        """Whether four significant digits are the same.

        A difference under a billionth counts as none: that far the measurement itself is wrong.
        """
        largest = max(abs(self.gradient), abs(self.measured))
        return abs(self.gradient - self.measured) <= max(_FOUR_DIGITS * largest, _TOO_SMALL_TO_TELL)


def gradient_check(
    network: Network, inputs: Iterable[float], targets: Iterable[float], step: float = 1e-4
) -> list[Comparison]:
    """Compare ∂E/∂w of every weight with (E(w + ε) − E(w − ε)) / 2ε (note 002, equation 5.4).

    Args:
        network: which is left with the weights it had.
        inputs: of one example.
        targets: of that example.
        step: ε.

    Raises:
        DataError: inputs or targets of another length, or not numbers.
        SettingError: the step is not positive.
    """
    step, inputs, targets = checked_step(step), list(inputs), list(targets)
    network.predict(inputs)
    network.calculate_deltas(targets)
    gradients = [connection.gradient for connection in network.connections]
    return [
        Comparison(connection, gradient, _measured(network, connection, inputs, targets, step))
        for connection, gradient in zip(network.connections, gradients, strict=True)
    ]


def _measured(
    network: Network, connection: Connection, inputs: list[float], targets: list[float], step: float
) -> float:
    weight = connection.weight
    connection.weight = weight + step
    above = network.error(inputs, targets)
    connection.weight = weight - step
    below = network.error(inputs, targets)
    connection.weight = weight
    return (above - below) / (2 * step)
