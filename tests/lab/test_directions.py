"""The angle between two directions, and its course while a network learns."""

import numpy as np
import pytest

from chainrule.data.dataset import Dataset
from chainrule.lab.directions import Angles, degrees_between
from chainrule.network import Network
from chainrule.training import Trainer


@pytest.mark.parametrize(
    ("second", "degrees"), [((3.0, 0.0), 0.0), ((2.0, 2.0), 45.0), ((0.0, 5.0), 90.0), ((-1.0, 0.0), 180.0)]
)
def test_angles_that_one_can_see_are_right(second, degrees):
    assert degrees_between(np.array([1.0, 0.0]), np.array(second)) == pytest.approx(degrees, abs=1e-9)


def test_a_small_angle_keeps_its_digits():
    assert degrees_between(np.array([1.0, 0.0]), np.array([1.0, 1e-9])) == pytest.approx(np.degrees(1e-9))


def test_a_direction_without_length_has_no_angle():
    assert np.isnan(degrees_between(np.zeros(3), np.ones(3)))


@pytest.fixture
def watched():
    generator = np.random.default_rng(5)
    images = generator.random((40, 6), np.float32)
    data = Dataset(images, generator.integers(0, 3, 40), class_names=tuple("abc"), input_shape=(6,))
    networks = Network([6, 4, 3], seed=1), Network([6, 4, 3], seed=2)
    angles = Angles(networks, data, (0.0, 1.0))
    Trainer(Network([6, 4, 3], seed=3), epochs=2, batch_size=5, seed=3, callbacks=[angles]).fit(data)
    return angles


def test_two_networks_that_go_backward_alike_never_part(watched):
    assert np.max(watched.degrees) < 1e-3
    assert np.allclose(watched.lengths, 1.0)


def test_it_looks_at_the_start_and_four_times_an_epoch(watched):
    assert watched.epochs == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
