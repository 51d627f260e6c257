"""Recipes: what they promise of size, how they train, and that a killed one ends as if it had not been."""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.augment import Augmentation
from chainrule.data.corrections import AMBIGUOUS, CORRECTED, corrected
from chainrule.errors import FileError, InterruptedTraining, SettingError, UnknownNameError
from chainrule.training.checkpoint import CHECKPOINT_NAME
from chainrule.training.recipes import RECIPES, Recipe, judge, member_folder, require_part, room

EVERY_RECIPE = pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)


def small_network(generator):
    layers = [
        *(cr.Convolution(3, 3, bias=False), cr.BatchNorm(), cr.ReLU(), cr.MaxPool()),
        *(cr.Flatten(), cr.Dropout(0.2), cr.Dense(3), cr.Softmax()),
    ]
    return cr.Network(layers, (8, 8, 1), seed=generator)


SMALL = Recipe(
    name="small",
    promise="Two members, in a moment.",
    network=small_network,
    loss=cr.SoftmaxCrossEntropy(0.1),
    optimizer=cr.Nesterov(0.05),
    schedule=cr.OneCycle(),
    epochs=3,
    batch_size=16,
    regularizers=(cr.L2(0.1),),
    average=0.9,
    augmentation=Augmentation(shift=1, rotation=10, elastic=(8, 3)),
    members=2,
    stored="float16",
)


