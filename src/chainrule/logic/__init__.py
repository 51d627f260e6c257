"""Perceptrons, gates and circuits in plain Python, made to be read."""

from chainrule.logic.arithmetic import adder, calculate, half_adder, multiplier, to_bits, to_number
from chainrule.logic.circuits import Circuit
from chainrule.logic.decision import weighted_decision
from chainrule.logic.gates import AND, NAND, NOT, OR, Gate
from chainrule.logic.learning import Learning, learn
from chainrule.logic.parity import counting_parity, parity, parity_chain
from chainrule.logic.perceptron import Perceptron
from chainrule.logic.truth import TruthTable
from chainrule.logic.two_layers import true_rows, two_layers

__all__ = [
    "AND",
    "NAND",
    "NOT",
    "OR",
    "Circuit",
    "Gate",
    "Learning",
    "Perceptron",
    "TruthTable",
    "adder",
    "calculate",
    "counting_parity",
    "half_adder",
    "learn",
    "multiplier",
    "parity",
    "parity_chain",
    "to_bits",
    "to_number",
    "true_rows",
    "two_layers",
    "weighted_decision",
]
