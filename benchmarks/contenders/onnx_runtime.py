"""ONNX Runtime, which only answers; the graph is put together from the weights."""

from __future__ import annotations

from typing import Any

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.contender import Contender
from benchmarks.materials import Array, Task

__all__ = ["OnnxRuntime"]


def model_of(task: Task) -> Any:
    """The network as an ONNX model: Gemm and Sigmoid by turns, any number of rows."""
    nodes, constants, name = [], [], "images"
    for layer, (weights, biases) in enumerate(task.start):
        constants.append(numpy_helper.from_array(weights, f"weights{layer}"))
        constants.append(numpy_helper.from_array(biases, f"biases{layer}"))
        inputs = [name, f"weights{layer}", f"biases{layer}"]
        nodes.append(helper.make_node("Gemm", inputs, [f"z{layer}"], transB=1))
        name = f"a{layer}"
        nodes.append(helper.make_node("Sigmoid", [f"z{layer}"], [name]))
    sizes = task.workload.sizes
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["rows", sizes[0]])],
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
        return {"images": inputs}

    def answer(self, question: dict[str, Array]) -> Any:
        return self.session.run(None, question)[0]
