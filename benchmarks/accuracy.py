"""Time to accuracy: seconds from the start of a process to a network that reads so many digits rightly."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np

import chainrule as cr
from benchmarks.process import ROOT
from benchmarks.recipes import RECIPES

__all__ = ["measure"]

TITLES = {"chainrule": "chainrule", "torch": "PyTorch"}


def measure(runs: int, progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """Run each recipe in fresh processes, by turns, a seed a run; yield all that is known after each round.

    The number of epochs is fixed beforehand and the test images are looked at once, at the end; the
    time ends when the accuracy is printed. A recipe counts if its mean accuracy reaches the target.
    """
    rows = [_row(library, target) for library, target in RECIPES]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_data(folder)
        for seed in range(runs):
            for row in rows:
                if not row["lost"]:
                    _run(row, seed, folder)
                    progress(f"{row['title']} to {row['target']} %: {row['seconds'][-1:] or row['lost']}")
            yield {"rows": [_summed_up(row) for row in rows]}


def _row(library: str, target: int) -> dict[str, Any]:
    missing = library != "chainrule" and find_spec(library) is None
    return {
        "library": library,
        "title": TITLES[library],
        "target": target,
        "recipe": asdict(RECIPES[library, target]),
        "seconds": [],
        "accuracies": [],
        "lost": "not installed" if missing else "",
    }


def _run(row: dict[str, Any], seed: int, folder: Path) -> None:
    module = f"benchmarks.recipes.{row['library']}_recipe"
    started = time.perf_counter()
    done = subprocess.Popen(
        [sys.executable, "-m", module, str(row["target"]), str(seed), str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert done.stdout is not None
    with done.stdout:
        line = done.stdout.readline()
        seconds = time.perf_counter() - started
    if done.wait() or not line:
        row["lost"] = f"crashed: its process ended with status {done.returncode}"
        return
    row["seconds"].append(seconds)
    row["accuracies"].append(json.loads(line)["accuracy"])


def _summed_up(row: dict[str, Any]) -> dict[str, Any]:
    if row["lost"] or not row["seconds"]:
        return {**row, "median": None, "void": ""}
    reached = mean(row["accuracies"])
    short = "" if 100 * reached >= row["target"] else f"mean accuracy {reached:.2%} falls short"
    return {**row, "median": median(row["seconds"]), "void": short}


def _write_data(folder: Path) -> None:
    data = cr.load_data("mnist", split="60k")
    for part, dataset in (("", data.train), ("test_", data.test)):
        np.save(folder / f"{part}inputs.npy", dataset.inputs)
        np.save(folder / f"{part}labels.npy", dataset.labels)
