"""The rows of the book's table of convolutional networks, and the filters that are learnt, in quick forms."""

import numpy as np
import pytest

from chainrule.data.load import load_data
from chainrule.lab.best_epoch import BestEpoch, percent_right
from chainrule.lab.experiments import convolution, convolution_shifted
from chainrule.lab.experiments.convolution import AT_BEST, Parameters, layers_of, parts_of, trained
from chainrule.lab.experiments.convolution_filters import alikeness_of_neighbours
from chainrule.lab.registry import experiment_named
from chainrule.lab.watching import quiet
from chainrule.network import Network

LEAST = {
    "conv-none": 75,
    "conv-one": 60,
    "conv-two": 35,
    "conv-relu": 40,
    "conv-shifts": 35,
    "conv-300": 40,
    "conv-1000": 40,
    "conv-100-100": 25,
    "conv-300-300": 35,
    "conv-1000-1000": 35,
    "conv-dropout": 35,
    "conv-vote": 25,
}
ROWS = [each.name for each in (*convolution.EXPERIMENTS, *convolution_shifted.EXPERIMENTS)]


def test_every_row_of_the_table_is_tried():
    assert list(LEAST) == ROWS


@pytest.mark.parametrize("name", ROWS)
def test_a_row_learns_to_read_and_its_figure_names_its_axes(quick, name):
    results = quick(name)
    assert results.mean(AT_BEST) > LEAST[name]
    assert results.mean("best validation accuracy") >= results.mean("last validation accuracy")
    drawn = experiment_named(name).figure(results)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes)


def test_five_networks_that_vote_read_more_than_one_of_them_does(quick):
    results = quick("conv-vote")
    assert results.mean("test accuracy of the vote") > results.mean(AT_BEST) + 2
    votes = results.arrays("test accuracy of votes")
    assert votes.shape == (1, 5)
    assert votes[0, 0] == votes[0, 1], "a tie goes to the first network"


def test_where_there_is_one_network_its_vote_is_its_answer(quick):
    results = quick("conv-none")
    assert results.mean("test accuracy of the vote") == results.mean(AT_BEST)


def test_shifting_makes_five_images_of_one(mnist):
    settings = Parameters(images=100, judged=100)
    plain = parts_of(settings)
    shifted = parts_of(Parameters(images=100, judged=100, shifts=True))
    assert (len(plain.train), len(shifted.train), len(shifted.test)) == (100, 500, 100)
    assert (shifted.train.inputs[:100] == plain.train.inputs).all()


def test_the_best_epoch_is_the_one_whose_answers_are_kept():
    settings = Parameters(images=500, judged=200, epochs=4)
    data = parts_of(settings)
    best = BestEpoch(data, quiet)
    network = trained(settings, np.random.default_rng(1), data.train, best)
    assert max(best.validation) == best.validation[best.epoch - 1]
    stopped = Parameters(images=500, judged=200, epochs=best.epoch)
    again = trained(stopped, np.random.default_rng(1), data.train, BestEpoch(data, quiet))
    assert (again.classify(data.test.inputs) == best.answers).all()
    assert len(best.validation) == 4
    assert percent_right(network.classify(data.validation.inputs), data.validation) == best.validation[-1]


def test_the_networks_are_as_wide_as_the_books():
    network = Network(layers_of(Parameters(convolutions=2, hidden=(1000, 1000), dropout=0.5)), (28, 28, 1))
    shapes = [network.parameters.view(name).shape for name in network.parameters.parameters]
    weights = [shape for shape in shapes if len(shape) > 1]
    assert weights == [(20, 5, 5, 1), (40, 5, 5, 20), (1000, 640), (1000, 1000), (10, 1000)]
    assert sum(type(layer).__name__ == "Dropout" for layer in network.layers) == 3


def test_neighbouring_weights_become_alike(quick):
    results = quick("conv-filters")
    assert abs(results.mean("alike at the start")) < 0.2
    assert results.mean("alike after training") > results.mean("alike at the start") + 0.2
    drawn = experiment_named("conv-filters").figure(results)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn.axes[:4])


def test_the_maps_are_what_the_filters_make_of_the_image(quick):
    arrays = quick("conv-filters").runs[0].arrays
    assert (arrays["image"].reshape(-1) == load_data("mnist").test.inputs[0]).all()
    assert arrays["maps"].shape == (20, 24, 24)
    pixels = arrays["image"] / 255
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (5, 5))
    passed = np.einsum("rsuv,fuv->frs", windows, arrays["filters"])
    for found, linear in zip(arrays["maps"].astype(float), passed, strict=True):
        lit = found > 0.01
        if lit.any():
            assert np.ptp((found - linear)[lit]) < 0.01, "they differ by the bias, the same everywhere"


def test_alikeness_is_one_for_fields_and_about_nothing_for_noise():
    field = np.repeat([[-1.0, 1.0]], 3, axis=0).repeat(3, axis=1)[np.newaxis]
    assert alikeness_of_neighbours(field) > 0.7
    noise = np.random.default_rng(1).standard_normal((500, 5, 5))
    assert alikeness_of_neighbours(noise) == pytest.approx(-1 / 25, abs=0.02)
