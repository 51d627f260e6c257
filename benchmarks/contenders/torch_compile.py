"""PyTorch through ``torch.compile``: one step, or ten steps in a row, as one compiled function."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from benchmarks.contender import Contender, Parameters
from benchmarks.contenders.torch_steps import state_of
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["TorchCompile", "TorchCompileChunk"]


class TorchCompile(Contender):
    """The step is written without autograd and without ``out=``; the compiler fuses and plans its memory."""

    steps_a_call = 1

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        return "its steps are written for dense layers" if workload.convolutions else ""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.inputs = torch.from_numpy(task.scaled(task.inputs))
        self.targets = torch.from_numpy(task.target_rows())
        self.state = state_of(task)
        options = {"cpp_wrapper": True}
        self.compiled = torch.compile(self._steps, dynamic=False, fullgraph=True, options=options)

    def prepare(self, order: Array, seed: int) -> None:
        for group, start in zip(self.state, state_of(self.task), strict=True):
            for part, first in zip(group, start, strict=True):
                part.copy_(first)
        self.order = torch.from_numpy(order)

    def train(self) -> None:
        size = self.workload.batch_size
        chunk = size * self.steps_a_call
        compiled, order = self.compiled, self.order
        whole = len(order) // chunk * chunk
        with torch.inference_mode():
            for start in range(0, whole, chunk):
                compiled(order[start : start + chunk])
            for start in range(whole, len(order), size):
                compiled(order[start : start + size])

    def _steps(self, order: Tensor) -> None:
        for start in range(0, len(order), self.workload.batch_size):
            self._step(order[start : start + self.workload.batch_size])

    def _step(self, chosen: Tensor) -> None:
        workload = self.workload
        weights, biases, velocities = self.state
        layers, rows = len(weights), len(chosen)
        activations = [self.inputs[chosen]]
        for layer in range(layers):
            z = activations[-1] @ weights[layer].t()
            if workload.bias:
                z = z + biases[layer]
            activations.append(self._activation(z, layer == layers - 1))
        delta = activations[-1] - self.targets[chosen]
        if workload.loss == "quadratic":
            delta = delta * activations[-1] * (1 - activations[-1])
        for layer in range(layers - 1, -1, -1):
            a = activations[layer]
            gradients = [(layer, weights[layer], delta.t() @ a / rows)]
            if workload.bias:
                gradients.append((layers + layer, biases[layer], delta.sum(0) / rows))
            if layer:
                slope = (a > 0) if workload.hidden == "relu" else a * (1 - a)
                delta = (delta @ weights[layer]) * slope
            for place, part, gradient in gradients:
                if workload.l2 and place < layers:
                    gradient = gradient + workload.l2 / workload.images * part
                if workload.momentum:
                    velocities[place].mul_(workload.momentum).add_(gradient)
                    gradient = velocities[place]
                part.sub_(gradient * workload.learning_rate)

    def _activation(self, z: Tensor, last: bool) -> Tensor:
        if last and self.workload.output == "softmax":
            return torch.softmax(z, 1)
        return torch.relu(z) if self.workload.hidden == "relu" and not last else torch.sigmoid(z)

    def parameters(self) -> Parameters:
        weights, biases, _ = self.state
        known: list[Any] = biases or [None] * len(weights)
        return [
            (part.numpy(), None if bias is None else bias.numpy())
            for part, bias in zip(weights, known, strict=True)
        ]


class TorchCompileChunk(TorchCompile):
    """Ten steps a call."""

    steps_a_call = 10
