"""Whether the gradient that ``backward`` writes is the slope of the loss, measured by moving each number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike

from chainrule.diagnostics.slope import measured_slope
from chainrule.errors import DataError, SettingError
from chainrule.layers.registry import ACTIVATIONS
from chainrule.losses import Loss, loss_named
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.objective import Objective

__all__ = ["ArrayCheck", "GradientCheck", "gradient_check"]

_BLUNT = 1e8
"""A gradient less than this many times the rounding of its measurement is compared as if it were that."""


@dataclass(frozen=True)
class ArrayCheck:
    """The comparison of one array.

    Attributes:
        name: as in ``network.parameters.parameters``, such as "0.weights"; or "inputs".
        numbers: how many numbers the array holds.
        compared: how many slopes were compared: one a number, or one a random direction.
        kinks: how many more were left out because the loss has a kink there.
        error: ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) of the slopes by backward, g, and measured, ĝ; infinity if
            none could be compared.
    """

    name: str
    numbers: int
    compared: int
    kinks: int
    error: float


@dataclass(frozen=True)
class GradientCheck:
    """What `gradient_check` found, array by array."""

    arrays: tuple[ArrayCheck, ...]

    @property
    def errors(self) -> dict[str, float]:
        """The relative error of each array, by its name."""
        return {array.name: array.error for array in self.arrays}

    @property
    def worst(self) -> float:
        """The largest relative error of all arrays."""
        return max((array.error for array in self.arrays), default=0.0)

    def passed(self, tolerance: float = 1e-7) -> bool:
        """Whether every array's relative error is at most ``tolerance``."""
        return self.worst <= tolerance

    def table(self) -> str:
        """One line an array, as text that fits a terminal."""
        wide = max((len(array.name) for array in self.arrays), default=0)
        lines = [f"{'array':<{wide}}  {'numbers':>9}  {'compared':>9}  {'kinks':>6}  relative error"]
        lines += [
            f"{array.name:<{wide}}  {array.numbers:>9,}  {array.compared:>9,}  {array.kinks:>6,}  "
            f"{array.error:>14.1e}"
            for array in self.arrays
        ]
        return "\n".join(lines)


def gradient_check(
    network: Network,
    loss: str | Loss,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    step: float = 1e-3,
    directions: int | None = None,
    input_gradient: bool = False,
    seed: int = 0,
) -> GradientCheck:
    """Compare the gradient of a training pass with measured slopes of the loss.

    Dropout draws the same mask in every pass, and batch normalisation uses the batch's own
    statistics. The network is as before afterwards, to the bit, also after an error.

    Where a ReLU-like kink makes a slope impossible to measure (see `slope`), the number is left out of
    the comparison and counted as one of ``kinks``. An array of which nothing is left does not pass.
    Parameters that are exactly 0, as biases are at their start, are replaced by draws from
    N(0, 0.01) for the check: behind neurons that are all silent, the input of a ReLU would be its
    bias, 0, right on the kink.

    An array whose gradient is 0 (biases before a BatchNorm) leaves the measuring nothing but
    rounding; the denominator of its error is therefore never less than 10⁸ times that rounding,
    ε max(1, |C|) / step a number.

    Args:
        network: one of float64.
        loss: a loss or its name.
        inputs: ``(n, features)`` network inputs.
        targets: ``(n, classes)``.
        step: how far a number is moved, at first.
        directions: None to move every number by itself, four passes each; or how many random
            directions of length 1 to move each whole array along.
        input_gradient: True to check the derivative by the inputs too.
        seed: of dropout's draw and of the directions.

    Raises:
        SettingError: the network is not of float64, or the loss does not fit its last layer.
        DataError: inputs or targets of another shape, or not finite.
    """
    loss = loss_named(loss)
    _require_fit(network, loss, step, directions)
    inputs = _rows(inputs, network.input_shape, "inputs")
    targets = _rows(targets, network.output_shape, "targets")
    if len(inputs) != len(targets):
        raise DataError(f"expected one row of targets an input, got {len(targets)} for {len(inputs)}.")

    generator = np.random.default_rng(seed)
    draw = generator.bit_generator.state
    objective = Objective(network, loss, len(inputs), generator=generator, input_gradient=input_gradient)

    def cost() -> float:
        generator.bit_generator.state = draw
        return objective.forward(inputs, targets)

    values, gradients = network.parameters.values, network.parameters.gradient
    before = values.copy(), gradients.copy()
    state = {name: array.copy() for name, array in network.state.items()}
    chooser = np.random.default_rng([seed, 1])
    try:
        values[values == 0] = 0.1 * chooser.standard_normal(np.count_nonzero(values == 0))
        centre = cost()
        by_inputs = objective.backward()
        pairs = {
            name: (network.parameters.view(name), network.parameters.view(name, gradients))
            for name in network.parameters.parameters
        }
        if by_inputs is not None:
            pairs["inputs"] = (inputs, by_inputs.reshape(inputs.shape).copy())
        arrays = tuple(
            _compare(name, place, gradient, cost, centre, step, _along(place.shape, directions, chooser))
            for name, (place, gradient) in pairs.items()
        )
    finally:
        values[...], gradients[...] = before
        for name, array in network.state.items():
            array[...] = state[name]
    return GradientCheck(arrays)


