"""What several rooms' tests share."""

import json
import os

# Tests run on as many processes as there are cores; more threads than that would fight.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from chainrule.data.dataset import Split
from chainrule.data.load import load
from chainrule.network import Network
from chainrule.storage import save_model, shipped

# How long one example takes says how busy the machine is, and nothing of whether the code is right.
settings.register_profile("however long", deadline=None)
settings.load_profile("however long")


@pytest.fixture(scope="session")
def mnist() -> Split:
    """The real MNIST, split 50,000 / 10,000 / 10,000; fetched once and then kept in the user's cache."""
    return load("mnist")


@pytest.fixture
def stand_ins(tmp_path, monkeypatch):
    """In place of the shipped models: ``tiny``, which has learnt nothing, and a larger ``wide``."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name, hidden in (("wide", 20), ("tiny", 4)):
        save_model(Network([784, hidden, 10], seed=1), folder / f"{name}.safetensors")
        figures = {
            "name": name,
            "file": {"parameters": 785 * hidden + 10 * hidden + 10},
            "test": {"accuracy": 0.9954},
            "latency": {"median_ms": 0.0512},
        }
        (folder / f"{name}.json").write_text(json.dumps(figures), encoding="utf-8")
        (folder / f"{name}.md").write_text(f"# {name}\n\nIts card.\n", encoding="utf-8")
    monkeypatch.setattr(shipped, "FOLDER", folder)
    return folder
