"""Draws the start of a workload by chainrule and writes it, beside the images, for the workers to read."""

from __future__ import annotations

from functools import partial
from math import isqrt
from pathlib import Path
from typing import Any

import chainrule as cr
from benchmarks.materials import Array, Task
from benchmarks.workloads import SEED, Workload

__all__ = ["build", "layer_parameters", "optimizer_of", "regularizers_of", "write_task"]


def build(workload: Workload, dtype: str = "float32") -> cr.Network:
    """The workload's network at its start."""
    dense = [shape for _, shape in workload.products if len(shape) == 2]
    layers = cr.fully_connected(
        (dense[0][1], *workload.sizes[1:]),
        hidden=workload.hidden,
        output=workload.output,
        initializer=workload.initializer,
        bias_initializer=workload.bias_initializer,
        bias=workload.bias,
    )
    before: list[Any] = []
    for place, (filters, window, pool) in enumerate(workload.convolutions):
        convolution = cr.Convolution(
            filters,
            window,
            initializer=workload.initializer,
            bias=workload.bias,
            bias_initializer=workload.bias_initializer,
        )
        then: dict[str, Any] = {"activation": cr.ReLU, "pool": partial(cr.MaxPool, pool)}
        before += [convolution, *(then[step]() for step in workload.after(place))]
    side = isqrt(workload.sizes[0])
    shape = (side, side, 1) if before else workload.sizes[0]
    layers = [*before, cr.Flatten(), *layers] if before else layers
    scaling = cr.Scaling(workload.scale, workload.shift)
    return cr.Network(layers, shape, seed=SEED, dtype=dtype, scaling=scaling)


def layer_parameters(network: cr.Network) -> list[tuple[Array, Array | None]]:
    """Weights and biases of each layer that has them, as views."""
    kinds = (cr.Convolution, cr.Dense)
    weighted = [layer for layer in network.layers if isinstance(layer, kinds)]
    return [(layer.weights, layer.biases if layer.bias else None) for layer in weighted]


def optimizer_of(workload: Workload) -> Any:
    """The workload's way to step, as chainrule has it."""
    if workload.momentum:
        return cr.Momentum(workload.learning_rate, workload.momentum)
    return cr.SGD(workload.learning_rate)


def regularizers_of(workload: Workload) -> list[Any]:
    """The workload's weight decay, as chainrule has it."""
    return [cr.L2(workload.l2)] if workload.l2 else []


def write_task(folder: Path, workload: Workload) -> None:
    """Write images, labels and start. To be asked, a network is first trained for one epoch."""
    data = cr.load_data("mnist", split="60k")
    train = data.train.part(slice(0, workload.images), "mnist")
    network = build(workload)
    if workload.answers:
        cr.Trainer(
            network,
            loss=workload.loss,
            optimizer=optimizer_of(workload),
            regularizers=regularizers_of(workload),
            batch_size=workload.batch_size,
            targets=workload.targets,
            epochs=1,
            seed=SEED,
        ).fit(train)
        train = train.part(slice(0, 0), "none")
    arrays = {
        "inputs": train.inputs,
        "labels": train.labels,
        "test_inputs": data.test.inputs[: workload.test_images],
        "test_labels": data.test.labels[: workload.test_images],
    }
    Task.write(folder, workload, arrays, layer_parameters(network))
