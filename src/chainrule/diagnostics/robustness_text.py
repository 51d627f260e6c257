"""Robustness as text: one network, or several side by side, for a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainrule.diagnostics.evaluation_text import percent, short_names

if TYPE_CHECKING:
    from chainrule.diagnostics.robustness import RobustnessReport, Score

__all__ = ["data_said", "robustness_markdown", "robustness_table"]

_COLUMNS = 80
_DATA = 22


def robustness_table(reports: Mapping[str, RobustnessReport]) -> str:
    """Accuracies by corruption as text of at most 80 columns.

    One network has the intervals beside its accuracies. Several, by name, stand side by side; if they
    are too many for the width, further tables follow.
    """
    lines = [_heading(reports)]
    if len(reports) == 1:
        (report,) = reports.values()
        rows = {"clean": report.clean, **report.corruptions}
        wide = max(map(len, [*rows, _mean(report)]))
        lines += ["", f"{'':<{wide}}  accuracy %    95 % interval"]
        lines += [
            f"{name:<{wide}}  {percent(score.accuracy):>10}  {percent(low):>6} to {percent(high):>6}"
            for name, score in rows.items()
            for low, high in [score.interval]
        ]
        return "\n".join([*lines, f"{_mean(report):<{wide}}  {percent(report.mean):>10}"])
    names = short_names(tuple(reports))
    rows_of_texts = _rows(reports)
    wide = max(len(row[0]) for row in rows_of_texts)
    cell = max(7, *map(len, names)) + 2
    fitting = (_COLUMNS - wide) // cell
    for start in range(0, len(names), fitting):
        some = slice(start, start + fitting)
        lines += ["", " " * wide + "".join(f"{name:>{cell}}" for name in names[some])]
        lines += [
            f"{name:<{wide}}" + "".join(f"{text:>{cell}}" for text in texts[some])
            for name, *texts in rows_of_texts
        ]
    return "\n".join([*lines, "", _widest(reports)])


def robustness_markdown(reports: Mapping[str, RobustnessReport]) -> str:
    """The same comparison as a Markdown table, a network a column."""
    names = [name.replace("|", "\\|") for name in short_names(tuple(reports))]
    lines = [_heading(reports), "", _markdown_row("", *names), "|---|" + "---:|" * len(names)]
    lines += [_markdown_row(*row) for row in _rows(reports)]
    return "\n".join([*lines, "", _widest(reports), ""])


def _heading(reports: Mapping[str, RobustnessReport]) -> str:
    report = next(iter(reports.values()))
    return f"accuracy in %, severity {report.severity} of 5, seed {report.seed}: {data_said(report)}"


def data_said(report: RobustnessReport) -> str:
    """How many images of what; of the long name of a file only the end."""
    name = " ".join(report.data.split())
    return f"{report.n} images of {name if len(name) <= _DATA else '…' + name[1 - _DATA :]}"


def _mean(report: RobustnessReport) -> str:
    return f"mean of {len(report.corruptions)}"


def _rows(reports: Mapping[str, RobustnessReport]) -> list[list[str]]:
    """Name and one accuracy a network: clean, the mean last."""
    columns = [
        [report.clean.accuracy, *(score.accuracy for score in report.corruptions.values()), report.mean]
        for report in reports.values()
    ]
    first = next(iter(reports.values()))
    names = ["clean", *first.corruptions, _mean(first)]
    return [[name, *map(percent, row)] for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def _widest(reports: Mapping[str, RobustnessReport]) -> str:
    scores: list[Score] = [
        score for report in reports.values() for score in (report.clean, *report.corruptions.values())
    ]
    most = max(high - low for low, high in (score.interval for score in scores)) / 2
    return f"no 95 % interval is wider than ± {100 * most:.2f}"


def _markdown_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
