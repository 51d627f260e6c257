"""What is particular to one layer, by hand-computed numbers; the laws for all stand in tests/laws."""

from __future__ import annotations

from math import exp, sqrt, tanh

import numpy as np
import pytest

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers import (
    ELU,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    PReLU,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
    fully_connected,
)
from chainrule.network import Network

Z = [-2.0, -0.5, 0.0, 0.5, 2.0]


def through(layer, rows, dtype=np.float64, training=False, seed=0):
    rows = np.array(rows, dtype)
    network = Network([layer], input_shape=rows.shape[1:], dtype=dtype)
    bench = network.bench(
        len(rows), training=training, generator=np.random.default_rng(seed), input_gradient=training
    )
    return network, bench, network.forward(rows, bench)


@pytest.mark.parametrize(
    ("layer", "function"),
    [
        (Sigmoid, lambda z: 1 / (1 + exp(-z))),
        (Tanh, tanh),
        (ReLU, lambda z: max(0.0, z)),
        (LeakyReLU, lambda z: z if z > 0 else 0.01 * z),
        (PReLU, lambda z: z if z > 0 else 0.25 * z),
        (ELU, lambda z: z if z > 0 else exp(z) - 1),
        (Step, lambda z: 1.0 if z > 0 else 0.0),
    ],
)
def test_an_activation_is_its_function_of_each_number(layer, function):
    _, _, outputs = through(layer(), [Z])
    assert outputs[0].tolist() == pytest.approx([function(z) for z in Z], rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("layer", [ReLU, PReLU, LeakyReLU, Step])
def test_at_the_bend_the_derivative_from_the_left_is_taken(layer):
    network, bench, _ = through(layer(), [[0.0]], training=True)
    left = {ReLU: 0.0, PReLU: 0.25, LeakyReLU: 0.01, Step: 0.0}[layer]
    assert network.backward(np.ones((1, 1)), bench)[0, 0] == pytest.approx(left, abs=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", [Sigmoid, Tanh, Softmax, ELU])
def test_huge_inputs_give_the_limit_and_no_warning(layer, dtype):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        network, bench, outputs = through(layer(), [[-1e4, 1e4], [1e4, 1e4]], dtype, training=True)
        gradient = network.backward(np.ones((2, 2), dtype), bench)
    low = -1.0 if layer in (Tanh, ELU) else 0.0
    high = 1e4 if layer is ELU else 1.0
    np.testing.assert_allclose(outputs[0], [low, high], atol=1e-37)
    assert np.isfinite(gradient).all()


def test_sigmoid_is_right_to_the_last_digits_from_end_to_end():
    z = np.linspace(-80, 80, 2001)
    for dtype, close in ((np.float32, 3e-7), (np.float64, 4e-16)):
        _, _, outputs = through(Sigmoid(), z.astype(dtype)[np.newaxis], dtype)
        exact = 1 / (1 + np.exp(-z.astype(dtype).astype(np.longdouble)))
        np.testing.assert_allclose(outputs[0], exact.astype(np.float64), rtol=close)


def test_softmax_rows_are_shares_that_do_not_change_when_all_move_together():
    _, _, outputs = through(Softmax(), [[1.0, 2.0, 3.0], [1001.0, 1002.0, 1003.0]])
    np.testing.assert_allclose(outputs.sum(axis=1), 1.0, rtol=1e-15)
    assert outputs[0].tolist() == outputs[1].tolist()
    assert outputs[0, 2] / outputs[0, 1] == pytest.approx(exp(1.0), rel=1e-14)


def test_dense_by_hand():
    network, bench, _ = through(Dense(2), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], training=True)
    layer = network.layers[0]
    layer.weights[...] = [[1.0, -1.0], [0.5, 2.0]]
    layer.biases[...] = [10.0, 20.0]
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert network.forward(rows, bench).tolist() == [[9.0, 24.5], [9.0, 29.5], [9.0, 34.5]]
    by_inputs = network.backward(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), bench)
    assert by_inputs.tolist() == [[1.0, -1.0], [0.5, 2.0], [1.5, 1.0]]
    assert layer.weights_gradient.tolist() == [[6.0, 8.0], [8.0, 10.0]]
    assert layer.biases_gradient.tolist() == [2.0, 2.0]


