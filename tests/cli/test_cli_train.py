"""``chainrule train``: every option does what it is named for, and what is printed goes where it belongs."""

import json
import re
import shlex

import numpy as np
import pytest

from chainrule.data.dataset import Dataset
from chainrule.data.fetch import fetch
from chainrule.data.formats import write_csv
from chainrule.errors import FetchError
from chainrule.layers.registry import ACTIVATIONS
from chainrule.losses import LOSSES
from chainrule.numerics.initializers import INITIALIZERS
from chainrule.optimizers import OPTIMIZERS
from chainrule.schedules import SCHEDULES
from chainrule.storage import load_model


def kinds_of(network):
    return [type(layer).__name__ for layer in network.layers]


def settings_of(network):
    return network.training_record["settings"]


def test_it_tells_what_it_does_and_prints_a_line_an_epoch(train, here):
    said = train()
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(rf"Epoch {epoch}: \d+ / 15", lines[epoch]) for epoch in (0, 1))
    assert re.fullmatch(r"Test accuracy [\d.]+ % \(95 % interval [\d.]+ to [\d.]+\), \d+ of 30", lines[2])
    assert "75 examples to learn from, 15 to choose by, 30 to be judged on" in said.err
    assert "Network [4, 30, 3]: 243 parameters, quadratic loss, sgd with learning rate 3" in said.err
    assert "Saved model.safetensors" in said.err
    assert load_model(here / "model.safetensors").fingerprint()[:16] in said.err


def test_json_is_one_object_on_stdout_and_nothing_else(train, here):
    said = train("--json", "--out", "new folder/größer.safetensors")
    result = said.json
    assert result["accuracy"] == result["correct"] / result["examples"] <= 1
    assert result["interval"][0] <= result["accuracy"] <= result["interval"][1]
    assert result["epochs"] == 2
    assert load_model(here / result["model"]).fingerprint() == result["fingerprint"]
    assert "Epoch 1: " in said.err


