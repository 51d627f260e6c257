"""Two searches for good settings, in their quick forms."""

import logging
import sys

import pytest

from chainrule.errors import SettingError
from chainrule.lab.registry import experiment_named
from chainrule.lab.watching import quiet


def test_the_recipe_finds_a_useful_rate_between_the_slow_and_the_wild(quick):
    found = quick("search-by-hand")
    tried = found.runs[0].arrays["tried"]
    assert 0.05 < found.mean("best learning rate") < 5
    assert found.mean("best accuracy in the search") > tried[0, 3] + 20
    assert found.mean("test accuracy") > 80


def test_its_first_trials_go_by_factors_of_ten(quick):
    rates = quick("search-by-hand").runs[0].arrays["tried"][:3, 0]
    assert rates.tolist() == pytest.approx([0.01, 0.1, 1.0])


def test_the_drawn_search_spends_its_trials_and_finds_a_useful_rate_too(quick):
    found = quick("search-optuna")
    assert found.mean("trials") == found.parameters.trials
    assert found.mean("best accuracy in the search") > found.runs[0].arrays["tried"][:, 3].min() + 20
    assert found.mean("test accuracy") > 75


def test_the_drawn_search_is_quiet_and_repeats_itself(quick, caplog, capsys):
    experiment = experiment_named("search-optuna")
    with caplog.at_level(logging.INFO):
        again = experiment.run(experiment.settings(full=False, changes={}), 1, quiet)
    assert not caplog.records
    assert capsys.readouterr().err == ""
    assert (again.arrays["tried"] == quick("search-optuna").runs[0].arrays["tried"]).all()


def test_without_optuna_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    experiment = experiment_named("search-optuna")
    with pytest.raises(SettingError, match=r"pip install 'chainrule\[lab\]'"):
        experiment.run(experiment.settings(full=False, changes={}), 1, quiet)


def test_both_figures_name_their_axes(quick):
    for name in ("search-by-hand", "search-optuna"):
        drawn = experiment_named(name).figure(quick(name))
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)
