"""Whatever a file holds, loading it gives a network or one clear error, and never a crash."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save, save_file

from chainrule.errors import FileError, ModelFileError
from chainrule.layers import BatchNorm, Dense, Dropout, Residual, Sigmoid, Softmax
from chainrule.network import Network
from chainrule.storage import load_model, save_model
from chainrule.storage.tensor_file import read_tensors


def small_network() -> Network:
    return Network([Dense(3), BatchNorm(), Residual([Sigmoid()]), Dropout(), Dense(2), Softmax()], 2, seed=0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a small model file."""
    path = tmp_path_factory.mktemp("small") / "model"
    save_model(small_network(), path)
    return path.read_bytes()


def with_header(header: bytes, numbers: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + numbers


def parts(whole: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Header, document and numbers of a file."""
    size = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + size])
    return header, json.loads(header["__metadata__"]["chainrule"]), whole[8 + size :]


def with_document(whole: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file with its document changed."""
    header, document, numbers = parts(whole)
    change(document)
    header["__metadata__"]["chainrule"] = json.dumps(document)
    return with_header(json.dumps(header).encode(), numbers)


def refused(path: Path, data: bytes, match: str = "model") -> None:
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=match) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000 + len(str(path))


def test_a_file_cut_off_at_any_byte_is_refused(whole: bytes, tmp_path: Path) -> None:
    for length in range(len(whole)):
        refused(tmp_path / "model", whole[:length])


def test_a_file_with_more_bytes_is_refused(whole: bytes, tmp_path: Path) -> None:
    refused(tmp_path / "model", whole + b"\0")


def test_flipped_bytes_give_a_network_or_a_clear_error(whole: bytes, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    path = tmp_path / "model"
    for _ in range(1500):
        data = bytearray(whole)
        for place in generator.integers(0, len(data), generator.integers(1, 4)):
            data[place] ^= int(generator.integers(1, 256))
        path.write_bytes(data)
        try:
            network = load_model(path)
        except ModelFileError:
            continue
        assert np.isfinite(network.parameters.values).all()


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_clear_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "model"
    refused(path, data)
    refused(path, with_header(data))


@pytest.mark.parametrize("size", [2**40, 2**63, 2**64 - 1, 200 * 2**20, 0, 1])
def test_a_header_that_claims_a_size_is_not_believed(size: int, whole: bytes, tmp_path: Path) -> None:
    refused(tmp_path / "model", size.to_bytes(8, "little") + whole[8:], "cut off or something else")


def test_a_header_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with open(path, "wb") as stream:
        stream.write((200 * 2**20).to_bytes(8, "little"))
        stream.truncate(201 * 2**20)
    with pytest.raises(ModelFileError, match="cut off or something else"):
        load_model(path)


def test_a_file_beyond_the_limit_is_refused_unread(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    with open(path, "wb") as stream:
        stream.write(whole)
        stream.truncate(2**31 + 1)
    with pytest.raises(ModelFileError, match="at most"):
        load_model(path)


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b"null",
        b"12",
        b'"x"',
        b'{"a": ',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\x00",
        b'{"__metadata__": 3}',
        b'{"__metadata__": {"chainrule": 3}}',
        b'{"__metadata__": {"chainrule": "NaN"}}',
        b'{"__metadata__": {"chainrule": "[]"}}',
        b'{"__metadata__": {"chainrule": "{}"}}',
        b'{"__metadata__": {"chainrule": "{\\"format\\": true}"}}',
        b'{"__metadata__": {"chainrule": "{\\"format\\": 0}"}}',
        b'{"__metadata__": {"chainrule": "{\\"format\\": 1}"}}',
        b'{"__metadata__": {"chainrule": "' + b"[" * 100_000 + b'"}}',
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
)
def test_headers_that_say_something_else_are_refused(header: bytes, tmp_path: Path) -> None:
    refused(tmp_path / "model", with_header(header))


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "BF16"},
        {"dtype": "I64"},
        {"dtype": ["F32"]},
        {"shape": "22"},
        {"shape": [-3, -2]},
        {"shape": [3.0, 2]},
        {"shape": [True, 6]},
        {"shape": [0, 10**18]},
        {"shape": [2**31, 2**31]},
        {"shape": [10**5000]},
        {"shape": [1] * 100},
        {"shape": [6]},
        {"shape": [2, 3]},
        {"data_offsets": [0, 2**62]},
        {"data_offsets": [4, 0]},
        {"data_offsets": [-4, 20]},
        {"data_offsets": []},
        {"data_offsets": None},
        {"extra": 1},
    ],
)
def test_arrays_described_wrongly_are_refused(change: dict[str, Any], whole: bytes, tmp_path: Path) -> None:
    header, _, numbers = parts(whole)
    header["parameters/0.weights"] |= change
    if "extra" in change:
        header["parameters/0.weights"] = 7
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    text = json.dumps(header).encode()
    sys.set_int_max_str_digits(limit)
    refused(tmp_path / "model", with_header(text, numbers))


