"""A network moved along a strip answers at each place as it answers about what is seen there."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import SettingError
from chainrule.moving import moved_along, take_over

HEIGHT, ACROSS = 6, 6
"""Rows of the images, and columns that one place sees."""


def still(seed=3):
    layers = [
        cr.ZeroPad((0, 1)),
        *(cr.Convolution(4, 3), cr.MaxPool(2, (2, 1)), cr.BatchNorm(), cr.ReLU()),
        *(cr.Convolution(5, (2, 3)), cr.Dropout(0.5), cr.Convolution(3, 1), cr.Flatten(), cr.Softmax()),
    ]
    network = cr.Network(layers, (HEIGHT, ACROSS - 2, 1), seed=seed, dtype="float64", class_names="abc")
    network.state["3.running_mean"][:] = np.random.default_rng(seed).normal(size=4)
    return network


def test_each_place_is_answered_as_what_is_seen_there_would_be_alone():
    network, strips = still(), np.random.default_rng(1).normal(size=(3, HEIGHT, 12, 1))
    answers, alone = moved_along(network, 12).predict(strips), moved_along(network, ACROSS)
    assert answers.shape == (3, 12 - ACROSS + 1, 3)
    for place in range(answers.shape[1]):
        seen = strips[:, :, place : place + ACROSS]
        np.testing.assert_allclose(answers[:, place], alone.predict(seen)[:, 0], atol=1e-12)


def test_an_image_with_its_margin_is_a_strip_of_one_place():
    network, images = still(), np.random.default_rng(1).normal(size=(3, HEIGHT, ACROSS - 2, 1))
    strips = np.pad(images, ((0, 0), (0, 0), (1, 1), (0, 0)))
    found = moved_along(network, ACROSS).predict(strips)[:, 0]
    np.testing.assert_allclose(found, network.predict(images), atol=1e-12)


def test_a_moved_network_is_one_of_its_own_and_gives_back_what_it_learnt():
    network = still()
    before = network.fingerprint()
    moved = moved_along(network, 9)
    assert moved.class_names == network.class_names
    moved.parameters.values += 1
    moved.state["3.running_mean"] += 1
    assert network.fingerprint() == before
    take_over(network, moved)
    assert np.array_equal(network.parameters.values, moved.parameters.values)
    assert np.array_equal(network.state["3.running_mean"], moved.state["3.running_mean"])


@pytest.mark.parametrize(
    ("network", "width", "said"),
    [
        (cr.Network([4, 3], seed=1), 9, "begins with ZeroPad"),
        (cr.Network([cr.Flatten(), cr.Softmax()], (2, 2, 1), seed=1), 9, "begins with ZeroPad"),
        (still(), ACROSS - 1, "larger than the images"),
        (cr.Network([cr.ZeroPad(0), cr.Flatten(), cr.Softmax()], (2, 2, 1), seed=1), 9, "not 2"),
    ],
)
def test_what_cannot_be_moved_is_refused(network, width, said):
    with pytest.raises(SettingError, match=said):
        moved_along(network, width)
