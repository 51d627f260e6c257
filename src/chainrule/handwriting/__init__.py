"""Handwriting made of MNIST's digits, to learn reading from: lines of it, cut up, and what is no digit."""

from chainrule.handwriting.cutting import NONE, CutLine, cut, written
from chainrule.handwriting.hands import HANDS
from chainrule.handwriting.lessons import reading_lessons
from chainrule.handwriting.no_digits import KINDS, not_a_digit
from chainrule.handwriting.pieces import pieces_to_learn
from chainrule.handwriting.spoilt_digits import HALVES
from chainrule.handwriting.tape import tape_to_learn

__all__ = [
    "HALVES",
    "HANDS",
    "KINDS",
    "NONE",
    "CutLine",
    "cut",
    "not_a_digit",
    "pieces_to_learn",
    "reading_lessons",
    "tape_to_learn",
    "written",
]
