"""A circuit: perceptrons joined by named wires, from inputs to outputs, without a way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any

from chainrule.errors import DataError, SettingError
from chainrule.logic.drawing import MOST_DRAWN, drawn
from chainrule.logic.gates import require_bits
from chainrule.logic.perceptron import Perceptron
from chainrule.logic.truth import TruthTable, rows_of

__all__ = ["Circuit"]

Wired = tuple[Perceptron, tuple[str, ...]]
"""A perceptron, and the wires that it reads, one for each weight."""

_NAMES_TOLD = 20


class Circuit:
    """Perceptrons that read each other's answers.

    Every input and every gate has a name, which is also the name of the wire that leaves it. The gates may
    be given in any order. A gate may read one wire twice.

    Args:
        inputs: names of the input wires.
        gates: by name: the perceptron and the wires that it reads, ``{"n1": (NAND, "x1", "x2")}``.
        outputs: by name: the wire that carries it, ``{"carry": "n1"}``; or wires that keep their names.

    Attributes:
        inputs: names of the input wires.
        gates: by name, each after all those that it reads: the perceptron and its wires.
        outputs: by name: the wire that carries it.
        levels: of every wire: how many gates lie on the longest way to it; 0 for an input.

    Raises:
        SettingError: a cycle, a wire that is not there, a name given twice, or more or fewer wires at a
            gate than it has weights.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        gates: Mapping[str, Sequence[Any]],
        outputs: Mapping[str, str] | Sequence[str],
    ) -> None:
        self.inputs = tuple(inputs)
        self.outputs = dict(outputs) if isinstance(outputs, Mapping) else {name: name for name in outputs}
        _require_names([*self.inputs, *gates])
        _require_names(self.outputs)
        wired = {name: _wired(name, parts) for name, parts in gates.items()}
        _require_wires({*self.inputs, *wired}, wired, self.outputs)
        self.gates = _in_order(wired)
        self.levels: dict[str, int] = dict.fromkeys(self.inputs, 0)
        for name, (_, wires) in self.gates.items():
            self.levels[name] = 1 + max((self.levels[wire] for wire in wires), default=0)

    def __len__(self) -> int:
        """How many gates it has."""
        return len(self.gates)

    @property
    def depth(self) -> int:
        """How many gates a signal passes on its longest way."""
        return max(self.levels.values(), default=0)

    def wires(self, *inputs: int) -> dict[str, int]:
        """The value of every wire, by name, for these inputs.

        Raises:
            DataError: more or fewer values than inputs, or one that is neither 0 nor 1.
        """
        if len(inputs) != len(self.inputs):
            raise DataError(
                f"this circuit takes {len(self.inputs)} inputs ({_told(self.inputs)}), not {len(inputs)}."
            )
        require_bits(inputs, "a circuit")
        values = {name: int(value) for name, value in zip(self.inputs, inputs, strict=True)}
        for name, (perceptron, wires) in self.gates.items():
            values[name] = perceptron.fires([values[wire] for wire in wires])
        return values

    def __call__(self, *inputs: int) -> tuple[int, ...]:
        """The outputs, in their order: ``half_adder()(1, 1)`` is ``(0, 1)``. Inputs as in ``wires``."""
        values = self.wires(*inputs)
        return tuple(values[wire] for wire in self.outputs.values())

    def truth_table(self) -> TruthTable:
        """The outputs for every combination of inputs, 2ⁿ rows.

        Raises:
            SettingError: more than 20 inputs.
        """
        rows = tuple((row, self(*row)) for row in rows_of(len(self.inputs)))
        return TruthTable(self.inputs, tuple(self.outputs), rows)

    def to_svg(self, inputs: Sequence[int] | None = None) -> str:
        """The circuit as a drawing; with ``inputs``, each wire shows its value.

        Raises:
            SettingError: more gates than one can see.
            DataError: inputs as in ``wires``.
        """
        return drawn(self, None if inputs is None else self.wires(*inputs))

    def _repr_svg_(self) -> str | None:
        """The drawing for notebooks; nothing where the circuit is too large for one."""
        return self.to_svg() if len(self) <= MOST_DRAWN else None

    def __repr__(self) -> str:
        return (
            f"<Circuit of {len(self):,} gates, {len(self.inputs)} inputs, {len(self.outputs)} outputs, "
            f"depth {self.depth}>"
        )


def _wired(name: str, parts: Sequence[Any]) -> Wired:
    """The perceptron and the wires of one gate, checked against each other."""
    if not isinstance(parts, Sequence) or not parts or not isinstance(parts[0], Perceptron):
        raise SettingError(f"gate {name!r}: expected a perceptron and its wires, got {parts!r}.")
    perceptron, wires = parts[0], tuple(parts[1:])
    if len(wires) != len(perceptron.weights):
        raise SettingError(
            f"gate {name!r} has {len(perceptron.weights)} weights but reads {len(wires)} wires; "
            "give one wire for each weight."
        )
    return perceptron, wires


def _in_order(wired: Mapping[str, Wired]) -> dict[str, Wired]:
    """The gates, each after those that it reads."""
    read = {name: [wire for wire in wires if wire in wired] for name, (_, wires) in wired.items()}
    try:
        return {name: wired[name] for name in TopologicalSorter(read).static_order()}
    except CycleError as error:
        cycle = error.args[1]
        raise SettingError(
            f"a circuit has no way back, but these gates read each other in a cycle: "
            f"{_told(cycle, ' → ')}. Cut one of these wires."
        ) from None


def _require_names(names: Iterable[Any]) -> None:
    """Make sure that each is a printable word, and that none is given twice."""
    seen = set()
    for name in names:
        if not isinstance(name, str) or not name or not name.isprintable():
            raise SettingError(f"a name in a circuit is a printable word, not {name!r}.")
        if name in seen:
            raise SettingError(f"two inputs, gates or outputs of a circuit are named {name!r}; rename one.")
        seen.add(name)


def _require_wires(known: set[str], wired: Mapping[str, Wired], outputs: Mapping[str, str]) -> None:
    """Make sure that all wires that are read are there, and that something comes out."""
    if not outputs:
        raise SettingError("a circuit has at least one output; name the wires that carry its outputs.")
    readers = [(f"gate {name!r}", wire) for name, (_, wires) in wired.items() for wire in wires]
    readers += [(f"output {name!r}", wire) for name, wire in outputs.items()]
    for reader, wire in readers:
        if wire not in known:
            near = get_close_matches(str(wire), sorted(known), n=1, cutoff=0.0) or ["none"]
            raise SettingError(
                f"{reader} reads the wire {wire!r}, which no input and no gate is named. "
                f"The nearest name is {near[0]!r}."
            )


def _told(names: Sequence[str], between: str = ", ") -> str:
    """The names in a row, or the first of them where there are many."""
    more = f"{between}… {len(names) - _NAMES_TOLD} more" if len(names) > _NAMES_TOLD else ""
    return between.join(names[:_NAMES_TOLD]) + more
