"""The command that trains the spotter: what it writes spots digits, and says how it was made."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from benchmarks.train_spotter import train

    folder = tmp_path_factory.mktemp("spotter")
    arguments = {"split": "50k", "seed": 1, "pieces": 40, "judged_on": 4, "checkpoint": folder / "kept"}
    train(folder / "first.safetensors", **arguments, resume=False)
    return folder, arguments


def test_it_writes_a_model_that_a_spotter_takes(trained):
    from chainrule.reader.spotter import Spotter
    from chainrule.storage import load_model

    network = load_model(trained[0] / "first.safetensors")
    (answer,) = Spotter(network).answers([np.zeros((28, 60), np.float32)])
    assert answer.shape == (30, 11)
    assert network.class_names[10] == "none"
    judged = network.training_record["judged"]
    assert 0 <= judged["correct"] <= judged["examples"]
    assert "validation" in judged["on"]
    assert network.training_record["recipe"] == "spotter"


def test_a_run_that_has_ended_is_resumed_to_the_same_model(trained):
    from benchmarks.train_spotter import train
    from chainrule.storage import load_model

    folder, arguments = trained
    train(folder / "again.safetensors", **arguments, resume=True)
    first, again = (load_model(folder / f"{name}.safetensors") for name in ("first", "again"))
    assert again.fingerprint() == first.fingerprint()
    assert again.training_record["judged"] == first.training_record["judged"]