class TestDropout:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
    def test_the_share_that_is_dropped_is_the_rate_and_the_mean_is_kept(self, rate, dtype):
        _, _, outputs = through(Dropout(rate), np.ones((200, 500)), dtype, training=True)
        count = outputs.size
        dropped = np.count_nonzero(outputs == 0) / count
        assert abs(dropped - rate) < 5 * sqrt(rate * (1 - rate) / count)
        kept = outputs[outputs != 0]
        np.testing.assert_allclose(kept, 1 / (1 - rate), rtol=1e-6)

    def test_each_pass_draws_anew_and_the_way_back_goes_through_the_same_neurons(self):
        ones = np.ones((10, 40))
        network, bench, outputs = through(Dropout(0.5), ones, training=True)
        first = outputs.copy()
        second = network.forward(ones, bench)
        assert not np.array_equal(first, second)
        assert np.array_equal(network.backward(ones, bench), second)

    def test_answering_changes_nothing(self):
        rows = np.random.default_rng(0).random((3, 4))
        _, _, outputs = through(Dropout(0.9), rows)
        assert np.array_equal(outputs, rows)

    def test_a_rate_of_nought_drops_nothing(self):
        _, _, outputs = through(Dropout(0.0), np.ones((50, 50)), training=True)
        assert (outputs == 1.0).all()


class TestBatchNorm:
    def test_a_training_pass_brings_each_feature_to_mean_nought_and_variance_one(self):
        rows = np.random.default_rng(0).normal(5.0, 3.0, (400, 3))
        _, _, outputs = through(BatchNorm(), rows, training=True)
        np.testing.assert_allclose(outputs.mean(axis=0), 0.0, atol=1e-13)
        np.testing.assert_allclose(
            outputs.var(axis=0), rows.var(axis=0) / (rows.var(axis=0) + 1e-5), rtol=1e-12
        )

    def test_on_images_the_positions_count_as_rows(self):
        images = np.random.default_rng(0).normal(5.0, 3.0, (6, 4, 5, 2))
        _, _, outputs = through(BatchNorm(), images, training=True)
        _, _, rows = through(BatchNorm(), images.reshape(-1, 2), training=True)
        # The two lie in memory in different orders, so BLAS may sum in another order: last digits differ.
        np.testing.assert_allclose(outputs.reshape(-1, 2), rows, rtol=1e-12, atol=1e-14)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_statistics_are_gathered_with_the_momentum_and_the_unbiased_variance(self, dtype):
        rows = np.random.default_rng(0).normal(5.0, 3.0, (8, 3)).astype(dtype)
        network, bench, _ = through(BatchNorm(momentum=0.2), rows, dtype, training=True)
        mean, variance = 0.2 * rows.mean(axis=0), 0.8 + 0.2 * rows.var(axis=0, ddof=1)
        close = 10 * np.finfo(dtype).eps
        np.testing.assert_allclose(network.state["0.running_mean"], mean, rtol=close)
        np.testing.assert_allclose(network.state["0.running_variance"], variance, rtol=close)
        network.forward(rows, bench)
        np.testing.assert_allclose(network.state["0.running_mean"], 1.8 * mean, rtol=close)

    def test_answering_uses_what_was_gathered(self):
        network, _, _ = through(BatchNorm(), [[0.0]])
        network.state["0.running_mean"][...] = 3.0
        network.state["0.running_variance"][...] = 4.0 - 1e-5
        np.testing.assert_allclose(network.predict(np.array([[7.0], [3.0]])), [[2.0], [0.0]], rtol=1e-14)

    def test_a_feature_that_never_varies_divides_by_no_nought(self):
        network, bench, outputs = through(BatchNorm(), np.full((5, 2), 3.0), training=True)
        # The mean is off by one rounding, and dividing by √epsilon makes 316 of it.
        np.testing.assert_allclose(outputs, 0.0, atol=1e-12)
        assert np.isfinite(network.backward(np.ones((5, 2)), bench)).all()


