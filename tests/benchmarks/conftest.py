"""What the tests of the benchmarks share: the folder above on the path, and small tasks."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))


@pytest.fixture(scope="session")
def small_task(tmp_path_factory):
    """Make a workload's task, in small, in a folder of its own; returns the task."""
    from benchmarks.drawing import write_task
    from benchmarks.materials import Task
    from benchmarks.workloads import WORKLOADS

    made = {}

    def make(name: str) -> Task:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            write_task(folder, replace(WORKLOADS[name], images=330, test_images=100))
            made[name] = Task(folder)
        return made[name]

    return make
