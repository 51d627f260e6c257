"""The compiled step comes to the weights that chainrule's Trainer comes to."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.compiled import building
from benchmarks.compiled.__main__ import main
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.chainrule_ import Chainrule
from benchmarks.drawing import write_task
from benchmarks.materials import Task, order_of
from benchmarks.process import LostWorker, Worker
from benchmarks.targets import TARGETS
from benchmarks.workloads import WORKLOADS

SEED = 100
CLOSE = {"rtol": 2e-4, "atol": 2e-5}
MISSING = building.missing_tools()
needs_tools = pytest.mark.skipif(bool(MISSING), reason=f"compiling takes {MISSING}, which is not here")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The module, compiled in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("built")
    main(["build", "--folder", str(folder)])
    return building.load(folder)


@pytest.fixture
def contenders(built, monkeypatch):
    """Both variants, made of that module."""
    from benchmarks.contenders import compiled_step

    monkeypatch.setattr(compiled_step, "load", lambda: built)
    return compiled_step.CompiledStep, compiled_step.CompiledStepSkipping


def trained(contender):
    contender.prepare(order_of(SEED, contender.workload.images), SEED)
    contender.epoch()
    return contender.parameters()


@needs_tools
@pytest.mark.parametrize(
    "change", [{}, {"batch_size": 7}, {"sizes": (784, 70, 10)}, {"shift": 0.02, "l2": 3.0}]
)
@pytest.mark.parametrize("name", ["W1", "W2", "W3", "W4"])
def test_it_does_what_the_trainer_does(contenders, tmp_path, name, change):
    write_task(tmp_path, replace(WORKLOADS[name], images=1000, test_images=10, **change))
    task = Task(tmp_path)
    expected = trained(Chainrule(task))
    for kind in contenders:
        for (weights, biases), (true_weights, true_biases) in zip(trained(kind(task)), expected, strict=True):
            np.testing.assert_allclose(weights, true_weights, **CLOSE)
            assert (biases is None) == (true_biases is None)
            if biases is not None:
                np.testing.assert_allclose(biases, true_biases, **CLOSE)


@needs_tools
def test_a_sigmoid_far_from_0_is_0_or_1_and_never_nan(built):
    for bias, expected in ((-100.0, 0.0), (-1e4, 0.0), (100.0, 1.0)):
        biases = np.array([0.0, bias], np.float32)
        network = built.Network([1, 1, 1], np.zeros(2, np.float32), biases, 1, 1.0, 1.0, 1.0, True)
        network.epoch(np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32), np.zeros(1, int), 1)
        assert network.biases[1] == bias - expected


@needs_tools
def test_what_was_compiled_once_is_not_compiled_again(built, monkeypatch):
    from pathlib import Path

    monkeypatch.setattr(building, "build", pytest.fail)
    assert building.load(Path(built.__file__).parent).Network


def test_a_missing_compiler_is_found(monkeypatch):
    monkeypatch.setattr(building.shutil, "which", lambda name: None)
    monkeypatch.setattr(building, "find_spec", lambda name: True)
    assert building.missing_tools() in ("a C compiler", "Python's header files")


@pytest.mark.skipif(find_spec("Cython") is not None, reason="Cython is installed")
def test_without_cython_the_row_says_so(tmp_path):
    with pytest.raises(LostWorker, match="not installed"):
        Worker(CONTENDERS["compiled_step"], tmp_path, 1)


def test_no_target_is_held_against_the_experiment():
    peers = {name for target in TARGETS for name in target.peers}
    assert not peers & {"compiled_step", "compiled_skipping"}


def test_its_folder_lies_outside_the_source():
    assert building.SOURCE.parents[2] not in building.default_folder().parents
