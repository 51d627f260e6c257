"""What the laboratory says as plain text: the list, an experiment's page, what came out of a run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from chainrule.lab.drawing import finding
from chainrule.lab.experiment import Experiment
from chainrule.lab.store import Stored, plain
from chainrule.lab.verdicts import verdicts, written

__all__ = ["as_data", "duration", "listing", "outcome", "outcome_as_data", "page", "parameter_rows"]

_WIDTH = 80
_WIDEST_COLUMN = 34


def duration(seconds: float) -> str:
    """Seconds in the unit that people would say: ``"40 seconds"``, ``"12 minutes"``, ``"3 hours"``."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * size:
            count = round(seconds / size)
            return f"{count} {unit}s"
    count = max(1, round(seconds))
    return f"{count} second{'s' if count > 1 else ''}"


def listing(experiments: Iterable[Experiment]) -> str:
    """The experiments under their subjects: name, title, and what all seeds of the full form take."""
    known = list(experiments)
    width = max(len(each.name) for each in known)
    lines = []
    for subject, group in groupby(known, key=lambda each: each.subject):
        lines += ["", subject.capitalize()]
        lines += [
            f"  {each.name:<{width}}  {each.title} ({duration(each.seconds * each.seeds)})" for each in group
        ]
    lines += [
        "",
        "In brackets: the time of the full form, all its seeds, on one core. Quick forms take seconds.",
    ]
    return "\n".join(lines[1:])


def page(experiment: Experiment) -> str:
    """All that is to be said of an experiment before it is run."""
    rows = [("", "full", "quick", "")]
    rows += [(name, full, quick, text) for name, full, quick, text in parameter_rows(experiment)]
    claims = [
        (
            claim.id,
            "none given" if claim.figure is None else f"{written(claim.figure)} {claim.unit}".strip(),
            f"{claim.what} ({claim.source})",
        )
        for claim in experiment.published
    ]
    seeds = f"{experiment.seeds} seeds" if experiment.seeds > 1 else "1 seed, as nothing is random"
    took = duration(experiment.seconds)
    parts = [
        f"{experiment.name}: {experiment.title}\n({experiment.subject})",
        _paragraph("Asks", experiment.asks),
        _paragraph("Look for", experiment.look_for),
        _paragraph("Came out", experiment.came_out),
        "Parameters\n" + table(rows),
        "Published\n" + table(claims) if claims else "",
        f"The full form takes {took} a seed; {seeds}.",
        f"Run:\n  chainrule lab run {experiment.name}\n  chainrule lab run {experiment.name} --full",
    ]
    return "\n\n".join(part for part in parts if part)


def parameter_rows(experiment: Experiment) -> list[tuple[str, str, str, str]]:
    """Each parameter: its name, its value in the full and in the quick form, and what it is."""
    full, quick = plain(experiment.parameters), plain(experiment.settings(False, {}))
    return [
        (each.name, _text(full[each.name]), _text(quick[each.name]), _explained(each.metadata))
        for each in fields(experiment.parameters)
    ]


def outcome(stored: Stored, figure: Path) -> str:
    """What came out of a run: the finding, the published figures beside ours, and where the figure is."""
    name = stored.experiment.name
    rows = [("", "published", "ours (seeds)", "")]
    for each in verdicts(stored):
        before = "" if each.claim.id == name else f"{each.claim.id}: "
        rows.append((before + each.claim.what, each.published, each.ours, str(each)))
    said = textwrap.fill(finding(stored).rstrip(".") + ".", _WIDTH)
    parts = [f"\n{name}: {stored.experiment.title}", said, *([table(rows)] if rows[1:] else [])]
    return "\n".join([*parts, f"Figure: {figure}"])


def outcome_as_data(stored: Stored, figure: Path) -> dict[str, Any]:
    """The same as plain JSON data, with every value that was measured."""
    results = stored.results
    return {
        "name": stored.experiment.name,
        "form": stored.form,
        "parameters": plain(results.parameters),
        "seeds": list(results.seeds),
        "finding": finding(stored),
        "values": {name: results.values(name).tolist() for name in results.runs[0].values},
        "published": [each.as_data() for each in verdicts(stored)],
        "folder": str(stored.folder),
        "figure": str(figure),
    }


def as_data(experiment: Experiment) -> dict[str, Any]:
    """An experiment's page as plain JSON data."""
    names = ("name", "title", "subject", "asks", "look_for", "came_out", "seconds", "seeds")
    return {name: getattr(experiment, name) for name in names} | {
        "parameters": [
            {
                "name": each.name,
                "full": plain(experiment.parameters)[each.name],
                "quick": plain(experiment.settings(False, {}))[each.name],
                **{key: each.metadata[key] for key in ("help", "unit", "low", "high", "choices")},
            }
            for each in fields(experiment.parameters)
        ],
        "published": [
            {"id": claim.id, "source": claim.source, "what": claim.what, "figure": claim.figure}
            | {"unit": claim.unit, "tolerance": claim.tolerance}
            for claim in experiment.published
        ],
    }


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as lines of columns; what is wide is wrapped within its column."""
    columns = list(zip(*rows, strict=True))
    widths = [min(_WIDEST_COLUMN, max(map(len, column))) for column in columns]
    widths[-1] = max(24, _WIDTH - sum(widths[:-1]) - 2 * len(widths))
    lines = []
    for row in rows:
        wrapped = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
        for cells in zip_longest(*wrapped, fillvalue=""):
            padded = (f"  {cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
            lines.append("".join(padded).rstrip())
    return "\n".join(lines)


def _paragraph(heading: str, text: str) -> str:
    return f"{heading}\n" + textwrap.indent(textwrap.fill(text, _WIDTH - 2), "  ") if text else ""


def _explained(metadata: Any) -> str:
    low, high, choices = (metadata[key] for key in ("low", "high", "choices"))
    unit = f" {metadata['unit']}" if metadata["unit"] else ""
    bounds = f"one of {', '.join(map(str, choices))}" if choices else ""
    if low is not None and high is not None:
        bounds = f"{low:,g} to {high:,g}{unit}"
    elif low is not None or high is not None:
        bounds = f"at least {low:,g}{unit}" if low is not None else f"at most {high:,g}{unit}"
    return f"{metadata['help']} ({bounds})" if bounds else f"{metadata['help']}"


def _text(value: Any) -> str:
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)
