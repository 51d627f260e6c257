"""Network: what it is built from, what it says of itself, and what it answers."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from chainrule.data.dataset import Scaling
from chainrule.errors import DataError, SettingError
from chainrule.layers import (
    BatchNorm,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Sigmoid,
    Softmax,
    fully_connected,
)
from chainrule.layers.registry import rebuilt
from chainrule.network import Network
from chainrule.numerics.initializers import HeNormal


@pytest.fixture(scope="module")
def network() -> Network:
    return Network([784, 12, 10], seed=1)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 784), dtype=np.uint8)


class TestBuilding:
    def test_sizes_alone_are_the_books_network(self):
        book = Network([784, 30, 10], seed=3)
        assert [type(layer) for layer in book.layers] == [Dense, Sigmoid, Dense, Sigmoid]
        assert (book.input_shape, book.output_shape) == ((784,), (10,))
        assert len(book.parameters) == 784 * 30 + 30 + 30 * 10 + 10
        # 23,860 draws of N(0, 1): mean and deviation within five standard errors.
        assert abs(book.parameters.values.mean()) < 5 / np.sqrt(23_860)
        assert abs(book.parameters.values.std() - 1) < 5 / np.sqrt(2 * 23_860)
        assert book.layers[0].biases.any()

    def test_the_long_form_with_the_books_starts_is_the_same_network(self):
        long = [
            Dense(30, initializer="normal", bias_initializer="normal"),
            Sigmoid(),
            Dense(10, initializer="normal", bias_initializer="normal"),
            Sigmoid(),
        ]
        assert (
            Network(long, input_shape=784, seed=3).fingerprint()
            == Network([784, 30, 10], seed=3).fingerprint()
        )

    def test_the_answer_is_the_formula(self):
        network = Network([3, 2], seed=0, dtype=np.float64)
        layer, inputs = network.layers[0], np.array([[0.5, -1.0, 2.0]])
        expected = 1 / (1 + np.exp(-(layer.weights @ inputs[0] + layer.biases)))
        np.testing.assert_allclose(network.predict(inputs)[0], expected, rtol=1e-15)

    @pytest.mark.parametrize("shape", [784, np.int64(784), (784,), [784]])
    def test_an_input_shape_may_be_a_number_or_a_sequence(self, shape):
        assert Network([Dense(3)], input_shape=shape).input_shape == (784,)

    def test_an_architecture_builds_the_same_network_anew(self):
        layers = [Flatten(), Dense(6, HeNormal()), BatchNorm(), Residual([Dense(6), ReLU()]), Dropout(0.5)]
        first = Network(layers, input_shape=(2, 3), seed=4)
        said = first.architecture()
        second = Network([rebuilt(layer) for layer in said["layers"]], said["input_shape"], seed=4)
        assert second.fingerprint() == first.fingerprint()
        assert second.architecture() == said

    def test_class_names_are_numbers_unless_given(self):
        assert Network([4, 3]).class_names == ("0", "1", "2")
        assert Network([4, 2], class_names=["cat", "dog"]).class_names == ("cat", "dog")

    @pytest.mark.parametrize(
        ("make", "word"),
        [
            (lambda: Network([784]), "at least two sizes"),
            (lambda: Network([]), "takes sizes such as"),
            (lambda: Network([0, 10]), "at least 1 input"),
            (lambda: Network([784, 0, 10]), "at least 1, not 0"),
            (lambda: Network([784, -3]), "at least 1, not -3"),
            (lambda: Network([784.0, 10.0]), "takes sizes such as"),
            (lambda: Network([784, Sigmoid()]), "takes sizes such as"),
            (lambda: Network([True, 2]), "takes sizes such as"),
            (lambda: Network("784"), "takes sizes such as"),
            (lambda: Network([784, 10], input_shape=784), "leave out input_shape"),
            (lambda: Network([Dense(3)]), "say what goes in"),
            (lambda: Network([Dense(3)], input_shape=0), "at least 1, not 0"),
            (lambda: Network([Dense(3)], input_shape=()), "at least 1"),
            (lambda: Network([Dense(3)], input_shape=(28, -28)), "at least 1"),
            (lambda: Network([Dense(3)], input_shape=(2.0,)), "whole numbers"),
            (lambda: Network([Dense(3)], input_shape=(28, 28)), "Put a Flatten layer before it"),
            (lambda: Network([Reshape((3, 5))], input_shape=14), "needs 15 numbers an example"),
            (lambda: Network([Residual([Dense(3)])], input_shape=4), r"\(4,\) goes in and \(3,\) comes out"),
            (lambda: Network([Sequential([Dense(3), "relu"])], input_shape=4), "expected layers such as"),
            (lambda: Network([4, 2], dtype=np.float16), "float32 or float64"),
            (lambda: Network([4, 2], dtype=np.int32), "float32 or float64"),
        ],
    )
    def test_what_does_not_fit_together_is_refused_with_the_reason(self, make, word):
        with pytest.raises(SettingError, match=word):
            make()

    def test_dropout_in_training_wants_a_generator(self):
        dropping = Network([Dense(3), Dropout(0.5)], input_shape=2)
        with pytest.raises(SettingError, match="give the bench a generator"):
            dropping.bench(4, training=True)
        assert dropping.bench(4).purpose.generator is None

    def test_a_network_is_neither_pickled_nor_copied_behind_its_back(self, network):
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="save_model"):
                attempt(network)


class TestDescribing:
    def test_describe_counts_the_parameters(self):
        text = Network([784, 300, 10], seed=0).describe()
        assert "238,510" in text.splitlines()[-1]
        assert "235,500" in text
        assert "3,010" in text
        assert "784" in text.splitlines()[1]
        assert max(map(len, text.splitlines())) < 80

    def test_describe_shows_settings_and_shapes(self):
        layers = [Flatten(), Dense(6), Residual([Dense(6), ReLU()]), Dropout(0.25), Reshape((3, 2))]
        lines = Network(layers, input_shape=(2, 3)).describe().splitlines()
        assert "2 × 3" in lines[1]
        assert any("Dropout(rate 0.25)" in line for line in lines)
        assert any("Residual(Dense, ReLU)" in line and "42" in line for line in lines)
        assert any("3 × 2" in line and "Reshape" in line for line in lines)

    def test_repr_is_one_line(self):
        assert repr(Network([784, 30, 10])) == "<Network of 4 layers, 23,860 parameters>"

    def test_html_shows_every_layer_and_escapes_names(self):
        @dataclass(eq=False)
        class Odd(Sigmoid):
            pass

        Odd.__name__ = "<script>alert('&')</script>"
        html = Network([Dense(4), Odd()], input_shape=3)._repr_html_()
        assert "<script" not in html
        assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in html
        assert "16 parameters" in html
        assert html.count("<span") == html.count("</span>") == 3

    def test_a_fingerprint_changes_with_any_number(self):
        network = Network([Dense(3), BatchNorm()], input_shape=2, seed=1)
        prints = {network.fingerprint()}
        network.parameters.values[-1] += 0.5
        prints.add(network.fingerprint())
        network.state["1.running_mean"][0] = 0.5
        prints.add(network.fingerprint())
        assert len(prints) == 3


class TestPredicting:
    def test_whole_numbers_are_raw_and_floats_are_inputs_already(self, network, pixels):
        raw = network.predict(pixels)
        assert raw.shape == (5, 10)
        assert raw.dtype == np.float32
        for inputs in (pixels / np.float32(255), pixels / 255, (pixels / 255).tolist()):
            # Scaled by a division in one place and a multiplication in the other.
            np.testing.assert_allclose(network.predict(inputs), raw, rtol=1e-5)
        for inputs in (pixels.astype(np.int64), pixels.astype(np.uint16), pixels.tolist()):
            assert network.predict(inputs).tobytes() == raw.tobytes()

    def test_the_scaling_of_the_network_is_used_for_raw_numbers(self, pixels):
        scaled = Network([784, 4], seed=1, scaling=Scaling(0.99 / 255, 0.01), dtype=np.float64)
        plain = Network([784, 4], seed=1, dtype=np.float64)
        np.testing.assert_allclose(
            scaled.predict(pixels), plain.predict(pixels * (0.99 / 255) + 0.01), rtol=1e-12
        )

    def test_one_example_and_images_in_their_own_shape(self, network, pixels):
        expected = network.predict(pixels)
        one = network.predict(pixels[2])
        assert one.shape == (1, 10)
        np.testing.assert_allclose(one[0], expected[2], rtol=1e-5)
        assert network.predict(pixels.reshape(5, 28, 28)).tobytes() == expected.tobytes()
        assert network.predict(pixels.reshape(5, 1, 28, 28)).tobytes() == expected.tobytes()

    def test_a_network_of_images_takes_one_image_and_rows(self, pixels):
        seeing = Network([Flatten(), Dense(4), Softmax()], input_shape=(28, 28), seed=1)
        expected = seeing.predict(pixels)
        np.testing.assert_allclose(seeing.predict(pixels[1].reshape(28, 28))[0], expected[1], rtol=1e-5)
        np.testing.assert_allclose(expected.sum(axis=1), 1.0, rtol=1e-6)

    def test_more_examples_than_one_pass_takes(self, network):
        many = np.random.default_rng(2).integers(0, 256, (2345, 784), dtype=np.uint8)
        outputs = network.predict(many)
        assert outputs.shape == (2345, 10)
        for index in (0, 999, 1000, 1999, 2000, 2344):
            np.testing.assert_allclose(outputs[index], network.predict(many[index])[0], rtol=1e-5)

    def test_no_examples_give_no_answers(self, network):
        assert network.predict(np.empty((0, 784), np.float32)).shape == (0, 10)
        assert network.classify(np.empty((0, 784), np.float32)).shape == (0,)

    def test_read_only_and_strided_inputs_are_read_and_left_alone(self, network, pixels):
        frozen = pixels.copy()
        frozen.setflags(write=False)
        expected = network.predict(pixels)
        assert network.predict(frozen).tobytes() == expected.tobytes()
        assert network.predict(np.asfortranarray(pixels)).tobytes() == expected.tobytes()
        assert network.predict(np.repeat(pixels, 2, axis=0)[::2]).tobytes() == expected.tobytes()

    def test_classify_says_which_output_is_largest(self, network, pixels):
        classes = network.classify(pixels)
        assert classes.dtype == np.int64
        assert classes.tolist() == network.predict(pixels).argmax(axis=1).tolist()

    @pytest.mark.parametrize(
        ("inputs", "word"),
        [
            (np.zeros((5, 783)), r"\(784,\) \(784 numbers each\); an array of shape \(5, 783\) came"),
            (np.zeros(783), r"shape \(783,\) came"),
            (np.zeros((5, 28, 27)), r"shape \(5, 28, 27\) came"),
            (np.float64(3.0), r"shape \(\) came"),
            ("a picture", r"shape \(\) came"),
            (None, r"shape \(\) came"),
            ([], r"shape \(0,\) came"),
            (np.full((2, 784), np.nan), "NaN or infinity"),
            (np.full((2, 784), np.inf, np.float32), "NaN or infinity"),
            (np.zeros((2, 784), bool), "array of bool"),
            (np.zeros((2, 784), complex), "array of complex128"),
            (np.full((2, 784), "7"), "array of <U1"),
            (np.full((2, 784), None), "array of object"),
        ],
    )
    def test_bad_inputs_are_refused_with_what_was_expected_and_what_came(self, network, inputs, word):
        with pytest.raises(DataError, match=word):
            network.predict(inputs)

    def test_a_number_beyond_float32_is_refused_and_raises_no_warning(self, network):
        with pytest.raises(DataError, match="float32"):
            network.predict(np.full((2, 784), 1e300))

    def test_lists_of_uneven_length_are_refused(self, network):
        with pytest.raises(DataError, match="even"):
            network.predict([[1.0, 2.0], [3.0]])

    def test_threads_predicting_at_once_answer_as_one_alone(self):
        layers = fully_connected([50, 40, 10], hidden="relu", output="softmax", batch_norm=True, dropout=0.5)
        network = Network(layers, input_shape=50, seed=1)
        generator = np.random.default_rng(3)
        questions = [generator.random((rows, 50)).astype(np.float32) for rows in (100, 100, 7, 31) * 10]
        alone = [network.predict(each).tobytes() for each in questions]
        with ThreadPoolExecutor(2) as pool:
            for _ in range(3):
                together = list(pool.map(lambda each: network.predict(each).tobytes(), questions))
                assert together == alone

    def test_changed_parameters_change_the_next_answer(self):
        network = Network([4, 3], seed=0)
        question = np.ones((1, 4), np.float32)
        before = network.predict(question)
        network.parameters.values[...] *= 2
        assert not np.array_equal(network.predict(question), before)


class TestPasses:
    def test_forward_takes_rows_or_the_shape_of_the_inputs(self):
        network = Network([Flatten(), Dense(3)], input_shape=(2, 2), seed=0)
        bench = network.bench(5)
        images = np.random.default_rng(0).random((5, 2, 2)).astype(np.float32)
        outputs = network.forward(images, bench).copy()
        assert np.array_equal(network.forward(images.reshape(5, 4), bench), outputs)

    def test_a_bench_on_logits_stops_before_the_last_layer(self):
        network = Network([4, 3], seed=0, dtype=np.float64)
        inputs = np.random.default_rng(0).random((5, 4))
        logits = network.forward(inputs, network.bench(5, logits=True))
        np.testing.assert_allclose(1 / (1 + np.exp(-logits)), network.predict(inputs), rtol=1e-14)

    def test_a_layer_of_ones_own_is_one_class(self):
        @dataclass(eq=False)
        class Double(Layer):
            def forward(self, inputs, workspace):
                return np.multiply(inputs, 2.0, out=workspace.outputs)

            def backward(self, output_gradient, workspace):
                return np.multiply(output_gradient, 2.0, out=workspace.input_gradient)

        network = Network([Double(), Dense(2), Double()], input_shape=3, seed=0, dtype=np.float64)
        plain = Network([Dense(2)], input_shape=3, seed=0, dtype=np.float64)
        inputs = np.random.default_rng(0).random((4, 3))
        np.testing.assert_allclose(network.predict(inputs), 4 * plain.predict(inputs), rtol=1e-15)
        bench = network.bench(4, training=True, input_gradient=True)
        network.forward(inputs, bench)
        by_inputs = network.backward(np.ones((4, 2)), bench)
        np.testing.assert_allclose(by_inputs[0], 4 * plain.layers[0].weights.sum(axis=0), rtol=1e-14)


@pytest.mark.parametrize("nested", [False, True])
def test_answering_about_many_images_takes_bounded_memory(nested):
    """A thousand images at once would take 23,000 numbers each in the first layer alone: 92 MB."""
    layers = [Convolution(20, 5), ReLU(), MaxPool(), Flatten(), Dense(10)]
    network = Network([Sequential(layers)] if nested else layers, (28, 28, 1), seed=1)
    images = np.zeros((1000, 784), np.uint8)
    tracemalloc.start()
    try:
        assert network.predict(images).shape == (1000, 10)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 45e6


def test_however_many_rows_go_at_once_the_answers_are_the_same():
    network = Network([Convolution(4, 3), ReLU(), MaxPool(), Flatten(), Dense(3)], (12, 12, 1), seed=1)
    images = np.random.default_rng(0).random((50, 144))
    whole = network.predict(images)
    network._rows_a_pass = 7
    np.testing.assert_allclose(network.predict(images), whole, rtol=1e-5, atol=1e-6)


def test_a_bench_serves_a_few_fewer_rows_and_holds_nothing_of_those_before_against_them():
    network = Network([6, 4, 3], seed=1)
    inputs = np.random.default_rng(0).random((30, 6), np.float32)
    alone = np.concatenate([network.predict(each) for each in inputs])
    for rows in (30, 25, 24, 17, 13, 12, 11, 1):
        np.testing.assert_allclose(network.predict(inputs[:rows]), alone[:rows], rtol=1e-5)
    assert list(network._own.benches) == [32, 24, 16, 12, 1]
    with pytest.raises(DataError, match="NaN"):
        network.predict(np.full((15, 6), np.nan, np.float32))
    np.testing.assert_allclose(network.predict(inputs[:13]), alone[:13], rtol=1e-5)
