"""Recipes on the command line: listed, shown, trained, resumed, and never changed."""

from dataclasses import replace

import pytest

import chainrule as cr
from chainrule.cli import recipe_training
from chainrule.errors import InterruptedTraining
from chainrule.storage import load_model
from chainrule.training.recipes import RECIPES, Recipe, room
from chainrule.training.trainer import Trainer


def network(generator):
    layers = [cr.Dense(6), cr.BatchNorm(), cr.ReLU(), cr.Dense(3), cr.Softmax()]
    return cr.Network(layers, 4, seed=generator)


PAIR = Recipe(
    name="pair",
    promise="Two members for flowers.",
    network=network,
    loss="softmax_cross_entropy",
    optimizer=cr.Nesterov(0.1),
    epochs=4,
    batch_size=8,
    average=0.9,
    members=2,
    stored="float16",
)


@pytest.fixture(autouse=True)
def more_recipes(monkeypatch):
    monkeypatch.setitem(RECIPES, "pair", PAIR)
    monkeypatch.setitem(RECIPES, "single", replace(PAIR, name="single", members=1, stored="float32"))


@pytest.fixture
def by_recipe(cli, flowers_file):
    """Calls ``chainrule train --recipe`` on the small data set."""
    return lambda name, *words: cli("train", "--recipe", name, "--data", flowers_file, *words)


