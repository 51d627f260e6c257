"""Weights as the notes' .npy files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import DivergedError, FileError, SettingError
from chainrule.layers import BatchNorm, Dense, Dropout, Sequential, Sigmoid
from chainrule.network import Network
from chainrule.storage import write_npy_weights


def test_the_network_of_note_000_becomes_wih_and_who(tmp_path: Path) -> None:
    network = Network([Dense(4, bias=False), Sigmoid(), Dense(2, bias=False), Sigmoid()], 3, seed=0)
    paths = write_npy_weights(network, tmp_path / "model")
    assert paths == [tmp_path / "model" / "wih.npy", tmp_path / "model" / "who.npy"]
    wih, who = (np.load(path) for path in paths)
    assert wih.shape == (4, 3)
    assert who.shape == (2, 4)
    column = np.array([[0.1], [0.5], [0.9]])
    answer = 1 / (1 + np.exp(-who @ (1 / (1 + np.exp(-wih @ column)))))
    assert answer[:, 0] == pytest.approx(network.predict(column.T)[0], rel=1e-5)


def test_other_networks_are_numbered_from_the_inputs_on(tmp_path: Path) -> None:
    network = Network([Dense(4), Sigmoid(), Dropout(), Dense(5, bias=False), Sigmoid(), Dense(2)], 3, seed=0)
    names = [path.name for path in write_npy_weights(network, tmp_path)]
    assert names == ["weights_1.npy", "biases_1.npy", "weights_2.npy", "weights_3.npy", "biases_3.npy"]
    for name, parameter in zip(names, network.parameters.parameters, strict=True):
        assert (np.load(tmp_path / name) == network.parameters.view(parameter)).all()


def test_two_layers_with_biases_keep_their_biases(tmp_path: Path) -> None:
    names = {path.name for path in write_npy_weights(Network([3, 4, 2]), tmp_path)}
    assert names == {"weights_1.npy", "biases_1.npy", "weights_2.npy", "biases_2.npy"}


@pytest.mark.parametrize("odd", [BatchNorm(), Sequential([Dense(3)])])
def test_what_the_files_would_not_hold_is_refused(odd: BatchNorm | Sequential, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="save_model"):
        write_npy_weights(Network([Dense(3), odd, Dense(2)], 3), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_diverged_network_is_not_written(tmp_path: Path) -> None:
    network = Network([3, 2])
    network.parameters.values[0] = np.inf
    with pytest.raises(DivergedError):
        write_npy_weights(network, tmp_path)


def test_a_file_where_the_folder_should_be_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(FileError):
        write_npy_weights(Network([3, 2]), tmp_path / "taken")
