"""Support vector machines by default and tuned, and the answer written out by hand."""

import sys

import numpy as np
import pytest

from chainrule.errors import SettingError
from chainrule.lab.experiments.simple_baselines import scaled
from chainrule.lab.experiments.support_vectors import classify, fitted
from chainrule.lab.registry import experiment_named


def test_the_default_of_today_reads_more_than_that_of_2013_and_keeps_fewer_images(quick):
    both = quick("svm")
    assert both.mean("test accuracy, today") > both.mean("test accuracy, then") + 3
    assert both.mean("support vectors, today") < both.mean("support vectors, then")
    assert both.mean("gamma, then") == pytest.approx(1 / 784)


def test_tuning_finds_a_gamma_inside_its_grid_and_reads_more_than_the_default_of_2013(quick):
    tuned = quick("svm-tuned")
    assert tuned.mean("best gamma") == 0.02
    assert tuned.mean("test accuracy") > quick("svm").mean("test accuracy, then") + 4
    assert tuned.mean("worst validation accuracy in the search") < 50


def test_both_figures_name_their_axes(quick):
    for name in ("svm", "svm-tuned"):
        drawn = experiment_named(name).figure(quick(name))
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes[:1])


def test_the_answer_by_matrix_products_is_that_of_scikit_learn(mnist):
    train, test = scaled(mnist.train)[:600], scaled(mnist.test)[:700]
    model = fitted(train, mnist.train.labels[:600], 5.0, 0.02)
    assert np.mean(classify(model, test) == model.predict(test)) > 0.995


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(SettingError, match=r"pip install 'chainrule\[lab\]'"):
        fitted(np.zeros((2, 2), np.float32), np.array([0, 1]))
