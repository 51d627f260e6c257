"""A saved model comes back the same, to the bit, and its file is whole or not there."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from chainrule.data.dataset import Scaling
from chainrule.errors import DivergedError, FileError, SettingError
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
)
from chainrule.network import Network
from chainrule.storage import load_model, save_model


def every_layer(dtype: Any = np.float32) -> Network:
    """A network with every kind of layer, trained for one pass so that its statistics are its own."""
    network = Network(
        [
            Reshape((8,)),
            Dense(6, "normal", bias_initializer="normal"),
            BatchNorm(),
            ReLU(),
            Dropout(0.25),
            Residual([Dense(6, bias=False), BatchNorm(0.2), LeakyReLU(0.1)]),
            Sequential([Dense(5, "he_normal"), PReLU(0.1), ELU(0.5), Tanh(), Sigmoid(), Step(), Flatten()]),
            Dense(3),
            Softmax(),
        ],
        (2, 4),
        seed=4,
        dtype=dtype,
        scaling=Scaling(0.99 / 255, 0.01),
        class_names=["ä", "雪 \U0001f600", 'quote " \n \x00'],
    )
    bench = network.bench(16, training=True, generator=np.random.default_rng(0))
    network.forward(np.random.default_rng(1).random((16, 8)).astype(dtype), bench)
    network.training_record = {"settings": {"loss": "quadratic"}, "history": [1, 0.5, None, "é"]}
    return network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_comes_back(dtype: Any, tmp_path: Path) -> None:
    network = every_layer(dtype)
    save_model(network, tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.fingerprint() == network.fingerprint()
    assert again.dtype == network.dtype
    assert again.architecture() == network.architecture()
    assert again.scaling == network.scaling
    assert again.class_names == network.class_names
    assert again.training_record == network.training_record
    inputs = np.random.default_rng(2).integers(0, 256, (7, 8), dtype=np.uint8)
    assert again.predict(inputs).tobytes() == network.predict(inputs).tobytes()


def test_a_fresh_process_predicts_the_same_bits(tmp_path: Path) -> None:
    network = every_layer()
    save_model(network, tmp_path / "model.safetensors")
    program = (
        "import sys, numpy as np; from chainrule.storage import load_model\n"
        "network, inputs = load_model(sys.argv[1]), np.arange(40, dtype=np.uint8).reshape(5, 8)\n"
        "print(network.fingerprint(), network.predict(inputs).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "model.safetensors")],
        capture_output=True,
        text=True,
        check=True,
    )
    predicted = network.predict(np.arange(40, dtype=np.uint8).reshape(5, 8)).tobytes().hex()
    assert done.stdout.split() == [network.fingerprint(), predicted]


def test_any_reader_of_safetensors_finds_each_array_under_its_name(tmp_path: Path) -> None:
    network = every_layer()
    save_model(network, tmp_path / "model.safetensors")
    arrays = load_file(tmp_path / "model.safetensors")
    expected = {f"parameters/{name}" for name in network.parameters.parameters}
    assert arrays.keys() == expected | {f"state/{name}" for name in network.state}
    assert (arrays["parameters/1.weights"] == network.parameters.view("1.weights")).all()
    assert arrays["parameters/1.weights"].shape == (6, 8)


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_model(every_layer(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@settings(max_examples=50)
@given(st.lists(st.text(), min_size=2, max_size=2), st.floats(-1e6, 1e6).filter(bool), st.floats(-10, 10))
def test_any_class_name_and_scaling_come_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], scale: float, shift: float
) -> None:
    path = tmp_path_factory.mktemp("names") / "model"
    network = Network([1, 2], seed=0, class_names=names, scaling=Scaling(scale, shift))
    save_model(network, path)
    again = load_model(path)
    assert again.class_names == tuple(names)
    assert again.scaling == Scaling(scale, shift)


def test_a_loaded_network_can_learn_on(tmp_path: Path) -> None:
    save_model(Network([3, 2], seed=0), tmp_path / "model")
    network = load_model(tmp_path / "model")
    bench = network.bench(1, training=True)
    network.forward(np.ones((1, 3), np.float32), bench)
    network.backward(np.ones((1, 2), np.float32), bench)
    network.parameters.values -= network.parameters.gradient
    assert network.parameters.gradient.any()


def test_extreme_but_finite_numbers_come_back(tmp_path: Path) -> None:
    network = Network([2, 2], seed=0)
    network.parameters.values[:4] = [3.4028235e38, -3.4028235e38, 1e-45, -0.0]
    save_model(network, tmp_path / "model")
    assert load_model(tmp_path / "model").fingerprint() == network.fingerprint()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_network_is_not_saved(bad: float, tmp_path: Path) -> None:
    network = Network([2, 2])
    network.parameters.values[3] = bad
    with pytest.raises(DivergedError, match="not saved"):
        save_model(network, tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("record", [{"x": object()}, {"x": float("nan")}])
def test_a_record_that_is_not_plain_data_is_refused(record: dict[str, Any], tmp_path: Path) -> None:
    network = Network([2, 2])
    network.training_record = record
    with pytest.raises(SettingError, match="plain JSON"):
        save_model(network, tmp_path / "model")


def test_class_names_that_are_not_one_an_output_are_refused(tmp_path: Path) -> None:
    network = Network([2, 2])
    network.class_names = ("only one",)
    with pytest.raises(SettingError, match="class names"):
        save_model(network, tmp_path / "model")


def test_a_record_beyond_what_can_be_read_again_is_refused(tmp_path: Path) -> None:
    network = Network([2, 2])
    network.training_record = {"notes": "x" * 2**23}
    with pytest.raises(SettingError, match="training record"):
        save_model(network, tmp_path / "model")


def no_space(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_permission(*_: object, **__: object) -> NoReturn:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@pytest.mark.parametrize(
    ("function", "failure", "word"),
    [
        ("os.fsync", no_space, "No space left"),
        ("os.replace", no_space, "No space left"),
        ("pathlib.Path.write_bytes", no_space, "No space left"),
        ("tempfile.mkstemp", no_permission, "Permission denied"),
        ("os.replace", no_permission, "Permission denied"),
    ],
)
def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    function: str, failure: Any, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.safetensors"
    old = Network([2, 2], seed=0)
    save_model(old, path)
    with monkeypatch.context() as patch:
        patch.setattr(function, failure)
        with pytest.raises(FileError, match=word):
            save_model(Network([2, 2], seed=1), path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert load_model(path).fingerprint() == old.fingerprint()


def test_a_model_is_not_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="folder"):
        save_model(Network([2, 2]), tmp_path)


def test_the_description_is_readable_json(tmp_path: Path) -> None:
    save_model(Network([2, 3]), tmp_path / "model")
    whole = (tmp_path / "model").read_bytes()
    size = int.from_bytes(whole[:8], "little")
    document = json.loads(json.loads(whole[8 : 8 + size])["__metadata__"]["chainrule"])
    assert document["format"] == 1
    assert document["dtype"] == "float32"
    assert document["class_names"] == ["0", "1", "2"]
    assert document["architecture"]["input_shape"] == [2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_file_of_half_precision_answers_as_the_rounded_parameters_do(dtype: Any, tmp_path: Path) -> None:
    network = every_layer(dtype)
    before = network.fingerprint()
    save_model(network, tmp_path / "half", dtype="float16")
    assert network.fingerprint() == before
    again = load_model(tmp_path / "half")
    assert again.dtype == dtype
    assert again.fingerprint() != before
    network.parameters.values[...] = network.parameters.values.astype(np.float16)
    assert again.fingerprint() == network.fingerprint()
    inputs = np.random.default_rng(2).random((7, 8)).astype(dtype)
    assert again.predict(inputs).tobytes() == network.predict(inputs).tobytes()


def test_a_file_of_half_precision_is_half_as_large(tmp_path: Path) -> None:
    network = Network([300, 100, 10], seed=0)
    for dtype in ("float32", "float16"):
        save_model(network, tmp_path / dtype, dtype=dtype)
    save_model(network, tmp_path / "own")
    assert (tmp_path / "own").read_bytes() == (tmp_path / "float32").read_bytes()
    whole, half = ((tmp_path / dtype).stat().st_size for dtype in ("float32", "float16"))
    assert whole - half == pytest.approx(2 * len(network.parameters), abs=16)


def test_numbers_too_large_for_half_precision_are_not_saved(tmp_path: Path) -> None:
    network = Network([3, 2], seed=0)
    network.parameters.values[0] = 70_000.0
    with pytest.raises(DivergedError):
        save_model(network, tmp_path / "model", dtype="float16")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", ["float64", "int8", "half", ""])
def test_other_number_types_are_refused(dtype: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="saved as float32, in which this network computes, or as float16"):
        save_model(Network([3, 2], seed=0), tmp_path / "model", dtype=dtype)