def _compare(
    name: str,
    place: Array,
    gradient: Array,
    cost: Callable[[], float],
    centre: float,
    step: float,
    directions: Iterator[Array],
) -> ArrayCheck:
    """Move ``place`` along each direction and hold the slopes measured against those of ``gradient``."""
    start = place.copy()
    rounding = float(np.finfo(np.float64).eps) * max(1.0, abs(centre))
    given: list[float] = []
    measured: list[float] = []
    kinks = 0
    for direction in directions:

        def cost_at(distance: float, direction: Array = direction) -> float:
            np.multiply(direction, distance, out=place)
            np.add(place, start, out=place)
            return cost()

        slope = measured_slope(cost_at, centre, step, rounding)
        if slope is None:
            kinks += 1
        else:
            given.append(float(np.vdot(gradient, direction)))
            measured.append(slope)
    place[...] = start
    smallest = _BLUNT * rounding / step * sqrt(len(given))
    sizes = float(np.linalg.norm(given) + np.linalg.norm(measured))
    gap = float(np.linalg.norm(np.subtract(given, measured)))
    error = gap / max(sizes, smallest) if given and isfinite(gap) else inf
    return ArrayCheck(name, place.size, len(given), kinks, error)


def _along(shape: tuple[int, ...], directions: int | None, chooser: np.random.Generator) -> Iterator[Array]:
    if directions is None:
        for index in np.ndindex(shape):
            one = np.zeros(shape)
            one[index] = 1.0
            yield one
    else:
        for _ in range(directions):
            drawn = chooser.standard_normal(shape)
            yield drawn / np.linalg.norm(drawn)


def _require_fit(network: Network, loss: Loss, step: float, directions: int | None) -> None:
    if network.dtype != np.float64:
        raise SettingError(
            f"a gradient check needs the digits of float64; this network computes in {network.dtype}. "
            "Make it with dtype=np.float64."
        )
    if loss.on_logits and not isinstance(network.layers[-1], ACTIVATIONS[loss.output_activation]):
        raise SettingError(
            f"the loss {loss.name} goes with a last layer {loss.output_activation}, "
            f"this network ends with {type(network.layers[-1]).__name__}."
        )
    if not (isfinite(step) and step > 0):
        raise SettingError(f"the step of a gradient check is positive, not {step}.")
    if directions is not None and directions < 1:
        raise SettingError(f"a gradient check needs at least 1 direction, not {directions}.")


def _rows(given: ArrayLike, shape: tuple[int, ...], what: str) -> Array:
    rows = np.array(given, np.float64)
    if rows.ndim < 2 or not len(rows) or rows[0].size != np.prod(shape):
        raise DataError(f"expected {what} as rows for examples of shape {shape}, got shape {rows.shape}.")
    if not np.isfinite(rows).all():
        raise DataError(f"the {what} hold NaN or infinity; expected finite numbers.")
    return rows.reshape(len(rows), -1)