@pytest.fixture(scope="module")
def images():
    """A bar in one of three places of an 8 x 8 image; 200 examples, 33 for validation."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 240)
    inputs = generator.integers(0, 60, (240, 8, 8)).astype(np.uint8)
    for image, label in zip(inputs, labels, strict=True):
        image[2:6, 1 + 2 * label : 3 + 2 * label] = 220
    whole = cr.Dataset(inputs, labels, ("left", "middle", "right"), (8, 8), name="bars")
    return cr.Split.of(whole.part(slice(0, 200), "bars"), whole.part(slice(200, 240), "bars test"))


def test_these_are_the_recipes():
    assert list(RECIPES) == ["book", "quick", "tiny", "reader", "mlp", "convnet", "ensemble"]
    assert all(name == recipe.name for name, recipe in RECIPES.items())
    assert cr.recipe_named("tiny") is RECIPES["tiny"]
    with pytest.raises(UnknownNameError, match=r"unknown recipe 'tinny'\. Did you mean 'tiny'"):
        cr.recipe_named("tinny")


@EVERY_RECIPE
def test_a_recipe_is_frozen_and_says_everything_in_plain_data(recipe):
    with pytest.raises(FrozenInstanceError):
        recipe.epochs = 1
    data = recipe.as_data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["settings"]["epochs"] == recipe.epochs
    assert ("augmentation" in data["settings"]) == bool(recipe.augmentation)
    assert recipe.promise.endswith(".")
    assert not re.search(r"\d\d?\.\d", recipe.promise), "figures are measured, not promised"
    member = recipe.untrained()
    assert (np.prod(member.input_shape), member.output_shape) == (784, (10 + bool(recipe.lessons),))
    assert recipe.parameters == recipe.members * len(member.parameters) == data["parameters"]
    assert not any(isinstance(layer, cr.Dropout) for layer in member.layers)
    folding = [kind for kind, after in pairwise(map(type, member.layers)) if after is cr.BatchNorm]
    assert set(folding) <= {cr.MaxPool}, "after a pool there is nothing to fold a normalisation into"


def test_models_fit_the_files_they_are_meant_for(tmp_path):
    for name, most in (("tiny", 100_000), ("reader", 1_000_000), ("convnet", 1_000_000)):
        recipe = RECIPES[name]
        network = recipe.untrained()
        network.training_record = {"histories": [{"epochs": recipe.epochs * [{"loss": 0.123456789012345}]}]}
        cr.save_model(network, tmp_path / name, recipe.stored)
        assert (tmp_path / name).stat().st_size < most - 60 * recipe.epochs


def test_the_book_is_trained_as_it_is_without_a_recipe(images):
    sizes = [64, 5, 3]
    recipe = replace(RECIPES["book"], network=lambda generator: cr.Network(sizes, seed=generator), epochs=2)
    settings = cr.TrainingSettings(layers=tuple(sizes), epochs=2, seed=4)
    trainer = settings.trainer(images.train)
    trainer.fit(images)
    assert recipe.train(images, seed=4).fingerprint() == trainer.network.fingerprint()


def test_a_recipe_trains_what_it_says(images):
    network = SMALL.train(images, seed=3)
    assert np.mean(network.classify(images.test.inputs) == images.test.labels) > 0.8
    assert [type(layer) for layer in network.layers] == [cr.Ensemble]
    first, second = network.layers[0].layers
    assert [type(layer).__name__ for layer in first.layers] == [
        *("Convolution", "ReLU", "MaxPool", "Flatten", "Dense", "Softmax")
    ]
    assert not np.array_equal(first.layers[0].weights, second.layers[0].weights)
    assert len(network.parameters) == SMALL.parameters
    assert (network.class_names, network.scaling) == (images.train.class_names, images.train.scaling)
    record = network.training_record
    assert (record["recipe"], record["seed"], record["data"]["examples"]) == ("small", 3, 167)
    assert record["settings"]["label_smoothing"] == 0.1
    assert [len(history["epochs"]) for history in record["histories"]] == [3, 3]
    assert record["histories"][0] != record["histories"][1]


def test_members_are_trainings_of_their_own_seeds(images):
    one = replace(SMALL, members=1, stored="float32")
    seeds = SMALL.seeds(3)
    assert len(set(seeds)) == 2
    assert (one.seeds(3), SMALL.seeds(3)) == ([3], seeds)
    both = replace(SMALL, stored="float32").train(images, seed=3)
    alone = [one.train(images, seed=seed) for seed in seeds]
    assert both.fingerprint() == cr.ensemble_of(alone).fingerprint()


def test_the_same_seed_gives_the_same_bits_and_another_one_others(images):
    first, again, other = (SMALL.train(images, seed=seed).fingerprint() for seed in (1, 1, 2))
    assert first == again != other


def test_the_network_judged_and_the_one_in_the_file_are_the_same_to_the_bit(images, tmp_path):
    network = SMALL.train(images, seed=1)
    cr.save_model(network, tmp_path / "model", SMALL.stored)
    again = cr.load_model(tmp_path / "model")
    assert again.fingerprint() == network.fingerprint()
    assert again.predict(images.test.inputs).tobytes() == network.predict(images.test.inputs).tobytes()
    whole = replace(SMALL, stored="float32").train(images, seed=1)
    assert whole.fingerprint() != network.fingerprint()
    np.testing.assert_allclose(network.parameters.values, whole.parameters.values, rtol=1e-3, atol=1e-6)


class PressCtrlC(cr.Callback):
    """Stops the training after so many batches of it, all members counted together."""

    def __init__(self, batch):
        self.left = batch

    def on_batch(self, trainer):
        self.left -= 1
        if self.left == 0:
            raise InterruptedTraining


class Count(cr.Callback):
    """Counts batches, member by member."""

    def __init__(self):
        self.batches = {1: 0, 2: 0}

    def on_batch(self, trainer):
        self.batches[trainer.notes["member"]] += 1


@pytest.mark.parametrize("batch", [1, 15, 33, 34, 50, 66])
def test_a_recipe_that_was_stopped_goes_on_as_if_it_had_not_been(images, tmp_path, batch):
    expected = SMALL.train(images, seed=1).fingerprint()
    with pytest.raises(InterruptedTraining):
        SMALL.train(images, seed=1, checkpoint=tmp_path, callbacks=[PressCtrlC(batch)])
    with pytest.raises(SettingError, match="a run that has not ended"):
        SMALL.train(images, seed=1, checkpoint=tmp_path)
    count = Count()
    again = SMALL.train(images, seed=1, checkpoint=tmp_path, resume=True, callbacks=[count])
    assert again.fingerprint() == expected
    assert count.batches[1] == max(0, 33 - batch)
    assert count.batches[2] == min(33, 66 - batch)


def test_a_finished_run_is_not_trained_again_on_resuming_but_can_be_begun_anew(images, tmp_path):
    first = SMALL.train(images, seed=1, checkpoint=tmp_path).fingerprint()
    count = Count()
    again = SMALL.train(images, seed=1, checkpoint=tmp_path, resume=True, callbacks=[count])
    assert (again.fingerprint(), count.batches) == (first, {1: 0, 2: 0})
    anew = SMALL.train(images, seed=2, checkpoint=tmp_path, callbacks=[count])
    assert anew.fingerprint() != first
    assert count.batches == {1: 33, 2: 33}


def test_a_run_stopped_between_two_members_is_not_overwritten(images, tmp_path):
    SMALL.train(images, seed=1, checkpoint=tmp_path)
    (member_folder(tmp_path, 2) / CHECKPOINT_NAME).unlink()
    before = (member_folder(tmp_path, 1) / CHECKPOINT_NAME).read_bytes()
    with pytest.raises(SettingError, match="a run that has not ended"):
        SMALL.train(images, seed=1, checkpoint=tmp_path)
    assert (member_folder(tmp_path, 1) / CHECKPOINT_NAME).read_bytes() == before


def test_nothing_to_resume_is_said(images, tmp_path):
    with pytest.raises(FileError, match="no such file"):
        SMALL.train(images, checkpoint=tmp_path, resume=True)
    with pytest.raises(SettingError, match="name the folder"):
        SMALL.train(images, resume=True)


KILLED_RUN = """
import sys
from dataclasses import replace
import numpy as np
from test_recipes import SMALL
import chainrule as cr
from chainrule.training.recipes import is_recipe_run

