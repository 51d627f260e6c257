"""PyTorch by hand through ``torch.jit.script``, an epoch without Python; to be asked, a frozen trace."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch

from benchmarks.contenders.torch_eager import TorchEager
from benchmarks.contenders.torch_manual import TorchManual
from benchmarks.contenders.torch_steps import epoch_by_hand
from benchmarks.materials import Array, Task

__all__ = ["TorchScript"]


class TorchScript(TorchManual):
    """The loop over the steps is TorchScript too."""

    def __init__(self, task: Task) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            if task.workload.answers:
                self.eager = TorchEager(task)
                example = torch.zeros(task.workload.answers, task.workload.sizes[0])
                self.asked = torch.jit.freeze(torch.jit.trace(self.eager.network, example))
            else:
                super().__init__(task)
        self.task, self.workload = task, task.workload

    def compiled(self) -> Callable[..., Any]:
        scripted: Callable[..., Any] = torch.jit.script(epoch_by_hand)
        return scripted

    def question(self, inputs: Array) -> Any:
        return torch.from_numpy(inputs)

    def answer(self, question: Any) -> Any:
        with torch.inference_mode():
            return self.asked(question)

    def answered(self, answer: Any) -> Array:
        outputs: Array = answer.numpy()
        return outputs
