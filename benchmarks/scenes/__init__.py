"""Pictures of digits under many conditions, and of what is no digit, drawn by chance from MNIST's images."""

from benchmarks.scenes.conditions import CONDITIONS, Condition, scene
from benchmarks.scenes.garbage import GARBAGE, garbage, lone_digit
from benchmarks.scenes.truth import Box, TrueDigit, Truth

__all__ = [
    "CONDITIONS",
    "GARBAGE",
    "Box",
    "Condition",
    "TrueDigit",
    "Truth",
    "garbage",
    "lone_digit",
    "scene",
]
