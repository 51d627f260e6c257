"""PyTorch as those write it who know how its convolutions are fastest: channels last, and compiled."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contenders.torch_eager import TorchEager
from benchmarks.materials import Array, Task
from benchmarks.workloads import Workload

__all__ = ["TorchChannelsLast", "TorchCompiledImages"]


class TorchChannelsLast(TorchEager):
    """Images, windows and all between them lie with the channels innermost."""

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        return "" if workload.convolutions else "it concerns convolutional networks only"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.network.to(memory_format=torch.channels_last)

    def question(self, inputs: Array) -> Any:
        return super().question(inputs).to(memory_format=torch.channels_last)


class TorchCompiledImages(TorchChannelsLast):
    """The network through ``torch.compile``, which compiles its way back too."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.network = torch.compile(self.network, dynamic=False)
