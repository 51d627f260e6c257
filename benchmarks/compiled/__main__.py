"""``python -m benchmarks.compiled build``: compile the experiment; the benchmarks do it too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.compiled.building import build, default_folder, missing_tools

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Build, and say where the module lies."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.compiled", description=__doc__)
    made.add_argument("what", choices=["build"])
    made.add_argument("--folder", type=Path, help="where to; a folder in the user's cache if not given")
    folder = made.parse_args(arguments).folder or default_folder()
    if missing := missing_tools():
        made.error(
            f"{missing} is missing; Cython and setuptools come with pip install 'chainrule[benchmarks]'."
        )
    print(f"built: {build(folder)}")


if __name__ == "__main__":
    main(sys.argv[1:])
