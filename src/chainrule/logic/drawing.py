"""A circuit draws itself as SVG: gates in columns, wires between them, and live values where asked.

A wire that carries 1 is thick and red, one that carries 0 is thin and blue, and the digit stands where the
wire begins, so that nobody has to tell colours apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from chainrule.errors import SettingError
from chainrule.logic.gates import Gate
from chainrule.logic.layout import Place, heights, joined, places
from chainrule.logic.perceptron import Perceptron

if TYPE_CHECKING:
    from chainrule.logic.circuits import Circuit

__all__ = ["MOST_DRAWN", "drawn"]

MOST_DRAWN = 300
_LINE = {None: ("#555555", 1.6), 0: ("#0072B2", 1.4), 1: ("#D55E00", 3.4)}
"""Colour and thickness of a wire whose value is not known, 0, or 1."""
_MARGIN, _GATE, _PASSING, _PORT, _LETTER = 16.0, 56.0, 20.0, 12.0, 7.2
_LONGEST = 16

Values = Mapping[str, int] | None


def drawn(circuit: Circuit, values: Values) -> str:
    """The drawing as SVG text.

    Args:
        circuit: what to draw.
        values: of every wire, by name; None to leave them out.

    Raises:
        SettingError: more gates than one can see.
    """
    if len(circuit) > MOST_DRAWN:
        raise SettingError(
            f"a drawing shows up to {MOST_DRAWN} gates; this circuit has {len(circuit):,}. "
            "Draw a part of it, such as an adder of fewer bits."
        )
    return _Sheet(circuit, values).text()


class _Sheet:
    """One drawing in the making: what stands where, and how wide everything is."""

    def __init__(self, circuit: Circuit, values: Values) -> None:
        self.circuit, self.values = circuit, values
        columns = places(circuit)
        self.before = joined(circuit, columns)
        self.last = len(columns) - 1
        room = {place: self._room(place) for row in columns for place in row}
        y = heights(columns, self.before, room)
        top = min((y[place] - room[place] / 2 for place in y), default=0.0) - _MARGIN
        self.y = {place: y[place] - top for place in y}
        self.height = max(self.y[place] + room[place] / 2 for place in y) + _MARGIN
        self.left: list[float] = []
        self.right: list[float] = []
        for row in columns:
            arriving = sum(len(self.before[place]) for place in row)
            gap = 44 + 6 * arriving**0.8 if self.left else _MARGIN
            self.left.append((self.right or [0.0])[-1] + gap)
            self.right.append(self.left[-1] + max(map(self._width, row), default=0.0))
        self.width = self.right[-1] + _MARGIN

    def text(self) -> str:
        """The whole drawing: wires first, so that gates lie upon them."""
        wires = [wire for place, sources in self.before.items() for wire in self._wires(place, sources)]
        wires += [self._passing(place) for place in self.y if self._passes(place)]
        nodes = [self._node(place) for place in self.y if not self._passes(place)]
        size = f"{self.width:.0f} {self.height:.0f}"
        label = f"circuit of {len(self.circuit)} gates"
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{size.split()[0]}" '
                f'height="{size.split()[1]}" font-family="Helvetica, Arial, sans-serif" font-size="13" '
                f'role="img"><title>{label}</title>',
                '<rect width="100%" height="100%" fill="white"/>',
                *wires,
                *nodes,
                "</svg>",
            ]
        )

    def _passes(self, place: Place) -> bool:
        column, wire = place
        return column < self.last and self.circuit.levels[wire] < column

    def _is_gate(self, place: Place) -> bool:
        return 0 < place[0] < self.last and not self._passes(place)

    def _room(self, place: Place) -> float:
        if self._passes(place):
            return _PASSING
        return max(_GATE if self._is_gate(place) else 40.0, _PORT * (len(self.before[place]) + 1))

    def _width(self, place: Place) -> float:
        if self._passes(place):
            return 0.0
        words = self._words(place)
        return max(map(_length, words)) * _LETTER + (24 if self._is_gate(place) else 10)

    def _words(self, place: Place) -> list[str]:
        """What is written: the kind of gate above the name of its wire; inputs and outputs have a name."""
        wire = place[1]
        if not self._is_gate(place):
            return [_short(wire)]
        return [_short(_kind(self.circuit.gates[wire][0])), _short(wire)]

    def _line(self, wire: str) -> str:
        colour, thickness = _LINE[None if self.values is None else self.values[wire]]
        return f'fill="none" stroke="{colour}" stroke-width="{thickness}" stroke-linecap="round"'

    def _leaves(self, place: Place) -> float:
        """The x at which a wire leaves a place."""
        return self.right[place[0]] + (0 if self._passes(place) or self.values is None else 8)

    def _wires(self, place: Place, sources: list[Place]) -> list[str]:
        """Curves from each source to a point of its own on the left edge, ordered as the sources stand."""
        order = sorted(range(len(sources)), key=lambda port: self.y[sources[port]])
        spread = min(_PORT, (self._room(place) - 20) / max(1, len(sources)))
        paths = []
        for port, source in enumerate(sources[at] for at in order):
            start, end = self._leaves(source), self.left[place[0]]
            y, to = self.y[source], self.y[place] + (port - (len(sources) - 1) / 2) * spread
            middle, wire = (start + end) / 2, source[1]
            curve = f"M{start:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {to:.1f} {end:.1f} {to:.1f}"
            paths.append(f'<path d="{curve}" {self._line(wire)}><title>{escape(wire)}</title></path>')
        return paths

    def _passing(self, place: Place) -> str:
        column, wire = place
        return (
            f'<path d="M{self.left[column]:.1f} {self.y[place]:.1f}H{self.right[column]:.1f}" '
            f"{self._line(wire)}><title>{escape(wire)}</title></path>"
        )

    def _node(self, place: Place) -> str:
        """An input, an output or a gate, with a badge where a wire leaves it."""
        column = place[0]
        left, right, y = self.left[column], self.right[column], self.y[place]
        words, parts = self._words(place), []
        if self._is_gate(place):
            tall = self._room(place) - 16
            parts.append(
                f'<rect x="{left:.1f}" y="{y - tall / 2:.1f}" width="{right - left:.1f}" height="{tall:.1f}" '
                f'rx="6" fill="#F4F4F4" stroke="#333333"/>'
            )
        for line, word in enumerate(words):
            base = y + 4.5 + (line - (len(words) - 1) / 2) * 15
            look = 'fill="#555555" font-size="11"' if line else 'fill="#111111" font-weight="bold"'
            x, anchor = (left + right) / 2, "middle"
            if column in (0, self.last):
                x, anchor = (left + 22, "start") if column else (right - 6, "end")
            parts.append(
                f'<text x="{x:.1f}" y="{base:.1f}" text-anchor="{anchor}" {look}>{escape(word)}</text>'
            )
        parts.append(self._badge(place))
        return f"<g><title>{escape(self._told(place))}</title>{''.join(parts)}</g>"

    def _badge(self, place: Place) -> str:
        """The digit that a wire carries, in a ring; a dot where it is not known."""
        column, name = place
        output = column == self.last
        y = self.y[place]
        if self.values is None:
            x = self.left[column] + 3 if output else self.right[column]
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#555555"/>'
        x = self.left[column] + 9 if output else self.right[column] + 8
        value = self.values[self.circuit.outputs[name] if output else name]
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="white" stroke="{_LINE[value][0]}" '
            f'stroke-width="{1.4 + value}"/><text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" '
            f'font-size="11" font-weight="bold" fill="#111111">{value}</text>'
        )

    def _told(self, place: Place) -> str:
        """What a pointer resting on it is told: full name, weights and bias."""
        name = place[1]
        if not self._is_gate(place):
            return name
        perceptron = self.circuit.gates[name][0]
        return f"{name}: weights {perceptron.weights}, bias {perceptron.bias}"


def _kind(perceptron: Perceptron) -> str:
    """The name of a gate; weights and bias of a perceptron that is none, if they are few."""
    if isinstance(perceptron, Gate):
        return perceptron.name
    if len(perceptron.weights) > 3:
        return "perceptron"
    weights = " ".join(f"{weight:g}" for weight in perceptron.weights)
    return f"w {weights}, b {perceptron.bias:g}".replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _length(text: str) -> int:
    """How many letters wide; Chinese and Japanese ones count twice."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
