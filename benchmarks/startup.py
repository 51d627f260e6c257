"""How long a fresh process takes from nothing to its first answer."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import chainrule as cr
from benchmarks.process import ROOT

__all__ = ["measure"]

PREDICTING = (
    "import sys, numpy, chainrule as cr; print(cr.load_model(sys.argv[1]).classify(numpy.load(sys.argv[2])))"
)
PROGRAMS = {
    "python": ("Python alone", "pass", ""),
    "numpy": ("import numpy", "import numpy", ""),
    "chainrule": ("import chainrule, load a model, predict one image", PREDICTING, ""),
    "torch": ("import torch", "import torch", "torch"),
    "jax": ("import jax", "import jax", "jax"),
    "sklearn": ("import sklearn.neural_network", "import sklearn.neural_network", "sklearn"),
}


def measure(rounds: int) -> dict[str, Any]:
    """Wall seconds of each program, from its start to its end, by turns; one round more goes before."""
    rows: dict[str, dict[str, Any]] = {
        name: {
            "title": title,
            "seconds": [],
            "lost": "" if not module or find_spec(module) else "not installed",
        }
        for name, (title, _, module) in PROGRAMS.items()
    }
    with tempfile.TemporaryDirectory() as name:
        model, image = Path(name, "model.safetensors"), Path(name, "image.npy")
        cr.save_model(cr.Network([784, 100, 10], seed=1), model)
        np.save(image, cr.load_data("mnist").test.inputs[:1])
        for number in range(rounds + 1):
            for key, (_, program, _) in PROGRAMS.items():
                if not rows[key]["lost"]:
                    try:
                        seconds = _seconds_of(program, model, image)
                    except subprocess.CalledProcessError as error:
                        rows[key]["lost"] = f"crashed: its process ended with status {error.returncode}"
                    else:
                        rows[key]["seconds"] += [seconds] if number else []
    for row in rows.values():
        row["median"] = None if row["lost"] or not row["seconds"] else median(row["seconds"])
    return {"rows": rows}


def _seconds_of(program: str, model: Path, image: Path) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", program, str(model), str(image)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started
