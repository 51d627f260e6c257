"""PyTorch by hand through ``torch.jit.script``, an epoch without Python; to be asked, a frozen trace."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.contenders.torch_eager import TorchEager
from benchmarks.contenders.torch_manual import TorchManual
from benchmarks.contenders.torch_steps import epoch_by_hand
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["TorchScript"]


class TorchScript(TorchManual):
    """The loop over the steps is TorchScript too."""

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        return "" if workload.answers else super().cannot(workload)

    def __init__(self, task: Task) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            if task.workload.answers:
                self.eager = TorchEager(task)
                example = self.eager.question(np.zeros((task.workload.answers, task.workload.sizes[0]), "f4"))
                self.asked = torch.jit.freeze(torch.jit.trace(self.eager.network, example))
            else:
                super().__init__(task)
        self.task, self.workload = task, task.workload

    def compiled(self) -> Callable[..., Any]:
        scripted: Callable[..., Any] = torch.jit.script(epoch_by_hand)
        return scripted

    def question(self, inputs: Array) -> Any:
        return self.eager.question(inputs)

    def answer(self, question: Any) -> Any:
        with torch.inference_mode():
            return self.asked(question)

    def answered(self, answer: Any) -> Array:
        outputs: Array = answer.numpy()
        return outputs
