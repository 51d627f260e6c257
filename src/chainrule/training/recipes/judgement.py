"""The one judgement at the end of a recipe: on which part, and what is put into the training record."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.data.corrections import corrected
from chainrule.data.dataset import Split
from chainrule.diagnostics import Evaluation, evaluate
from chainrule.errors import SettingError, UnknownNameError
from chainrule.network import Network

__all__ = ["JUDGED_ON", "judge", "require_part"]

JUDGED_ON = ("validation", "test", "none")
"""The parts of the data that a model can be judged on; with "none" it is not judged."""


def require_part(part: str, split: str) -> None:
    """Make sure that a part to be judged on is there.

    Raises:
        UnknownNameError: it is none of `JUDGED_ON`.
        SettingError: the split has no validation part.
    """
    if part not in JUDGED_ON:
        raise UnknownNameError("part to be judged on", part, JUDGED_ON)
    if part == "validation" and split == "60k":
        raise SettingError(
            "split 60k has no validation part to be judged on. Use split 50k, or be judged on test or none."
        )


def judge(network: Network, data: Split, part: str) -> tuple[Evaluation, dict[str, Any]] | None:
    """Hold a network's answers against the labels of one part, once, and no other part is looked at.

    Args:
        network: its training record takes the result in, under the part's name.
        data: the split.
        part: "validation" or "test"; with "none" nothing is done.

    Returns:
        The evaluation, on the labels as given, and the result as plain data: ``correct``, ``examples``
        and, for MNIST's test part, ``correct_after_corrections`` (see `chainrule.data.corrections`).
    """
    chosen = {"validation": data.validation, "test": data.test}.get(part)
    if chosen is None:
        return None
    judged = evaluate(network, chosen)
    result = {"correct": judged.correct, "examples": judged.n}
    if (better := corrected(chosen)) is not None:
        differing = np.flatnonzero(better.labels != chosen.labels)
        answers = network.classify(better.inputs[differing])
        gained = np.count_nonzero(answers == better.labels[differing])
        lost = np.count_nonzero(answers == chosen.labels[differing])
        result["correct_after_corrections"] = judged.correct + int(gained - lost)
    network.training_record[part] = result
    return judged, result
