"""Corruptions: ways to spoil images of digits, by which a network's robustness is measured."""

from chainrule.data.corruptions.catalogue import CORRUPTIONS
from chainrule.data.corruptions.corruption import SEVERITIES, Corruption
from chainrule.data.corruptions.spoiling import corrupted

__all__ = ["CORRUPTIONS", "SEVERITIES", "Corruption", "corrupted"]
