"""Examples that show something at each of several places: their labels, their loss, what is right."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.batches import Batches
from chainrule.errors import DataError, SettingError
from chainrule.losses import LossWorkspace

SHAPE = 5, 3, 4
LABELS = np.array([[0, 3, -1], [-1, -1, -1], [2, 2, 1], [3, -1, 0], [1, 1, 1]])


def strips(labels=LABELS):
    inputs = np.random.default_rng(2).random((len(labels), 6)).astype(np.float32)
    return cr.Dataset(inputs, labels, tuple("abcd"), (6,))


def network(**others):
    return cr.Network([cr.Dense(12), cr.Reshape((3, 4)), cr.Softmax()], 6, seed=1, **others)


def loss_of(outputs, targets, loss):
    workspace = LossWorkspace(len(outputs), outputs.shape[1:], outputs.dtype)
    return loss.forward(outputs, targets, workspace), loss.backward(workspace).copy()


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_each_place_counts_as_a_row_and_one_of_which_nothing_is_said_not_at_all(smoothing):
    loss, outputs = cr.SoftmaxCrossEntropy(smoothing), np.random.default_rng(1).normal(size=SHAPE)
    targets = np.eye(4)[LABELS] * (LABELS >= 0)[..., np.newaxis]
    value, gradient = loss_of(outputs, targets, loss)
    said = LABELS >= 0
    alone, by_rows = loss_of(outputs[said], targets[said], loss)
    assert value == pytest.approx(alone)
    np.testing.assert_allclose(gradient[said], by_rows, rtol=1e-12)
    assert not gradient[~said].any()


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_derivative_is_that_of_finite_differences(smoothing):
    loss, outputs = cr.SoftmaxCrossEntropy(smoothing), np.random.default_rng(1).normal(size=SHAPE)
    targets = np.eye(4)[LABELS] * (LABELS >= 0)[..., np.newaxis]
    gradient, step = loss_of(outputs, targets, loss)[1], 1e-6
    for place in np.ndindex(SHAPE):
        values = []
        for sign in (1, -1):
            moved = outputs.copy()
            moved[place] += sign * step
            values.append(loss_of(moved, targets, loss)[0])
        assert (values[0] - values[1]) / (2 * step) == pytest.approx(gradient[place], abs=1e-9)


def test_it_is_what_torch_computes_where_labels_are_ignored():
    torch = pytest.importorskip("torch")
    outputs = np.random.default_rng(1).normal(size=SHAPE)
    targets = np.eye(4)[LABELS] * (LABELS >= 0)[..., np.newaxis]
    value, gradient = loss_of(outputs, targets, cr.SoftmaxCrossEntropy())
    logits = torch.tensor(outputs, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(
        logits.reshape(-1, 4), torch.tensor(LABELS.reshape(-1)), ignore_index=-1
    )
    theirs.backward()
    assert value == pytest.approx(float(theirs.detach()))
    np.testing.assert_allclose(gradient, logits.grad.numpy(), atol=1e-12)


def test_batches_have_a_row_of_targets_for_each_place_and_zeros_where_nothing_is_said():
    order = np.array([3, 0, 1, 4, 2])
    targets = np.concatenate([batch.copy() for _, batch in Batches(strips(), 2).epoch(order)])
    said = LABELS[order] >= 0
    assert targets.shape == SHAPE
    assert np.array_equal(targets.argmax(axis=-1)[said], LABELS[order][said])
    assert np.array_equal(targets.sum(axis=-1), said)


def test_a_network_learns_what_is_at_each_place_and_is_judged_by_what_is_said():
    data = strips()
    learner = network()
    trainer = cr.Trainer(
        learner,
        loss="softmax_cross_entropy",
        optimizer=cr.Adam(0.05),
        epochs=120,
        batch_size=5,
        seed=1,
        evaluate_every=120,
    )
    history = trainer.fit(cr.Split(data, data, data))
    classes = learner.classify(data.inputs)
    assert classes.shape == LABELS.shape
    assert np.array_equal(classes[LABELS >= 0], LABELS[LABELS >= 0])
    last = history.epochs[-1]
    assert (last.correct, last.examples) == ((LABELS >= 0).sum(), (LABELS >= 0).sum())


def test_names_are_those_of_the_last_axis_and_stay_in_a_file(tmp_path):
    named = network(class_names="abcd")
    cr.save_model(named, tmp_path / "places.safetensors")
    assert cr.load_model(tmp_path / "places.safetensors").class_names == tuple("abcd")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.array([[0, 4]] * 5), "label 4 of example 0 is out of range; expected -1 to 3"),
        (np.array([[0, -2]] * 5), "label -2 of example 0"),
        (np.array([0, 1, -1, 2, 3]), "label -1 of example 2 is out of range; expected 0 to 3"),
        (np.zeros((5, 0), int), "one for each of its places"),
        (np.zeros((5, 2, 2), int), "one for each of its places"),
    ],
)
def test_labels_that_are_none_are_refused(labels, said):
    with pytest.raises(DataError, match=said):
        strips(labels)


@pytest.mark.parametrize(
    ("layers", "loss", "said"),
    [
        ([cr.Dense(4), cr.Softmax()], "softmax_cross_entropy", r"end with \(3, 4\)"),
        ([cr.Dense(12), cr.Reshape((3, 4)), cr.Sigmoid()], "sigmoid_cross_entropy", "leaves those out"),
        ([cr.Dense(12), cr.Reshape((3, 4)), cr.Sigmoid()], "quadratic", "leaves those out"),
    ],
)
def test_a_network_or_a_loss_that_does_not_fit_places_is_refused(layers, loss, said):
    trainer = cr.Trainer(cr.Network(layers, 6, seed=1), loss=loss, batch_size=5)
    with pytest.raises(SettingError, match=said):
        trainer.fit(strips())


def test_one_label_an_example_does_not_fit_a_network_that_answers_several_places():
    trainer = cr.Trainer(network(), loss="softmax_cross_entropy", batch_size=5)
    with pytest.raises(SettingError, match="gives 12"):
        trainer.fit(strips(LABELS.max(axis=1).clip(0)))


def test_an_evaluation_is_of_one_label_an_example():
    with pytest.raises(DataError, match="one label an example"):
        cr.evaluate(network(class_names="abcd"), strips())
