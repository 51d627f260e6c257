"""Training: batch after batch, forward, loss, backward, step."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.data.batches import Batches
from chainrule.data.dataset import NOT_SAID, Dataset, Split
from chainrule.errors import InterruptedTraining, SettingError
from chainrule.losses import Loss, loss_named
from chainrule.network import Network
from chainrule.numerics.threads import blas_threads_for
from chainrule.objective import Objective
from chainrule.optimizers import SGD, Optimizer
from chainrule.regularizers import Regularizer
from chainrule.schedules import Schedule, schedule_named
from chainrule.training.agreement import check_counts, check_data, check_together
from chainrule.training.average import MovingAverage
from chainrule.training.callbacks import Callback
from chainrule.training.checkpoint import check_free, restore_checkpoint, save_checkpoint
from chainrule.training.divergence import diverged
from chainrule.training.full_batch import full_batch_epoch
from chainrule.training.history import EpochRecord, History
from chainrule.training.interruption import CtrlC, interrupted
from chainrule.training.record import settings_as_data, versions
from chainrule.training.stopping import StoppingRule

__all__ = ["Trainer"]


class Trainer:
    """Trains one network; set it up once, then ``fit``.

    Args:
        network: what learns.
        loss: what is minimised, a name or a Loss.
        optimizer: how a gradient becomes a step; SGD with rate 3 if not given, as in the book's chapter 1.
        epochs: how often every example is seen, at least 1.
        batch_size: examples a step.
        schedule: how the learning rate changes, a name or a function; see ``chainrule.schedules``.
        regularizers: terms of the loss or bounds on the weights.
        average: decay of a moving average of the parameters with which the network answers in the
            end; None for none.
        evaluate_every: epochs between two evaluations on the validation part.
        stopping: rule to stop early by; see ``chainrule.training.stopping``.
        targets: the numbers for "not this class" and "this class".
        augmentation: how images are changed at random, anew in every epoch; nothing if not given.
        seed: a whole number or a Generator: the order of the examples and dropout are drawn from it.
        callbacks: who looks on.
        checkpoint: folder to keep the run's state in, so that it survives being killed.
        checkpoint_every: epochs between two checkpoints.
        notes: plain data kept with checkpoints and in the network's training record.

    Attributes:
        epoch: the epoch being trained, from 0.
        batch: batches of it that are done.
        batches: batches an epoch has.
        history: the epochs that are over.
        finished: True once training has ended by itself.

    Raises:
        SettingError: settings that cannot work, or that do not fit together.
    """

    def __init__(
        self,
        network: Network,
        *,
        loss: str | Loss = "quadratic",
        optimizer: Optimizer | None = None,
        epochs: int = 30,
        batch_size: int = 10,
        schedule: str | Schedule = "constant",
        regularizers: Sequence[Regularizer] = (),
        average: float | None = None,
        evaluate_every: int = 1,
        stopping: StoppingRule | None = None,
        targets: tuple[float, float] = (0.0, 1.0),
        augmentation: Augmentation | None = None,
        seed: int | np.random.Generator | None = None,
        callbacks: Sequence[Callback] = (),
        checkpoint: str | Path | None = None,
        checkpoint_every: int = 1,
        notes: dict[str, Any] | None = None,
    ) -> None:
        check_counts(epochs, batch_size, evaluate_every, checkpoint_every)
        self.network = network
        self.loss = loss_named(loss)
        self.optimizer = optimizer or SGD(3.0)
        self.epochs, self.batch_size = int(epochs), int(batch_size)
        self.schedule = schedule_named(schedule)
        self.regularizers = tuple(regularizers)
        self.average = None if average is None else MovingAverage(average)
        self.evaluate_every, self.stopping, self.targets = evaluate_every, stopping, targets
        self.augmentation = augmentation or None
        self.callbacks = tuple(callbacks)
        self.folder = None if checkpoint is None else Path(checkpoint)
        self.checkpoint_every = checkpoint_every
        self.notes = notes or {}
        self.seed = None if seed is None or isinstance(seed, np.random.Generator) else int(seed)
        self.shuffle, self.noise = np.random.default_rng(seed).spawn(2)
        self.history = History()
        self.epoch = self.batch = self.batches = self.examples = 0
        self.loss_total = self.learning_rate = self.seconds = 0.0
        self.finished = False
        self.epoch_start_state: Mapping[str, Any] = {}
        self._data_record: dict[str, Any] = {}
        self._objectives: dict[int, Objective] = {}
        self._ctrl_c = CtrlC()
        check_together(network, self.loss, targets, self.optimizer, self.augmentation)

    @property
    def mean_loss(self) -> float:
        """Mean loss over the examples of this epoch so far."""
        return self.loss_total / self.examples if self.examples else float("nan")

    def stop(self, reason: str) -> None:
        """End the training after this epoch; the reason goes into the history."""
        self.history.stopped = reason

    def fit(self, data: Split | Dataset, *, resume: bool = False) -> History:
        """Train on ``data`` (on the training part of a split; validation only ever evaluates).

        Args:
            data: a Split, or a Dataset to learn from without evaluations.
            resume: True to go on from the checkpoint; the outcome is bit for bit what the run
                would have come to had it never stopped.

        Returns:
            the history, which is also ``self.history``. The network has learnt.

        Raises:
            SettingError: data that do not fit the network, nothing to resume, a checkpoint in the way,
                or a second ``fit`` on one trainer.
            DivergedError: the loss became infinite or NaN; the last checkpoint is kept.
            InterruptedTraining: Ctrl-C; stopped after a whole batch, saved if there is a folder.
            FileError, ModelFileError: a checkpoint cannot be written, read or used.
        """
        train, validation = (data.train, data.validation) if isinstance(data, Split) else (data, None)
        batches = self._begin(train, resume)
        started = time.perf_counter() - self.seconds
        matrices = (view.size for view in self.network.parameters.weight_views() if view.ndim == 2)
        multiplications = self.batch_size * max(matrices, default=0)
        quiet = np.errstate(over="ignore", invalid="ignore")
        with blas_threads_for(multiplications), quiet, CtrlC() as self._ctrl_c:
            for callback in self.callbacks:
                callback.on_start(self)
            try:
                while not self.finished:
                    if self.optimizer.full_batch:
                        full_batch_epoch(self, batches)
                    else:
                        self._epoch(batches)
                    self.seconds = time.perf_counter() - started
                    self._end_epoch(validation)
                self.seconds = time.perf_counter() - started
            except InterruptedTraining:
                self.seconds = time.perf_counter() - started
                if self.folder:
                    save_checkpoint(self, self.folder)
                raise
            finally:
                for callback in self.callbacks:
                    callback.on_end(self)
        if self.average:
            self.average.settle()
        self.network.training_record = self.record() | {
            "history": self.history.as_data(),
            "seconds": round(self.seconds, 3),
            "versions": versions(),
        }
        return self.history

    def record(self) -> dict[str, Any]:
        """The data and settings of this run as plain data: what a checkpoint must agree with."""
        return {"data": self._data_record, "settings": settings_as_data(self), "notes": self.notes}

    def _begin(self, train: Dataset, resume: bool) -> Batches:
        network = self.network
        if self._data_record:
            raise SettingError("this trainer has been used; make a new one to train on, or to begin anew.")
        check_data(network, self.loss, train)
        batches = Batches(train, self.batch_size, network.dtype, self.targets, self.augmentation)
        self.batches = 1 if self.optimizer.full_batch else len(batches)
        network.scaling, network.class_names = train.scaling, train.class_names
        self._data_record = {"name": train.name, "examples": len(train), "sha256": train.sha256()}
        self.optimizer.bind(network.parameters)
        for regularizer in self.regularizers:
            regularizer.bind(network.parameters, len(train))
        if self.average:
            self.average.bind(network.parameters, network.state)
        self._objectives = {}
        self.epoch_start_state = _state_of(self.shuffle)
        if resume:
            if self.folder is None:
                raise SettingError(
                    "to resume, name the folder of the checkpoint: Trainer(..., checkpoint=FOLDER)."
                )
            restore_checkpoint(self, self.folder)
            self.epoch_start_state = _state_of(self.shuffle)
        elif self.folder:
            check_free(self.folder)
            save_checkpoint(self, self.folder)
        return batches

    def objective(self, rows: int) -> Objective:
        """The loss on batches of so many rows, with noise from this run's generator."""
        if rows not in self._objectives:
            self._objectives[rows] = Objective(self.network, self.loss, rows, generator=self.noise)
        return self._objectives[rows]

    def _epoch(self, batches: Batches) -> None:
        """The heart of training: every batch of one epoch, from ``self.batch`` on."""
        optimizer, average = self.optimizer, self.average
        schedule, regularizers, accuracies = self.schedule, self.regularizers, self.history.accuracies
        self.epoch_start_state = _state_of(self.shuffle)
        order = self.shuffle.permutation(len(batches.dataset))
        for inputs, targets in batches.epoch(order, self.batch, self.shuffle):
            objective = self.objective(len(inputs))
            position = self.epoch + self.batch / self.batches
            self.learning_rate = optimizer.learning_rate * schedule(position, self.epochs, accuracies)

            value = objective.forward(inputs, targets)
            self.check(value, objective)
            objective.backward()
            for regularizer in regularizers:
                regularizer.add_gradient()
            optimizer.step(self.learning_rate)
            for regularizer in regularizers:
                regularizer.constrain()
            if average:
                average.update()

            self.batch += 1
            self.loss_total += value * len(inputs)
            self.examples += len(inputs)
            self.look_up()

    def look_up(self) -> None:
        """Between two steps: let callbacks see, and heed Ctrl-C.

        Raises:
            InterruptedTraining: Ctrl-C was pressed.
        """
        for callback in self.callbacks:
            callback.on_batch(self)
        self.heed_ctrl_c()

    def heed_ctrl_c(self) -> None:
        """Raise InterruptedTraining if Ctrl-C was pressed."""
        if self._ctrl_c.pressed:
            raise interrupted(self)

    def check(self, value: float, objective: Objective) -> None:
        """Let a loss pass if it is finite.

        Raises:
            DivergedError: it is not; says where the first such number stands.
        """
        if not isfinite(value):
            raise diverged(self, value, objective.bench)

    def _end_epoch(self, validation: Dataset | None) -> None:
        """Evaluate, write down, decide whether to go on, save."""
        number, correct, examples = self.epoch, None, None
        if validation is not None and (number + 1) % self.evaluate_every == 0:
            with self.average.applied() if self.average else nullcontext():
                correct = int(np.count_nonzero(self.network.classify(validation.inputs) == validation.labels))
            examples = int(np.count_nonzero(validation.labels != NOT_SAID))
        record = EpochRecord(number, self.mean_loss, self.learning_rate, correct, examples)
        self.history.epochs.append(record)
        self.epoch, self.batch, self.examples, self.loss_total = number + 1, 0, 0, 0.0
        self.epoch_start_state = _state_of(self.shuffle)
        if self.stopping and correct is not None and (reason := self.stopping(self.history.accuracies)):
            self.stop(reason)
        for callback in self.callbacks:
            callback.on_epoch(self, record)
        self.finished = self.epoch >= self.epochs or self.history.stopped is not None
        if self.folder and (self.finished or self.epoch % self.checkpoint_every == 0):
            save_checkpoint(self, self.folder)


def _state_of(generator: np.random.Generator) -> Mapping[str, Any]:
    return deepcopy(dict(generator.bit_generator.state))
