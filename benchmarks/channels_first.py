"""Weights as libraries with channels before rows and columns have them, and back again."""

from __future__ import annotations

from math import isqrt

from benchmarks.contender import Parameters
from benchmarks.workloads import Workload

__all__ = ["channels_first", "channels_last"]


def channels_first(workload: Workload, parameters: Parameters) -> Parameters:
    """Windows ``(filters, channels, height, width)``; the first dense layer expects its inputs so."""
    return _moved(workload, parameters, back=False)


def channels_last(workload: Workload, parameters: Parameters) -> Parameters:
    """What ``channels_first`` was made of."""
    return _moved(workload, parameters, back=True)


def _moved(workload: Workload, parameters: Parameters, *, back: bool) -> Parameters:
    axes = (0, 2, 3, 1) if back else (0, 3, 1, 2)
    found: Parameters = []
    for place, (weights, biases) in enumerate(parameters):
        if place < len(workload.convolutions):
            weights = weights.transpose(axes)
        elif workload.convolutions and place == len(workload.convolutions):
            channels = workload.convolutions[-1][0]
            side = isqrt(weights.shape[1] // channels)
            image = (channels, side, side) if back else (side, side, channels)
            weights = weights.reshape(-1, *image).transpose(axes).reshape(weights.shape)
        found.append((weights, biases))
    return found
