"""Every layer can be said in plain data, and plain data from anywhere is either a layer or refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers import Convolution, Dense, Dropout, Layer, MaxPool, Reshape, Residual, Sequential
from chainrule.layers.registry import ACTIVATIONS, LAYERS, activation_named, described, rebuilt
from chainrule.network import Network
from chainrule.numerics.initializers import INITIALIZERS, Constant, Normal

from .cases import EVERY_LAYER, inputs_for


@EVERY_LAYER
def test_a_layer_survives_json(case):
    layer = case.make()
    data = described(layer)
    again = rebuilt(json.loads(json.dumps(data, allow_nan=False)))
    assert type(again) is type(layer)
    assert described(again) == data


@EVERY_LAYER
def test_a_rebuilt_layer_computes_the_same(case):
    layer = case.make()
    first = Network([layer], input_shape=case.input_shape, seed=6)
    second = Network([rebuilt(described(layer))], input_shape=case.input_shape, seed=6)
    assert first.fingerprint() == second.fingerprint()
    inputs = inputs_for(case, 3, np.float32)
    assert np.array_equal(first.predict(inputs), second.predict(inputs))


@EVERY_LAYER
def test_a_layer_in_a_network_is_described_by_its_settings_alone(case):
    layer, other = case.make(), case.make()
    Network([layer], input_shape=case.input_shape, seed=0)
    assert described(layer) == described(other)


def test_settings_of_every_start_survive():
    for name, kind in INITIALIZERS.items():
        layer = Dense(2, initializer=name, bias_initializer=Normal(0.25))
        again = rebuilt(json.loads(json.dumps(described(layer))))
        assert again.initializer == kind()
        assert again.bias_initializer == Normal(0.25)
    again = rebuilt(described(Dense(2, initializer=Constant(-1.5))))
    assert again.initializer == Constant(-1.5)


def test_every_activation_has_a_name():
    for name, kind in ACTIVATIONS.items():
        assert type(activation_named(name)) is kind
    with pytest.raises(UnknownNameError, match="Did you mean 'sigmoid'"):
        activation_named("sigmoidal")


HOSTILE: list[Any] = [
    None,
    3,
    "Dense",
    [],
    {},
    {"units": 3},
    {"type": 3},
    {"type": None},
    {"type": ["Dense"]},
    {"type": "Densely", "units": 3},
    {"type": "__class__"},
    {"type": "os.system"},
    {"type": "Dense"},
    {"type": "Dense", "units": 0},
    {"type": "Dense", "units": -3},
    {"type": "Dense", "units": 2.0},
    {"type": "Dense", "units": "3"},
    {"type": "Dense", "units": True},
    {"type": "Dense", "units": None},
    {"type": "Dense", "units": [3]},
    {"type": "Dense", "units": 3, "bias": 1},
    {"type": "Dense", "units": 3, "bias": "yes"},
    {"type": "Dense", "units": 3, "weights": [[1.0]]},
    {"type": "Dense", "units": 3, "_bound": True},
    {"type": "Dense", "units": 3, "initializer": "normal"},
    {"type": "Dense", "units": 3, "initializer": {"type": "Dense", "units": 3}},
    {"type": "Dense", "units": 3, "initializer": {"type": "normal", "sd": -1.0}},
    {"type": "Dense", "units": 3, "initializer": {"type": "normal", "sd": "1"}},
    {"type": "Dense", "units": 3, "initializer": {"type": "normal", "sd": 10**400}},
    {"type": "Dense", "units": 3, "initializer": {"type": "constant", "value": 10**400}},
    {"type": "Dense", "units": 3, "initializer": {"type": "constant", "value": float("nan")}},
    {"type": "Dense", "units": 3, "initializer": None},
    {"type": "Dropout", "rate": 1.0},
    {"type": "Dropout", "rate": -0.1},
    {"type": "Dropout", "rate": float("nan")},
    {"type": "Dropout", "rate": "0.5"},
    {"type": "Dropout", "rate": True},
    {"type": "Dropout", "rate": 10**400},
    {"type": "BatchNorm", "momentum": 0},
    {"type": "BatchNorm", "epsilon": float("inf")},
    {"type": "ELU", "alpha": 0.0},
    {"type": "ELU", "alpha": 10**400},
    {"type": "PReLU", "initial_slope": float("nan")},
    {"type": "PReLU", "initial_slope": 10**400},
    {"type": "LeakyReLU", "slope": 1.5},
    {"type": "Reshape"},
    {"type": "Reshape", "shape": []},
    {"type": "Reshape", "shape": 4},
    {"type": "Reshape", "shape": "ab"},
    {"type": "Reshape", "shape": [2, -2]},
    {"type": "Reshape", "shape": [2.0, 2]},
    {"type": "Reshape", "shape": [True, 2]},
    {"type": "Reshape", "shape": {"2": 2}},
    {"type": "Convolution"},
    {"type": "Convolution", "filters": 2},
    {"type": "Convolution", "filters": 0, "kernel": [3, 3]},
    {"type": "Convolution", "filters": True, "kernel": [3, 3]},
    {"type": "Convolution", "filters": 2, "kernel": "33"},
    {"type": "Convolution", "filters": 2, "kernel": 3.0},
    {"type": "Convolution", "filters": 2, "kernel": []},
    {"type": "Convolution", "filters": 2, "kernel": [3, 3, 3]},
    {"type": "Convolution", "filters": 2, "kernel": [3, 0]},
    {"type": "Convolution", "filters": 2, "kernel": [3, True]},
    {"type": "Convolution", "filters": 2, "kernel": [3, 3], "stride": [-1, 1]},
    {"type": "Convolution", "filters": 2, "kernel": [3, 3], "padding": "full"},
    {"type": "Convolution", "filters": 2, "kernel": [3, 3], "padding": 1},
    {"type": "Convolution", "filters": 2, "kernel": [3, 3], "padding": ["same"]},
    {"type": "MaxPool", "size": None},
    {"type": "MaxPool", "size": [0, 2]},
    {"type": "MaxPool", "size": [2, 2], "stride": [2]},
    {"type": "AveragePool", "size": "2"},
    {"type": "GlobalAveragePool", "size": [2, 2]},
    {"type": "ZeroPad"},
    {"type": "ZeroPad", "margin": [0, -1]},
    {"type": "ZeroPad", "margin": 1001},
    {"type": "ZeroPad", "margin": [1, 2, 3]},
    {"type": "ZeroPad", "margin": "1"},
    {"type": "Sequential"},
    {"type": "Sequential", "layers": None},
    {"type": "Sequential", "layers": {"type": "Sigmoid"}},
    {"type": "Sequential", "layers": ["Sigmoid"]},
    {"type": "Residual", "layers": [{"type": "Sigmoid"}, 7]},
    {"type": "Ensemble", "layers": []},
    {"type": "Ensemble", "layers": [{"type": "Sigmoid"}]},
    {"type": "Ensemble", "layers": [[{"type": "Sigmoid"}]]},
    {"type": "Sigmoid", 5: 1},
    {"type": "Sigmoid", None: 1},
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: repr(data)[:70])
def test_hostile_data_is_refused_with_a_setting_error(data):
    with pytest.raises(SettingError):
        rebuilt(data)


@pytest.mark.parametrize("levels", [17, 200, 100_000])
def test_blocks_nested_too_deeply_are_refused_before_the_stack_ends(levels):
    data: Any = {"type": "Sigmoid"}
    for _ in range(levels):
        data = {"type": "Sequential", "layers": [data]}
    with pytest.raises(SettingError, match="deeper"):
        rebuilt(data)


@pytest.mark.parametrize("where", ["layer", "layers", "setting", "initializer"])
def test_deep_nesting_where_no_block_belongs_is_refused_too(where):
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    data = {
        "layer": deep,
        "layers": {"type": "Sequential", "layers": {"in": deep}},
        "setting": {"type": "Dropout", "rate": deep},
        "initializer": {"type": "Dense", "units": 1, "initializer": deep},
    }[where]
    with pytest.raises(SettingError):
        rebuilt(data)


def test_a_message_about_bad_data_stays_short():
    for data in (["x" * 10**6], {"type": "Dropout", "rate": "x" * 10**6}, {"type": "x" * 10**6}):
        with pytest.raises(SettingError) as caught:
            rebuilt(data)
        assert len(str(caught.value)) < 1000


names = st.sampled_from([*LAYERS, *INITIALIZERS, "type", "Other", ""])
keys = st.sampled_from(
    ["type", "units", "bias", "initializer", "bias_initializer", "rate", "shape", "layers", "slope", "alpha"]
)
keys |= st.sampled_from(["filters", "kernel", "stride", "padding", "size"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
objects = st.builds(
    lambda name, rest: {**rest, "type": name}, names, st.dictionaries(keys, plain, max_size=4)
)


@given(plain | objects)
@settings(max_examples=300)
def test_any_data_is_a_layer_or_a_setting_error(data):
    try:
        layer = rebuilt(data)
    except SettingError:
        return
    assert isinstance(layer, Layer)
    assert rebuilt(described(layer)) is not layer


def test_settings_given_as_numpy_numbers_can_still_be_written_as_json():
    for layer in (
        Dense(np.int64(3)),
        Dropout(np.float64(0.5)),
        Reshape((np.int64(2), np.int32(3))),
        Convolution(np.int64(3), (np.int32(2), 3), stride=np.int8(2)),
        MaxPool(np.int64(3), [1, np.int16(2)]),
        Residual([Dense(np.int32(2))]),
        Sequential((Dense(2),)),
    ):
        assert described(rebuilt(json.loads(json.dumps(described(layer))))) == described(layer)