class TestBlocks:
    def test_residual_adds_what_came_in(self):
        _, _, outputs = through(Residual([ReLU()]), [[-1.0, 2.0]])
        assert outputs.tolist() == [[-1.0, 4.0]]

    def test_the_gradient_reaches_the_input_of_a_residual_whatever_the_block_does(self):
        network, bench, _ = through(Residual([Step()]), [[-1.0, 2.0]], training=True)
        assert network.backward(np.array([[3.0, 4.0]]), bench).tolist() == [[3.0, 4.0]]

    def test_layers_in_a_block_compute_what_they_compute_alone(self):
        block = Network([Sequential([Dense(4), Tanh()]), Dense(2)], input_shape=3, seed=1)
        plain = Network([Dense(4), Tanh(), Dense(2)], input_shape=3, seed=1)
        rows = np.random.default_rng(0).random((5, 3))
        assert np.array_equal(block.predict(rows), plain.predict(rows))
        assert list(block.parameters.parameters) == ["0.0.weights", "0.0.biases", "1.weights", "1.biases"]

    def test_more_than_ten_layers_keep_their_own_parameters(self):
        layers = [Dense(width) for width in range(1, 13)]
        network = Network(layers, input_shape=1, seed=0)
        for index, layer in enumerate(layers):
            assert np.shares_memory(layer.weights, network.parameters.view(f"{index}.weights"))
            assert layer.weights.shape == (index + 1, max(index, 1))

    def test_shapes_change_and_change_back(self):
        rows = np.arange(24.0).reshape(2, 3, 4)
        _, _, flat = through(Flatten(), rows)
        assert flat.tolist() == rows.reshape(2, 12).tolist()
        network, bench, outputs = through(Reshape((2, 6)), rows, training=True)
        assert outputs.tolist() == rows.reshape(2, 2, 6).tolist()
        assert network.backward(outputs, bench).tolist() == rows.tolist()


class TestFullyConnected:
    def test_the_pieces_come_in_their_order(self):
        layers = fully_connected([9, 5, 3], hidden="relu", output="softmax", batch_norm=True, dropout=0.3)
        assert [type(layer) for layer in layers] == [Dense, BatchNorm, ReLU, Dropout, Dense, Softmax]
        assert layers[3].rate == 0.3
        assert [
            layer.bias for layer in fully_connected([2, 2, 2], bias=False) if isinstance(layer, Dense)
        ] == [
            False,
            False,
        ]

    def test_unknown_names_are_refused(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'relu'"):
            fully_connected([4, 3, 2], hidden="rele")
        with pytest.raises(UnknownNameError, match="initializer"):
            fully_connected([4, 3], initializer="xavier")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dense(0),
        lambda: Dense(2.5),
        lambda: Dense(True),
        lambda: Dropout(1.0),
        lambda: Dropout(-0.1),
        lambda: LeakyReLU(1.0),
        lambda: LeakyReLU(-0.1),
        lambda: PReLU(float("inf")),
        lambda: ELU(0.0),
        lambda: BatchNorm(momentum=0.0),
        lambda: BatchNorm(momentum=1.1),
        lambda: BatchNorm(epsilon=0.0),
        lambda: Reshape(()),
        lambda: Reshape((3, 0)),
        lambda: Reshape((2.0, 3)),
        lambda: Sequential([Sigmoid]),
        lambda: Residual(["relu"]),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(SettingError):
        make()
