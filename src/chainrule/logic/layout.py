"""Where the parts of a drawn circuit stand: columns from left to right, few crossings, straight wires.

Each gate stands in the column of its level. A wire that passes a column has a place of its own there, so
that it goes between gates and never through one. Within a column, parts are ordered and moved
towards the mean height of what they are joined to, a few times from left to right and back (after Sugiyama).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.logic.circuits import Circuit

__all__ = ["Place", "heights", "joined", "places"]

Place = tuple[int, str]
"""A column, and the wire that begins in it or passes through it; outputs have their own column."""

_SWEEPS = 24


def places(circuit: Circuit) -> list[list[Place]]:
    """The columns: inputs first, then a column for each level with the wires that pass it, outputs last."""
    last = circuit.depth + 1
    ends = dict(circuit.levels)
    for name, (_, wires) in circuit.gates.items():
        for wire in wires:
            ends[wire] = max(ends[wire], circuit.levels[name] - 1)
    for wire in circuit.outputs.values():
        ends[wire] = last - 1
    columns: list[list[Place]] = [[] for _ in range(last + 1)]
    for wire, level in circuit.levels.items():
        for column in range(level, ends[wire] + 1):
            columns[column].append((column, wire))
    columns[last] = [(last, name) for name in circuit.outputs]
    return columns


def joined(circuit: Circuit, columns: list[list[Place]]) -> dict[Place, list[Place]]:
    """Of every place: the places in the column before it that a wire joins it to, in the order read."""
    before: dict[Place, list[Place]] = {}
    for column, row in enumerate(columns[:-1]):
        for place in row:
            wire = place[1]
            begins = circuit.levels[wire] == column
            read = circuit.gates[wire][1] if begins and column else ()
            before[place] = [(column - 1, name) for name in read] if begins else [(column - 1, wire)]
    last = len(columns) - 1
    before.update({(last, name): [(last - 1, wire)] for name, wire in circuit.outputs.items()})
    return before


def heights(
    columns: list[list[Place]], before: Mapping[Place, list[Place]], room: Mapping[Place, float]
) -> dict[Place, float]:
    """The y of the middle of every place; ``room`` is the height that each needs."""
    after: dict[Place, list[Place]] = {place: [] for row in columns for place in row}
    for place, sources in before.items():
        for source in sources:
            after[source].append(place)
    y: dict[Place, float] = {}
    for row in columns:
        y.update(zip(row, _stacked([0.0] * len(row), [room[place] for place in row]), strict=True))
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for row in columns if forward else reversed(columns):
            neighbours = before if forward else after
            wished = {place: _mean((y[other] for other in neighbours[place]), y[place]) for place in row}
            row.sort(key=wished.__getitem__)
            settled = _stacked([wished[place] for place in row], [room[place] for place in row])
            y.update(zip(row, settled, strict=True))
    return y


def _stacked(wished: list[float], room: list[float]) -> list[float]:
    """The heights nearest to those wished (least squares) at which nothing overlaps, the order kept.

    With what stands above taken off, heights only must not fall: neighbours that do are pooled at their mean.
    """
    above = [sum(room[:place]) + room[place] / 2 for place in range(len(room))]
    pools: list[list[float]] = []
    for wish, taken in zip(wished, above, strict=True):
        pools.append([wish - taken])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    level = [_mean(pool) for pool in pools for _ in pool]
    return [base + taken for base, taken in zip(level, above, strict=True)]


def _mean(numbers: Iterable[float], otherwise: float = 0.0) -> float:
    found = list(numbers)
    return sum(found) / len(found) if found else otherwise
