"""Which of MNIST's images pictures are drawn from."""

from __future__ import annotations

import chainrule as cr

__all__ = ["PARTS", "part_of_mnist"]

PARTS = ("validation", "test")


def part_of_mnist(which: str) -> cr.Dataset:
    """The images to draw from: ``"test"``, or ``"validation"`` to try things on.

    Of the validation part only the second half; the reader's coefficients are fitted to the first.
    """
    split = cr.load_data("mnist")
    if which == "test":
        return split.test
    assert split.validation is not None
    return split.validation.part(slice(len(split.validation) // 2, None), "MNIST validation, second half")
