"""How good a network is, also on spoilt images, and whether its gradient is right; with the pictures."""

from chainrule.diagnostics.evaluation import Evaluation, Mistake, evaluate
from chainrule.diagnostics.evaluation_figure import evaluation_figure, save_evaluation_figure
from chainrule.diagnostics.gradient_check import ArrayCheck, GradientCheck, gradient_check
from chainrule.diagnostics.robustness import RobustnessReport, Score, robustness
from chainrule.diagnostics.robustness_figure import (
    corruption_sheet,
    robustness_figure,
    save_robustness_figure,
)
from chainrule.diagnostics.robustness_text import robustness_markdown, robustness_table

__all__ = [
    "ArrayCheck",
    "Evaluation",
    "GradientCheck",
    "Mistake",
    "RobustnessReport",
    "Score",
    "corruption_sheet",
    "evaluate",
    "evaluation_figure",
    "gradient_check",
    "robustness",
    "robustness_figure",
    "robustness_markdown",
    "robustness_table",
    "save_evaluation_figure",
    "save_robustness_figure",
]
