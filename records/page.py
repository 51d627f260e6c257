"""The page of records: every recipe with its spread over the seeds, beside what it was meant to reach."""

from __future__ import annotations

from collections.abc import Sequence

from records.store import Record, Run, Spread
from records.targets import MOST_PEAK_MB, TARGETS

__all__ = ["markdown", "page_of", "percent"]

OPENING = """# Records

Every recipe of `chainrule recipes`, trained from several seeds, each run a process of its own: the time is
from its start to its end (import, reading the data from the disk, training on all 60,000 images, one
judgement on the 10,000 test images, saving), the memory is the most the process held. Recipes were chosen on
the validation part and are fixed; the test images are looked at once, after the last epoch. Accuracy is mean
± standard deviation over the seeds, on the labels as given and as
[corrected](models.md#corrected-labels). This page is written by `python -m records page` from the
files in [records](records).
"""


def page_of(records: Sequence[Record]) -> str:
    """The page, as Markdown."""
    parts = [OPENING, _results(records), _targets(records)]
    parts += [_runs(record) for record in records]
    parts.append(_measured_on(records))
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _results(records: Sequence[Record]) -> str:
    head = [
        "recipe",
        "n",
        "accuracy %",
        "corrected %",
        "seconds",
        "processor s",
        "peak MB",
        "parameters",
        "bytes",
    ]
    rows = [
        [
            record.recipe,
            str(len(record.judged())),
            percent(record.spread("accuracy")),
            percent(record.spread("accuracy_corrected")),
            _numbers(record.spread("seconds"), 1),
            _numbers(record.spread("processor_seconds"), 1),
            _numbers(record.spread("peak_mb"), 0),
            _range([run["parameters"] for run in record.judged()]),
            _range([run["bytes"] for run in record.judged()]),
        ]
        for record in records
    ]
    return f"## Results\n\n{markdown([head, *rows])}"


def _targets(records: Sequence[Record]) -> str:
    kept = {record.recipe: record for record in records}
    rows = [
        [
            name,
            target.wanted(),
            target.outcome(kept[name]) if name in kept else f"open: n = 0 of {target.seeds}",
        ]
        for name, target in TARGETS.items()
    ]
    text = f"On two cores; the peak memory of every training under {MOST_PEAK_MB:,} MB."
    return f"## Targets\n\n{text}\n\n{markdown([['recipe', 'wanted', 'came out'], *rows], left=3)}"


def _runs(record: Record) -> str:
    head = ["seed", "trained on", "judged on", "right", "corrected", "seconds", "processor s", "peak MB"]
    rows = [
        [
            str(run["seed"]),
            run["split"],
            run["judged_on"],
            f"{run['correct']:,} of {run['examples']:,}",
            "–" if run["correct_after_corrections"] is None else f"{run['correct_after_corrections']:,}",
            *(["interrupted", "–", "–"] if run["interrupted"] else _costs(run)),
        ]
        for run in record.runs
    ]
    command = record.runs[0]["command"]
    return f"## {record.recipe}\n\n    {command}\n\n{markdown([head, *rows])}"


def _costs(run: Run) -> list[str]:
    return [f"{run['seconds']:.1f}", f"{run['processor_seconds']:.1f}", f"{run['peak_mb']:.0f}"]


def _measured_on(records: Sequence[Record]) -> str:
    """One line for each different machine and set of versions."""
    lines: dict[str, list[str]] = {}
    for record in records:
        for run in record.runs:
            machine = run["machine"]
            versions = ", ".join(f"{package} {number}" for package, number in run["versions"].items())
            line = (
                f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
                f"{machine['system']}; {versions}"
            )
            if limits := run["thread_limits"]:
                line += "; " + ", ".join(f"{name}={value}" for name, value in limits.items())
            names = lines.setdefault(line, [])
            if record.recipe not in names:
                names.append(record.recipe)
    return "## Measured on\n\n" + "\n".join(f"- {', '.join(names)}: {line}" for line, names in lines.items())


def percent(spread: Spread | None, digits: int = 2) -> str:
    """Mean ± standard deviation of shares, in percent."""
    return "–" if spread is None else _said(100 * spread.mean, spread.sd and 100 * spread.sd, digits)


def _numbers(spread: Spread | None, digits: int) -> str:
    return "–" if spread is None else _said(spread.mean, spread.sd, digits)


def _said(mean: float, sd: float | None, digits: int) -> str:
    return f"{mean:,.{digits}f}" + (f" ± {sd:,.{digits}f}" if sd is not None else "")


def _range(numbers: list[int]) -> str:
    if not numbers:
        return "–"
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def markdown(rows: list[list[str]], left: int = 1) -> str:
    """A table: the first row is its head; the first ``left`` columns begin at the left."""
    head, *others = rows
    line = ["---" if place < left else "---:" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, line, *others])
