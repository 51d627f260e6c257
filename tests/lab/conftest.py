"""Quick forms of experiments, each run once a test session, stored, and read as a report reads them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chainrule.lab.experiment import Results
from chainrule.lab.record import recorded
from chainrule.lab.registry import experiment_named
from chainrule.lab.store import open_folder, read, write_seed
from chainrule.lab.watching import quiet


@cache
def _quick(name: str, seeds: int, changes: tuple) -> Results:
    experiment = experiment_named(name)
    parameters = experiment.settings(full=False, changes=dict(changes))
    chosen = tuple(range(1, seeds + 1))
    with TemporaryDirectory() as out:
        folder = open_folder(Path(out), experiment, parameters)
        for seed in chosen:
            write_seed(folder, seed, experiment.run(parameters, seed, quiet), recorded(1.0))
        return read(folder).results


@pytest.fixture(scope="session")
def quick():
    """``quick("ch1-30")``: the results of an experiment's quick form; further seeds and settings as asked."""

    def results(name: str, seeds: int = 1, **changes) -> Results:
        return _quick(name, seeds, tuple(changes.items()))

    return results
