"""``python -m benchmarks.reading``: how well numbers are read from pictures, condition by condition."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import chainrule as cr
from benchmarks.machine import described
from benchmarks.process import ROOT
from benchmarks.reading_measures import Bench
from benchmarks.reading_page import page_of, plain
from benchmarks.scenes import CONDITIONS
from benchmarks.scenes.sources import PARTS, part_of_mnist
from chainrule.files import written_whole
from chainrule.reader.reader import Reader
from chainrule.reader.spotter import Spotter
from chainrule.storage.shipped import PICTURE_MODEL, model_path

__all__ = ["main"]

DOCS = ROOT / "docs"
OTHERS = ("garbage", "load_digits", "time")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    known = ", ".join([*CONDITIONS, *OTHERS])
    made.add_argument("what", nargs="*", help=f"{known}; all if none is named")
    model = f"a shipped model or a model file ({PICTURE_MODEL})"
    made.add_argument("--model", default=PICTURE_MODEL, help=model)
    made.add_argument(
        "--spotter", type=Path, help="a model file to spot joined digits with (the shipped one)"
    )
    made.add_argument(
        "--images",
        choices=PARTS,
        default="validation",
        help="draw from validation images, to choose by; or from test images, for the page (validation)",
    )
    made.add_argument("--count", type=int, default=200, help="pictures of each condition (200)")
    made.add_argument("--seed", type=int, default=1, help="of everything drawn by chance (1)")
    made.add_argument("--out", type=Path, help="file for the results, as JSON")
    made.add_argument("--page", action="store_true", help="write docs/reading-bench.md from a test run")
    made.add_argument("--misread", type=Path, help="folder for pictures that were misread")
    return made


def main(arguments: list[str]) -> None:
    """Measure what is asked for, print it, and keep it where that is asked for."""
    made = parser()
    options = made.parse_args(arguments)
    unknown = set(options.what) - {*CONDITIONS, *OTHERS}
    if unknown:
        made.error(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join([*CONDITIONS, *OTHERS])}.")
    if options.count < 1:
        made.error("at least 1 picture of each condition must count")
    if options.page and (options.images != "test" or options.what):
        made.error("the page shows a whole run on test images: add --images test and name nothing")
    path = model_path(options.model)
    data = part_of_mnist(options.images)
    spotter = Spotter(cr.load_model(options.spotter)) if options.spotter else None
    reader = Reader(cr.load_model(path), spotter)
    bench = Bench(reader, data, options.count, options.seed, options.misread)
    figures: dict[str, Any] = described() | {
        "model": path.stem,
        "images": data.name,
        "count": options.count,
        "seed": options.seed,
    }
    for name in options.what or [*CONDITIONS, *OTHERS]:
        if name in CONDITIONS:
            figures.setdefault("conditions", {})[name] = bench.condition(name)
        elif name == "garbage":
            figures["rejection"] = bench.rejection()
        elif name == "load_digits":
            figures["load_digits"] = bench.from_other_hands()
        else:
            figures["time"] = bench.time()
        figures |= bench.sureness()
        if options.out:
            _write(options.out, json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    print(plain(figures))
    if options.page:
        _write(DOCS / "reading-bench.md", page_of(figures))


def _write(path: Path, text: str) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
