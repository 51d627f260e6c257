"""What a training run was set to, as plain data for checkpoints and model files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainrule.optimizers import Optimizer
    from chainrule.regularizers import Regularizer
    from chainrule.training.trainer import Trainer

__all__ = ["settings_as_data", "versions"]


def settings_as_data(trainer: Trainer) -> dict[str, Any]:
    """All that the outcome depends on beside the network, the data and the seed.

    Numbers of the loss, such as ``label_smoothing``, are there if they are not 0, and ``augmentation``, as
    text, if there is one.
    """
    schedule = trainer.schedule
    settings = {
        "loss": trainer.loss.name,
        "optimizer": _numbers_of(trainer.optimizer),
        "schedule": getattr(schedule, "__name__", None) or repr(schedule),
        "regularizers": [_numbers_of(regularizer) for regularizer in trainer.regularizers],
        "average": trainer.average.decay if trainer.average else None,
        "seed": trainer.seed,
        "batch_size": trainer.batch_size,
        "epochs": trainer.epochs,
        "evaluate_every": trainer.evaluate_every,
        "targets": list(trainer.targets),
    }
    if trainer.augmentation:
        settings["augmentation"] = str(trainer.augmentation)
    return settings | {
        key: value for key, value in vars(trainer.loss).items() if isinstance(value, float) and value
    }


def versions() -> dict[str, str]:
    """Versions of what computed: chainrule, NumPy, SciPy, Python, and Numba where it is installed."""
    import platform
    from importlib.metadata import version
    from importlib.util import find_spec

    names = ("chainrule", "numpy", "scipy", *(["numba"] if find_spec("numba") else []))
    return {name: version(name) for name in names} | {"python": platform.python_version()}


def _numbers_of(thing: Optimizer | Regularizer) -> dict[str, Any]:
    """Its name and the numbers it was made with."""
    numbers = {key: value for key, value in vars(thing).items() if isinstance(value, (int, float))}
    return {"name": thing.name} | {
        key: value for key, value in numbers.items() if key not in ("steps", "factor")
    }
