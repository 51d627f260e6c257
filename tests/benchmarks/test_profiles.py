"""The profile of a step: its calls add up to it, and timers change nothing of what is computed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr
from benchmarks.profiles import LOOP, Timers, main, multiplications, profile, timed_trainer
from benchmarks.profiles_figure import finding
from benchmarks.workloads import WORKLOADS


def test_the_calls_add_up_to_the_step(mnist):
    found = profile(WORKLOADS["W1"], mnist.train.part(slice(0, 500), "part"), rounds=1)
    assert sum(line["microseconds"] for line in found["calls"]) == pytest.approx(found["step"])
    assert sum(line["share"] for line in found["calls"]) == pytest.approx(1)
    assert all(line["microseconds"] >= 0 for line in found["calls"])
    names = [line["what"] for line in found["calls"]]
    assert names[0] == "gather the batch"
    assert names[1] == "Dense 784 → 30, layer 1: forward"
    assert names[-2:] == ["SGD: step", LOOP]
    assert len(names) == len(set(names)) == 13


@pytest.mark.parametrize("name", ["W1", "W2", "W4", "W5"])
def test_the_products_of_the_calls_are_those_of_the_workload(name, mnist):
    workload = replace(WORKLOADS[name], images=WORKLOADS[name].batch_size * 20)
    found = profile(workload, mnist.train.part(slice(0, workload.images), "part"), rounds=1)
    counted = sum(multiplications(line["what"], workload.batch_size) for line in found["calls"])
    assert counted * 20 == workload.multiplications()


def test_timers_change_nothing(mnist):
    part, networks = mnist.train.part(slice(0, 105), "part"), []
    for timed in (False, True):
        network = cr.Network([784, 8, 10], seed=1)
        trainer = cr.Trainer(network, epochs=2, regularizers=[cr.L2(1.0)], seed=1)
        timers = Timers()
        if timed:
            timed_trainer(trainer, timers)
        trainer.fit(part)
        networks.append(network.parameters.values)
    assert timers.spent["L2: gradient"] > 0
    np.testing.assert_array_equal(*networks)


def test_the_command_keeps_figures_and_a_picture(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.profiles.IMAGES", {"W1": 300, "W4": 300})
    monkeypatch.setattr("benchmarks.profiles.QUICK", 300)
    main(["--quick", "--rounds", "1", "--out", str(tmp_path)])
    figures = json.loads((tmp_path / "profile.json").read_text())
    assert set(figures["workloads"]) == {"W1", "W4"}
    assert "of a step of W1 and" in finding(figures)
    picture = (tmp_path / "profile.svg").read_text()
    assert "processor time of one step" in picture
