"""The report as one HTML page: no network, no scripts, figures inside, fit for a phone and for paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from chainrule.lab.drawing import DOTS_PER_INCH
from chainrule.lab.report import Section, counted
from chainrule.lab.verdicts import RULE, Verdict

__all__ = ["as_html"]

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  max-width: 56rem; padding: 1rem; overflow-wrap: break-word; }
h1 { line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { margin: 3rem 0 0; padding-top: .5rem; border-top: 2px solid #1a1a1a; }
h3 { margin: 2.5rem 0 .25rem; }
h3 small { font: .85rem/1 ui-monospace, monospace; color: #555; margin-left: .5rem; }
a { color: #00508a; }
nav ul { columns: 18rem; column-gap: 2rem; padding-left: 1.2rem; margin: .25rem 0 1rem; }
nav li { break-inside: avoid; }
nav p { margin: 0; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #888; }
td:first-child, .number { white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; }
.verdict { white-space: nowrap; }
.reproduced { color: #00603f; font-weight: 600; }
.differs { color: #a33f00; font-weight: 600; }
.finding { font-weight: 600; }
.note { border-left: 4px solid #e69f00; padding-left: .75rem; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; display: block; }
.made { font-size: .8rem; color: #444; margin: 1rem 0; }
.made dt { float: left; clear: left; width: 6.5rem; font-weight: 600; }
.made dd { margin-left: 6.5rem; }
code { font: .95em ui-monospace, monospace; }
@media (max-width: 40rem) {
  thead { display: none; }
  .wide { overflow-x: auto; }
  .wide img { max-width: none; width: 44rem; }
  tr { display: block; border-bottom: 1px solid #888; padding: .4rem 0; }
  td, td:first-child, .number { white-space: normal; }
  td { display: block; border: 0; padding: .05rem 0 .05rem 6.5rem; }
  td::before { content: attr(data-label); float: left; margin-left: -6.5rem; color: #555; }
}
@media print {
  body { max-width: none; font-size: 10pt; }
  nav, .back { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
}
"""
_SAFE_IN_A_DATA_URI = " /=:;,.()'-+*!@?_~"
_WIDE = 8.0
_POINTS_PER_INCH = 72
_HEADINGS = ("id", "what", "published", "ours (seeds)", "verdict")


def as_html(found: Sequence[Section]) -> str:
    """The page; every text in it is escaped, wherever it came from."""
    groups = [
        (subject, list(group)) for subject, group in groupby(found, lambda each: each.experiment.subject)
    ]
    summary = [(section, verdict) for section in found for verdict in section.verdicts]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Classic experiments, run again</title><style>{_STYLE}</style></head><body>",
        '<h1 id="top">Classic experiments, run again</h1>',
        "<p>Each experiment below was run by chainrule, with as many seeds as stand in brackets. "
        "Ours is the mean ± one standard deviation over the seeds.</p>",
        f"<p>{escape(RULE)}</p>",
        "<nav><h2>Contents</h2>",
        *(_contents(subject, group) for subject, group in groups),
        "</nav><h2>All figures</h2>",
        f"<p><strong>{escape(counted(found))}</strong></p>",
        _table((_row(verdict, section.key) for section, verdict in summary), _HEADINGS),
        *(_subject(subject, group) for subject, group in groups),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _contents(subject: str, group: Sequence[Section]) -> str:
    items = "".join(
        f'<li><a href="#{escape(each.key)}">{escape(each.experiment.title)}</a></li>' for each in group
    )
    return f"<p>{escape(subject.capitalize())}</p><ul>{items}</ul>"


def _subject(subject: str, group: Sequence[Section]) -> str:
    return "\n".join([f"<h2>{escape(subject.capitalize())}</h2>", *map(_section, group)])


def _section(section: Section) -> str:
    experiment = section.experiment
    rows = (_row(verdict, source=True) for verdict in section.verdicts)
    made = "".join(
        f"<dt>{escape(label)}</dt><dd>{_code(text) if label == 'Command' else escape(text)}</dd>"
        for label, text in section.made
    )
    parts = [
        f'<section id="{escape(section.key)}">',
        f"<h3>{escape(experiment.title)} <small>{escape(section.key)}</small></h3>",
        f'<p class="note">{escape(section.note)}</p>' if section.note else "",
        f"<p>{escape(experiment.asks)}</p>",
        f'<p class="finding">{escape(section.finding)}</p>',
        _drawn(section),
        f"<p>{escape(experiment.look_for)}</p>",
        _table(rows, _HEADINGS) if section.verdicts else "",
        f"<p>{escape(experiment.came_out)}</p>" if experiment.came_out else "",
        f'<dl class="made">{made}</dl><p class="back"><a href="#top">Back to the top</a></p></section>',
    ]
    return "\n".join(part for part in parts if part)


def _row(verdict: Verdict, key: str = "", source: bool = False) -> list[str]:
    claim = verdict.claim
    name = f'<a href="#{escape(key)}">{escape(claim.id)}</a>' if key else escape(claim.id)
    what = f"{escape(claim.what)}<br><small>{escape(claim.source)}</small>" if source else escape(claim.what)
    kind = f"verdict {verdict.word}" if verdict.word in ("reproduced", "differs") else "verdict"
    return [
        name,
        what,
        _number(verdict.published),
        _number(verdict.ours),
        f'<span class="{kind}">{escape(str(verdict))}</span>',
    ]


def _number(text: str) -> str:
    return f'<span class="number">{escape(text)}</span>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _table(rows: Iterable[Sequence[str]], headings: Sequence[str]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    lines = (
        "<tr>"
        + "".join(
            f'<td data-label="{escape(heading)}">{cell}</td>'
            for heading, cell in zip(headings, cells, strict=True)
        )
        + "</tr>"
        for cells in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def _drawn(section: Section) -> str:
    """The figure inside the page; as an image, an SVG keeps its identifiers to itself and runs no scripts."""
    content = section.figure.read_bytes()
    if section.figure.suffix == ".png":
        uri = "data:image/png;base64," + base64.b64encode(content).decode()
        width = int.from_bytes(content[16:20], "big") / DOTS_PER_INCH
    else:
        uri = "data:image/svg+xml," + quote(content, safe=_SAFE_IN_A_DATA_URI)
        found = re.search(rb'<svg [^>]*?width="([\d.]+)pt"', content)
        width = float(found[1]) / _POINTS_PER_INCH if found else 0.0
    kind = ' class="wide"' if width > _WIDE else ""
    return f'<figure{kind}><img src="{uri}" alt="{escape(section.finding)}"></figure>'
