"""The report in Markdown: the same tables, and links to the figures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from chainrule.lab.report import Section, counted
from chainrule.lab.verdicts import RULE

__all__ = ["as_markdown"]


def as_markdown(found: Sequence[Section]) -> str:
    """The report; every text in it is escaped, wherever it came from."""
    summary = [
        (f"[{_text(each.claim.id)}](#{section.key})", each.claim.what, each.published, each.ours, str(each))
        for section in found
        for each in section.verdicts
    ]
    parts = [
        "# Classic experiments, run again",
        "Ours is the mean ± one standard deviation over as many seeds as stand in brackets.",
        _text(RULE),
        f"**{_text(counted(found))}**",
        _table(("id", "what", "published", "ours (seeds)", "verdict"), summary),
    ]
    for subject, group in groupby(found, lambda each: each.experiment.subject):
        parts += [f"## {_text(subject.capitalize())}", *(_section(each) for each in group)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> str:
    experiment = section.experiment
    rows = [
        (
            _text(each.claim.id),
            f"{each.claim.what} ({each.claim.source})",
            each.published,
            each.ours,
            str(each),
        )
        for each in section.verdicts
    ]
    made = [
        f"- {label}: " + (f"`{text.replace('`', '')}`" if label == "Command" else _text(text))
        for label, text in section.made
    ]
    parts = [
        f'<a id="{section.key}"></a>\n\n### {_text(experiment.title)}',
        f"*{_text(section.note)}*" if section.note else "",
        _text(experiment.asks),
        f"**{_text(section.finding)}**",
        f"![{_text(section.finding)}](figures/{section.figure.name})",
        _text(experiment.look_for),
        _table(("id", "what", "published", "ours (seeds)", "verdict"), rows) if rows else "",
        _text(experiment.came_out),
        "\n".join(made),
    ]
    return "\n\n".join(part for part in parts if part)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    lines += [f"| {' | '.join([name, *map(_text, cells)])} |" for name, *cells in rows]
    return "\n".join(lines)


def _text(text: str) -> str:
    """One line in which nothing is HTML and nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]|#~$])", r"\\\1", escape(" ".join(text.split()), quote=False))
