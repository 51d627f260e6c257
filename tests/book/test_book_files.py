"""Networks saved and loaded as the book does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.book import network2
from chainrule.errors import DivergedError, FileError, ModelFileError, SettingError


@pytest.mark.parametrize("cost", [network2.CrossEntropyCost, network2.QuadraticCost])
def test_a_network_comes_back_exactly(cost: Any, tmp_path: Path) -> None:
    net = network2.Network([5, 4, 3], cost=cost, seed=1)
    net.save(tmp_path / "net")
    found = network2.load(str(tmp_path / "net"))
    assert type(found) is network2.Network
    assert (found.sizes, found.num_layers, found.cost) == ([5, 4, 3], 3, cost)
    for kept, read in zip([*net.weights, *net.biases], [*found.weights, *found.biases], strict=True):
        assert (kept == read).all()
        assert kept.shape == read.shape


def test_the_file_is_the_books(tmp_path: Path) -> None:
    net = network2.Network([5, 4, 3], cost=network2.QuadraticCost, seed=1)
    net.save(tmp_path / "net")
    whole = json.loads((tmp_path / "net").read_text())
    assert whole == {
        "sizes": [5, 4, 3],
        "weights": [weight.tolist() for weight in net.weights],
        "biases": [bias.tolist() for bias in net.biases],
        "cost": "QuadraticCost",
    }


def test_a_loaded_network_goes_on_learning(tmp_path: Path, few: Any) -> None:
    net = network2.Network([784, 30, 10], seed=1)
    net.SGD(few[0], 2, 10, 0.5)
    net.save(tmp_path / "net")
    found = network2.load(tmp_path / "net")
    assert found.accuracy(few[1]) == net.accuracy(few[1])
    before = found.total_cost(few[0], 0.0)
    found.SGD(few[0], 2, 10, 0.5)
    assert found.total_cost(few[0], 0.0) < before


def test_a_cost_the_file_cannot_name_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    class OtherCost(network2.QuadraticCost):
        pass

    net = network2.Network([2, 2], cost=OtherCost)
    with pytest.raises(SettingError, match=r"net\.cost"):
        net.save(tmp_path / "net")
    net.cost = network2.QuadraticCost
    net.save(tmp_path / "net")
    assert network2.load(tmp_path / "net").cost is network2.QuadraticCost


def test_a_network_of_nan_is_not_saved(tmp_path: Path) -> None:
    net = network2.Network([2, 2])
    net.weights[0][0, 0] = np.nan
    with pytest.raises(DivergedError):
        net.save(tmp_path / "net")


@pytest.mark.parametrize("text", ["", "[]", '{"sizes": [2, 1]}', "\x00"])
def test_other_files_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "net").write_text(text)
    with pytest.raises(ModelFileError):
        network2.load(tmp_path / "net")


def test_a_cost_in_a_file_is_a_name_and_nothing_is_looked_up_by_it(tmp_path: Path) -> None:
    net = network2.Network([2, 1])
    net.save(tmp_path / "net")
    whole = json.loads((tmp_path / "net").read_text())
    (tmp_path / "net").write_text(json.dumps(whole | {"cost": "Network"}))
    with pytest.raises(ModelFileError, match="CrossEntropyCost or QuadraticCost"):
        network2.load(tmp_path / "net")


def test_absent_files_and_places_one_cannot_write_to(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        network2.load(tmp_path / "absent")
    with pytest.raises(FileError):
        network2.Network([2, 1]).save(tmp_path)
