"""PyTorch's recipe as a program: ``python -m benchmarks.recipes.torch_recipe PER_CENT SEED FOLDER``.

The folder holds the data as ``.npy`` files, which NumPy reads faster than any other form.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.recipes import RECIPES, Recipe

__all__ = ["train"]


def network_of(recipe: Recipe) -> Any:
    """The layers, without the softmax, which the loss contains."""
    layers: list[Any] = []
    sizes = [784, *recipe.hidden]
    for before, after in pairwise(sizes):
        linear = nn.Linear(before, after)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        layers += [linear, *[nn.BatchNorm1d(after)] * recipe.batch_norm, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def train(recipe: Recipe, inputs: Any, labels: Any, seed: int) -> Any:
    """A network that has learnt by the recipe."""
    torch.manual_seed(seed)
    network = network_of(recipe)
    rate, steps = recipe.learning_rate, ceil(len(inputs) / recipe.batch_size)
    if recipe.optimizer == "adam":
        optimizer: Any = torch.optim.Adam(network.parameters(), lr=rate, fused=True)
    else:
        optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9, nesterov=True, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        rate,
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        pct_start=recipe.warmup,
        cycle_momentum=False,
    )
    loss_of = nn.CrossEntropyLoss()
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(inputs)).split(recipe.batch_size):
            loss = loss_of(network(inputs[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


def tensors(folder: Path, part: str) -> tuple[Any, Any]:
    """Images as float tensors in 0..1, and labels."""
    images = torch.from_numpy(np.load(folder / f"{part}inputs.npy"))
    return images.float().div_(255), torch.from_numpy(np.load(folder / f"{part}labels.npy"))


if __name__ == "__main__":
    trained = train(RECIPES["torch", int(sys.argv[1])], *tensors(Path(sys.argv[3]), ""), int(sys.argv[2]))
    test_inputs, test_labels = tensors(Path(sys.argv[3]), "test_")
    with torch.no_grad():
        correct = (trained(test_inputs).argmax(1) == test_labels).float().mean()
    print(json.dumps({"accuracy": float(correct)}), flush=True)
