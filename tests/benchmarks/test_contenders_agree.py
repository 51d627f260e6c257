"""From one start, over one order, all contenders come to the same weights: they do the same work."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.book import Book
from benchmarks.contenders.chainrule_ import Chainrule
from benchmarks.materials import accuracy, order_of
from benchmarks.workloads import WORKLOADS

SEED = 100
TRAINING = [name for name, workload in WORKLOADS.items() if not workload.answers]
PEERS = ["chainrule_fast", "torch_eager", "torch_channels_last", "torch_manual", "torch_script", "jax_scan"]
COMPILED = ["torch_compile", "torch_chunk"]


def able(kind, workload):
    if reason := kind.cannot(workload):
        pytest.skip(reason)
    return kind


def trained(contender, task):
    contender.prepare(order_of(SEED, task.workload.images), SEED)
    assert contender.epoch() > 0
    return contender.parameters()


def class_of(name):
    for module in CONTENDERS[name].requires:
        pytest.importorskip(module)
    module, kind = CONTENDERS[name].place.split(":")
    return getattr(import_module(module), kind)


def assert_close(found, expected, tolerance):
    for (weights, biases), (true_weights, true_biases) in zip(found, expected, strict=True):
        np.testing.assert_allclose(weights, true_weights, rtol=tolerance, atol=tolerance)
        assert (biases is None) == (true_biases is None)
        if biases is not None:
            np.testing.assert_allclose(biases, true_biases, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [name for name in TRAINING if not Book.cannot(WORKLOADS[name])])
def test_chainrule_in_float64_does_what_the_book_does(small_task, name):
    task = small_task(name)
    assert_close(trained(Chainrule(task, "float64"), task), trained(Book(task), task), 1e-5)


@pytest.mark.parametrize("name", TRAINING)
def test_float32_comes_close(small_task, name):
    task = small_task(name)
    assert_close(trained(Chainrule(task), task), trained(Chainrule(task, "float64"), task), 2e-3)


@pytest.mark.parametrize("name", TRAINING)
@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_does_what_chainrule_does(small_task, peer, name):
    task = small_task(name)
    assert_close(
        trained(able(class_of(peer), task.workload)(task), task), trained(Chainrule(task), task), 2e-3
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, while it compiles
@pytest.mark.parametrize(
    ("peer", "name"),
    [*((peer, name) for peer in COMPILED for name in ("W2", "W5")), ("torch_compiled_images", "W6")],
)
def test_a_compiled_peer_does_what_chainrule_does(small_task, peer, name):
    task = small_task(name)
    assert_close(trained(class_of(peer)(task), task), trained(Chainrule(task), task), 2e-3)


def test_scikit_learn_does_the_same_where_its_loss_is_the_same(small_task):
    task = small_task("W5")
    assert_close(trained(class_of("sklearn_mlp")(task), task), trained(Chainrule(task), task), 2e-3)


@pytest.mark.parametrize("name", [name for name in CONTENDERS if "answering" in CONTENDERS[name].does])
@pytest.mark.parametrize("workload", ["W6-one", "W6-many", "convnet", "W7-one", "W7-many"])
def test_all_give_the_same_answers(small_task, workload, name):
    task = small_task(workload)
    contender, ours = able(class_of(name), task.workload)(task), Chainrule(task)
    images = task.scaled(task.test_inputs[: task.workload.answers])
    found = contender.answered(contender.answer(contender.question(images)))
    np.testing.assert_allclose(found, ours.answer(images), atol=1e-5)


def test_a_second_round_starts_from_the_same_weights(small_task):
    task = small_task("W2")
    for contender in (Chainrule(task), Book(task)):
        first = [weights.copy() for weights, _ in trained(contender, task)]
        second = [weights for weights, _ in trained(contender, task)]
        for before, after in zip(first, second, strict=True):
            np.testing.assert_array_equal(before, after)


def test_accuracies_on_the_way_end_at_the_epochs(small_task):
    task = small_task("W2")
    contender = Chainrule(task)
    final = accuracy(task, trained(contender, task))
    marks = contender.accuracies_at([10, 330], SEED)
    assert marks[330] == final
    assert set(marks) == {10, 330}


@pytest.mark.parametrize("name", ["W5", "W6"])
def test_the_accuracy_is_the_networks_own(small_task, name):
    task = small_task(name)
    contender = Chainrule(task)
    found = accuracy(task, trained(contender, task))
    labels = contender.network.classify(task.test_inputs)
    assert found == (labels == task.test_labels).mean()


def test_every_contender_can_be_imported_where_its_library_is():
    for entry in CONTENDERS.values():
        if all(find_spec(module) for module in entry.requires):
            module, kind = entry.place.split(":")
            assert getattr(import_module(module), kind).__doc__
