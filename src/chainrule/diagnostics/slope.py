"""The slope of a function at a point, measured; or the word that the function has a kink there.

The slope is the central difference of fourth order,

    f' ≈ [8 (f(h) − f(−h)) − (f(2h) − f(−2h))] / 12h,

whose error is h⁴ f⁽⁵⁾/30 by truncation and about ε|f|/h by rounding (ε = 2.2e-16). At h = 1e-3 both
are near 1e-13. The usual (f(h) − f(−h)) / 2h does no better than 1e-11 at any step, too blunt for the
small gradients at the bottom of a deep network.

The price of a long step is kinks: where the input of a ReLU passes 0 within the step, f is no longer
one smooth function, and the difference is wrong though the gradient is right. Such a place shows in
the second differences s(h) = f(h) − 2 f(0) + f(−h): of a smooth f, s(2h) = 4 s(h) up to terms in h⁴; at
a kink they part by about h times the jump in slope. There the slope is measured again with a step
ten and a hundred times shorter, outside of which the kink most likely lies.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["measured_slope"]

_SHORTENINGS = (1.0, 0.1, 0.01)
_SMOOTH = 1e-7
"""The parting of second differences, as a share of the slope, up to which f counts as smooth."""
_ROUNDINGS = 30.0
"""How many times the rounding of one f may be seen in the parting."""


def measured_slope(
    value_at: Callable[[float], float], centre: float, step: float, rounding: float
) -> float | None:
    """The slope at 0, or None where a kink lies within even the shortest step.

    Args:
        value_at: the function, called with distances from the point.
        centre: its value at the point, ``value_at(0)``.
        step: the longest h.
        rounding: the error by rounding to expect in one value.
    """
    for distance in (step * shortening for shortening in _SHORTENINGS):
        right, left = value_at(distance), value_at(-distance)
        far_right, far_left = value_at(2 * distance), value_at(-2 * distance)
        slope = (8 * (right - left) - (far_right - far_left)) / (12 * distance)
        parting = abs((far_right + far_left - 2 * centre) - 4 * (right + left - 2 * centre)) / distance
        if parting <= _SMOOTH * abs(slope) + _ROUNDINGS * rounding / distance:
            return slope
    return None
