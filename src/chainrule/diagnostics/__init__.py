"""How good a network is and whether its gradient is right: evaluation, its picture, the gradient check."""

from chainrule.diagnostics.evaluation import Evaluation, Mistake, evaluate
from chainrule.diagnostics.evaluation_figure import evaluation_figure, save_evaluation_figure
from chainrule.diagnostics.gradient_check import ArrayCheck, GradientCheck, gradient_check

__all__ = [
    "ArrayCheck",
    "Evaluation",
    "GradientCheck",
    "Mistake",
    "evaluate",
    "evaluation_figure",
    "gradient_check",
    "save_evaluation_figure",
]
