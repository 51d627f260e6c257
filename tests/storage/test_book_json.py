"""The book's JSON, read and written; and what is not one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data.dataset import Scaling
from chainrule.errors import DivergedError, FileError, ModelFileError, SettingError
from chainrule.layers import Dense, Dropout, Flatten, ReLU, Sigmoid, Softmax
from chainrule.network import Network
from chainrule.storage import book_json, read_book_json, write_book_json

BOOK: dict[str, Any] = {
    "sizes": [2, 3, 1],
    "weights": [[[0.1, 0.2], [0.3, -0.4], [5, 6e-1]], [[1.0, -2.0, 0.5]]],
    "biases": [[[0.1], [0.2], [0.3]], [[-1.0]]],
    "cost": "CrossEntropyCost",
}


def feedforward(whole: dict[str, Any], inputs: np.ndarray) -> np.ndarray:
    """The book's way: a ↦ σ(w · a + b) for one column after the other."""
    columns = []
    for row in inputs:
        a = row.reshape(-1, 1)
        for b, w in zip(whole["biases"], whole["weights"], strict=True):
            a = 1.0 / (1.0 + np.exp(-(np.dot(np.array(w), a) + np.array(b))))
        columns.append(a[:, 0])
    return np.array(columns)


def test_a_book_network_answers_as_in_the_book(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(json.dumps(BOOK))
    inputs = np.random.default_rng(0).random((5, 2))
    network = read_book_json(tmp_path / "net.json", np.float64)
    assert network.predict(inputs) == pytest.approx(feedforward(BOOK, inputs), rel=1e-14)
    assert network.dtype == np.float64
    assert network.scaling == Scaling(1 / 256)
    assert network.training_record == {"settings": {"loss": "sigmoid_cross_entropy"}}
    assert read_book_json(tmp_path / "net.json").dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_survive_writing_and_reading_exactly(dtype: Any, tmp_path: Path) -> None:
    network = Network([5, 4, 3], seed=1, dtype=dtype)
    write_book_json(network, tmp_path / "net.json")
    assert read_book_json(tmp_path / "net.json", dtype).fingerprint() == network.fingerprint()


def test_what_is_written_has_the_book_s_form(tmp_path: Path) -> None:
    network = Network([5, 4, 3], seed=1)
    network.training_record = {"settings": {"loss": "quadratic"}}
    write_book_json(network, tmp_path / "net.json")
    whole = json.loads((tmp_path / "net.json").read_text())
    assert whole["sizes"] == [5, 4, 3]
    assert whole["cost"] == "QuadraticCost"
    assert [np.shape(w) for w in whole["weights"]] == [(4, 5), (3, 4)]
    assert [np.shape(b) for b in whole["biases"]] == [(4, 1), (3, 1)]
    inputs = np.random.default_rng(0).random((5, 5))
    assert network.predict(inputs) == pytest.approx(feedforward(whole, inputs), rel=1e-5)


@pytest.mark.parametrize("record", [{}, {"settings": 3}, {"settings": {"loss": ["softmax"]}}])
def test_the_cost_of_an_unknown_training_is_cross_entropy(record: dict[str, Any], tmp_path: Path) -> None:
    network = Network([2, 2])
    network.training_record = record
    write_book_json(network, tmp_path / "net.json")
    assert json.loads((tmp_path / "net.json").read_text())["cost"] == "CrossEntropyCost"


def test_layers_that_change_no_answer_are_left_out(tmp_path: Path) -> None:
    network = Network([Flatten(), Dense(3), Sigmoid(), Dropout(), Dense(2), Sigmoid()], (2, 2), seed=0)
    write_book_json(network, tmp_path / "net.json")
    inputs = np.random.default_rng(0).random((3, 4))
    assert (
        read_book_json(tmp_path / "net.json").predict(inputs).tobytes() == network.predict(inputs).tobytes()
    )


@pytest.mark.parametrize(
    "layers",
    [
        [Dense(2), Softmax()],
        [Dense(2), ReLU(), Dense(2), Sigmoid()],
        [Dense(2)],
        [Sigmoid()],
        [Sigmoid(), Dense(2)],
        [Dense(2, bias=False), Sigmoid()],
        [Dense(2), Sigmoid(), Sigmoid()],
        [Dense(2), Dense(2)],
    ],
)
def test_networks_the_book_does_not_know_are_refused(layers: list[Any], tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="save_model"):
        write_book_json(Network(layers, 2), tmp_path / "net.json")
    assert not list(tmp_path.iterdir())


def test_a_diverged_network_is_not_written(tmp_path: Path) -> None:
    network = Network([2, 2])
    network.parameters.values[0] = np.nan
    with pytest.raises(DivergedError):
        write_book_json(network, tmp_path / "net.json")


@pytest.mark.parametrize(
    "change",
    [
        {"sizes": None},
        {"sizes": [2]},
        {"sizes": [2, 3, 0]},
        {"sizes": [2, 3, True]},
        {"sizes": [2, 3.0, 1]},
        {"sizes": "231"},
        {"sizes": [2, 3, 10**12]},
        {"sizes": [10**12, 3, 1]},
        {"sizes": [2, 3, 1, 1]},
        {"sizes": [2, 4, 1]},
        {"weights": 3},
        {"weights": []},
        {"weights": [[[1, 2], [3], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, "4"], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, None], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, [4]], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], 7, [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, True], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, 10**400], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, 1e39], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, float("nan")], [4, 5]], [[1, 2, 3]]]},
        {"weights": [[[1, 2], [3, float("inf")], [4, 5]], [[1, 2, 3]]]},
        {"biases": [[0.1, 0.2, 0.3], [-1.0]]},
        {"biases": [[[0.1, 0.2, 0.3]], [[-1.0]]]},
        {"cost": "LogLikelihoodCost"},
        {"cost": ["CrossEntropyCost"]},
        {"cost": None},
    ],
)
def test_files_that_do_not_hold_what_their_sizes_say_are_refused(
    change: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "net.json"
    path.write_text(json.dumps(BOOK | change))
    with pytest.raises(ModelFileError) as caught:
        read_book_json(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"3", b"\xff\xfe\xfd", b"[" * 100_000, b'{"sizes":' * 100_000, b'{"sizes": 1e999}']
)
def test_files_that_are_something_else_are_refused(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_bytes(text)
    with pytest.raises(ModelFileError, match=r"net\.json"):
        read_book_json(path)


def test_a_number_beyond_infinity_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text(json.dumps(BOOK).replace("-0.4", "-4e999"))
    with pytest.raises(ModelFileError, match="finite"):
        read_book_json(path, np.float64)


def test_a_file_cut_off_at_any_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    whole = json.dumps(BOOK)
    for length in range(len(whole)):
        path.write_text(whole[:length])
        with pytest.raises(ModelFileError):
            read_book_json(path)


def test_a_file_beyond_the_limit_is_refused_unparsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_json, "LARGEST_FILE", 100)
    (tmp_path / "net.json").write_text(json.dumps(BOOK))
    with pytest.raises(ModelFileError, match="at most 100 bytes"):
        read_book_json(tmp_path / "net.json")


def test_no_such_file_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        read_book_json(tmp_path / "absent.json")


def test_another_dtype_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="float32"):
        read_book_json(tmp_path / "absent.json", np.float16)
