"""What is no digit: images in MNIST's frame for an eleventh class, "none", made from digits and strokes."""

from chainrule.data.garbage.making import KINDS, not_a_digit, with_none
from chainrule.data.garbage.spoilt_digits import HALVES

__all__ = ["HALVES", "KINDS", "not_a_digit", "with_none"]
