"""Results as tables of text, for the terminal and for the page."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.contenders import OURS
from benchmarks.rows import Row, ratio

__all__ = ["duration", "markdown", "plain", "workload_table"]

HEADINGS = ("contender", "threads", "median", "min", "max", "ratio", "accuracy", "peak MiB", "remarks")


def duration(seconds: float) -> str:
    """Seconds with three figures, in s, ms or µs."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1 or unit == "µs":
            number = seconds * factor
            return f"{number:.{max(0, 2 - len(str(int(number))) + 1)}f} {unit}"
    raise AssertionError("unreachable")


def workload_table(figures: dict[str, Any]) -> list[list[str]]:
    """Headings and a line a row; the fastest comparable row of each group of variants is marked."""
    rows = [Row.of(data) for data in figures["rows"]]
    table = [list(HEADINGS)]
    for row in rows:
        if row.lost or not row.seconds:
            table.append([row.title, str(row.threads), *["–"] * 6, row.lost or "no rounds yet"])
            continue
        times = ratio(row, rows)
        table.append(
            [
                row.title,
                str(row.threads),
                duration(median(row.seconds)),
                duration(min(row.seconds)),
                duration(max(row.seconds)),
                f"{times:.2f}" if times is not None else "void",
                f"{median(row.accuracies):.2%}",
                f"{row.peak_mb:.0f}",
                "; ".join(remarks(row, rows, figures["settings"]["images"])),
            ]
        )
    return table


def remarks(row: Row, rows: list[Row], images: int) -> list[str]:
    """What must be said of a row."""
    said = []
    if row.void:
        said.append(f"VOID: {row.void}")
    if row.counts and row.group:
        rivals = [other for other in rows if other.group == row.group and other.counts]
        if min(rivals, key=lambda other: median(other.seconds)) is row:
            said.append("best tuned")
    if row.differs:
        said.append(row.differs)
    if row.images and row.images < images:
        said.append(
            f"run on {row.images:,} of {images:,} images, seconds scaled up, accuracy after that part"
        )
    if row.name == OURS and row.around and median(row.around) > 0:
        said.append(f"fit takes {duration(median(row.around))} more, once")
    return said


def plain(table: list[list[str]]) -> str:
    """Columns of even width."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in table
    )


def markdown(table: list[list[str]], left: int = 1, *, remarks: bool = True) -> str:
    """A Markdown table; the first ``left`` columns, and the last if it holds remarks, are aligned left."""
    last = len(table[0]) - 1
    rule = ["---" if column < left or (remarks and column == last) else "---:" for column in range(last + 1)]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
        for line in [table[0], rule, *table[1:]]
    )
