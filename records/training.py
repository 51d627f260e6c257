"""The runs of a recipe, one seed after the other, each a program of its own from start to end."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import described
from chainrule.training.recipes import is_recipe_run
from records.measured import Measured, measured
from records.store import ROOT, Record, RecordError, Run

__all__ = ["CHAINRULE", "digest_of", "model_file", "train"]

CHAINRULE = (sys.executable, "-m", "chainrule")
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What in the environment would make a run slower than the same run elsewhere, and so is noted."""
JUDGED_ON = {"60k": "test", "50k": "validation"}
"""The part on which a run is judged, by the split that it learnt from: the test images never choose."""


def digest_of(recipe: str) -> str:
    """SHA-256 of all that a recipe says, but for its promise, which is words.

    Raises:
        UnknownNameError: there is no recipe of that name.
    """
    from chainrule.training.recipes import recipe_named

    said = {name: part for name, part in recipe_named(recipe).as_data().items() if name != "promise"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def model_file(models: Path, record: Record, seed: int, split: str) -> Path:
    """Where the model of a run lies."""
    return models / f"{record.recipe}-{record.digest[:12]}" / f"seed-{seed}-{split}.safetensors"


def train(
    record: Record,
    seeds: Iterable[int],
    split: str,
    models: Path,
    progress: Callable[[str], None],
    *,
    again: bool = False,
    program: Sequence[str] = CHAINRULE,
) -> None:
    """Make the runs that the record lacks, and keep each as soon as it has ended.

    A run that was killed goes on from its checkpoint. Its accuracy is then that of a run that nothing
    interrupted, bit for bit; its time and memory are not, which the record says.

    Raises:
        RecordError: a run failed, or one that was left alone still goes on; those before it are kept.
    """
    for seed in seeds:
        if record.run(seed, split) and not again:
            progress(f"{record.recipe}, seed {seed}, {split}: there already")
            continue
        run = _run(record, seed, split, model_file(models, record, seed, split), program)
        record.put(run)
        progress(
            f"{record.recipe}, seed {seed}, {split}: {run['correct']:,} of {run['examples']:,} on the "
            f"{run['judged_on']} images, {run['seconds']:.1f} s, {run['peak_mb']:.0f} MB"
        )


def _run(record: Record, seed: int, split: str, model: Path, program: Sequence[str]) -> Run:
    folder = model.with_suffix("")
    checkpoint = folder / "checkpoint"
    words = ["train", "--recipe", record.recipe, "--seed", str(seed), "--split", split]
    words += ["--judge", JUDGED_ON[split]]
    if interrupted := is_recipe_run(checkpoint):
        asked = ["train", "--resume", os.path.relpath(checkpoint, ROOT)]
    else:
        asked = [*words, "--checkpoint", os.path.relpath(checkpoint, ROOT)]
    started = datetime.now(UTC).isoformat(timespec="seconds")
    ended = measured(
        [*program, *asked, "--out", os.path.relpath(model, ROOT), "--json"], folder, directory=ROOT
    )
    if ended.status:
        raise RecordError(
            f"{record.recipe}, seed {seed}, {split}: its process ended with status {ended.status}. What it "
            "said stands above. The same command goes on from the last checkpoint."
        )
    run = {
        "seed": seed,
        "split": split,
        "command": " ".join(["chainrule", *words]),
        **_figures(ended, JUDGED_ON[split]),
        "interrupted": interrupted,
        "bytes": model.stat().st_size,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "started": started,
        "thread_limits": {name: os.environ[name] for name in THREAD_LIMITS if name in os.environ},
        **described(),
    }
    shutil.rmtree(folder)
    return run


def _figures(ended: Measured, judged_on: str) -> dict[str, Any]:
    """What the program said of its result, and what it took."""
    said = json.loads(ended.out)
    examples, after_corrections = said["examples"], said.get("correct_after_corrections")
    return {
        "judged_on": judged_on,
        "examples": examples,
        "correct": said["correct"],
        "accuracy": said["correct"] / examples,
        "correct_after_corrections": after_corrections,
        "accuracy_corrected": None if after_corrections is None else after_corrections / examples,
        "parameters": said["parameters"],
        "fingerprint": said["fingerprint"],
        "seconds": round(ended.seconds, 3),
        "training_seconds": said["seconds"],
        "processor_seconds": round(ended.processor_seconds, 3),
        "peak_mb": round(ended.peak_mb, 1),
    }
