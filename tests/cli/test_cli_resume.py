"""Checkpoints: a run that was stopped goes on as if nothing had happened, and Ctrl-C stops it in order."""

import json
import shlex
import signal
import subprocess
import time

import numpy as np
import pytest

from chainrule.cli import describe
from chainrule.network import Network
from chainrule.storage import load_model
from chainrule.training import Trainer, trainer
from chainrule.training.checkpoint import CHECKPOINT_NAME, checkpoint_document

EVERYTHING = (
    *("--optimizer", "adam", "--schedule", "cosine", "--dropout", 0.2, "--batch-norm", "--average", 0.9),
    *("--l2", 0.1, "--hidden", "prelu", "--loss", "softmax_cross_entropy"),
)


def test_a_finished_run_goes_further_as_if_it_had_never_ended(train, cli):
    whole = train("--epochs", 5, "--json", "--out", "whole").json
    assert train("--epochs", 2, "--quiet", "--checkpoint", "kept", "--out", "parts").code == 0
    further = cli("train", "--resume", "kept", "--epochs", 5, "--json").json
    assert further["model"] == "parts"
    assert (further["fingerprint"], further["epochs"]) == (whole["fingerprint"], 5)


def test_a_finished_run_that_is_resumed_gives_its_model_again(train, cli, here):
    first = train("--json", "--checkpoint", "kept").json
    (here / "model.safetensors").unlink()
    assert cli("train", "--resume", "kept", "--json").json["fingerprint"] == first["fingerprint"]
    assert load_model(here / "model.safetensors").fingerprint() == first["fingerprint"]


@pytest.mark.parametrize("every", [1, 2])
def test_a_checkpoint_is_written_every_so_many_epochs(train, here, monkeypatch, every):
    seen = []
    save = trainer.save_checkpoint
    monkeypatch.setattr(
        trainer, "save_checkpoint", lambda run, folder: (seen.append(run.epoch), save(run, folder))
    )
    words = ("--epochs", 5, "--checkpoint", "kept", "--checkpoint-every", every, "--quiet")
    assert train(*words).code == 0
    assert seen == ([0, 1, 2, 3, 4, 5] if every == 1 else [0, 2, 4, 5])
    assert checkpoint_document(here / "kept")["finished"]


def test_what_the_first_call_said_holds_for_the_resumed_one(train, cli, here):
    words = (
        "--checkpoint",
        "kept",
        "--checkpoint-every",
        3,
        "--out",
        "a b",
        "--history",
        "h.json",
        "--quiet",
    )
    assert train("--epochs", 2, *words).code == 0
    (here / "h.json").unlink()
    assert cli("train", "--resume", "kept", "--epochs", 4, "--quiet").code == 0
    assert len(json.loads((here / "h.json").read_text())["epochs"]) == 4
    assert checkpoint_document(here / "kept")["record"]["notes"]["checkpoint_every"] == 3
    assert cli("train", "--resume", "kept", "--quiet", "--out", "c", "--history", "i.json").code == 0
    assert load_model(here / "c").fingerprint() == load_model(here / "a b").fingerprint()
    assert (here / "i.json").read_bytes() == (here / "h.json").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["--layers", "4,5,3"],
        ["--seed", "2"],
        ["--no-bias"],
        ["--config", "x.toml"],
        ["--checkpoint", "other"],
        ["--checkpoint-every", "2"],
    ],
    ids=lambda words: words[0],
)
def test_a_resumed_run_keeps_its_settings(train, cli, here, words):
    assert train("--checkpoint", "kept", "--quiet").code == 0
    before = (here / "kept" / CHECKPOINT_NAME).read_bytes()
    said = cli("train", "--resume", "kept", *words)
    assert said.code == 2
    shown = words[0].replace("--no-", "--")
    assert f"{shown} cannot be given with it. Only --epochs, --out, --history" in said.err
    assert (here / "kept" / CHECKPOINT_NAME).read_bytes() == before


def test_there_must_be_something_to_resume(cli, here, train, model):
    assert "no such file" in cli("train", "--resume", "nowhere").err
    (here / "other").mkdir()
    (here / "other" / CHECKPOINT_NAME).write_bytes(b"what")
    assert "expected a chainrule checkpoint" in cli("train", "--resume", "other").err
    (here / "other" / CHECKPOINT_NAME).write_bytes(model.read_bytes())
    said = cli("train", "--resume", "other")
    assert (said.code, said.out) == (1, "")
    assert "it is no checkpoint" in said.err


def test_a_checkpoint_of_other_making_is_not_taken_for_one(cli, here, flowers):
    network = Network([4, 3], seed=0)
    Trainer(network, epochs=1, checkpoint=here / "kept", seed=0).fit(flowers[0])
    said = cli("train", "--resume", "kept")
    assert (said.code, said.out) == (2, "")
    assert "kept: this checkpoint was not made by `chainrule train`; resume it from Python" in said.err


def test_other_data_of_the_same_name_is_refused(cli, here, flowers_file):
    data = here / "data.npz"
    data.write_bytes(flowers_file.read_bytes())
    assert cli("train", "--data", "data.npz", "--epochs", 2, "--checkpoint", "kept", "--quiet").code == 0
    numbers = np.arange(400, dtype=np.uint8).reshape(100, 4)
    np.savez(data, inputs=numbers, labels=np.arange(100) % 3, class_names=["red", "blue", "white"])
    said = cli("train", "--resume", "kept", "--epochs", 3)
    assert said.code == 1
    assert "cannot be resumed: its data were" in said.err


def test_ctrl_c_stops_after_the_batch_and_says_how_to_go_on(program, surroundings, here, cli, flowers_file):
    words = ["train", "--data", str(flowers_file), "--epochs", "1000", *map(str, EVERYTHING)]
    whole = cli(*words, "--json", "--out", "whole").json
    started = [
        *program,
        *words,
        "--checkpoint",
        "the state",
        "--checkpoint-every",
        "999",
        "--out",
        "a b/model",
    ]
    with subprocess.Popen(
        started, cwd=here, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert first.startswith("Epoch 0: ")
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Test accuracy" not in out
    stopped = err.splitlines()[-2:]
    assert stopped[0].startswith("Stopped at epoch ")
    assert stopped[0].endswith("and saved to the state.")
    assert stopped[1] == "To go on: chainrule train --resume 'the state'"
    assert not (here / "a b").exists()
    resumed = cli(*shlex.split(stopped[1].partition("chainrule ")[2]), "--json").json
    assert resumed["model"] == "a b/model"
    assert resumed["fingerprint"] == whole["fingerprint"]
    assert not list(here.rglob("*.part"))


def test_ctrl_c_without_a_checkpoint_says_that_nothing_was_saved(program, surroundings, here, flowers_file):
    started = [*program, "train", "--data", str(flowers_file), "--epochs", "100000"]
    with subprocess.Popen(
        started, cwd=here, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - began < 5
    assert "Traceback" not in err
    assert "Nothing was saved, as no checkpoint folder was named" in err
    assert "--resume" not in err
    assert list(here.iterdir()) == []


def test_ctrl_c_outside_training_is_not_an_error_of_the_program(cli, monkeypatch):
    def pressed(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(describe, "load_model", pressed)
    said = cli("describe", "x")
    assert (said.code, said.out, said.err) == (130, "", "Stopped.\n")
