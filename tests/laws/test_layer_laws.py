"""Every layer against the laws that hold for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.errors import SettingError
from chainrule.layers import Dense, Dropout, Flatten, ReLU, Sequential, Sigmoid
from chainrule.network import Network

from .cases import (
    EVERY_DTYPE,
    EVERY_LAYER,
    EVERY_SIZE,
    Case,
    gradient_for,
    inner_layer,
    inputs_for,
    network_of,
    training_bench,
)

# One product of a matrix with other rows around it may be summed in another order by BLAS.
REORDERED = {np.float32: {"rtol": 3e-6, "atol": 1e-6}, np.float64: {"rtol": 1e-14, "atol": 1e-14}}


def same_bits(first: Any, second: Any) -> bool:
    return first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()


@EVERY_LAYER
@EVERY_DTYPE
@EVERY_SIZE
@pytest.mark.parametrize("training", [False, True], ids=["answering", "training"])
def test_forward_returns_the_shape_it_announces_in_the_dtype_of_the_network(case, dtype, rows, training):
    network = network_of(case, dtype)
    bench = network.bench(rows, training=training, generator=np.random.default_rng(0))
    outputs = network.forward(inputs_for(case, rows, dtype), bench)
    assert outputs.shape == (rows, *case.make().output_shape(case.input_shape))
    assert outputs.dtype == dtype
    assert np.isfinite(outputs).all()


@EVERY_LAYER
@EVERY_DTYPE
@EVERY_SIZE
def test_backward_returns_the_input_shape_in_the_dtype_of_the_network(case, dtype, rows):
    network = network_of(case, dtype)
    bench = training_bench(network, rows)
    network.forward(inputs_for(case, rows, dtype), bench)
    gradient = network.backward(gradient_for(network, rows), bench)
    assert gradient.shape == (rows, *case.input_shape)
    assert gradient.dtype == dtype
    assert network.parameters.gradient.dtype == dtype


@EVERY_LAYER
@EVERY_DTYPE
@EVERY_SIZE
def test_backward_writes_and_never_adds(case, dtype, rows):
    network = network_of(case, dtype)
    bench = training_bench(network, rows)
    inputs, output_gradient = inputs_for(case, rows, dtype), gradient_for(network, rows)
    network.forward(inputs, bench)
    network.parameters.gradient.fill(np.nan)
    by_inputs = network.backward(output_gradient, bench).copy()
    by_parameters = network.parameters.gradient.copy()
    assert np.isfinite(by_parameters).all()
    assert np.isfinite(by_inputs).all()

    network.parameters.gradient.fill(1e30)
    again = network.backward(output_gradient, bench)
    assert same_bits(network.parameters.gradient, by_parameters)
    assert same_bits(again, by_inputs)


@EVERY_LAYER
@EVERY_DTYPE
def test_backward_leaves_the_gradient_it_is_given_and_the_inputs_as_they_were(case, dtype):
    network = network_of(case, dtype)
    bench = training_bench(network, 7)
    inputs, output_gradient = inputs_for(case, 7, dtype), gradient_for(network, 7)
    network.forward(inputs, bench)
    network.backward(output_gradient, bench)
    assert same_bits(inputs, inputs_for(case, 7, dtype))
    assert same_bits(output_gradient, gradient_for(network, 7))


@EVERY_LAYER
def test_a_layer_stands_in_one_place_only(case):
    layer = case.make()
    Network([layer], input_shape=case.input_shape, seed=0)
    with pytest.raises(SettingError, match="in a network already"):
        Network([layer], input_shape=case.input_shape, seed=0)


def test_the_same_layer_twice_in_one_network_is_refused():
    layer = Sigmoid()
    with pytest.raises(SettingError, match="one place only"):
        Network([Dense(3), layer, Dense(3), layer], input_shape=2)
    layer = Dense(3)
    with pytest.raises(SettingError, match="one place only"):
        Network([layer, Sequential([layer])], input_shape=3)


@EVERY_LAYER
@EVERY_DTYPE
def test_training_and_answering_are_properties_of_the_bench(case, dtype):
    network = network_of(case, dtype)
    gathered_before = {name: array.copy() for name, array in network.state.items()}
    answering = network.bench(7)
    training = training_bench(network, 7)
    questions, lessons = inputs_for(case, 7, dtype), inputs_for(case, 7, dtype, seed=8)
    before = network.forward(questions, answering).copy()
    network.forward(lessons, training)
    network.backward(gradient_for(network, 7), training)
    gathered = {name: array.copy() for name, array in network.state.items()}
    for name, array in network.state.items():
        assert not np.array_equal(array, gathered_before[name]), "a training pass gathers"
        array[...] = gathered_before[name]
    assert same_bits(network.forward(questions, answering), before)
    for name, array in network.state.items():
        assert same_bits(array, gathered_before[name]), "an answering pass gathers nothing"
        array[...] = gathered[name]


@EVERY_LAYER
@EVERY_DTYPE
def test_learnt_numbers_are_views_into_the_vector(case, dtype):
    network = network_of(case, dtype)
    vector = network.parameters
    covered = np.zeros(len(vector), np.int64)
    for name in vector.parameters:
        layer, attribute = inner_layer(network, name)
        for line, view in (
            (vector.values, getattr(layer, attribute)),
            (vector.gradient, getattr(layer, f"{attribute}_gradient")),
        ):
            assert np.shares_memory(view, line)
            assert view.shape == vector.parameters[name].shape
            line[vector.places[name]] = 17.0
            assert (view == 17.0).all()
        covered[vector.places[name]] += 1
    assert (covered == 1).all()


@EVERY_LAYER
def test_gathered_numbers_are_state_and_not_in_the_vector(case):
    network = network_of(case, np.float32)
    names = [name for name in network.state if name not in network.parameters.parameters]
    assert names == list(network.state)
    for name in names:
        layer, attribute = inner_layer(network, name)
        array = getattr(layer, attribute)
        assert array is network.state[name]
        assert array.dtype == np.float64
        assert not np.shares_memory(array, network.parameters.values)


@EVERY_LAYER
@EVERY_DTYPE
@pytest.mark.parametrize("training", [False, True], ids=["answering", "training"])
def test_what_a_pass_hands_out_is_borrowed_until_the_next(case, dtype, training):
    network = network_of(case, dtype)
    bench = network.bench(7, training=training, generator=np.random.default_rng(0))
    rows = np.empty((7, *case.input_shape), dtype)
    rows[...] = inputs_for(case, 7, dtype)
    first = network.forward(rows, bench)
    kept = first.copy()
    rows[...] = inputs_for(case, 7, dtype, seed=9)
    second = network.forward(rows, bench)
    assert same_bits(first, second)
    assert not np.array_equal(first, kept)


@EVERY_LAYER
@EVERY_DTYPE
def test_what_predict_returns_is_the_callers_own(case, dtype):
    network = network_of(case, dtype)
    inputs = inputs_for(case, 7, dtype)
    first = network.predict(inputs)
    kept = first.copy()
    assert not np.shares_memory(first, inputs)
    network.predict(inputs_for(case, 7, dtype, seed=9))
    assert same_bits(first, kept)
    first.fill(0.0)
    assert same_bits(network.predict(inputs), kept)


@EVERY_LAYER
@EVERY_DTYPE
def test_a_ragged_batch_gives_the_rows_that_each_example_gives_alone(case, dtype):
    network = network_of(case, dtype)
    inputs = inputs_for(case, 7, dtype)
    whole = network.forward(inputs, network.bench(7)).copy()
    ragged = network.forward(inputs[4:], network.bench(3)).copy()
    alone_bench = network.bench(1)
    alone = np.concatenate([network.forward(row[np.newaxis], alone_bench).copy() for row in inputs])
    np.testing.assert_allclose(ragged, whole[4:], **REORDERED[dtype])
    np.testing.assert_allclose(alone, whole, **REORDERED[dtype])


@EVERY_LAYER
@EVERY_DTYPE
def test_the_gradient_of_a_batch_is_the_sum_over_its_ragged_parts(case: Case, dtype):
    if not case.rows_apart or case.random:
        return _ragged_parts_of_a_coupled_batch_still_train(case, dtype)
    network = network_of(case, dtype)
    inputs, output_gradient = inputs_for(case, 7, dtype), gradient_for(network, 7)
    total, by_inputs = np.zeros_like(network.parameters.values), []
    for part in (slice(0, 4), slice(4, 7)):
        bench = training_bench(network, len(inputs[part]))
        network.forward(inputs[part], bench)
        by_inputs.append(network.backward(output_gradient[part], bench).copy())
        total += network.parameters.gradient
    bench = training_bench(network, 7)
    network.forward(inputs, bench)
    together = network.backward(output_gradient, bench)
    np.testing.assert_allclose(np.concatenate(by_inputs), together, **REORDERED[dtype])
    np.testing.assert_allclose(total, network.parameters.gradient, **REORDERED[dtype])
    return None


def _ragged_parts_of_a_coupled_batch_still_train(case: Case, dtype: Any) -> None:
    """Where rows depend on each other or on a draw: two benches side by side do not disturb one another."""
    network = network_of(case, dtype)
    inputs, output_gradient = inputs_for(case, 7, dtype), gradient_for(network, 7)
    whole, ragged = training_bench(network, 4), training_bench(network, 3, seed=6)
    network.forward(inputs[:4], whole)
    network.forward(inputs[4:], ragged)
    network.backward(output_gradient[4:], ragged)
    interleaved = network.backward(output_gradient[:4], whole).copy()
    by_parameters = network.parameters.gradient.copy()
    alone = training_bench(network, 4)
    network.forward(inputs[:4], alone)
    assert same_bits(network.backward(output_gradient[:4], alone), interleaved)
    assert same_bits(network.parameters.gradient, by_parameters)


@EVERY_LAYER
@EVERY_DTYPE
def test_the_input_gradient_is_neither_computed_nor_given_room_unless_asked_for(case, dtype):
    network = network_of(case, dtype)
    asked, not_asked = training_bench(network, 7), training_bench(network, 7, input_gradient=False)
    inputs, output_gradient = inputs_for(case, 7, dtype), gradient_for(network, 7)
    network.forward(inputs, asked)
    assert network.backward(output_gradient, asked) is not None
    with_inputs = network.parameters.gradient.copy()
    network.parameters.gradient.fill(np.nan)
    network.forward(inputs, not_asked)
    assert network.backward(output_gradient, not_asked) is None
    assert same_bits(network.parameters.gradient, with_inputs)
    for layer, bench in not_asked.workspace.steps_back[-1:]:
        assert layer is network.layers[0]
        assert len(getattr(bench, "input_gradient", ())) == 0


def test_layers_before_the_first_that_learns_are_not_visited_on_the_way_back():
    layers = [Flatten(), Dropout(0.2), Dense(4), ReLU(), Dense(2)]
    network = Network(layers, input_shape=(2, 3), seed=0)
    bench = training_bench(network, 5, input_gradient=False)
    assert [layer for layer, _ in bench.workspace.steps] == layers
    assert [layer for layer, _ in bench.workspace.steps_back] == layers[:1:-1]
    first_dense = bench.workspace.steps[2][1]
    assert first_dense.input_gradient.shape == (0, 6)
    second_dense = bench.workspace.steps[4][1]
    assert second_dense.input_gradient.shape == (5, 4)
    with_inputs = training_bench(network, 5)
    assert [layer for layer, _ in with_inputs.workspace.steps_back] == layers[::-1]


def test_a_nested_block_at_the_entrance_spares_the_input_gradient_too():
    block = Sequential([ReLU(), Dense(4), Sigmoid()])
    network = Network([block, Dense(2)], input_shape=3, seed=0)
    bench = training_bench(network, 5, input_gradient=False)
    inside = bench.workspace.steps[0][1]
    assert [layer for layer, _ in inside.steps_back] == block.layers[:0:-1]
    assert inside.steps[1][1].input_gradient.shape == (0, 3)


def test_a_bench_for_answering_goes_nowhere_back():
    network = Network([3, 4, 2], seed=0)
    bench = network.bench(5)
    network.forward(np.zeros((5, 3), np.float32), bench)
    assert bench.workspace.steps_back == []
    with pytest.raises(SettingError, match="training=True"):
        network.backward(np.zeros((5, 2), np.float32), bench)


@EVERY_DTYPE
def test_examples_are_rows_and_a_weight_leads_from_its_column_to_its_row(dtype):
    network = Network([Dense(3)], input_shape=4, seed=0, dtype=dtype)
    layer = network.layers[0]
    network.parameters.values.fill(0.0)
    layer.weights[2, 1] = 5.0
    layer.biases[0] = 0.5
    outputs = network.predict(np.array([[1, 10, 100, 1000], [2, 20, 200, 2000]], dtype))
    assert outputs.tolist() == [[0.5, 0.0, 50.0], [0.5, 0.0, 100.0]]
    assert layer.weights.shape == (3, 4)
