"""What a layer is: a recipe with two verbs, ``forward`` and ``backward``, and a bench to work on.

To write a layer, subclass :class:`Layer` as a dataclass whose fields are its settings, and say

- ``parameters``: what it learns (nothing, unless said otherwise),
- ``output_shape``: what leaves it (the shape that came in, unless said otherwise),
- ``forward``: read ``inputs``, write ``workspace.outputs``, remember what ``backward`` needs,
- ``backward``: read the derivative of the loss by the outputs, *write* (never add) the derivative
  by each parameter, and by the inputs into ``workspace.input_gradient`` where that is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array, Parameter

__all__ = ["Layer", "Pass", "Scratch", "Shape", "Workspace", "buffer"]

Shape = tuple[int, ...]


class Scratch:
    """Room for what a layer needs only while it works on a piece of a batch.

    The layers of a bench work one after the other and share it: so it is the same memory again and again,
    which stays in the cache.

    Attributes:
        rooms: one for each thread that works on pieces, as long as the largest that was asked for.
    """

    def __init__(self) -> None:
        self.rooms: list[Array] = []

    def need(self, hands: int, size: int, dtype: np.dtype[Any]) -> None:
        """Make sure that there is a room for each of so many hands, of ``size`` numbers at least."""
        self.rooms += [np.zeros(0, dtype) for _ in range(hands - len(self.rooms))]
        for hand, room in enumerate(self.rooms[:hands]):
            if room.size < size:
                self.rooms[hand] = np.zeros(size, dtype)


@dataclass(frozen=True)
class Pass:
    """What a bench is made for.

    Attributes:
        batch_size: rows of the batch; another number of rows is another bench.
        dtype: of every buffer.
        training: True for a pass that learns, False for one that only answers.
        generator: where noise (dropout) is drawn from; needed only in training.
        input_gradient: whether ``backward`` is asked for the derivative by the inputs.
        scratch: shared by all layers.
    """

    batch_size: int
    dtype: np.dtype[Any]
    training: bool = False
    generator: np.random.Generator | None = None
    input_gradient: bool = False
    scratch: Scratch = field(default_factory=Scratch)


def buffer(rows: int, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Room for ``rows`` examples, ``(rows, *shape)``, in zeros.

    Rows of numbers lie in memory neuron by neuron (in Fortran's order, as the columns of the book),
    because BLAS multiplies a small batch fastest so; to whoever reads them they are rows.
    """
    return np.zeros((rows, *shape), dtype, order="F" if len(shape) == 1 else "C")


class Workspace:
    """The bench of one layer for one kind of pass: every buffer both directions write to.

    Attributes:
        inputs: ``(batch, *input_shape)`` what came in last, borrowed from the layer before.
        outputs: ``(batch, *output_shape)`` what ``forward`` writes.
        input_gradient: ``(batch, *input_shape)`` what ``backward`` writes; without rows if not wanted.
    """

    inputs: Array

    def __init__(self, input_shape: Shape, output_shape: Shape, purpose: Pass) -> None:
        self.outputs: Array = buffer(purpose.batch_size, output_shape, purpose.dtype)
        self.input_gradient_wanted = purpose.input_gradient
        rows = purpose.batch_size if purpose.input_gradient else 0
        self.input_gradient: Array = buffer(rows, input_shape, purpose.dtype)


WorkspaceType = TypeVar("WorkspaceType", bound=Workspace)


class Layer(Generic[WorkspaceType]):
    """One step of a network; see the module's text for what a subclass says."""

    _bound = False

    def parameters(self, input_shape: Shape) -> tuple[Parameter, ...]:
        """What the layer learns when fed examples of ``input_shape``."""
        return ()

    def state(self, input_shape: Shape) -> dict[str, Array]:
        """What the layer merely gathers (float64 arrays by name, at their first values)."""
        return {}

    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape of one example on leaving, given its shape on entering.

        Raises:
            SettingError: the layer cannot take examples of that shape.
        """
        return input_shape

    def bind(
        self, values: Mapping[str, Array], gradients: Mapping[str, Array], state: Mapping[str, Array]
    ) -> None:
        """Take hold of the views: ``weights`` becomes ``self.weights`` and ``self.weights_gradient``.

        Raises:
            SettingError: the layer stands in a network already.
        """
        self.require_unbound()
        self._bound = True
        for name, view in values.items():
            setattr(self, name, view)
        for name, view in gradients.items():
            setattr(self, f"{name}_gradient", view)
        for name, array in state.items():
            setattr(self, name, array)

    def require_unbound(self) -> None:
        """Make sure that the layer stands in no network yet.

        Raises:
            SettingError: it does.
        """
        if self._bound:
            raise SettingError(
                f"this {type(self).__name__} layer is in a network already, and a layer appears in one place "
                "only. Make a new one for the second place."
            )

    def workspace(self, input_shape: Shape, purpose: Pass) -> WorkspaceType:
        """A bench for passes of this kind; everything a pass writes is allocated here."""
        return Workspace(input_shape, self.output_shape(input_shape), purpose)  # type: ignore[return-value]

    def forward(self, inputs: Array, workspace: WorkspaceType) -> Array:
        """Outputs of this layer, ``(batch, *output_shape)``, borrowed until the next pass."""
        raise NotImplementedError

    def backward(self, output_gradient: Array, workspace: WorkspaceType) -> Array:
        """From ∂C/∂outputs to ∂C/∂inputs, writing ∂C/∂parameters on the way.

        Called only if the layer learns something or its input gradient is wanted.
        """
        raise NotImplementedError
