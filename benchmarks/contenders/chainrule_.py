"""chainrule itself, through its public face: a Network, a Trainer, ``fit`` and ``predict``."""

from __future__ import annotations

import os
import time

import chainrule as cr
from benchmarks.contender import Contender, Parameters
from benchmarks.drawing import build, layer_parameters, optimizer_of, regularizers_of
from benchmarks.materials import Array, Task, accuracy
from benchmarks.workloads import Workload

__all__ = ["Chainrule", "ChainruleFast"]


class Clock(cr.Callback):
    """Reads the time when the first batch is about to be gathered, and when the epoch is over."""

    def on_start(self, trainer: cr.Trainer) -> None:
        self.started = time.perf_counter()

    def on_epoch(self, trainer: cr.Trainer, record: cr.EpochRecord) -> None:
        self.seconds = time.perf_counter() - self.started


class Marks(cr.Callback):
    """Notes the accuracy when certain numbers of images have been seen; used outside the timed rounds."""

    def __init__(self, task: Task, images: list[int]) -> None:
        self.task = task
        self.batches = {count // task.workload.batch_size: count for count in images}
        self.accuracies: dict[int, float] = {}

    def on_batch(self, trainer: cr.Trainer) -> None:
        if trainer.batch in self.batches:
            found = accuracy(self.task, layer_parameters(trainer.network))
            self.accuracies[self.batches[trainer.batch]] = found


class Chainrule(Contender):
    """One ``fit`` of one epoch a round; the network is built anew from its seed.

    ``around`` is what ``fit`` takes beside the epoch, once however many epochs it trains: the rows of
    targets, and the check-sum of the data that goes into the training record.
    """

    around = 0.0
    fast = "0"

    def __init__(self, task: Task, dtype: str = "float32") -> None:
        super().__init__(task)
        os.environ["CHAINRULE_FAST"] = self.fast
        self.dtype = dtype
        self.dataset = cr.Dataset(
            task.inputs, task.labels, scaling=cr.Scaling(self.workload.scale, self.workload.shift)
        )
        self.clock = Clock()
        self._start()

    def _start(self) -> None:
        self.network = build(self.workload, self.dtype)
        for (weights, biases), (first_weights, first_biases) in zip(
            layer_parameters(self.network), self.task.start, strict=True
        ):
            weights[...] = first_weights
            if biases is not None:
                biases[...] = first_biases

    def _trainer(self, seed: int, callback: cr.Callback) -> cr.Trainer:
        workload = self.workload
        return cr.Trainer(
            self.network,
            loss=workload.loss,
            optimizer=optimizer_of(workload),
            regularizers=regularizers_of(workload),
            batch_size=workload.batch_size,
            targets=workload.targets,
            epochs=1,
            seed=seed,
            callbacks=[callback],
        )

    def prepare(self, order: Array, seed: int) -> None:
        self._start()
        self.trainer = self._trainer(seed, self.clock)

    def epoch(self) -> float:
        started = time.perf_counter()
        self.trainer.fit(self.dataset)
        self.around = time.perf_counter() - started - self.clock.seconds
        return self.clock.seconds

    def accuracies_at(self, images: list[int], seed: int) -> dict[int, float]:
        """The accuracy after so many images of the epoch of this seed."""
        self._start()
        marks = Marks(self.task, images)
        self._trainer(seed, marks).fit(self.dataset)
        return marks.accuracies

    def parameters(self) -> Parameters:
        return layer_parameters(self.network)

    def answer(self, question: Array) -> Array:
        return self.network.predict(question)


class ChainruleFast(Chainrule):
    """The same with Numba's kernels."""

    fast = "1"

    @classmethod
    def cannot(cls, workload: Workload) -> str:
        return "" if workload.convolutions else "only convolutional networks have loops that are compiled"
