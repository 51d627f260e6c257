"""Reading by the nearest training images, on real ones and on ones small enough to count by hand."""

import numpy as np

from chainrule.lab.experiments.nearest_neighbours import nearest_labels, votes
from chainrule.lab.registry import experiment_named


def test_nearest_images_read_more_than_nearest_means(quick):
    near, means = quick("nearest-neighbours"), quick("nearest-mean")
    assert near.mean("test accuracy") > means.mean("test accuracy") + 5
    assert near.mean("neighbours") < 8


def test_the_figure_shows_accuracy_by_number_of_neighbours(quick):
    drawn = experiment_named("nearest-neighbours").figure(quick("nearest-neighbours"))
    assert drawn.axes[0].get_xlabel() == "neighbours asked"
    assert "%" in drawn.axes[0].get_ylabel()


def test_the_nearest_labels_come_nearest_first():
    train = np.array([[0.0], [10], [4], [6]], np.float32)
    (found,) = nearest_labels(train, np.array([0, 1, 2, 3]), np.array([[5.5]], np.float32), 3)
    assert found.tolist() == [[3, 2, 1]]


def test_they_are_those_that_all_distances_name():
    generator = np.random.default_rng(1)
    train, asked = generator.random((500, 20)), generator.random((30, 20))
    labels = generator.integers(0, 10, 500)
    distances = ((asked[:, np.newaxis] - train) ** 2).sum(axis=2)
    found = np.concatenate(list(nearest_labels(train, labels, asked, 5)))
    assert (found == labels[distances.argsort(axis=1)[:, :5]]).all()


def test_a_majority_wins_and_a_tie_goes_to_the_nearer():
    assert votes(np.array([[7, 2, 2, 7, 7]])).tolist() == [[7, 7, 2, 7, 7]]
    assert votes(np.array([[9, 1, 1, 9]]))[0, 3] == 9
