"""A decision as a perceptron: reasons are weighed, and together they pass the threshold or not."""

from __future__ import annotations

from chainrule.logic.perceptron import Perceptron

__all__ = ["weighted_decision"]


def weighted_decision(
    weather: float = 6, company: float = 2, transport: float = 2, threshold: float = 5
) -> Perceptron:
    """Whether to go out tonight. Its inputs: is the weather good, is there company, is there transport.

    With the weights 6, 2 and 2 and the threshold 5 the weather alone decides. With the threshold 3 company
    and transport together are enough as well: a lower threshold means a greater wish to go.
    The example is note 001's; the numbers are the book's (chapter 1).

    Args:
        weather: the weight of good weather.
        company: the weight of someone to go with.
        transport: the weight of a way to get there.
        threshold: what the weights of the reasons that hold must exceed.
    """
    return Perceptron((weather, company, transport), -threshold)
