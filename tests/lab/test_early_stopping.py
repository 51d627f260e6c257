"""What patience costs and gains."""

from dataclasses import replace

from chainrule.lab.experiments.early_stopping import stopped_after
from chainrule.lab.experiments.learning_rate import book_trainer
from chainrule.lab.registry import experiment_named
from chainrule.training import Patience


def test_more_patience_spends_more_epochs_and_loses_no_more(quick):
    results = quick("early-stopping")
    spent = [results.mean(f"epochs, n = {patience}") for patience in (1, 2)]
    lost = [results.mean(f"validation accuracy lost, n = {patience}") for patience in (1, 2)]
    assert spent[0] < spent[1] <= results.parameters.epochs
    assert lost[0] >= lost[1] >= 0


def test_a_rule_asked_afterwards_stops_where_it_would_have_stopped():
    assert stopped_after([0.5, 0.6, 0.6, 0.7, 0.6, 0.6, 0.8], 1) == 3
    assert stopped_after([0.5, 0.6, 0.6, 0.7, 0.6, 0.6, 0.8], 2) == 6
    assert stopped_after([0.5, 0.6, 0.6, 0.7, 0.6, 0.6, 0.8], 3) == 7


def test_a_trainer_with_the_rule_stops_there_too(quick, mnist):
    results = quick("early-stopping")
    settings = results.parameters
    part = replace(mnist, train=mnist.train.part(slice(settings.images), "part"))
    trainer = book_trainer(
        settings, 1, settings.learning_rate, [], epochs=settings.epochs, stopping=Patience(2)
    )
    assert len(trainer.fit(part)) == results.runs[0].values["epochs, n = 2"]


def test_the_figure_names_its_axes(quick):
    drawn = experiment_named("early-stopping").figure(quick("early-stopping"))
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)