def test_quiet_is_silent_on_both_streams(train, here):
    said = train("--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert (here / "model.safetensors").exists()
    assert train("-q", "--json").json["epochs"] == 2


def test_the_same_seed_gives_the_same_network_and_another_another(train):
    noisy = ("--json", "--dropout", 0.2, "--batch-norm", "--average", 0.9)
    first, second, third = (train(*noisy, "--seed", seed).json["fingerprint"] for seed in (5, 5, 6))
    assert first == second != third


def test_the_words_to_try_next_run_as_they_stand(cli, here, flowers, flowers_file):
    (here / "my data.npz").write_bytes(flowers_file.read_bytes())
    said = cli("train", "--data", "my data.npz", "--epochs", 1, "--out", "my model")
    steps = said.err.partition("Try next:\n")[2].splitlines()
    assert len(steps) == 4
    for step in steps:
        assert len(step) <= 80
        assert cli(*shlex.split(step)[1:]).code == 0
    assert (here / "mistakes.png").stat().st_size > 1000


def test_mnist_is_the_default_and_needs_no_data_option_afterwards(cli, mnist):
    said = cli("train", "--epochs", 1, "--layers", "784,10")
    assert "mnist: 50,000 examples to learn from, 10,000 to choose by, 10,000 to be judged on" in said.err
    assert "Network [784, 10]" in said.err
    assert "--data" not in said.err
    assert int(re.search(r"(\d+) of 10000", said.out)[1]) > 3000


def test_a_data_set_is_known_by_name(cli):
    try:
        fetch("iris")
    except FetchError:
        pytest.skip("no way from this machine to iris")
    said = cli("train", "--data", "iris", "--epochs", 1, "--json")
    assert said.json["examples"] == 25
    assert "--data" not in said.err
    assert cli("evaluate", "model.safetensors", "--json").json["n"] == 25
    assert len(cli("predict", "model.safetensors", "--index", 0, 1, "--json").json) == 2


def test_data_may_be_a_file_in_another_folder_with_any_name(cli, here):
    labels = np.arange(60) % 3
    whole = Dataset((labels[:, None] * 80 + np.arange(4)).astype(np.uint8), labels, input_shape=(4,))
    (here / "Daten für 7 Uhr").mkdir()
    path = here / "Daten für 7 Uhr" / "ünï cödé.csv"
    write_csv(whole, path)
    assert cli("train", "--data", path, "--epochs", 1, "--quiet").code == 0
    assert cli("evaluate", "model.safetensors", "--data", path).code == 0


@pytest.mark.parametrize("text", ["4,5,3", "4, 5, 3", "4 5 3", " 4 ,5, 3 ", "[4, 5, 3]", "[4,5,3]"])
def test_layers_are_read_however_they_are_written(train, here, text):
    assert "Network [4, 5, 3]: 43 parameters" in train("--layers", text).err


@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_hidden_activation_can_be_chosen(train, here, hidden):
    assert train("--quiet", "--hidden", hidden, "--learning-rate", 0.1).code == 0
    assert kinds_of(load_model(here / "model.safetensors"))[1] == ACTIVATIONS[hidden].__name__


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_can_be_chosen_and_brings_its_output(train, here, loss):
    assert train("--quiet", "--loss", loss, "--learning-rate", 0.1).code == 0
    network = load_model(here / "model.safetensors")
    assert settings_of(network)["loss"] == loss
    assert kinds_of(network)[-1].lower() == LOSSES[loss].output_activation


def test_the_output_can_be_chosen(train, here):
    assert train("--quiet", "--output", "tanh", "--learning-rate", 0.1).code == 0
    assert kinds_of(load_model(here / "model.safetensors"))[-1] == "Tanh"


@pytest.mark.parametrize("start", INITIALIZERS)
def test_every_start_can_be_chosen(train, here, start):
    assert train("--quiet", "--init", start, "--bias-init", start, "--learning-rate", 0).code == 0
    layer = load_model(here / "model.safetensors").layers[0]
    assert layer.initializer == layer.bias_initializer == INITIALIZERS[start]()


def test_biases_batch_norm_and_dropout_are_switches(train, here):
    assert train("--quiet", "--no-bias", "--batch-norm", "--dropout", 0.25).code == 0
    network = load_model(here / "model.safetensors")
    assert kinds_of(network) == ["Dense", "BatchNorm", "Sigmoid", "Dropout", "Dense", "Sigmoid"]
    assert network.layers[3].rate == 0.25
    assert not any("biases" in name for name in network.parameters.parameters)
    assert train("--quiet", "--bias", "--no-batch-norm").code == 0
    assert kinds_of(load_model(here / "model.safetensors")) == ["Dense", "Sigmoid", "Dense", "Sigmoid"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_and_lowers_the_loss(train, here, optimizer):
    said = train("--optimizer", optimizer, "--epochs", 4, "--history", "h.json", "--out", "m")
    assert f"{optimizer} with learning rate" in said.err
    losses = [epoch["loss"] for epoch in json.loads((here / "h.json").read_text())["epochs"]]
    assert losses[-1] < losses[0]
    assert settings_of(load_model(here / "m"))["optimizer"]["name"] == optimizer


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["--learning-rate", "0.25"], "learning_rate", 0.25),
        (["--optimizer", "momentum", "--momentum", "0.5"], "momentum", 0.5),
        (["--optimizer", "nesterov", "--momentum", "0.5"], "momentum", 0.5),
        (["--optimizer", "adamw", "--weight-decay", "0.125"], "weight_decay", 0.125),
    ],
)
def test_numbers_of_the_optimizer_arrive(train, here, words, name, value):
    assert train("--quiet", *words).code == 0
    assert settings_of(load_model(here / "model.safetensors"))["optimizer"][name] == value


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_can_be_chosen(train, here, schedule):
    assert train("--quiet", "--schedule", schedule, "--history", "h.json").code == 0
    rates = [epoch["learning_rate"] for epoch in json.loads((here / "h.json").read_text())["epochs"]]
    stays = schedule in ("constant", "step", "halve_when_stalled")
    assert (rates == [3.0, 3.0]) == stays