inputs = np.random.default_rng(0).integers(0, 255, (300, 8, 8)).astype(np.uint8)
data = cr.Dataset(inputs, np.arange(300) % 3, ("a", "b", "c"), (8, 8), name="noise")
recipe = replace(SMALL, epochs=10)
print(recipe.train(data, seed=7, checkpoint=sys.argv[1], resume=is_recipe_run(sys.argv[1])).fingerprint())
"""


def test_sigkill_at_random_moments(tmp_path):
    """CHAINRULE_KILLS=100 pytest tests/training/test_recipes.py -k sigkill is the long form."""
    runs = max(1, int(os.environ.get("CHAINRULE_KILLS", "2")) // 2)
    surroundings = os.environ | {"PYTHONPATH": os.path.dirname(__file__)}

    def start(folder):
        command = [sys.executable, "-c", KILLED_RUN, str(folder)]
        return subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ended(process):
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return output

    expected = ended(start(tmp_path / "whole"))
    moments, killed = random.Random(1), 0
    for run in range(runs):
        folder = tmp_path / f"run{run}"
        for member in (1, 2):
            process = start(folder)
            while process.poll() is None and not checkpoint_stands(folder, member):
                time.sleep(0.005)
            time.sleep(moments.uniform(0, 0.2))
            killed += process.poll() is None
            process.kill()
            process.communicate()
        assert ended(start(folder)) == expected
    assert killed >= runs


def checkpoint_stands(folder, member):
    return (member_folder(folder, member) / CHECKPOINT_NAME).exists()


def with_a_fourth_class(data, generator):
    noise = generator.integers(0, 255, (len(data) // 3, 64)).astype(np.uint8)
    labels = np.concatenate([data.labels, np.full(len(noise), 3)])
    names = (*data.class_names, "none")
    return replace(data, inputs=np.concatenate([data.inputs, noise]), labels=labels, class_names=names)


def test_lessons_are_made_of_the_training_part_and_of_the_seed(images):
    def knowing_none(generator):
        layers = [cr.Dense(5), cr.ReLU(), cr.Dense(4), cr.Softmax()]
        return cr.Network(layers, 64, seed=generator)

    seen = []

    def lessons(data, generator):
        seen.append(with_a_fourth_class(data, generator))
        return seen[-1]

    taught = replace(SMALL, network=knowing_none, augmentation=None, lessons=lessons, members=1)
    network = taught.train(images, seed=4)
    assert network.class_names == ("left", "middle", "right", "none")
    assert len(seen[0]) == len(images.train) + len(images.train) // 3
    assert taught.train(images, seed=4).fingerprint() == network.fingerprint()
    np.testing.assert_array_equal(seen[1].inputs, seen[0].inputs)
    assert taught.train(images, seed=5).fingerprint() != network.fingerprint()
    assert (seen[2].inputs != seen[0].inputs).any()
    assert taught.as_data()["lessons"] == "lessons"
    with pytest.raises(SettingError, match="in 3 classes"):
        taught.train(with_a_fourth_class(images.train, np.random.default_rng(1)))


def test_data_the_recipe_is_not_for_are_refused_before_training(images):
    with pytest.raises(
        SettingError, match=r"for examples of 784 numbers, such as 28x28 pixels, in 10 classes"
    ):
        RECIPES["tiny"].train(images)
    with pytest.raises(SettingError, match="a seed is a whole number"):
        SMALL.train(images, seed=-1)


def test_too_little_memory_is_said_before_training(images, monkeypatch, tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:      20 kB\n")
    monkeypatch.setattr(room, "_MEMORY_FILE", tmp_path / "meminfo")
    assert room.available_memory() == 20 * 1024
    with pytest.raises(SettingError, match=r"takes about .* MB of memory beside the data; 0.0 MB can still"):
        SMALL.train(images, checkpoint=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    monkeypatch.setattr(room, "_MEMORY_FILE", tmp_path / "absent")
    assert room.available_memory() is None


def test_too_little_disk_is_said_before_training(images, monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(room.shutil, "disk_usage", lambda folder: usage(10**9, 10**9, 1000))
    with pytest.raises(FileError, match=r"kept: the checkpoint of this training takes about .* Free some"):
        SMALL.train(images, checkpoint=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_the_memory_a_training_takes_is_that_of_its_arrays():
    trainer = SMALL.trainer(1)
    one = trainer.network.bench(SMALL.batch_size, training=True, generator=trainer.noise)
    values = trainer.network.parameters.values.nbytes
    assert room.bytes_held([np.zeros(1000, np.float32), [np.zeros(10)[2:4]]]) == 4080
    assert room.bytes_held([one, one]) == room.bytes_held([one])
    assert room.training_bytes(trainer) >= room.bytes_held([one]) + 3 * values
    outputs = SMALL.batch_size * 6 * 6 * 3 * 4
    assert room.bytes_held([one]) > 4 * outputs, "convolution, normalisation and activation have their own"


def test_judging_looks_at_one_part_and_writes_it_down(images):
    network = replace(SMALL, members=1, epochs=1).train(images, seed=1)
    judged, result = judge(network, images, "validation")
    assert (judged.n, result["examples"], result["correct"]) == (33, 33, judged.correct)
    assert network.training_record["validation"] == result
    assert "test" not in network.training_record
    assert "correct_after_corrections" not in result
    assert judge(network, images, "none") is None
    assert judge(network, images, "test")[0].n == 40


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(SettingError, match="60k has no validation part"):
        require_part("validation", "60k")
    with pytest.raises(UnknownNameError, match="Did you mean 'validation'"):
        require_part("valdation", "50k")
    require_part("validation", "50k")


def test_corrected_labels_are_those_of_ten_images_of_the_test_part(mnist):
    better = corrected(mnist.test)
    differing = np.flatnonzero(better.labels != mnist.test.labels)
    assert differing.tolist() == sorted(CORRECTED)
    assert {int(place): int(better.labels[place]) for place in differing} == CORRECTED
    assert not set(AMBIGUOUS) & set(CORRECTED)
    assert better.inputs is mnist.test.inputs or np.array_equal(better.inputs, mnist.test.inputs)
    assert corrected(mnist.validation) is None


def test_the_accuracy_on_corrected_labels_is_that_of_an_evaluation_on_them(mnist):
    network = cr.Network([784, 10], seed=1)
    cr.Trainer(network, epochs=1, optimizer=cr.SGD(0.5), seed=1).fit(mnist.train)
    judged, result = judge(network, mnist, "test")
    assert result["correct"] == judged.correct == cr.evaluate(network, mnist.test).correct
    assert result["correct_after_corrections"] == cr.evaluate(network, corrected(mnist.test)).correct
    assert result["correct_after_corrections"] != result["correct"]
