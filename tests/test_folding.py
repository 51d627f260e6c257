"""A folded network answers as the whole one does, with fewer layers."""

import numpy as np
import pytest

import chainrule as cr

from .laws.cases import CASES, inputs_for, network_of, shuffle_parameters

CLOSE = {np.float32: 1e-5, np.float64: 1e-12}


def image_network(dtype):
    layers = [
        cr.Convolution(3, 3, bias=False, padding="same"),
        cr.BatchNorm(epsilon=0.01),
        cr.ReLU(),
        cr.Residual([cr.Convolution(3, 3, padding="same"), cr.Dropout(0.5), cr.BatchNorm(), cr.Tanh()]),
        cr.MaxPool(2),
        cr.BatchNorm(),
        cr.Flatten(),
        cr.Sequential([cr.Dropout(0.2), cr.Dense(6), cr.BatchNorm(), cr.BatchNorm(), cr.ELU()]),
        cr.Ensemble([[cr.Dense(4, bias=False), cr.BatchNorm(), cr.Softmax()], [cr.Dense(4), cr.Softmax()]]),
    ]
    network = cr.Network(layers, (6, 5, 2), seed=1, dtype=dtype, scaling=cr.Scaling(0.5), class_names="abcd")
    shuffle_parameters(network)
    network.training_record = {"settings": {"loss": "quadratic"}}
    return network


@pytest.mark.parametrize("dtype", CLOSE)
def test_a_folded_network_answers_the_same(dtype):
    network = image_network(dtype)
    inputs = np.random.default_rng(2).standard_normal((40, 6, 5, 2)).astype(dtype)
    before = network.fingerprint()
    expected, found = network.predict(inputs), cr.folded(network).predict(inputs)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE[dtype])
    assert np.ptp(expected, axis=0).min() > 1e-3, "outputs that differ, so that agreeing says something"
    assert network.fingerprint() == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_layer_folded_answers_the_same(case):
    network = network_of(case)
    inputs = inputs_for(case, 5)
    np.testing.assert_allclose(
        cr.folded(network).predict(inputs), network.predict(inputs), rtol=1e-12, atol=1e-12
    )


def test_normalisation_after_weights_is_gone_and_other_normalisation_stays():
    folded = cr.folded(image_network(np.float64))
    kinds = [type(layer).__name__ for layer in folded.layers]
    assert kinds == [
        *("Convolution", "ReLU", "Residual", "MaxPool", "BatchNorm", "Flatten", "Sequential", "Ensemble")
    ]
    inside = [[type(part).__name__ for part in folded.layers[place].layers] for place in (2, 6)]
    assert inside == [["Convolution", "Tanh"], ["Dense", "ELU"]]
    assert [type(part).__name__ for part in folded.layers[7].layers[0].layers] == ["Dense", "Softmax"]
    assert folded.layers[0].bias
    assert set(folded.state) == {"4.running_mean", "4.running_variance"}


def test_what_the_network_knows_of_itself_goes_along_and_nothing_is_shared():
    network = image_network(np.float32)
    folded = cr.folded(network)
    assert (folded.scaling, folded.class_names) == (network.scaling, network.class_names)
    assert folded.training_record == network.training_record
    assert folded.training_record["settings"] is not network.training_record["settings"]
    assert not np.shares_memory(folded.parameters.values, network.parameters.values)
    answers = folded.predict(np.ones((2, 60), np.float32))
    network.parameters.values.fill(0.0)
    network.state["5.running_mean"].fill(9.0)
    np.testing.assert_array_equal(folded.predict(np.ones((2, 60), np.float32)), answers)


def test_a_network_without_normalisation_is_copied_to_the_bit():
    network = cr.Network([6, 5, 3], seed=1)
    assert cr.folded(network).fingerprint() == network.fingerprint()
    assert cr.folded(network).architecture() == network.architecture()


def test_a_network_of_nothing_but_dropout_hands_on_what_it_is_given():
    folded = cr.folded(cr.Network([cr.Dropout(0.5)], 3, seed=0))
    np.testing.assert_array_equal(folded.predict([[0.5, -1.0, 2.0]]), [[0.5, -1.0, 2.0]])


def test_folding_twice_changes_nothing():
    once = cr.folded(image_network(np.float32))
    assert cr.folded(once).fingerprint() == once.fingerprint()


def test_a_folded_network_goes_through_a_file(tmp_path):
    folded = cr.folded(image_network(np.float32))
    cr.save_model(folded, tmp_path / "model")
    assert cr.load_model(tmp_path / "model").fingerprint() == folded.fingerprint()
