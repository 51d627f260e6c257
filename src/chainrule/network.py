"""A network binds layers to one vector of parameters and is then a plain function of its inputs."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from math import isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from chainrule.data.dataset import Scaling
from chainrule.errors import DataError, SettingError
from chainrule.layers.description import as_html, as_text, described_rows
from chainrule.layers.layer import Layer, Pass, Shape
from chainrule.layers.registry import described, fully_connected
from chainrule.layers.sequential import Sequential, SequentialWorkspace, numbers_an_example
from chainrule.numerics.parameters import Array, ParameterVector
from chainrule.numerics.pieces import MOST_STRANDS, share_out

__all__ = ["Bench", "Network"]

_MOST_ROWS = 1000
_MOST_BYTES = 1 << 21
"""``predict`` asks about as many examples at once as keep within both; all layers' outputs are counted.
So they stay in a processor's cache, and there is something to share out among threads."""
_BENCHES_KEPT = 8


class Bench:
    """Everything one kind of pass through a network writes to, allocated once.

    Attributes:
        purpose: batch size, number type, training or answering.
        workspace: the benches of the layers.
        network_inputs: ``(batch, features)`` room for a batch on its way in.
    """

    def __init__(self, root: Sequential, input_shape: Shape, purpose: Pass) -> None:
        self.purpose = purpose
        self.workspace = SequentialWorkspace(root.layers, input_shape, purpose)
        self.network_inputs: Array = np.zeros((purpose.batch_size, prod(input_shape)), purpose.dtype)
        self.input_batch = (purpose.batch_size, *input_shape)


