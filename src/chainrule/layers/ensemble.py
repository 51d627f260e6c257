"""Several networks fed the same examples, whose outputs are averaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import SettingError
from chainrule.layers.layer import Pass, Shape, Workspace
from chainrule.layers.sequential import Sequential, SequentialWorkspace
from chainrule.numerics.parameters import Array

__all__ = ["Ensemble"]


class EnsembleWorkspace(SequentialWorkspace):
    """The benches of the members, and a buffer for what each of them is told.

    Attributes:
        steps: each member beside its bench.
        steps_back: the same, without members that learn nothing if the input gradient is not wanted.
        share: ``(batch, *output_shape)`` ∂C/∂outputs of each member: g/K.
    """

    def __init__(self, ensemble: Ensemble, input_shape: Shape, purpose: Pass) -> None:
        output_shape = ensemble.output_shape(input_shape)
        Workspace.__init__(self, input_shape, output_shape, purpose)
        self.steps = [(member, member.workspace(input_shape, purpose)) for member in ensemble.layers]
        self.steps_back = [
            (member, bench)
            for member, bench in self.steps
            if purpose.input_gradient or (purpose.training and member.parameters(input_shape))
        ]
        self.share: Array = np.zeros_like(self.outputs) if self.steps_back else self.outputs


@dataclass(eq=False)
class Ensemble(Sequential):
    """a = 1/K Σₖ Fₖ(x), the mean of what K networks answer;  ∂C/∂x = Σₖ F'ₖ(x)ᵀ g/K.

    Each member's outputs have the weight 1/K in the mean, so each is told g/K; and x reaches C through
    every member, so the chain rule sums over them. Members that each end in Softmax give the mean of
    their probabilities, which is better than any one's on average (Hansen and Salamon 1990).

    Args:
        layers: the members, at least one, each a list of layers (or a Sequential); all must give
            outputs of one shape.

    Parameters and state are the members': ``"0.2.weights"`` belongs to layer 2 of member 0.
    """

    layers: list[Any]

    def __post_init__(self) -> None:
        members: list[Sequential] = []
        for member in self.layers:
            if not isinstance(member, (list, tuple, Sequential)):
                raise SettingError(f"a member of an Ensemble is a list of layers, not {member!r}.")
            members.append(member if isinstance(member, Sequential) else Sequential(list(member)))
        if not members:
            raise SettingError("an Ensemble has at least one member, a list of layers.")
        self.layers = members
        super().__post_init__()

    def shapes(self, input_shape: Shape) -> list[Shape]:
        """The shape of one example before each member, and after all of them."""
        found = [member.output_shape(input_shape) for member in self.layers]
        if any(shape != found[0] for shape in found):
            raise SettingError(
                f"the members of an Ensemble give outputs of one shape, which are averaged; here {found}."
            )
        return [input_shape] * len(found) + found[:1]

    def workspace(self, input_shape: Shape, purpose: Pass) -> EnsembleWorkspace:
        return EnsembleWorkspace(self, input_shape, purpose)

    def forward(self, inputs: Array, workspace: SequentialWorkspace) -> Array:
        workspace.outputs.fill(0.0)
        for member, bench in workspace.steps:
            np.add(workspace.outputs, member.forward(inputs, bench), out=workspace.outputs)
        return np.multiply(workspace.outputs, 1.0 / len(workspace.steps), out=workspace.outputs)

    def backward(self, output_gradient: Array, workspace: SequentialWorkspace) -> Array:
        assert isinstance(workspace, EnsembleWorkspace)
        np.multiply(output_gradient, 1.0 / len(workspace.steps), out=workspace.share)
        workspace.input_gradient.fill(0.0)
        for member, bench in workspace.steps_back:
            by_inputs = member.backward(workspace.share, bench)
            if workspace.input_gradient_wanted:
                np.add(workspace.input_gradient, by_inputs, out=workspace.input_gradient)
        return workspace.input_gradient
