"""Quick forms of experiments, each run once a test session."""

from functools import cache

import pytest

from chainrule.lab.experiment import Results
from chainrule.lab.registry import experiment_named
from chainrule.lab.watching import quiet


@cache
def _quick(name: str, seeds: int, changes: tuple) -> Results:
    experiment = experiment_named(name)
    parameters = experiment.settings(full=False, changes=dict(changes))
    chosen = tuple(range(1, seeds + 1))
    runs = tuple(experiment.run(parameters, seed, quiet) for seed in chosen)
    return Results(parameters, chosen, runs, experiment.published)


@pytest.fixture(scope="session")
def quick():
    """``quick("ch1-30")``: the results of an experiment's quick form; further seeds and settings as asked."""

    def results(name: str, seeds: int = 1, **changes) -> Results:
        return _quick(name, seeds, tuple(changes.items()))

    return results
