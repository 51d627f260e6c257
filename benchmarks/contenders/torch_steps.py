"""Steps of gradient descent in PyTorch by hand: no autograd, no new tensors, the update inside the product.

``epoch_by_hand`` is plain Python and is also what ``torch.jit.script`` compiles.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from benchmarks.materials import Task
from benchmarks.workloads import Workload

__all__ = ["Bench", "epoch_by_hand", "state_of"]


class Bench:
    """Room for one batch: what came into each layer and what left the last, and each layer's δ."""

    def __init__(self, workload: Workload, rows: int) -> None:
        sizes = workload.sizes
        self.activations = [torch.zeros(rows, size) for size in sizes]
        self.deltas = [torch.zeros(rows, size) for size in sizes[1:]]
        self.targets = torch.zeros(rows, sizes[-1])
        self.ones = torch.ones(rows)


def state_of(task: Task) -> tuple[list[Any], list[Any], list[Any]]:
    """Weights, biases (none without) and velocities of both, at the start."""
    weights = [torch.from_numpy(weights.copy()) for weights, _ in task.start]
    biases = [torch.from_numpy(biases.copy()) for _, biases in task.start if biases is not None]
    velocities = [torch.zeros_like(part) for part in weights + biases] if task.workload.momentum else []
    return weights, biases, velocities


def epoch_by_hand(
    inputs: Tensor,
    targets: Tensor,
    order: Tensor,
    weights: list[Tensor],
    biases: list[Tensor],
    velocities: list[Tensor],
    activations: list[Tensor],
    deltas: list[Tensor],
    batch_targets: Tensor,
    ones: Tensor,
    learning_rate: float,
    momentum: float,
    decay: float,
    relu: bool,
    loss: str,
) -> None:
    """Every step over ``order``, whose length is a multiple of the bench's rows; the state is moved in place.

    w ← (1 − η λ/n) w − η/m δᵀ a is one call: the product's own ``beta`` and ``alpha``.
    """
    rows, layers = len(ones), len(weights)
    biased = len(biases) > 0
    for start in range(0, len(order), rows):
        chosen = order[start : start + rows]
        torch.index_select(inputs, 0, chosen, out=activations[0])
        torch.index_select(targets, 0, chosen, out=batch_targets)
        for layer in range(layers):
            a = activations[layer + 1]
            if biased:
                torch.addmm(biases[layer], activations[layer], weights[layer].t(), out=a)
            else:
                torch.mm(activations[layer], weights[layer].t(), out=a)
            if layer == layers - 1 and loss == "softmax_cross_entropy":
                torch.softmax(a, 1, out=a)
            elif relu and layer < layers - 1:
                torch.relu_(a)
            else:
                torch.sigmoid_(a)
        torch.sub(activations[layers], batch_targets, out=deltas[layers - 1])
        if loss == "quadratic":
            torch.ops.aten.sigmoid_backward(
                deltas[layers - 1], activations[layers], grad_input=deltas[layers - 1]
            )
        for back in range(layers):
            layer = layers - 1 - back
            delta, a = deltas[layer], activations[layer]
            if layer > 0:
                before = deltas[layer - 1]
                torch.mm(delta, weights[layer], out=before)
                if relu:
                    torch.ops.aten.threshold_backward(before, a, 0, grad_input=before)
                else:
                    torch.ops.aten.sigmoid_backward(before, a, grad_input=before)
            if momentum > 0:
                velocities[layer].addmm_(delta.t(), a, beta=momentum, alpha=1.0 / rows)
                weights[layer].add_(velocities[layer], alpha=-learning_rate)
                if biased:
                    velocities[layers + layer].addmv_(delta.t(), ones, beta=momentum, alpha=1.0 / rows)
                    biases[layer].add_(velocities[layers + layer], alpha=-learning_rate)
            else:
                weights[layer].addmm_(delta.t(), a, beta=decay, alpha=-learning_rate / rows)
                if biased:
                    biases[layer].addmv_(delta.t(), ones, alpha=-learning_rate / rows)
