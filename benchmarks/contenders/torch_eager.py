"""PyTorch as users write it: Sequential, autograd, optim.SGD, one batch after the other."""

from __future__ import annotations

from functools import partial
from math import isqrt
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.channels_first import channels_first, channels_last
from benchmarks.contender import Contender, Parameters
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["TorchEager"]


def network_of(workload: Workload) -> Any:
    """The layers; without the last activation where the loss takes logits."""
    activation = nn.ReLU if workload.hidden == "relu" else nn.Sigmoid
    layers: list[Any] = []
    for place, (_, (after, *window, before)) in enumerate(workload.products):
        if window:
            pool = partial(nn.MaxPool2d, workload.convolutions[place][2])
            then = {"activation": activation, "pool": pool}
            layers += [nn.Conv2d(before, after, window[0], bias=workload.bias)]
            layers += [then[step]() for step in workload.after(place)]
        else:
            flatten = [nn.Flatten()] if workload.convolutions and place == len(workload.convolutions) else []
            layers += [*flatten, nn.Linear(before, after, bias=workload.bias), activation()]
    layers.pop()
    if workload.loss == "quadratic" or workload.answers:
        layers.append(nn.Softmax(1) if workload.output == "softmax" else nn.Sigmoid())
    return nn.Sequential(*layers)


class TorchEager(Contender):
    """zero_grad, forward, backward, step; the images lie in one tensor, indexed by slices of the order."""

    @classmethod
    def share(cls, workload: Workload) -> float:
        return 0.2 if workload.batch_size == 1 and not workload.answers else 1.0

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.network = network_of(self.workload)
        self.weighted = [layer for layer in self.network if isinstance(layer, (nn.Linear, nn.Conv2d))]
        if self.workload.answers:
            self._start()
            self.network.eval()
            return
        self.inputs = self.question(task.scaled(task.inputs))
        if self.workload.loss == "softmax_cross_entropy":
            self.targets = torch.from_numpy(task.labels)
        else:
            self.targets = torch.from_numpy(task.target_rows())

    def _start(self) -> None:
        with torch.no_grad():
            start = channels_first(self.workload, self.task.start)
            for layer, (weights, biases) in zip(self.weighted, start, strict=True):
                layer.weight.copy_(torch.from_numpy(weights))
                if biases is not None:
                    layer.bias.copy_(torch.from_numpy(biases))

    def prepare(self, order: Array, seed: int) -> None:
        self._start()
        workload = self.workload
        decay = workload.l2 / workload.images
        groups = [{"params": [layer.weight for layer in self.weighted], "weight_decay": decay}]
        if workload.bias:
            groups.append({"params": [layer.bias for layer in self.weighted], "weight_decay": 0.0})
        self.optimizer = torch.optim.SGD(groups, lr=workload.learning_rate, momentum=workload.momentum)
        self.order = torch.from_numpy(order)

    def train(self) -> None:
        network, optimizer, size = self.network, self.optimizer, self.workload.batch_size
        inputs, targets, order, loss_of = self.inputs, self.targets, self.order, self._loss
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            loss = loss_of(network(inputs[chosen]), targets[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def _loss(self, outputs: Any, targets: Any) -> Any:
        if self.workload.loss == "quadratic":
            return 0.5 * ((outputs - targets) ** 2).sum(1).mean()
        if self.workload.loss == "sigmoid_cross_entropy":
            total = functional.binary_cross_entropy_with_logits(outputs, targets, reduction="sum")
            return total / len(targets)
        return functional.cross_entropy(outputs, targets)

    def parameters(self) -> Parameters:
        found: Parameters = [
            (layer.weight.detach().numpy(), None if layer.bias is None else layer.bias.detach().numpy())
            for layer in self.weighted
        ]
        return channels_last(self.workload, found)

    def question(self, inputs: Array) -> Any:
        if not self.workload.convolutions:
            return torch.from_numpy(inputs)
        side = isqrt(inputs.shape[1])
        return torch.from_numpy(inputs.reshape(-1, 1, side, side))

    def answer(self, question: Any) -> Any:
        with torch.no_grad():
            return self.network(question)

    def answered(self, answer: Any) -> Array:
        outputs: Array = answer.numpy()
        return outputs
