"""``python -m benchmarks [WHAT ...]``: measure chainrule beside its peers, and write the page."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import accuracy, growth, growth_figure, roofline, rounds, startup
from benchmarks.contenders import Entry, chosen
from benchmarks.page import page_of
from benchmarks.process import ROOT
from benchmarks.results import Results
from benchmarks.rows import Row
from benchmarks.tables import plain, workload_table
from benchmarks.workloads import WORKLOADS, quick
from chainrule.files import written_whole

__all__ = ["main"]

DOCS = ROOT / "docs"
OTHERS = ("roofline", "startup", "accuracy", "growth")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = ", ".join([*WORKLOADS, *OTHERS])
    made.add_argument("what", nargs="*", help=f"{known}; W6 or W7 for all of its kind; all if none is named")
    made.add_argument("--rounds", type=int, default=5, help="rounds that count, after a warm-up (5)")
    made.add_argument("--quick", action="store_true", help="in small: to see that it works, not how fast")
    made.add_argument("--out", type=Path, help="file for the results; their page is written beside it")
    made.add_argument("--no-page", action="store_true", help="write no page")
    made.add_argument("--contenders", default="", help="names or groups, separated by commas; all if none")
    return made


def main(arguments: list[str]) -> None:
    """Measure what is asked for. Without ``--out`` a full run is kept in ``docs/``, a quick one nowhere."""
    made = parser()
    options = made.parse_args(arguments)
    try:
        names = wanted(options.what)
        entries = chosen([name for name in options.contenders.split(",") if name])
    except KeyError as error:
        made.error(error.args[0])
    if options.rounds < 1:
        made.error("at least 1 round must count")
    kept = options.out or (None if options.quick else DOCS / "benchmarks" / "results.json")
    results = Results(kept)
    for name in names:
        print(f"\n{name}", flush=True)
        measure(name, entries, options, results)
    if kept and not options.no_page:
        drawn = growth_figure.draw(results.sections["growth"], kept.parent) if "growth" in names else []
        shown = options.out.with_suffix(".md") if options.out else DOCS / "benchmarks.md"
        with written_whole(shown) as temporary:
            temporary.write_text(page_of(results.sections, kept.relative_to(shown.parent)), encoding="utf-8")
        print(f"\nwritten: {kept.name}, {', '.join([shown.name, *drawn])}")


def wanted(what: list[str]) -> list[str]:
    """The names asked for, those of one kind spelt out; all if none is.

    Raises:
        KeyError: a name of nothing.
    """
    known = [*OTHERS[:2], *WORKLOADS, *OTHERS[2:]]
    names: list[str] = []
    for name in what:
        found = [one for one in known if one == name or one.startswith(f"{name}-")]
        if not found:
            raise KeyError(f"unknown benchmark '{name}'. Known: {', '.join(known)}.")
        names += found
    return names or known


def measure(name: str, entries: list[Entry], options: argparse.Namespace, results: Results) -> None:
    """One benchmark; what is known is kept after every round."""

    def put(figures: dict[str, Any]) -> None:
        results.put(name, figures | {"rounds": options.rounds, "quick": options.quick})

    if name == "roofline":
        put(roofline.measure())
    elif name == "startup":
        put(startup.measure(options.rounds))
    elif name == "accuracy":
        for figures in accuracy.measure(1 if options.quick else options.rounds, print):
            put(figures)
    elif name == "growth":
        for figures in growth.measure(options.rounds, quick=options.quick, progress=dot):
            put(figures)
    else:
        workload = quick(WORKLOADS[name]) if options.quick else WORKLOADS[name]

        def keep(rows: list[Row]) -> None:
            put({"settings": asdict(workload), "rows": [row.as_data() for row in rows]})

        rounds.run(workload, entries, options.rounds, keep, dot)
        print("\n" + plain(workload_table(results.sections[name])), flush=True)


def dot(rows: list[Row]) -> None:
    """Show that something has been done."""
    print(".", end="", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
