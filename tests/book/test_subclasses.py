"""A subclass that writes a method anew is listened to, just as in the book's program."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from chainrule.book import network, network2


def weights_of(net: Any) -> list[Any]:
    return [*net.weights, *net.biases]


def assert_same(first: Any, second: Any) -> None:
    for a, b in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)


class SameDerivative(network.Network):
    asked = 0

    def cost_derivative(self, output_activations: Any, y: Any) -> Any:
        assert output_activations.shape == y.shape == (10, 1)
        self.asked += 1
        return output_activations - y


class DoubledDerivative(network.Network):
    def cost_derivative(self, output_activations: Any, y: Any) -> Any:
        return 2 * (output_activations - y)


class SameStep(network.Network):
    batches: list[int]

    def update_mini_batch(self, mini_batch: Any, eta: float) -> None:
        assert type(mini_batch) is list
        self.batches = [*getattr(self, "batches", []), len(mini_batch)]
        super().update_mini_batch(mini_batch, eta)


def test_an_own_cost_derivative_is_asked_for_every_image(few: Any, capsys: Any) -> None:
    own, usual = SameDerivative([784, 30, 10], seed=1), network.Network([784, 30, 10], seed=1)
    own.SGD(few[0], 2, 10, 3.0, few[2])
    usual.SGD(few[0], 2, 10, 3.0, few[2])
    assert own.asked == 800
    assert_same(own, usual)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == lines[2:]


def test_an_own_cost_derivative_changes_the_step(few: Any) -> None:
    doubled, usual = DoubledDerivative([784, 30, 10], seed=1), network.Network([784, 30, 10], seed=1)
    doubled.SGD(few[0], 1, 10, 1.5)
    usual.SGD(few[0], 1, 10, 3.0)
    assert_same(doubled, usual)


def test_an_own_step_is_asked_for_every_mini_batch(few: Any) -> None:
    own, usual = SameStep([784, 30, 10], seed=1), network.Network([784, 30, 10], seed=1)
    own.SGD(few[0], 1, 32, 3.0)
    usual.SGD(few[0], 1, 32, 3.0)
    assert own.batches == [32] * 12 + [16]
    assert_same(own, usual)


def test_an_own_step_with_momentum_as_in_the_exercise(few: Any) -> None:
    class Momentum(network2.Network):
        velocities: Any = None

        def update_mini_batch(self, mini_batch: Any, eta: float, lmbda: float, n: int) -> None:
            gradients = [self.backprop(x, y) for x, y in mini_batch]
            mean = [
                [sum(layer) / len(mini_batch) for layer in zip(*part, strict=True)]
                for part in zip(*gradients, strict=True)
            ]
            self.velocities = self.velocities or [[0.0 for _ in part] for part in mean]
            self.velocities = [
                [0.5 * v - eta * g for v, g in zip(*parts, strict=True)]
                for parts in zip(self.velocities, mean, strict=True)
            ]
            self.biases = [b + v for b, v in zip(self.biases, self.velocities[0], strict=True)]
            self.weights = [w + v for w, v in zip(self.weights, self.velocities[1], strict=True)]

    net = Momentum([784, 30, 10], seed=1)
    _, accuracies, costs, _ = net.SGD(
        few[0], 5, 10, 0.3, 0.0, few[1], monitor_evaluation_accuracy=True, monitor_training_cost=True
    )
    assert costs[-1] < costs[0]
    assert accuracies[-1] > 40


def test_an_own_backprop_is_used_by_the_usual_step(few: Any) -> None:
    class Negated(network2.Network):
        def backprop(self, x: Any, y: Any) -> Any:
            return tuple([-nabla for nabla in part] for part in super().backprop(x, y))

    up = Negated([784, 30, 10], seed=1)
    costs = up.SGD(few[0], 2, 10, 0.01, monitor_training_cost=True)[2]
    assert costs[1] > costs[0]


def test_a_method_put_on_one_network_counts_as_its_own(few: Any) -> None:
    net, asked = network.Network([784, 30, 10], seed=1), []
    usual = net.backprop
    net.backprop = lambda x, y: asked.append(1) or usual(x, y)  # type: ignore[method-assign]
    net.SGD(few[0][:20], 1, 10, 3.0)
    assert len(asked) == 20


class CubicCost:
    """|a − y|³ / 3, summed."""

    @staticmethod
    def fn(a: Any, y: Any) -> Any:
        assert a.shape == y.shape == (10, 1)
        return np.sum(np.abs(a - y) ** 3) / 3

    @staticmethod
    def delta(z: Any, a: Any, y: Any) -> Any:
        assert z.shape == a.shape == y.shape == (10, 1)
        return (a - y) * np.abs(a - y) * network2.sigmoid_prime(z)


class HalfCrossEntropy(network2.CrossEntropyCost):
    @staticmethod
    def delta(z: Any, a: Any, y: Any) -> Any:
        return 0.5 * (a - y)


def test_a_cost_of_ones_own(few: Any) -> None:
    net = network2.Network([784, 30, 10], cost=CubicCost, seed=1)
    found = net.SGD(few[0], 3, 10, 1.0, 0.1, few[1], *[True] * 4)
    assert [len(part) for part in found] == [3] * 4
    assert found[2][-1] < found[2][0]
    mean = sum(CubicCost.fn(net.feedforward(x), y) for x, y in few[0]) / 400
    assert net.total_cost(few[0], 0.0) == pytest.approx(mean)


def test_a_cost_derived_from_the_books_is_not_taken_for_it(few: Any) -> None:
    half = network2.Network([784, 30, 10], cost=HalfCrossEntropy, seed=1)
    usual = network2.Network([784, 30, 10], seed=1)
    half.SGD(few[0], 1, 10, 1.0)
    usual.SGD(few[0], 1, 10, 0.5)
    assert_same(half, usual)


def test_an_own_initialiser_is_called_at_the_start() -> None:
    class Zeros(network2.Network):
        def default_weight_initializer(self) -> None:
            self.biases = [np.zeros((y, 1)) for y in self.sizes[1:]]
            self.weights = [np.zeros((y, x)) for x, y in zip(self.sizes[:-1], self.sizes[1:], strict=True)]

    assert (Zeros([3, 2, 2]).feedforward(np.ones((3, 1))) == 0.5).all()


@pytest.mark.parametrize("kind", [network.Network, network2.Network])
def test_an_own_feedforward_is_what_is_judged(kind: Any, few: Any) -> None:
    class AlwaysThree(kind):  # type: ignore[misc]
        def feedforward(self, a: Any) -> Any:
            return np.eye(10)[:, [3]]

    net = AlwaysThree([784, 30, 10])
    threes = sum(y == 3 for _, y in few[1])
    if kind is network.Network:
        assert net.evaluate(few[1]) == threes
    else:
        assert net.accuracy(few[1]) == threes
        assert net.total_cost(few[1], 0.0, convert=True) == np.inf


def test_an_own_evaluate_is_what_is_printed(few: Any, capsys: Any) -> None:
    class Judge(network.Network):
        def evaluate(self, test_data: Any) -> int:
            return len([pair for pair in test_data if len(pair) == 2])

    Judge([784, 30, 10]).SGD(few[0][:20], 1, 10, 3.0, few[2])
    assert capsys.readouterr().out == "Epoch 0: 100 / 100\n"


def test_assigned_weights_are_what_learns(few: Any) -> None:
    first = network.Network([784, 30, 10], seed=1)
    second = network.Network([784, 30, 10], seed=2)
    second.weights, second.biases = list(first.weights), list(first.biases)
    first.generator, second.generator = (np.random.default_rng(3) for _ in range(2))
    first.SGD(few[0], 1, 10, 3.0)
    second.SGD(few[0], 1, 10, 3.0)
    assert_same(first, second)


def test_one_weight_can_be_changed_in_place_or_a_layer_replaced() -> None:
    net = network.Network([3, 2, 2], seed=1)
    x, y = np.ones((3, 1)), np.zeros((2, 1))
    net.SGD([(x, y)] * 4, 1, 2, 3.0)
    net.weights[0][...] = 0
    net.biases[0] = np.full((2, 1), -1e3)
    assert net.backprop(x, y)[1][1] == pytest.approx(np.zeros((2, 2)), abs=1e-300)
    net.weights[1] = np.zeros((2, 2))
    net.biases[1][:] = 0
    assert net.feedforward(x).tolist() == [[0.5], [0.5]]
    assert net.evaluate([(x, 0)]) == 1


def test_weights_kept_from_before_training_stay_as_they_were(few: Any) -> None:
    net = network2.Network([784, 30, 10], seed=1)
    kept = net.weights
    copied = [weight.copy() for weight in kept]
    net.SGD(few[0], 1, 10, 0.5)
    assert all((a == b).all() for a, b in zip(kept, copied, strict=True))
    assert not (kept[0] == net.weights[0]).all()


def test_a_seed_makes_a_run_that_can_be_repeated_and_no_global_generator_is_touched(few: Any) -> None:
    import random

    before = random.getstate(), np.random.get_state()[1].copy()  # type: ignore[union-attr,call-overload] # noqa: NPY002
    runs = []
    for _ in range(2):
        net = network2.Network([784, 30, 10], seed=5)
        net.SGD(few[0], 2, 10, 0.5)
        runs.append(net)
    assert all((a == b).all() for a, b in zip(*map(weights_of, runs), strict=True))
    assert random.getstate() == before[0]
    assert (np.random.get_state()[1] == before[1]).all()  # type: ignore[call-overload] # noqa: NPY002


def test_the_callers_list_keeps_its_order(few: Any) -> None:
    pairs = list(few[0])
    network.Network([784, 30, 10]).SGD(pairs, 2, 10, 3.0)
    assert all(a is b for a, b in zip(pairs, few[0], strict=True))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_network_can_be_copied_after_training(copied: Any, few: Any) -> None:
    net = network.Network([784, 30, 10], seed=1)
    net.SGD(few[0], 1, 10, 3.0)
    twin = copied(net)
    for each in (net, twin):
        each.SGD(few[0], 1, 10, 3.0)
    assert all((a == b).all() for a, b in zip(weights_of(net), weights_of(twin), strict=True))


def test_ctrl_c_leaves_what_has_been_learnt(few: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainrule.book.heart import Heart

    steps, usual = [], Heart.step

    def interrupted(heart: Any, *arrays: Any) -> None:
        steps.append(1)
        if len(steps) > 15:
            raise KeyboardInterrupt
        usual(heart, *arrays)

    monkeypatch.setattr(Heart, "step", interrupted)
    net = network.Network([784, 30, 10], seed=1)
    start = net.weights[0].copy()
    with pytest.raises(KeyboardInterrupt):
        net.SGD(few[0], 5, 10, 3.0)
    assert np.abs(net.weights[0] - start).max() > 0
