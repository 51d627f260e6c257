"""What is measured beside the workloads: start, roofline, time to accuracy, growth and its pictures."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import accuracy, growth, growth_figure, roofline, startup
from benchmarks.recipes import RECIPES
from benchmarks.recipes.chainrule_recipe import train
from benchmarks.rows import Row
from benchmarks.sgemm import rates


def test_a_fresh_process_answers(monkeypatch):
    kept = {name: startup.PROGRAMS[name] for name in ("python", "chainrule")}
    kept["absent"] = ("absent", "import no_such_package", "no_such_package")
    kept["broken"] = ("broken", "raise SystemExit(3)", "")
    monkeypatch.setattr(startup, "PROGRAMS", kept)
    rows = startup.measure(1)["rows"]
    assert 0 < rows["python"]["median"] < rows["chainrule"]["median"] < 30
    assert rows["absent"]["lost"] == "not installed"
    assert rows["broken"]["lost"] == "crashed: its process ended with status 3"
    assert rows["broken"]["median"] is None


def test_the_rate_of_the_product_is_a_rate():
    found = rates((64, 128))
    assert list(found) == [64, 128]
    assert all(0.05 < rate < 20_000 for rate in found.values())


def test_a_share_of_the_peak():
    figures = {"rates": {"1": {"256": 80.0, "512": 100.0}}, "operations": {"W5": 5e11}, "machine": "a"}
    sections = {"roofline": figures, "W5": {"machine": "a"}, "growth": {"machine": "a"}}
    assert roofline.share_of_peak(sections, "W5", 10.0, 1) == pytest.approx(0.5)
    assert roofline.share_of_peak(sections, "W5", 10.0, 2) is None
    assert roofline.share_of_peak(sections, "growth", 10.0, 1) is None
    assert roofline.share_of_peak({"W5": {"machine": "a"}}, "W5", 10.0, 1) is None


def test_a_share_of_the_peak_of_another_machine_is_not_told():
    figures = {"rates": {"1": {"256": 80.0}}, "operations": {"W5": 5e11}, "machine": "a"}
    assert roofline.share_of_peak({"roofline": figures, "W5": {"machine": "b"}}, "W5", 10.0, 1) is None


def test_our_recipe_learns(mnist):
    part = mnist.train.part(slice(0, 3000), "part")
    recipe = replace(RECIPES["chainrule", 97], hidden=(32,))
    network = train(recipe, part, seed=1)
    found = (network.classify(mnist.validation.inputs[:1000]) == mnist.validation.labels[:1000]).mean()
    assert found > 0.8


def test_pytorchs_recipe_learns(mnist):
    torch = pytest.importorskip("torch")
    from benchmarks.recipes import torch_recipe

    inputs = torch.from_numpy(mnist.train.inputs[:3000].astype(np.float32) / 255)
    labels = torch.from_numpy(mnist.train.labels[:3000].copy())
    network = torch_recipe.train(replace(RECIPES["torch", 97], hidden=(32,)), inputs, labels, 1)
    with torch.no_grad():
        assert (network(inputs).argmax(1) == labels).float().mean() > 0.8


def test_time_to_accuracy_by_turns(monkeypatch, tmp_path):
    """The recipes are replaced by programs that end at once; what is tested is the bookkeeping."""
    import subprocess

    real, started = subprocess.Popen, []

    def program(command, **more):
        library, target = command[2].split(".")[-1].removesuffix("_recipe"), int(command[3])
        started.append((library, target))
        code = "print('{\"accuracy\": 0.975}')" if library == "chainrule" else "raise SystemExit(2)"
        return real([sys.executable, "-c", code], **more)

    monkeypatch.setattr(accuracy.subprocess, "Popen", program)
    monkeypatch.setattr(accuracy, "find_spec", lambda name: True)
    *_, last = accuracy.measure(2, lambda line: None)
    assert started[:4] == list(RECIPES)
    rows = {(row["library"], row["target"]): row for row in last["rows"]}
    assert rows["chainrule", 97]["void"] == ""
    assert rows["chainrule", 98]["void"] == "mean accuracy 97.50% falls short"
    assert len(rows["chainrule", 98]["seconds"]) == 2
    assert rows["torch", 97]["lost"] == "crashed: its process ended with status 2"


def test_every_sweep_changes_what_it_says():
    for sweep in growth.SWEEPS:
        made = [sweep.workload(value) for value in sweep.points]
        assert len(set(made)) == len(sweep.points)
        small = growth.small(sweep)
        assert all(small.workload(value).images <= 400 for value in small.points)


def test_the_pictures_show_both_with_labels_and_units(tmp_path):
    def rows(scale):
        settings = {"group": "", "threads": 1, "accuracies": [0.9], "peak_mb": 100.0 * scale}
        return [
            Row("chainrule", "chainrule", seconds=[0.1 * scale], **settings).as_data(),
            Row("torch_eager", "PyTorch eager", seconds=[1.0 * scale], **settings).as_data(),
        ]

    sweeps = {
        sweep.name: {
            "label": sweep.label,
            "points": [
                {"value": value, "rows": rows(number + 1)} for number, value in enumerate(sweep.points)
            ],
        }
        for sweep in growth.SWEEPS
    }
    names = growth_figure.draw({"sweeps": sweeps}, tmp_path)
    assert names == ["growth-time.svg", "growth-memory.svg"]
    time, memory = ((tmp_path / name).read_text() for name in names)
    assert "seconds an epoch" in time
    assert "peak memory (MiB)" in memory
    for picture in (time, memory):
        assert growth_figure.STYLES["chainrule"][0].lower() in picture
        assert "PyTorch eager" in picture
        assert "images a batch" in picture
    again = growth_figure.draw({"sweeps": sweeps}, tmp_path)
    assert (tmp_path / again[0]).read_text() == time
