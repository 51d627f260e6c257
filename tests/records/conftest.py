"""What the tests of the records share: the folder above on the path, and a program to train with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

STAND_IN = """
import json, os, sys
from pathlib import Path

words = sys.argv[1:]
given = dict(zip(words[1::2], words[2::2]))
home = Path(__file__).parent
with open(home / "asked", "a") as asked:
    asked.write(" ".join(words) + "\\n")
resumed = "--resume" in given
folder = Path(given["--resume"] if resumed else given["--checkpoint"])
kept = folder / "member-1" / "checkpoint.safetensors"
if not resumed:
    kept.parent.mkdir(parents=True)
    kept.write_text(given["--seed"])
seed = int(kept.read_text())
if not resumed and (home / f"wait-{seed}").exists():
    (home / "waiting").touch()
    sys.stdin.read()
    import time
    time.sleep(60)
if not resumed and (home / f"die-{seed}").exists():
    os.kill(os.getpid(), 9)
held = bytearray(60_000_000)
held[::4096] = b"1" * len(held[::4096])
Path(given["--out"]).write_bytes(b"model %d" % seed)
print(json.dumps({
    "examples": 1000, "correct": 990 + seed, "correct_after_corrections": 991 + seed,
    "parameters": 7, "fingerprint": f"{seed:064x}", "seconds": 0.01,
}))
"""


class Program:
    """Stands in for ``chainrule``: answers at once, and dies or waits where it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.words = (sys.executable, str(folder / "stand_in.py"))
        (folder / "stand_in.py").write_text(STAND_IN)

    def dies(self, seed: int) -> None:
        (self.folder / f"die-{seed}").touch()

    def waits(self, seed: int) -> None:
        (self.folder / f"wait-{seed}").touch()

    @property
    def asked(self) -> list[str]:
        """The words of every call."""
        return (self.folder / "asked").read_text().splitlines()


@pytest.fixture
def program(tmp_path):
    folder = tmp_path / "program"
    folder.mkdir()
    return Program(folder)


@pytest.fixture
def kept(tmp_path):
    """Where the records are kept."""
    return tmp_path / "records"


@pytest.fixture
def train(program, kept, tmp_path):
    """Train the recipe ``small`` with the program; returns the record and the lines of progress."""
    from records.store import Record
    from records.training import train

    def call(seeds, split="60k", digest="d" * 64, **others):
        said = []
        record = Record(kept, "small", digest)
        train(record, seeds, split, tmp_path / "models", said.append, program=program.words, **others)
        return record, said

    return call