class Network:
    """Layers bound to one ParameterVector.

    ``Network([784, 30, 10])`` is the book's network: sigmoid neurons, weights and biases from N(0, 1).
    The long form says each layer: ``Network([Dense(30), ReLU(), Dense(10), Softmax()], input_shape=784)``.

    Args:
        layers: sizes, inputs first; or layers, with ``input_shape``.
        input_shape: shape of one example, or its number of features; only with layers.
        seed: a whole number or a ``numpy.random.Generator``: where the start is drawn from.
        dtype: float32, or float64 to examine the arithmetic.
        scaling: how raw whole numbers become network inputs; training sets it to its data's.
        class_names: names of the outputs, those of the last axis; training sets them to its data's.

    Attributes:
        parameters: the ParameterVector.
        state: what layers gather (batch-norm statistics), by name, float64.
        training_record: how it was trained, plain data; empty until then.

    Raises:
        SettingError: sizes or layers that do not fit together.
    """

    def __init__(
        self,
        layers: Sequence[int] | Sequence[Layer[Any]],
        input_shape: int | Sequence[int] | None = None,
        *,
        seed: int | np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
        scaling: Scaling | None = None,
        class_names: Sequence[str] | None = None,
    ) -> None:
        layers, self.input_shape = _layers_and_shape(layers, input_shape)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise SettingError(f"a network computes in float32 or float64, not in {self.dtype}.")
        self._root = Sequential(layers)
        self.output_shape: Shape = self._root.output_shape(self.input_shape)
        self.parameters = ParameterVector(self._root.parameters(self.input_shape), self.dtype)
        self.state: dict[str, Array] = self._root.state(self.input_shape)
        names = self.parameters.parameters
        self._root.bind(
            {name: self.parameters.view(name) for name in names},
            {name: self.parameters.view(name, self.parameters.gradient) for name in names},
            self.state,
        )
        self.parameters.initialize(np.random.default_rng(seed))
        self.scaling = scaling or Scaling()
        outputs = self.output_shape[-1]
        self.class_names = tuple(class_names or (str(index) for index in range(outputs)))
        if len(self.class_names) != outputs:
            raise SettingError(
                f"a network with {outputs} outputs needs as many class names, not {len(self.class_names)}."
            )
        self.training_record: dict[str, Any] = {}
        example_bytes = numbers_an_example(self._root, self.input_shape) * self.dtype.itemsize
        self._rows_a_pass = max(1, min(_MOST_ROWS, _MOST_BYTES // example_bytes))
        self._own = threading.local()

    @property
    def layers(self) -> list[Layer[Any]]:
        """The layers, in their order."""
        return self._root.layers

    def bench(
        self,
        batch_size: int,
        *,
        training: bool = False,
        generator: np.random.Generator | None = None,
        input_gradient: bool = False,
        logits: bool = False,
    ) -> Bench:
        """A bench for passes with ``batch_size`` rows.

        Args:
            batch_size: rows of every pass on it.
            training: True to learn on it, False only to answer.
            generator: where dropout draws from.
            input_gradient: True to have ``backward`` return the derivative by the inputs too.
            logits: True to stop before the last layer, for losses that take logits.
        """
        root = Sequential(self.layers[:-1]) if logits else self._root
        purpose = Pass(batch_size, self.dtype, training, generator, input_gradient)
        return Bench(root, self.input_shape, purpose)

    def forward(self, inputs: Array, bench: Bench) -> Array:
        """Outputs for one batch of network inputs, borrowed until the bench's next pass.

        Args:
            inputs: ``(batch, features)`` or ``(batch, *input_shape)``, of the network's dtype.
            bench: a bench for exactly that many rows.
        """
        return self._root.forward(inputs.reshape(bench.input_batch), bench.workspace)

    def backward(self, output_gradient: Array, bench: Bench) -> Array | None:
        """Write ∂C/∂parameters, given ∂C/∂outputs of the forward pass just done on ``bench``.

        Returns ∂C/∂inputs where the bench was made with ``input_gradient=True``, else None.

        Raises:
            SettingError: the bench is one that only answers.
        """
        if not bench.purpose.training:
            raise SettingError("this bench only answers; make one with training=True to go backward on it.")
        gradient = self._root.backward(output_gradient, bench.workspace)
        return gradient if bench.purpose.input_gradient else None

    def predict(self, inputs: ArrayLike) -> Array:
        """Outputs for any number of examples; the array is the caller's own.

        Args:
            inputs: n examples of any shape with the right number of features, such as ``(n, 784)`` or
                ``(n, 28, 28)``, or one example, ``(784,)`` or ``(28, 28)``. Whole numbers are raw
                (pixels 0..255) and go through ``scaling``; floating point is taken as it is, network
                inputs (0..1 for pixels).

        Returns:
            ``(n, *output_shape)`` of the network's dtype.

        Raises:
            DataError: another shape, not numbers, NaN or infinity, or too large for the dtype.
        """
        examples = self._examples(inputs)
        outputs = np.empty((len(examples), *self.output_shape), self.dtype)

        def answer(start: int, hand: int = 0) -> None:
            chunk = examples[start : start + self._rows_a_pass]
            bench = self._own_bench(len(chunk))
            rows = bench.network_inputs[: len(chunk)]
            # Copied even if they are ready: a bench must not keep hold of the caller's array after the call.
            self._bring_in(chunk, rows)
            self._require_finite(rows)
            outputs[start : start + len(chunk)] = self.forward(bench.network_inputs, bench)[: len(chunk)]

        with np.errstate(over="ignore", invalid="ignore"):
            starts = range(0, len(examples), self._rows_a_pass)
            if len(starts) > 1:
                share_out([[start] for start in starts], answer, min(len(starts), MOST_STRANDS))
            elif len(examples):
                answer(0)
        return outputs

    def _bring_in(self, examples: Array, rows: Array) -> None:
        """Write the network inputs for ``examples`` into ``rows``."""
        if examples.dtype.kind == "f":
            np.copyto(rows, examples, casting="same_kind")
        else:
            self.scaling.apply(examples, out=rows)

    def _require_finite(self, rows: Array) -> None:
        """Make sure that there is no NaN or infinity: the sum of squares tells, unless it is too large."""
        line = rows.reshape(-1)
        if not isfinite(np.vdot(line, line)) and not np.isfinite(line).all():
            raise DataError(
                f"the inputs hold NaN or infinity, or numbers beyond {self.dtype}; expected finite numbers."
            )

    def classify(self, inputs: ArrayLike) -> Array:
        """The class with the largest output, ``(n,)`` int64, for inputs as ``predict`` takes them.

        Of outputs ``(places, classes)``, that of each place: ``(n, places)``.
        """
        classes: Array = self.predict(inputs).argmax(axis=-1)
        return classes

    def _examples(self, given: ArrayLike) -> Array:
        try:
            inputs = np.asarray(given)
        except ValueError as error:
            raise DataError(f"expected examples of even length: {error}.") from error
        features = prod(self.input_shape)
        if inputs.ndim < 2 or prod(inputs.shape[1:]) != features:
            if inputs.size != features:
                raise DataError(
                    f"this network takes examples of shape {self.input_shape} ({features} numbers each); "
                    f"an array of shape {inputs.shape} came."
                )
            inputs = inputs[np.newaxis]
        if inputs.dtype.kind not in "uif":
            raise DataError(f"expected numbers as inputs, got an array of {inputs.dtype}.")
        return inputs.reshape(len(inputs), features)

    def _own_bench(self, rows: int) -> Bench:
        """This thread's bench for answering that many rows or a few more; a few benches are kept.

        Sizes are powers of two and the numbers halfway between: to fill a bench up costs less than a new one.
        """
        benches: OrderedDict[int, Bench] | None = getattr(self._own, "benches", None)
        if benches is None:
            benches = self._own.benches = OrderedDict()
        step = 1 << max(0, rows.bit_length() - 2)
        batch_size = min(-(-rows // step) * step, self._rows_a_pass)
        bench = benches.pop(batch_size, None) or self.bench(batch_size)
        benches[batch_size] = bench
        if len(benches) > _BENCHES_KEPT:
            benches.popitem(last=False)
        return bench

    def architecture(self) -> dict[str, Any]:
        """Layers and input shape as plain data, enough to build the same network anew."""
        return {
            "input_shape": list(self.input_shape),
            "layers": [described(layer) for layer in self.layers],
        }

    def fingerprint(self) -> str:
        """SHA-256 over every parameter and state value: two networks that agree on it answer alike."""
        digest = hashlib.sha256(self.parameters.values.tobytes())
        for name in sorted(self.state):
            digest.update(self.state[name].tobytes())
        return digest.hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError(
            "a Network is not pickled; save it with chainrule.save_model and load it where needed."
        )

    def __repr__(self) -> str:
        return f"<Network of {len(self.layers)} layers, {len(self.parameters):,} parameters>"

    def describe(self) -> str:
        """Layers, shapes and parameter counts as text that fits a terminal."""
        return as_text(described_rows(self.layers, self.input_shape))

    def _repr_html_(self) -> str:
        """The layers as a row of boxes, for notebooks."""
        return as_html(described_rows(self.layers, self.input_shape))


def _layers_and_shape(
    layers: Sequence[int] | Sequence[Layer[Any]], input_shape: int | Sequence[int] | None
) -> tuple[list[Layer[Any]], Shape]:
    given: list[Any] = list(layers)
    if given and all(isinstance(part, (int, np.integer)) and not isinstance(part, bool) for part in given):
        if input_shape is not None:
            raise SettingError("sizes such as [784, 30, 10] begin with the inputs; leave out input_shape.")
        sizes = [int(part) for part in given]
        return fully_connected(sizes), (sizes[0],)
    if not given or not all(isinstance(part, Layer) for part in given):
        raise SettingError(
            "a network takes sizes such as [784, 30, 10], or layers such as [Dense(30), Sigmoid()]; "
            f"got {given!r}."
        )
    if input_shape is None:
        raise SettingError("with layers, say what goes in: Network([...], input_shape=784).")
    shape = (input_shape,) if isinstance(input_shape, (int, np.integer)) else tuple(input_shape)
    if not shape or any(not isinstance(side, (int, np.integer)) or side < 1 for side in shape):
        raise SettingError(f"an input shape is made of whole numbers, at least 1, not {input_shape!r}.")
    return given, tuple(int(side) for side in shape)