def test_regularisers_and_the_average_arrive(train, here):
    strengths = {"l2": 0.5, "l1": 0.25, "max_norm": 2.0}
    words = [word for name in strengths for word in (f"--{name.replace('_', '-')}", strengths[name])]
    assert train("--quiet", *words, "--average", 0.9, "--batch-size", 7, "--seed", 4).code == 0
    settings = settings_of(load_model(here / "model.safetensors"))
    assert {each["name"]: each["strength"] for each in settings["regularizers"]} == strengths
    assert (settings["average"], settings["batch_size"], settings["seed"]) == (0.9, 7, 4)


def test_training_stops_early_after_waiting_or_at_the_first_fall(train):
    still = ("--learning-rate", 0, "--epochs", 9)
    said = train(*still, "--early-stop", 2, "--json")
    assert said.json["epochs"] == 3
    assert "Stopped after epoch 2: validation accuracy has not passed" in said.err
    said = train("--learning-rate", 10, "--epochs", 60, "--early-stop", "falling", "--json")
    assert said.json["epochs"] < 60
    assert "began to fall" in said.err


def test_evaluations_can_be_spaced(train):
    lines = train("--epochs", 4, "--evaluate-every", 2).out.splitlines()
    assert [" / " in line for line in lines[:4]] == [False, True, False, True]
    assert re.fullmatch(r"Epoch 0: loss \d\.\d{4}", lines[0])


def test_all_of_the_training_part_can_be_learnt_from(train, here):
    said = train("--split", "60k")
    assert "90 examples to learn from, 30 to be judged on" in said.err
    assert re.match(r"Epoch 0: loss \d\.\d{4}\n", said.out)
    assert load_model(here / "model.safetensors").training_record["data"]["examples"] == 90


def test_settings_come_from_a_file_and_typed_ones_go_before(train, here):
    (here / "run.toml").write_text(
        "\ufefflayers = [4, 6, 3]\nlearning-rate = 0.5\nbatch_size = 5\nbatch-norm = true\nearly-stop = 7\n",
        encoding="utf-8",
    )
    assert train("--quiet", "--config", "run.toml", "--batch-size", 9).code == 0
    network = load_model(here / "model.safetensors")
    assert kinds_of(network)[1] == "BatchNorm"
    assert network.layers[0].units == 6
    assert settings_of(network)["optimizer"]["learning_rate"] == 0.5
    assert settings_of(network)["batch_size"] == 9
    same = train("--layers", "4,6,3", "--learning-rate", 0.5, "--batch-size", 9, "--batch-norm", "--json")
    assert same.json["fingerprint"] == network.fingerprint()


def test_the_history_is_written_as_json(train, here):
    assert train("--quiet", "--history", "made/for it/h.json").code == 0
    history = json.loads((here / "made/for it/h.json").read_text())
    assert [epoch["epoch"] for epoch in history["epochs"]] == [0, 1]
    assert history["stopped"] is None


def test_an_older_model_is_replaced(train, here):
    (here / "model.safetensors").write_bytes(b"old")
    assert train("--quiet").code == 0
    assert load_model(here / "model.safetensors")
    assert [path.name for path in here.iterdir()] == ["model.safetensors"]


def test_a_network_that_diverges_says_what_to_try_and_saves_nothing(train, nothing_new):
    said = train("--hidden", "leaky_relu", "--output", "leaky_relu", "--learning-rate", "1e10")
    assert said.code == 1
    assert "The usual cause is a learning rate that is too high (it was 1e+10)" in said.err


def test_images_are_changed_at_random_if_asked_and_the_model_says_so(cli, scribbles_file, here):
    words = ("train", "--data", scribbles_file, "--layers", "64,5,2", "--epochs", 2, "--json")
    plain = cli(*words, "--out", "plain.safetensors").json["fingerprint"]
    asked = (*words, "--augment", "rotation=8, shift=1")
    first, second = (cli(*asked, "--out", f"{name}.safetensors").json["fingerprint"] for name in "ab")
    assert first == second != plain
    assert settings_of(load_model(here / "a.safetensors"))["augmentation"] == "shift=1,rotation=8"
    assert "augmentation" not in settings_of(load_model(here / "plain.safetensors"))


def test_examples_that_are_no_images_cannot_be_changed_as_images(train, nothing_new):
    said = train("--augment", "shift=1", "--checkpoint", "kept")
    assert said.code == 2
    assert "augmentation is for images" in said.err