def test_the_recipes_are_listed_in_80_columns(cli):
    said = cli("recipes")
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    for name, recipe in RECIPES.items():
        assert f"\n{name} " in said.out
        assert f"{recipe.parameters:,}" in said.out
    assert [each["name"] for each in cli("recipes", "--json").json] == list(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_everything_of_a_recipe_is_shown(cli, name):
    said, data = cli("recipes", name), cli("recipes", name, "--json").json
    assert said.code == 0
    assert data == RECIPES[name].as_data()
    assert RECIPES[name].promise in said.out
    assert f"in all {RECIPES[name].parameters // RECIPES[name].members:,}" in " ".join(said.out.split())
    for setting in ("optimizer", "schedule", "batch size", "epochs", "members"):
        assert f"\n{setting} " in said.out


def test_a_recipe_is_trained_judged_on_the_test_part_and_saved(by_recipe, here):
    said = by_recipe("pair", "--json", "--seed", 5)
    result, model = said.json, load_model(here / "model.safetensors")
    assert said.code == 0
    assert result["fingerprint"] == model.fingerprint()
    assert (result["recipe"], result["seed"], result["split"], result["judged_on"]) == (
        *("pair", 5, "60k"),
        "test",
    )
    assert (result["members"], result["epochs"], result["parameters"]) == (2, 4, PAIR.parameters)
    assert result["bytes"] == (here / "model.safetensors").stat().st_size
    assert result["accuracy"] == result["correct"] / 30 > 0.9
    assert result["correct_after_corrections"] is None
    assert model.training_record["test"] == {"correct": result["correct"], "examples": 30}
    assert model.training_record["data"]["examples"] == 90
    assert "validation" not in model.training_record
    assert "Member 2 of 2" in said.err
    assert "Epoch 3: loss" in said.err


def test_the_python_door_gives_the_same_model(by_recipe, flowers_file):
    data = cr.load_data(flowers_file, "60k")
    assert by_recipe("pair", "--json").json["fingerprint"] == PAIR.train(data, seed=1).fingerprint()


def test_judged_on_validation_the_test_part_is_not_touched(by_recipe, here, monkeypatch):
    seen = []
    judge = cr.evaluate
    monkeypatch.setattr(
        "chainrule.training.recipes.judgement.evaluate",
        lambda network, part: (seen.append(part.name), judge(network, part))[1],
    )
    said = by_recipe("single", "--split", "50k", "--judge", "validation", "--json")
    assert (said.json["judged_on"], said.json["examples"]) == ("validation", 15)
    assert len(seen) == 1
    assert "(validation)" in seen[0]
    assert "to be judged on" not in said.err
    record = load_model(here / "model.safetensors").training_record
    assert record["validation"]["examples"] == 15
    assert "test" not in record


def test_judged_on_nothing_there_is_no_accuracy(by_recipe, here):
    said = by_recipe("single", "--judge", "none", "--json").json
    assert (said["accuracy"], said["correct"], said["judged_on"]) == (None, None, "none")
    assert "accuracy" not in by_recipe("single", "--judge", "none").out
    record = load_model(here / "model.safetensors").training_record
    assert not record.keys() & {"test", "validation"}


def test_a_training_without_a_recipe_can_be_judged_on_validation_too(train, cli, here):
    said = train("--judge", "validation", "--json", "--checkpoint", "kept").json
    assert (said["judged_on"], said["examples"]) == ("validation", 15)
    assert "test" not in load_model(here / "model.safetensors").training_record
    assert cli("train", "--resume", "kept", "--json").json["judged_on"] == "validation"
    assert cli("train", "--resume", "kept", "--judge", "test", "--json").json["judged_on"] == "test"


def test_quiet_says_nothing(by_recipe):
    said = by_recipe("pair", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")


@pytest.mark.parametrize(
    "words",
    [
        ["--layers", "4,5,3"],
        ["--epochs", "3"],
        ["--learning-rate", "0.1"],
        ["--batch-norm"],
        ["--no-bias"],
        ["--average", "0.9"],
        ["--config", "x.toml"],
        ["--history", "h.json"],
    ],
    ids=lambda words: words[0],
)
def test_a_recipe_is_frozen(by_recipe, nothing_new, words):
    said = by_recipe("pair", *words)
    assert (said.code, said.out) == (2, "")
    shown = words[0].replace("--no-", "--")
    assert f"the recipe 'pair' is frozen; {shown} cannot be given with it. Only --data, --split" in said.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["recipes", "tinny"], "unknown recipe 'tinny'. Did you mean 'tiny'?"),
        (["train", "--recipe", "convnt"], "unknown recipe 'convnt'. Did you mean 'convnet'?"),
        (
            ["train", "--recipe", "tiny", "--judge", "tset"],
            "unknown part to be judged on 'tset'. Did you mean",
        ),
        (["train", "--recipe", "tiny", "--judge", "validation"], "split 60k has no validation part"),
        (["train", "--recipe", "tiny", "--split", "70k"], "unknown split '70k'"),
        (["train", "--recipe", "tiny", "--data", "mnits"], "unknown data set or file 'mnits'"),
        (["train", "--recipe", "pair", "--data", "mnist"], "for examples of 4 numbers"),
        (
            ["train", "--recipe", "tiny", "--data", "digits"],
            "for examples of 784 numbers, such as 28x28 pixels",
        ),
        (["train", "--recipe", "tiny", "--seed", "-1"], "a seed is a whole number of at least 0, not -1"),
        (["train", "--judge", "validation", "--split", "60k"], "split 60k has no validation part"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_said_before_training(cli, nothing_new, words, expected):
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


def test_too_little_room_is_said_before_training(by_recipe, nothing_new, monkeypatch):
    class Usage:
        free = 10

    monkeypatch.setattr(room.shutil, "disk_usage", lambda folder: Usage)
    said = by_recipe("pair")
    assert (said.code, said.out) == (1, "")
    assert "model.safetensors: the model takes about 0.0 MB, and the disk has 0.0 MB left" in said.err


def test_a_stopped_recipe_is_resumed_to_the_bit(by_recipe, cli, here, monkeypatch):
    whole = by_recipe("pair", "--json", "--seed", 3, "--out", "whole", "--split", "50k").json
    batches = []

    def stop_in_the_second_member(trainer):
        batches.append(trainer.notes["member"])
        if batches.count(2) == 13:
            raise InterruptedTraining("Stopped.")

    words = ("--seed", 3, "--out", "parts", "--split", "50k", "--judge", "validation")
    with monkeypatch.context() as patched:
        patched.setattr(Trainer, "look_up", stop_in_the_second_member)
        said = by_recipe("pair", *words, "--checkpoint", "kept", "--quiet")
    assert said.code == 130
    assert said.err.splitlines() == ["Stopped.", "To go on: chainrule train --resume kept"]
    assert not (here / "parts").exists()
    resumed = cli("train", "--resume", "kept", "--json")
    assert "Member 1 of 2 is finished." in resumed.err
    assert (resumed.json["model"], resumed.json["judged_on"]) == ("parts", "validation")
    assert resumed.json["fingerprint"] == whole["fingerprint"]
    assert cli("train", "--resume", "kept", "--judge", "test", "--json").json["examples"] == 30


@pytest.mark.parametrize("words", [["--epochs", "9"], ["--recipe", "pair"], ["--seed", "2"]], ids=str)
def test_a_resumed_recipe_keeps_its_settings(by_recipe, cli, words):
    assert by_recipe("pair", "--checkpoint", "kept", "--quiet").code == 0
    said = cli("train", "--resume", "kept", *words)
    assert said.code == 2
    assert f"{words[0]} cannot be given with it. Only --out, --judge, --quiet and --json can" in said.err


def test_a_checkpoint_made_in_python_is_resumed_in_python(cli, here, flowers):
    PAIR.train(flowers[0], checkpoint=here / "kept")
    said = cli("train", "--resume", "kept")
    assert (said.code, said.out) == (2, "")
    assert "kept: this checkpoint was not made by `chainrule train`" in said.err


def test_what_a_recipe_was_set_to_is_described(by_recipe, cli):
    assert by_recipe("pair", "--quiet").code == 0
    described = cli("describe", "model.safetensors").out
    for word in ("Ensemble(2 members)", "nesterov", "members        2", "stored         float16"):
        assert word in described


def test_options_that_may_stand_beside_a_recipe_have_defaults():
    unset = set(recipe_training._MAY_STAND_BESIDE) - set(recipe_training._DEFAULTS)
    assert unset == {"checkpoint"}
