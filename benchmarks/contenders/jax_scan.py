"""JAX, compiled: the whole epoch in one ``lax.scan``, of convolutions each step by itself."""

from __future__ import annotations

from math import isqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.contender import Contender, Parameters
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["JaxScan"]


def convolved(workload: Workload, place: int, images: Any, part: Any) -> Any:
    """Convolution, ReLU and max pooling, channels last."""
    layout = ("NHWC", "OHWI", "NHWC")
    z = lax.conv_general_dilated(images, part["weights"], (1, 1), "VALID", dimension_numbers=layout)
    a = z + part["biases"] if "biases" in part else z
    pool = workload.convolutions[place][2]
    for step in workload.after(place):
        if step == "pool":
            square = (1, pool, pool, 1)
            a = lax.reduce_window(a, -jnp.inf, lax.max, square, square, "VALID")
        else:
            a = jax.nn.relu(a)
    return a


def logits_of(workload: Workload, parameters: Any, inputs: Any) -> Any:
    """What comes before the last activation."""
    a = inputs
    if workload.convolutions:
        side = isqrt(workload.sizes[0])
        a = a.reshape(-1, side, side, 1)
    for layer, part in enumerate(parameters):
        if layer < len(workload.convolutions):
            a = convolved(workload, layer, a, part)
            continue
        z = a.reshape(len(a), -1) @ part["weights"].T
        if workload.bias:
            z = z + part["biases"]
        a = jax.nn.relu(z) if workload.hidden == "relu" else jax.nn.sigmoid(z)
        if layer == len(parameters) - 1:
            return z
    raise ValueError("a network without layers")


def loss_of(workload: Workload, parameters: Any, inputs: Any, targets: Any) -> Any:
    """The mean loss over the batch."""
    z = logits_of(workload, parameters, inputs)
    if workload.loss == "quadratic":
        each = 0.5 * jnp.square(jax.nn.sigmoid(z) - targets)
    elif workload.loss == "sigmoid_cross_entropy":
        each = jax.nn.softplus(z) - targets * z
    else:
        each = -targets * jax.nn.log_softmax(z)
    return each.sum(axis=1).mean()


class JaxScan(Contender):
    """The gradient is ``jax.grad``'s; the loss itself is not computed, as nobody reads it."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        if self.workload.answers:
            self.trained = self._first()
            self.asked = jax.jit(self._answer)
            return
        self.inputs = jnp.asarray(task.scaled(task.inputs))
        self.targets = jnp.asarray(task.target_rows())
        self.compiled = jax.jit(self._epoch, donate_argnums=0)
        self.compiled_step = jax.jit(self._one, donate_argnums=0)

    def _first(self) -> Any:
        return [
            {"weights": jnp.array(weights)} | ({} if biases is None else {"biases": jnp.array(biases)})
            for weights, biases in self.task.start
        ]

    def prepare(self, order: Array, seed: int) -> None:
        size = self.workload.batch_size
        whole = len(order) // size * size
        self.batches = jnp.asarray(order[:whole].reshape(-1, size).astype("int32"))
        self.rest = jnp.asarray(order[whole:].astype("int32"))
        parameters = self._first()
        velocities = jax.tree.map(jnp.zeros_like, parameters) if self.workload.momentum else ()
        self.state = jax.block_until_ready((parameters, velocities))

    def train(self) -> None:
        state, data = self.state, (self.inputs, self.targets)
        if self.workload.convolutions:
            # A convolution inside a scan is compiled to a loop that is many times slower.
            for chosen in [*self.batches, *([self.rest] if self.rest.size else [])]:
                state = self.compiled_step(state, *data, chosen)
        else:
            state = self.compiled(state, *data, self.batches, self.rest)
        self.state = jax.block_until_ready(state)

    def _epoch(self, state: Any, inputs: Any, targets: Any, batches: Any, rest: Any) -> Any:
        def step(state: Any, chosen: Any) -> tuple[Any, None]:
            return self._one(state, inputs, targets, chosen), None

        state, _ = lax.scan(step, state, batches)
        return self._one(state, inputs, targets, rest) if rest.size else state

    def _one(self, state: Any, inputs: Any, targets: Any, chosen: Any) -> Any:
        batch = inputs.at[chosen].get(mode="promise_in_bounds")
        wanted = targets.at[chosen].get(mode="promise_in_bounds")
        return self._step(state, batch, wanted)

    def _step(self, state: Any, inputs: Any, targets: Any) -> Any:
        workload = self.workload
        parameters, velocities = state
        gradients = jax.grad(loss_of, argnums=1)(workload, parameters, inputs, targets)
        if workload.l2:
            decay = workload.l2 / workload.images
            for part, gradient in zip(parameters, gradients, strict=True):
                gradient["weights"] = gradient["weights"] + decay * part["weights"]
        if workload.momentum:
            velocities = jax.tree.map(lambda v, g: workload.momentum * v + g, velocities, gradients)
            gradients = velocities
        rate = workload.learning_rate
        return jax.tree.map(lambda w, g: w - rate * g, parameters, gradients), velocities

    def parameters(self) -> Parameters:
        return [
            (np.asarray(part["weights"]), np.asarray(part["biases"]) if "biases" in part else None)
            for part in self.state[0]
        ]

    def question(self, inputs: Array) -> Any:
        return jnp.asarray(inputs)

    def _answer(self, parameters: Any, inputs: Any) -> Any:
        logits = logits_of(self.workload, parameters, inputs)
        return jax.nn.softmax(logits) if self.workload.output == "softmax" else jax.nn.sigmoid(logits)

    def answer(self, question: Any) -> Any:
        return self.asked(self.trained, question).block_until_ready()

    def answered(self, answer: Any) -> Array:
        return np.asarray(answer)
