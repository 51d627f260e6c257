"""PyTorch by hand: preallocated buffers, ``out=`` everywhere, no autograd, Python between the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.contender import Contender, Parameters
from benchmarks.contenders.torch_steps import Bench, epoch_by_hand, state_of
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["TorchManual"]


class TorchManual(Contender):
    """The whole batches of an epoch on one bench, the images left over on a second."""

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        return "its steps are written for dense layers" if workload.convolutions else ""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        workload = self.workload
        self.inputs = torch.from_numpy(task.scaled(task.inputs))
        self.targets = torch.from_numpy(task.target_rows())
        rest = workload.images % workload.batch_size
        self.benches = [Bench(workload, rows) for rows in (workload.batch_size, rest) if rows]
        self.steps = self.compiled()

    def compiled(self) -> Callable[..., Any]:
        """What runs the steps."""
        return epoch_by_hand

    def prepare(self, order: Array, seed: int) -> None:
        self.weights, self.biases, self.velocities = state_of(self.task)
        whole = len(order) // self.workload.batch_size * self.workload.batch_size
        self.orders = [torch.from_numpy(part) for part in (order[:whole], order[whole:])]

    def train(self) -> None:
        workload = self.workload
        with torch.inference_mode():
            for bench, order in zip(self.benches, self.orders, strict=False):
                self.steps(
                    self.inputs,
                    self.targets,
                    order,
                    self.weights,
                    self.biases,
                    self.velocities,
                    bench.activations,
                    bench.deltas,
                    bench.targets,
                    bench.ones,
                    workload.learning_rate,
                    workload.momentum,
                    1.0 - workload.learning_rate * workload.l2 / workload.images,
                    workload.hidden == "relu",
                    workload.loss,
                )

    def parameters(self) -> Parameters:
        biases = [part.numpy() for part in self.biases] or [None] * len(self.weights)
        return [(weights.numpy(), part) for weights, part in zip(self.weights, biases, strict=True)]
