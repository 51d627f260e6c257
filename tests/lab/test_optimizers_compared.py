"""Optimisers and the rates they want, in their quick forms."""

from chainrule.lab.experiments.optimizers_compared import SPOKEN, STEPPING
from chainrule.lab.registry import experiment_named


def rate(results, name):
    return results.mean(f"{name}: best rate")


def test_momentum_wants_a_smaller_rate_than_plain_descent(quick):
    rates = quick("optimizer-rates")
    for name in ("momentum", "nesterov", "rmsprop"):
        assert rate(rates, name) < rate(rates, "sgd")
    assert all(rates.mean(f"{name}: validation accuracy") > 40 for name in STEPPING)


def test_every_optimiser_learns_from_the_same_start(quick):
    compared = quick("optimizers")
    for name in SPOKEN:
        assert compared.mean(f"{name}: test accuracy") > 55
        assert compared.mean(f"{name}: seconds") > 0


def test_l_bfgs_goes_through_the_images_more_often_than_it_has_iterations(quick):
    compared = quick("optimizers")
    settings = compared.parameters
    assert compared.mean("lbfgs: passes") > settings.iterations * settings.epochs
    assert compared.mean("sgd: passes") == settings.epochs


def test_both_figures_name_their_axes(quick):
    for name in ("optimizer-rates", "optimizers"):
        drawn = experiment_named(name).figure(quick(name))
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)
