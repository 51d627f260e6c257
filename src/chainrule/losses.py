"""How wrong the outputs are, as one number, and its derivative by each output.

A loss has the two verbs of a layer: ``forward`` gives the mean over the batch, ``backward`` its
derivative. Targets are rows like the outputs: 1 for the right class, 0 elsewhere (or the softer
numbers of the notes, 0.9 and 0.1).
"""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

import numpy as np

from chainrule.errors import SettingError, UnknownNameError
from chainrule.numerics.functions import sigmoid_for
from chainrule.numerics.parameters import Array

__all__ = ["LOSSES", "Loss", "Quadratic", "SigmoidCrossEntropy", "SoftmaxCrossEntropy", "loss_named"]


class LossWorkspace:
    """The bench of a loss for one batch size.

    Attributes:
        gradient: ``(batch, classes)`` what ``forward`` remembers: a − y.
        scratch: ``(batch, classes)`` intermediate results, and what ``backward`` returns: (a − y) / batch.
        row: ``(batch, 1)`` intermediate results.
        sigmoid: the fastest for that many numbers.
        ones: ``(batch, classes)`` for sums over all outputs, which are fastest as a product with ones.
        said: ``(batch, places, 1)`` 1 where something is said of a place; empty without places.

    Args:
        batch_size: examples.
        outputs: classes, or ``(places, classes)``: all shapes then have the places before the classes.
        dtype: of all arrays.
    """

    def __init__(self, batch_size: int, outputs: int | tuple[int, ...], dtype: np.dtype[Any]) -> None:
        shape = (batch_size, *((outputs,) if isinstance(outputs, int) else outputs))
        rows = prod(shape[:-1])
        self.share = 1.0 / rows
        self.gradient: Array = np.zeros(shape, dtype)
        self.scratch: Array = np.zeros(shape, dtype)
        self.sigmoid = sigmoid_for(prod(shape))
        self.row: Array = np.zeros((*shape[:-1], 1), dtype)
        self.ones: Array = np.ones(shape, dtype)
        self.said: Array = np.zeros((*shape[:-1], 1) if len(shape) > 2 else 0, dtype)


class Loss:
    """What is minimised.

    Attributes:
        output_activation: the activation it belongs to, by name.
        on_logits: True where it takes the numbers *before* that activation, the stable way; the
            last layer is then left out of the training pass, and its derivative is part of this one.
    """

    name: ClassVar[str]
    output_activation: ClassVar[str]
    on_logits: ClassVar[bool]

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        """The mean loss over the batch; ``outputs`` and ``targets`` are ``(batch, classes)``."""
        raise NotImplementedError

    def backward(self, workspace: LossWorkspace) -> Array:
        """∂C/∂outputs of the forward pass just done, ``(batch, classes)``, borrowed."""
        return np.multiply(workspace.gradient, workspace.share, out=workspace.scratch)


class Quadratic(Loss):
    """C = mean over the batch of ½ ‖a − y‖² (book, equation 6);  ∂C/∂a = (a − y) / batch."""

    name = "quadratic"
    output_activation = "sigmoid"
    on_logits = False

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        np.subtract(outputs, targets, out=workspace.gradient)
        return 0.5 * workspace.share * float(np.vdot(workspace.gradient, workspace.gradient))


class SigmoidCrossEntropy(Loss):
    """C = mean over the batch of −Σⱼ [yⱼ ln aⱼ + (1 − yⱼ) ln(1 − aⱼ)], a = σ(z) (book, equation 63).

    Of logits z it is Σⱼ [max(zⱼ, 0) − yⱼ zⱼ + ln(1 + e^(−|zⱼ|))], in which no logarithm meets 0 and no
    power overflows; the difference is taken term by term, before the sum, to keep its digits.
    σ' cancels in the derivative:  ∂C/∂z = (a − y) / batch.
    """

    name = "sigmoid_cross_entropy"
    output_activation = "sigmoid"
    on_logits = True

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        scratch, gradient = workspace.scratch, workspace.gradient
        np.maximum(outputs, 0.0, out=scratch)
        np.multiply(targets, outputs, out=gradient)
        np.subtract(scratch, gradient, out=scratch)
        np.abs(outputs, out=gradient)
        np.negative(gradient, out=gradient)
        np.exp(gradient, out=gradient)
        np.log1p(gradient, out=gradient)
        np.add(scratch, gradient, out=scratch)
        total = float(np.vdot(scratch, workspace.ones))
        workspace.sigmoid(outputs, out=gradient)
        np.subtract(gradient, targets, out=gradient)
        return total * workspace.share


