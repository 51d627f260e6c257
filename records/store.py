"""What was measured of one recipe: one JSON file, one entry a seed, written whole after every run."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from chainrule.errors import ChainruleError, FileError
from chainrule.files import readable, written_whole

__all__ = ["KEPT", "MODELS", "ROOT", "Record", "RecordError", "Run", "Spread", "read_record", "written_json"]

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "records"
"""Where the figures are kept."""
MODELS = ROOT / "build" / "records"
"""Where the trained models are kept, and what a run that was killed goes on from; git does not see it."""

Run = dict[str, Any]


class RecordError(ChainruleError):
    """Something that is needed is missing, failed, or still goes on; the text says what to do."""


class Spread:
    """Mean and standard deviation of one figure over the seeds.

    Attributes:
        n: how many figures there are, at least 1.
        mean: their mean.
        sd: their standard deviation, of a sample (n − 1); None for one figure.
    """

    def __init__(self, figures: list[float]) -> None:
        self.n, self.mean = len(figures), mean(figures)
        self.sd = stdev(figures) if len(figures) > 1 else None

    def as_data(self) -> dict[str, Any]:
        """The three as plain data."""
        return {"n": self.n, "mean": self.mean, "sd": self.sd}


class Record:
    """The runs of one recipe as it stands now.

    Args:
        folder: where the file is kept, under the recipe's name.
        recipe: its name.
        digest: of all that the recipe says; runs of another digest are left behind by the first `put`.
    """

    def __init__(self, folder: Path, recipe: str, digest: str) -> None:
        self.recipe, self.digest = recipe, digest
        self.path = folder / f"{recipe}.json"
        self.runs: list[Run] = []
        if self.path.exists():
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            self.runs = kept["runs"] if kept["digest"] == digest else []

    def run(self, seed: int, split: str) -> Run | None:
        """The run from a seed on a split of the data, if it has been made."""
        return next((run for run in self.runs if (run["seed"], run["split"]) == (seed, split)), None)

    def put(self, run: Run) -> None:
        """Keep a run, in place of an earlier one of its seed and split."""
        others = [kept for kept in self.runs if (kept["seed"], kept["split"]) != (run["seed"], run["split"])]
        self.runs = sorted([*others, run], key=lambda kept: (kept["split"] != "60k", kept["seed"]))
        written_json(self.path, {"recipe": self.recipe, "digest": self.digest, "runs": self.runs})

    def judged(self) -> list[Run]:
        """The runs on all 60,000 images, judged once on the test images, by seed."""
        return [run for run in self.runs if run["split"] == "60k"]

    def spread(self, figure: str) -> Spread | None:
        """Of a figure of the judged runs; times and memory only of runs that nothing interrupted."""
        whole = figure not in ("seconds", "processor_seconds", "peak_mb")
        found = [run[figure] for run in self.judged() if whole or not run["interrupted"]]
        return Spread(found) if found else None


def read_record(path: Path) -> Record:
    """The record in a file.

    Raises:
        FileError: there is none.
    """
    with readable(path, "the record of a recipe; make it with `python -m records train NAME`") as file:
        kept = json.loads(file.read_text(encoding="utf-8"))
    if kept.get("recipe") != path.stem:
        raise FileError(
            f"{path}: expected the record of '{path.stem}', found that of '{kept.get('recipe')}'."
        )
    return Record(path.parent, kept["recipe"], kept["digest"])


def written_json(path: Path, document: dict[str, Any]) -> None:
    """Write plain data as JSON, whole or not at all."""
    with written_whole(path) as temporary:
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")
