"""``python -m benchmarks.scenes FOLDER``: contact sheets of what the reading bench draws."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.scenes.gallery import draw_sheets, reading_sheets
from benchmarks.scenes.sources import PARTS, part_of_mnist
from chainrule.reader import Reader
from chainrule.storage import load_model

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Write the sheets and say where."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.scenes", description=__doc__)
    made.add_argument("folder", type=Path, help="where the sheets are written")
    made.add_argument("--images", choices=PARTS, default="validation", help="to draw from (validation)")
    made.add_argument("--seed", type=int, default=1, help="of everything drawn by chance (1)")
    made.add_argument("--boxes", action="store_true", help="draw each digit's true box")
    made.add_argument("--read", metavar="MODEL", help="show how a model reads them, and what it misreads")
    options = made.parse_args(arguments)
    data = part_of_mnist(options.images)
    if options.read:
        reader = Reader(load_model(options.read))
        written = reading_sheets(data, options.folder, options.seed, reader)
    else:
        written = draw_sheets(data, options.folder, options.seed, boxes=options.boxes)
    print(f"written: {', '.join(path.name for path in written)}")


if __name__ == "__main__":
    main(sys.argv[1:])
