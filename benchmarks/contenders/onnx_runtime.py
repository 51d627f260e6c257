"""ONNX Runtime, which only answers; the graph is put together from the weights."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.channels_first import channels_first
from benchmarks.contender import Contender
from benchmarks.materials import Array, Task

__all__ = ["OnnxRuntime"]


def model_of(task: Task) -> Any:
    """The network as an ONNX model for any number of rows: the layers, each with its activation."""
    workload, sizes = task.workload, task.workload.sizes
    side = isqrt(sizes[0])
    hidden = "Relu" if workload.hidden == "relu" else "Sigmoid"
    nodes: list[Any] = []
    constants: list[Any] = []
    name = "images"

    def then(kind: str, *more: str, **settings: Any) -> str:
        nodes.append(helper.make_node(kind, [name, *more], [f"a{len(nodes)}"], **settings))
        return f"a{len(nodes) - 1}"

    start = channels_first(workload, task.start)
    for layer, (weights, biases) in enumerate(start):
        given = f"weights{layer}", f"biases{layer}"
        constants.append(numpy_helper.from_array(np.ascontiguousarray(weights), given[0]))
        constants.append(numpy_helper.from_array(biases, given[1]))
        if weights.ndim == 4:
            name = then("Conv", *given)
            square = [workload.convolutions[layer][2]] * 2
            for step in workload.after(layer):
                pool = step == "pool"
                name = then("MaxPool", kernel_shape=square, strides=square) if pool else then(hidden)
        else:
            name = then("Flatten") if layer and layer == len(workload.convolutions) else name
            name = then("Gemm", *given, transB=1)
            name = then(hidden if layer < len(start) - 1 else workload.output.capitalize())
    shape = ["rows", 1, side, side] if workload.convolutions else ["rows", sizes[0]]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", sizes[-1]])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


class OnnxRuntime(Contender):
    """A session on the CPU with all its optimisations, and as many threads as the row has."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = task.threads
        options.inter_op_num_threads = 1
        content = model_of(task).SerializeToString()
        self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def question(self, inputs: Array) -> dict[str, Array]:
        side = isqrt(inputs.shape[1])
        return {"images": inputs.reshape(-1, 1, side, side) if self.workload.convolutions else inputs}

    def answer(self, question: dict[str, Array]) -> Any:
        return self.session.run(None, question)[0]
