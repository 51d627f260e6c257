"""The list of experiments: those that the modules in ``experiments`` hold, by name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from chainrule.errors import UnknownNameError
from chainrule.lab import experiments as shelf
from chainrule.lab.came_out import CAME_OUT
from chainrule.lab.experiment import Experiment

__all__ = ["SUBJECTS", "experiment_named", "experiments"]

SUBJECTS = (
    "first networks",
    "perceptrons and circuits",
    "objects and arrays",
    "universality",
    "hidden layer size",
    "baselines",
    "better learning",
    "depth",
    "chains of neurons",
    "how backpropagation works",
    "gradient descent",
    "convolution",
    "without gradient descent",
    "what a network looks at",
)


@cache
def experiments() -> dict[str, Experiment]:
    """Every experiment by name, in the order of the subjects."""
    found = [
        experiment
        for module in iter_modules(shelf.__path__)
        for experiment in import_module(f"{shelf.__name__}.{module.name}").EXPERIMENTS
    ]
    found.sort(key=lambda each: SUBJECTS.index(each.subject))
    return {each.name: replace(each, came_out=CAME_OUT.get(each.name, "")) for each in found}


def experiment_named(name: str) -> Experiment:
    """The experiment of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in experiments():
        raise UnknownNameError("experiment", name, experiments())
    return experiments()[name]
