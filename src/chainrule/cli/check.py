"""``chainrule check``: are the gradients of an architecture those of its loss?"""

from __future__ import annotations

import json
from math import isfinite
from typing import Annotated, Any

import numpy as np
import typer

from chainrule.cli.options import number, settings_from, whole_number, with_settings
from chainrule.diagnostics import gradient_check
from chainrule.errors import SettingError
from chainrule.losses import loss_named
from chainrule.training.settings import ArchitectureSettings

__all__ = ["check"]


@with_settings(ArchitectureSettings)
def check(
    *,
    examples: Annotated[
        int, typer.Option("--examples", help="Random examples in the batch.", parser=whole_number)
    ] = 5,
    directions: Annotated[
        int | None,
        typer.Option(
            "--directions",
            help="Check so many random directions, not every parameter.",
            parser=whole_number,
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="Largest relative error that passes.", parser=number)
    ] = 1e-7,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    **given: Any,
) -> None:
    """Compare an architecture's gradient with central differences.

    Every derivative that backward writes is compared, in float64, on random examples; exit status 1 if
    one differs.

    Example: chainrule check --layers 8,6,5,4 --hidden tanh --batch-norm
    """
    settings = settings_from(ArchitectureSettings, {"layers": (8, 6, 4)} | given)
    if examples < 1:
        raise SettingError(f"--examples must be at least 1, not {examples}.")
    if not tolerance >= 0:
        raise SettingError(f"--tolerance must be at least 0, not {tolerance}.")
    generator = np.random.default_rng(settings.seed)
    network = settings.network(8, 4, generator, np.float64)
    classes = network.output_shape[0]
    inputs = generator.standard_normal((examples, *network.input_shape))
    targets = np.eye(classes)[generator.integers(classes, size=examples)]
    checked = gradient_check(
        network, loss_named(settings.loss), inputs, targets, directions=directions, seed=settings.seed
    )
    passed = checked.passed(tolerance)
    if as_json:
        errors = {name: error if isfinite(error) else None for name, error in checked.errors.items()}
        worst = None if None in errors.values() else checked.worst
        result = {"passed": passed, "worst": worst, "tolerance": tolerance, "errors": errors}
        print(json.dumps(result))
    else:
        print(checked.table())
        outcome = "passed" if passed else "FAILED"
        print(f"{outcome}: worst relative error {checked.worst:.2g}, tolerance {tolerance:g}")
    if not passed:
        raise typer.Exit(1)
