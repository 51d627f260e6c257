"""What every experiment on the list has: texts, published figures, parameters in bounds, tests."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from chainrule.errors import UnknownNameError
from chainrule.lab.came_out import CAME_OUT
from chainrule.lab.pages import as_data, listing, page
from chainrule.lab.registry import SUBJECTS, experiment_named, experiments
from chainrule.lab.store import parameters_from, plain

EVERY_EXPERIMENT = pytest.mark.parametrize("experiment", experiments().values(), ids=lambda each: each.name)
TESTS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if path.name not in ("test_registry.py", "test_store.py", "test_runner.py", "test_report.py")
)


def test_names_are_not_given_twice():
    from importlib import import_module
    from pkgutil import iter_modules

    from chainrule.lab import experiments as shelf

    names = [
        each.name
        for module in iter_modules(shelf.__path__)
        for each in import_module(f"{shelf.__name__}.{module.name}").EXPERIMENTS
    ]
    assert sorted(names) == sorted(experiments())


def test_what_came_out_is_of_experiments_that_there_are():
    assert set(CAME_OUT) == set(experiments())


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"unknown experiment 'ch1-3'. Did you mean 'ch1-30'"):
        experiment_named("ch1-3")


@EVERY_EXPERIMENT
def test_a_name_is_fit_for_a_folder_and_for_the_command_line(experiment):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", experiment.name)
    assert experiment.name != "all"


@EVERY_EXPERIMENT
def test_the_page_is_complete(experiment):
    assert experiment.subject in SUBJECTS
    assert experiment.title
    assert len(experiment.title) <= 60
    assert experiment.asks.strip()
    assert experiment.look_for.strip()
    assert experiment.came_out.strip(), "say in came_out.py what the full form taught"
    assert experiment.published, "name the claim, with figure=None where none was given: measured here"
    for claim in experiment.published:
        assert all((claim.id, claim.source, claim.what, claim.value))
        assert claim.tolerance >= 0
    assert experiment.seconds > 0
    assert experiment.seeds >= 1


@EVERY_EXPERIMENT
def test_parameters_are_explained_and_in_bounds_in_both_forms(experiment):
    assert is_dataclass(experiment.parameters)
    assert type(experiment.parameters).__dataclass_params__.frozen
    for setting in fields(experiment.parameters):
        assert setting.metadata["help"]
        numbers = getattr(experiment.parameters, setting.name)
        numbers = numbers if isinstance(numbers, tuple) else (numbers,)
        if not isinstance(numbers[0], (bool, str)):
            assert setting.metadata["low"] is not None, f"{setting.name} has no lower bound"
    for full in (True, False):
        parameters = experiment.settings(full, {})
        assert experiment.settings(full, plain(parameters)) == parameters


@EVERY_EXPERIMENT
def test_parameters_survive_being_stored(experiment):
    import json

    for full in (True, False):
        parameters = experiment.settings(full, {})
        assert parameters_from(experiment, json.loads(json.dumps(plain(parameters)))) == parameters


@EVERY_EXPERIMENT
def test_the_page_says_all_of_it(experiment):
    said = " ".join(page(experiment).split())
    for text in (
        experiment.title,
        *experiment.asks.split()[:5],
        f"chainrule lab run {experiment.name} --full",
    ):
        assert text in said
    assert set(as_data(experiment)) >= {"name", "asks", "look_for", "came_out", "parameters", "published"}


@EVERY_EXPERIMENT
def test_a_test_names_it(experiment):
    assert re.search(rf"[\"']{re.escape(experiment.name)}[\"']", TESTS), "no test in tests/lab runs it"


def test_the_list_has_them_all_under_their_subjects():
    said = listing(experiments().values())
    assert [line.split()[0] for line in said.splitlines() if line.startswith("  ")] == list(experiments())
