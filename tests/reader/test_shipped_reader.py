"""``chainrule.read``: a picture and the name of a model are enough."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import FileError
from chainrule.storage import save_model

from .printed import font_network, printed


def test_a_model_file_a_network_and_a_name_read_the_same(tmp_path, network, monkeypatch):
    save_model(network, tmp_path / "font.safetensors")
    picture = printed("504192")
    for model in (network, tmp_path / "font.safetensors", str(tmp_path / "font.safetensors")):
        assert cr.read(picture, model).text == "504192"
    assert cr.read(picture, network, digits=6, min_confidence=0.1).accepted


def test_a_file_that_changed_is_loaded_again(tmp_path, network):
    path = tmp_path / "font.safetensors"
    save_model(network, path)
    assert cr.read(printed("8"), path).text == "8"
    other = font_network()
    values = other.parameters.values
    values[...] = np.where(np.isfinite(values), -values, 0)
    save_model(other, path)
    assert cr.read(printed("8"), path, min_confidence=0).text != "8"


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"nothing\.safetensors"):
        cr.read(printed("1"), tmp_path / "nothing.safetensors")
