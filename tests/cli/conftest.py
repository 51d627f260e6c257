"""The commands called in this process, a small data set, and a model trained on it."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import typer.main

from chainrule.cli.main import app
from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.formats import write_npz


@dataclass
class Finished:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON value on stdout."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder in which the commands run, empty at first."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def commands():
    """The command line, put together once."""
    return typer.main.get_command(app)


@pytest.fixture
def cli(here, capsys, commands):
    """Calls ``chainrule`` with these words in ``here``; any exception but its exit fails the test."""

    def call(*words):
        capsys.readouterr()
        code = 0
        try:
            commands([str(word) for word in words], prog_name="chainrule")
        except SystemExit as end:
            code = end.code or 0
        said = Finished(code, *capsys.readouterr())
        assert "Traceback" not in said.err
        return said

    return call


@pytest.fixture(scope="session")
def flowers():
    """A training part of 90 and a test part of 30 examples in 3 classes, easily told apart."""
    generator = np.random.default_rng(0)
    labels = np.arange(120) % 3
    middles = np.array([[40, 200, 40, 90], [200, 40, 90, 40], [120, 120, 220, 220]])
    inputs = np.clip(middles[labels] + generator.normal(0, 25, (120, 4)), 0, 255).astype(np.uint8)

    def part(which):
        return Dataset(inputs[which], labels[which], ("red", "blue", "white"), (4,), Scaling(1 / 255))

    return part(slice(0, 90)), part(slice(90, 120))


@pytest.fixture(scope="session")
def flowers_file(flowers, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "flowers.npz"
    write_npz(flowers[0], path, flowers[1])
    return path


@pytest.fixture
def scribbles_file(here):
    """Forty images of 8 by 8 in two classes, with ink in the middle."""
    inputs = np.zeros((40, 8, 8), np.uint8)
    inputs[:, 2:6, 2:6] = np.random.default_rng(0).integers(0, 256, (40, 4, 4))
    data = Dataset(inputs, np.arange(40) % 2, ("a", "b"), (8, 8))
    write_npz(data.part(slice(0, 30), "train"), here / "scribbles.npz", data.part(slice(30, 40), "test"))
    return here / "scribbles.npz"


@pytest.fixture
def train(cli, flowers_file):
    """Calls ``chainrule train`` on the small data set, for two epochs if nothing else is said."""
    return lambda *words: cli("train", "--data", flowers_file, "--epochs", 2, *words)


@pytest.fixture
def model(train, here):
    """A model of the small data set."""
    assert train("--quiet", "--epochs", 20, "--out", "flowers.safetensors").code == 0
    return here / "flowers.safetensors"


@pytest.fixture
def contents(here):
    """Lists all that is in ``here``, with every byte."""
    return lambda: {path: path.read_bytes() if path.is_file() else None for path in here.rglob("*")}


@pytest.fixture
def nothing_new(here, contents):
    """Makes sure that an older model, and nothing else, is in ``here`` at the end of the test."""
    (here / "model.safetensors").write_bytes(b"an older model")
    before = contents()
    yield
    assert contents() == before


@pytest.fixture
def no_network(tmp_path, monkeypatch):
    """No data in the cache, and no way to get any."""
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    yield tmp_path / "cache"
    assert not list(tmp_path.glob("cache/**/*.part"))


@pytest.fixture(scope="session")
def program():
    """The words that start ``chainrule`` as a program of its own."""
    beside = Path(sys.executable).parent / "chainrule"
    found = str(beside) if beside.exists() else shutil.which("chainrule")
    return [found] if found else [sys.executable, "-c", "from chainrule.cli.main import run; run()"]


@pytest.fixture(scope="session")
def surroundings():
    """Environment of such a program: one thread, and its words at once."""
    return os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