def test_one_name_twice_is_refused(whole: bytes, tmp_path: Path) -> None:
    header, _, numbers = parts(whole)
    odd = json.dumps(header["parameters/0.weights"] | {"dtype": "BF16", "shape": [6, 2]})
    twice = f'"parameters/0.weights": {odd}'
    for text in ("{" + twice + ", " + json.dumps(header)[1:], json.dumps(header)[:-1] + ", " + twice + "}"):
        refused(tmp_path / "model", with_header(text.encode(), numbers), "twice")


def test_a_safetensors_file_of_another_program_is_named_so(tmp_path: Path) -> None:
    save_file({"a": np.zeros(3)}, tmp_path / "foreign", {"format": "pt"})
    with pytest.raises(ModelFileError, match="not one that chainrule wrote"):
        load_model(tmp_path / "foreign")


def test_a_later_format_says_to_update(whole: bytes, tmp_path: Path) -> None:
    changed = with_document(whole, lambda document: document.update(format=2, version="9.9"))
    refused(tmp_path / "model", changed, r"9\.9.*Update chainrule")


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a small model file with parameters of half precision."""
    path = tmp_path_factory.mktemp("half") / "model"
    save_model(small_network(), path, "float16")
    return path.read_bytes()


def test_a_file_of_half_precision_cut_off_anywhere_is_refused(half: bytes, tmp_path: Path) -> None:
    for length in range(0, len(half), 7):
        refused(tmp_path / "model", half[:length])


@pytest.mark.parametrize(
    ("name", "dtype", "match"),
    [
        ("parameters/0.weights", np.float32, "expected 'parameters/0.weights' as float16"),
        ("parameters/4.biases", np.float64, "expected 'parameters/4.biases' as float16"),
        ("state/1.running_mean", np.float16, "expected 'state/1.running_mean' as float64"),
        ("state/1.running_mean", np.float32, "expected 'state/1.running_mean' as float64"),
    ],
)
def test_half_precision_is_for_all_parameters_and_nothing_else(
    name: str, dtype: Any, match: str, half: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "model"
    path.write_bytes(half)
    tensors, document = read_tensors(path, "a model file")
    tensors[name] = tensors[name].astype(dtype)
    refused(path, save(tensors, {"chainrule": json.dumps(document)}), match)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_half_precision_that_is_not_finite_is_refused(bad: float, half: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(half)
    tensors, document = read_tensors(path, "a model file")
    tensors = {key: array.copy() for key, array in tensors.items()}
    tensors["parameters/0.weights"].flat[0] = bad
    refused(path, save(tensors, {"chainrule": json.dumps(document)}), "NaN or infinity")


def test_half_precision_does_not_make_a_network_of_half_precision(half: bytes, tmp_path: Path) -> None:
    refused(tmp_path / "model", with_document(half, lambda document: document.update(dtype="float16")))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["parameters/0.weights", "state/1.running_mean"])
def test_numbers_that_are_not_finite_are_refused(name: str, bad: float, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(whole)
    tensors, document = read_tensors(path, "a model file")
    tensors = {key: array.copy() for key, array in tensors.items()}
    tensors[name].flat[0] = bad
    refused(path, save(tensors, {"chainrule": json.dumps(document)}), "NaN or infinity")


def layers(*described: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["architecture"].update(layers=list(described))


def first_layer(**change: Any) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["architecture"]["layers"][0].update(change)


def nested(depth: int) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "Sigmoid"}
    for _ in range(depth):
        block = {"type": "Residual", "layers": [block]}
    return block


@pytest.mark.parametrize(
    "change",
    [
        first_layer(units=10**9),
        first_layer(units=10**400),
        first_layer(units=0),
        first_layer(units="3"),
        first_layer(units=3.0),
        first_layer(units=4),
        first_layer(type="Convolution"),
        first_layer(type="__import__"),
        first_layer(type=["Dense"]),
        first_layer(surprise=1),
        first_layer(initializer="normal"),
        first_layer(initializer={"type": "normal", "sd": 10**400}),
        first_layer(initializer={"type": "normal", "sd": -1}),
        first_layer(bias=False),
        layers(),
        layers({"type": "Dense"}),
        layers({"type": "PReLU", "initial_slope": 10**400}),
        layers({"type": "Reshape", "shape": [2**40]}),
        layers({"type": "BatchNorm", "momentum": 0.1, "epsilon": 1e-5}),
        layers(nested(12)),
        layers(nested(100)),
        lambda document: document["architecture"].update(input_shape=[10**12]),
        lambda document: document["architecture"].update(input_shape=[]),
        lambda document: document["architecture"].update(input_shape=[1, 2]),
        lambda document: document["architecture"].update(input_shape=[2.0]),
        lambda document: document["architecture"].update(input_shape=2),
        lambda document: document["architecture"].update(input_shape=[10**12], layers=[{"type": "Sigmoid"}]),
        lambda document: document.update(architecture=[]),
        lambda document: document.update(dtype="float64"),
        lambda document: document.update(dtype="object"),
        lambda document: document.update(dtype=["float32"]),
        lambda document: document.update(class_names=["a"]),
        lambda document: document.update(class_names=[]),
        lambda document: document.update(class_names=[1, 2]),
        lambda document: document.update(class_names="ab"),
        lambda document: document.update(scaling=None),
        lambda document: document.update(scaling={"scale": 0, "shift": 0}),
        lambda document: document.update(scaling={"scale": 10**400, "shift": 0}),
        lambda document: document.update(scaling={"scale": "1", "shift": 0}),
        lambda document: document.update(scaling={"scale": True, "shift": 0}),
        lambda document: document.update(training_record=[]),
        lambda document: document.update(checkpoint_format=1),
        *[
            lambda document, key=key: document.pop(key)
            for key in ("format", "architecture", "dtype", "scaling", "class_names", "training_record")
        ],
    ],
)
def test_descriptions_that_do_not_describe_the_numbers_are_refused(
    change: Callable[[dict[str, Any]], object], whole: bytes, tmp_path: Path
) -> None:
    refused(tmp_path / "model", with_document(whole, change))


def test_a_start_too_wide_for_float32_is_no_obstacle(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(with_document(whole, first_layer(initializer={"type": "normal", "sd": 1e300})))
    assert load_model(path).fingerprint() == small_network().fingerprint()


@pytest.mark.parametrize(
    ("name", "match"),
    [("parameters/9.weights", "not in the architecture"), ("other", "not in the architecture")],
)
def test_an_array_too_many_is_refused(name: str, match: str, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(whole)
    tensors, document = read_tensors(path, "a model file")
    tensors[name] = np.zeros(3, np.float32)
    refused(path, save(tensors, {"chainrule": json.dumps(document)}), match)


def test_a_missing_array_is_named(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(whole)
    tensors, document = read_tensors(path, "a model file")
    del tensors["parameters/4.biases"]
    refused(path, save(tensors, {"chainrule": json.dumps(document)}), "4.biases' is missing")


@given(data=st.data())
@settings(max_examples=300)
def test_any_change_of_the_description_gives_a_network_or_a_clear_error(
    data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )

    def change(document: dict[str, Any]) -> None:
        places = list(inner_places(document))
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(plain)

    path = tmp_path_factory.mktemp("change") / "model"
    path.write_bytes(with_document(whole, change))
    with suppress(ModelFileError):
        load_model(path)


def inner_places(thing: Any) -> list[tuple[Any, Any]]:
    """Every place in nested plain data that another value could be put in."""
    keys = list(thing) if isinstance(thing, dict) else range(len(thing)) if isinstance(thing, list) else []
    return [place for key in keys for place in [(thing, key), *inner_places(thing[key])]]


def test_no_such_file_and_a_folder_are_file_errors(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        load_model(tmp_path / "absent")
    with pytest.raises(FileError, match="folder"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["x" * 300, "nul\0byte"])
def test_a_name_no_file_can_have_is_a_file_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        load_model(tmp_path / name)


def test_a_file_that_cannot_be_read_is_a_file_error(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").write_bytes(whole)

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("chainrule.storage.tensor_file.os.fstat", failing)
    with pytest.raises(FileError, match="Input/output error"):
        load_model(tmp_path / "model")
    monkeypatch.undo()
