"""A layer, loss, optimiser, schedule or start that nobody holds against the laws fails here."""

from __future__ import annotations

import inspect

from chainrule import layers, losses, optimizers, regularizers, schedules
from chainrule.layers.registry import LAYERS
from chainrule.numerics import initializers

from .cases import CASES, kinds_in
from .plain_functions import LOSS_FUNCTIONS


def subclasses_in(module, base) -> set[type]:
    classes = filter(inspect.isclass, (getattr(module, name) for name in module.__all__))
    return {kind for kind in classes if issubclass(kind, base) and kind is not base}


def test_every_layer_class_has_a_case_of_its_own():
    tried = {type(case.make()) for case in CASES}
    assert tried == set(LAYERS.values())
    assert {kind for case in CASES for kind in kinds_in(case.make())} == tried


def test_case_names_differ():
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_public_layer_can_be_named_in_a_file():
    assert subclasses_in(layers, layers.Layer) == set(LAYERS.values())


def test_every_loss_has_a_formula_in_the_second_oracle_and_a_name():
    assert set(LOSS_FUNCTIONS) == set(losses.LOSSES)
    assert subclasses_in(losses, losses.Loss) == set(losses.LOSSES.values())


def test_every_public_optimiser_has_a_name():
    assert subclasses_in(optimizers, optimizers.Optimizer) == set(optimizers.OPTIMIZERS.values())


def test_every_public_start_has_a_name():
    found = subclasses_in(initializers, initializers.Initializer)
    assert found == set(initializers.INITIALIZERS.values())


def test_every_public_schedule_has_a_name():
    classes = {
        kind
        for kind in (getattr(schedules, name) for name in schedules.__all__)
        if inspect.isclass(kind) and kind.__module__ == schedules.__name__
    }
    made = {type(make()) for name, make in schedules.SCHEDULES.items() if name != "constant"}
    assert classes == made
    assert schedules.SCHEDULES["constant"]() is schedules.constant


def test_every_public_regulariser_is_a_regulariser_with_a_name():
    kinds = subclasses_in(regularizers, regularizers.Regularizer)
    assert {kind.name for kind in kinds} == {"l1", "l2", "max_norm"}
