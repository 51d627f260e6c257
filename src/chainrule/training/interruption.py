"""Ctrl-C as a wish that is heeded after the batch, not in the middle of it."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from chainrule.errors import InterruptedTraining

if TYPE_CHECKING:
    from chainrule.training.trainer import Trainer

__all__ = ["CtrlC", "interrupted"]


def interrupted(trainer: Trainer) -> InterruptedTraining:
    """The error for a run that Ctrl-C has stopped: where it stands and whether it was saved."""
    where = f"epoch {trainer.epoch}, after batch {trainer.batch} of {trainer.batches}"
    if trainer.folder is None:
        return InterruptedTraining(
            f"Stopped at {where}. Nothing was saved, as no checkpoint folder was named; "
            "name one to be able to go on from there."
        )
    return InterruptedTraining(f"Stopped at {where}, and saved to {trainer.folder}.")


class CtrlC:
    """A context in which the first Ctrl-C only sets ``pressed``; a second one interrupts at once.

    Outside the main thread, where Python delivers no signals, it does nothing.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._watching = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> CtrlC:
        if self._watching:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watching:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        signal.signal(signal.SIGINT, self._before)
