"""Training: the trainer, its history, who looks on, when it stops, and how it survives being killed."""

from chainrule.training.callbacks import Callback, PrintEpochs
from chainrule.training.history import EpochRecord, History
from chainrule.training.stopping import Patience, falling
from chainrule.training.trainer import Trainer

__all__ = ["Callback", "EpochRecord", "History", "Patience", "PrintEpochs", "Trainer", "falling"]
