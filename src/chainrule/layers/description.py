"""A chain of layers as a table of text, or as a row of boxes for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from chainrule.layers.images import times
from chainrule.layers.layer import Layer, Shape
from chainrule.layers.registry import described

__all__ = ["Row", "as_html", "as_text", "described_rows"]

_WORTH_SAYING = ("rate", "slope", "alpha", "shape", "kernel", "size")
_BOX = (
    "display:inline-block;text-align:center;padding:6px 10px;margin:2px;border:1px solid #888;"
    "border-radius:6px;font-family:sans-serif;font-size:12px"
)


class Row(NamedTuple):
    """One layer: what it is, the shape of an example that leaves it, how many numbers it learns."""

    name: str
    shape: str
    parameters: int


def described_rows(layers: Sequence[Layer[Any]], input_shape: Shape) -> list[Row]:
    """A row for the input, and one for each layer."""
    rows, shape = [Row("input", times(input_shape), 0)], input_shape
    for layer in layers:
        count = sum(parameter.size for parameter in layer.parameters(shape))
        shape = layer.output_shape(shape)
        rows.append(Row(_title(layer), times(shape), count))
    return rows


def as_text(rows: Sequence[Row]) -> str:
    """The rows as a table, with a line for all parameters."""
    total = sum(row.parameters for row in rows)
    cells = [("layer", "shape", "parameters")]
    cells += [(row.name, row.shape, f"{row.parameters:,}" if row.parameters else "") for row in rows]
    cells.append(("in all", "", f"{total:,}"))
    first, second, third = (max(map(len, column)) for column in zip(*cells, strict=True))
    return "\n".join(
        f"{name:<{first}}  {shape:>{second}}  {count:>{third}}".rstrip() for name, shape, count in cells
    )


def as_html(rows: Sequence[Row]) -> str:
    """The rows as boxes with arrows between them; every text is escaped."""
    boxes = " → ".join(
        f'<span style="{_BOX}"><b>{escape(row.name)}</b><br>{escape(row.shape)}'
        + (f"<br><small>{row.parameters:,} parameters</small>" if row.parameters else "")
        + "</span>"
        for row in rows
    )
    total = sum(row.parameters for row in rows)
    return f"<div>{boxes}<div><small>{total:,} parameters in all</small></div></div>"


def _title(layer: Layer[Any]) -> str:
    settings = described(layer)
    if settings["type"] == "Ensemble":
        said = [f"{len(settings['layers'])} members"]
    elif "layers" in settings:
        said = [part["type"] for part in settings["layers"]]
    else:
        said = [
            f"{name} {times(value) if isinstance(value, list) else value}"
            for name, value in settings.items()
            if name in _WORTH_SAYING
        ]
    return f"{settings['type']}({', '.join(said)})" if said else settings["type"]