class SoftmaxCrossEntropy(Loss):
    """C = mean over the batch of −Σⱼ yⱼ ln aⱼ, a = softmax(z) (book, equation 80).

    Of logits z it is Σⱼ yⱼ Lⱼ with Lⱼ = −ln aⱼ = ln Σₖ e^(zₖ) − zⱼ, the largest z subtracted first. Each row
    of y sums to 1. Derivative:  ∂C/∂z = (a − y) / batch, as for the sigmoid.

    Label smoothing s (Szegedy et al. 2016) takes the share s of each target and spreads it evenly over
    the K classes: y' = (1 − s) y + s/K, which still sums to 1. So the formulas hold with y' for y:

        C = mean over the batch of (1 − s) Σⱼ yⱼ Lⱼ + s/K Σⱼ Lⱼ        ∂C/∂z = (a − (1 − s) y − s/K) / batch

    and the loss is least at a = y', where the logits are finite: the network is not driven to be ever
    more certain.

    Where examples have several places, each place is a row; a row of y that is all 0 says nothing: it adds
    nothing to C, and no derivative comes from it. The mean is over the places of which something is said.

    Args:
        label_smoothing: s, at least 0 and less than 1; 0 leaves the targets as they are.
    """

    name = "softmax_cross_entropy"
    output_activation = "softmax"
    on_logits = True

    def __init__(self, label_smoothing: float = 0.0) -> None:
        if not 0 <= label_smoothing < 1:
            raise SettingError(
                "label smoothing is the share of a target that is spread over all classes, at least 0 and "
                f"less than 1, not {label_smoothing}. Take 0 for none, or a little, such as 0.1."
            )
        self.label_smoothing = float(label_smoothing)

    def forward(self, outputs: Array, targets: Array, workspace: LossWorkspace) -> float:
        scratch, gradient, row = workspace.scratch, workspace.gradient, workspace.row
        np.maximum.reduce(outputs, axis=-1, keepdims=True, out=row)
        np.subtract(outputs, row, out=scratch)
        np.exp(scratch, out=gradient)
        np.add.reduce(gradient, axis=-1, keepdims=True, out=row)
        np.divide(gradient, row, out=gradient)
        np.log(row, out=row)
        np.subtract(row, scratch, out=scratch)
        if workspace.said.size:
            np.add.reduce(targets, axis=-1, keepdims=True, out=workspace.said)
            workspace.share = 1.0 / max(1.0, float(np.add.reduce(workspace.said, axis=None)))
            np.multiply(scratch, workspace.said, out=scratch)
        total = float(np.vdot(targets, scratch))
        if self.label_smoothing:
            kept, spread = 1.0 - self.label_smoothing, self.label_smoothing / outputs.shape[-1]
            total = kept * total + spread * float(np.vdot(workspace.ones, scratch))
            np.multiply(targets, kept, out=scratch)
            np.add(scratch, spread, out=scratch)
            targets = scratch
        np.subtract(gradient, targets, out=gradient)
        if workspace.said.size:
            np.multiply(gradient, workspace.said, out=gradient)
        return total * workspace.share


LOSSES: dict[str, type[Loss]] = {
    kind.name: kind for kind in (Quadratic, SigmoidCrossEntropy, SoftmaxCrossEntropy)
}


def loss_named(name: str | Loss) -> Loss:
    """The loss of that name; a loss comes back as it is.

    Raises:
        UnknownNameError: no loss bears the name.
    """
    if isinstance(name, Loss):
        return name
    if name not in LOSSES:
        raise UnknownNameError("loss", name, LOSSES)
    return LOSSES[name]()
