"""Bad input of every kind: one clear message, the right exit status, and nothing written."""

import gzip
import os
import struct
import tracemalloc

import numpy as np
import pytest

from chainrule.training import trainer
from chainrule.training.settings import TrainingSettings


def images(count=12, shape=(2, 2), magic=0x803):
    return struct.pack(">4I", magic, count, *shape) + bytes(range(count * shape[0] * shape[1]))


def labels(count=12, first=0):
    return struct.pack(">2I", 0x801, count) + bytes([first, *(number % 3 for number in range(count - 1))])


def idx(images, labels, suffix=""):
    return {f"train-images-idx3-ubyte{suffix}": images, f"train-labels-idx1-ubyte{suffix}": labels}


def npz(**changes):
    arrays = {"inputs": np.zeros((12, 4), np.float32), "labels": np.arange(12) % 3} | changes
    return lambda path: np.savez(path, **arrays)


ROWS = "1,2,3,4\n" * 6
IMAGES = "train-images-idx3-ubyte"
# What lies in the folder, what is given as --data, and what the message must say.
BAD_DATA = {
    "IDX cut off": (
        idx(images()[:-5], labels()),
        IMAGES,
        "expected 48 bytes of images of shape (12, 2, 2), got 43",
    ),
    "IDX with another magic": (idx(images(magic=0x804), labels()), IMAGES, "expected an IDX file of images"),
    "IDX of 16 bits": (idx(images(magic=0xB03), labels()), IMAGES, "expected an IDX, CSV or .npz file"),
    "IDX that declares too much": (idx(images()[:4] + b"\xff" * 12, labels()), IMAGES, "header declares"),
    "IDX with more behind it": (idx(images() + b"more", labels()), IMAGES, "more bytes follow"),
    "IDX without labels": ({IMAGES: images()}, IMAGES, "labels of train-images-idx3-ubyte here"),
    "IDX with other counts": (idx(images(), labels(11)), IMAGES, "12 images, but "),
    "IDX with a label of 12": (idx(images(), labels(first=12)), IMAGES, "label 12 of example 0 is out of"),
    "IDX folder without a test part": (idx(images(), labels()), ".", "t10k-images-idx3-ubyte is missing"),
    "a gzip bomb": (
        idx(gzip.compress(images() + bytes(10**7)), gzip.compress(labels()), ".gz"),
        f"{IMAGES}.gz",
        "more bytes follow",
    ),
    "gzip cut off": (
        idx(gzip.compress(images())[:-9], gzip.compress(labels()), ".gz"),
        f"{IMAGES}.gz",
        "cut off or damaged",
    ),
    "CSV with words": ({"a.csv": ROWS + "1,two,3,4\n"}, "a.csv", "line 7, column 2: expected a whole number"),
    "CSV of words only": ({"a.csv": "no numbers\n"}, "a.csv", "expected lines of a label and then numbers"),
    "CSV with a short row": ({"a.csv": ROWS + "1,2\n"}, "a.csv", "line 7: expected 4 fields"),
    "CSV with a long row": ({"a.csv": ROWS + "1,2,3,4,5\n"}, "a.csv", "line 7: expected 4 fields"),
    "CSV beyond 255": ({"a.csv": ROWS + "1,2,256,4\n"}, "a.csv", "line 7, column 3: expected a whole number"),
    "CSV below 0": ({"a.csv": ROWS + "1,2,-3,4\n"}, "a.csv", "from 0 to 255, got '-3'"),
    "CSV with a label of 10": ({"a.csv": ROWS + "10,2,3,4\n"}, "a.csv", "expected a label from 0 to 9"),
    "CSV of five rows": ({"a.csv": "1,2,3,4\n" * 5}, "a.csv", "expected at least 6 examples"),
    "an empty file": ({"a.csv": ""}, "a.csv", "found none"),
    "NaN": ({"a.npz": npz(inputs=np.full((12, 4), np.nan))}, "a.npz", "example 0 holds NaN or infinity"),
    "infinity": ({"a.npz": npz(inputs=np.full((12, 4), np.inf))}, "a.npz", "holds NaN or infinity"),
    "beyond 255": ({"a.npz": npz(inputs=np.full((12, 4), 256))}, "a.npz", "whole numbers from 0 to 255"),
    "labels as text": ({"a.npz": npz(labels=np.array(["a"] * 12))}, "a.npz", "whole numbers as labels"),
    "labels below 0": ({"a.npz": npz(labels=np.full(12, -1))}, "a.npz", "label -1 of example 0 is out of"),
    "labels beyond 9": ({"a.npz": npz(labels=np.full(12, 10))}, "a.npz", "expected 0 to 9"),
    "too few labels": ({"a.npz": npz(labels=np.zeros(11, int))}, "a.npz", "expected one label an example"),
    "no labels": (
        {"a.npz": lambda path: np.savez(path, inputs=np.zeros((9, 4)))},
        "a.npz",
        "inputs and labels",
    ),
    "npz cut off": ({"a.npz": b"PK\x03\x04 and no more"}, "a.npz", "expected an intact .npz file"),
    "bytes of no format": ({"a.bin": bytes(range(256))}, "a.bin", "expected an IDX, CSV or .npz file"),
    "a foreign pickle": ({"a.pkl": b"\x80\x04]\x94."}, "a.pkl", "three pairs"),
    "an empty folder": ({}, "there", "expected a sub-folder of images for each class"),
}


def put(folder, files):
    (folder / "there").mkdir()
    for name, content in files.items():
        if callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("kind", BAD_DATA)
def test_bad_data_are_named_and_nothing_is_written(cli, here, kind, contents):
    files, data, expected = BAD_DATA[kind]
    put(here, files)
    (here / "model.safetensors").write_bytes(b"an older model")
    before = contents()
    said = cli("train", "--data", data, "--history", "h.json", "--checkpoint", "kept")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("chainrule: ")
    assert expected in said.err
    assert data in said.err
    assert len(said.err) < 600
    assert contents() == before


def test_a_gzip_bomb_takes_no_memory(cli, here):
    packed = gzip.compress(images() + bytes(10**8), 1)
    put(here, idx(packed, gzip.compress(labels()), ".gz"))
    tracemalloc.start()
    try:
        assert cli("train", "--data", f"{IMAGES}.gz").code == 1
        assert tracemalloc.get_traced_memory()[1] < 5e7
    finally:
        tracemalloc.stop()


WITH_THE_DATA = [
    (["--layers", "5,3"], "has 4 numbers an example and 3 classes; the network takes 5 and gives 3"),
    (["--layers", "4,2"], "Let its layers begin with 4 and end with 3"),
    (["--layers", "4,99999999999,3"], "expected at most 500,000,000. Choose smaller layers"),
    (["--layers", "4,99999999999999999999,3"], "Choose smaller layers"),
    (["--loss", "softmax_cross_entropy", "--output", "sigmoid"], "belongs to a network that ends in softmax"),
    (["--data", "mnits"], "unknown data set or file 'mnits'. Did you mean 'mnist'?"),
    (["--batch-size", "100000"], "from 1 to the number of examples, here 75, not 100000"),
    (["--checkpoint-every", "0"], "the epochs between two checkpoints"),
]
AT_ONCE = [
    (["--layers", "4"], "at least two sizes"),
    (["--layers", "4,0,3"], "at least 1, not 0"),
    (["--layers", "4,-1,3"], "at least 1, not -1"),
    (["--layers", "0,3"], "at least 1 input, not 0"),
    (["--layers", "4,,3"], "layers takes whole numbers such as 784,30,10, not '4,,3'"),
    (["--layers", "4,five,3"], "layers takes whole numbers such as 784,30,10, not '4,five,3'"),
    (["--layers", "4x5x3"], "layers takes whole numbers"),
    (["--layers", ""], "layers takes whole numbers"),
    (["--loss", "quadratc"], "unknown loss 'quadratc'. Did you mean 'quadratic'?"),
    (["--optimizer", "adma"], "unknown optimizer 'adma'. Did you mean 'adam'?"),
    (["--schedule", "cosin"], "unknown schedule 'cosin'. Did you mean 'cosine'?"),
    (["--hidden", "rleu"], "unknown activation 'rleu'. Did you mean 'relu'?"),
    (["--output", "sofmax"], "unknown activation 'sofmax'. Did you mean 'softmax'?"),
    (["--init", "he"], "unknown initializer 'he'."),
    (["--bias-init", "glorot"], "unknown initializer 'glorot'."),
    (["--split", "40k"], "unknown split '40k'."),
    (["--learning-rate", "-1"], "a learning rate must be a number of at least 0, not -1.0"),
    (["--learning-rate", "nan"], "a learning rate must be a number of at least 0, not nan"),
    (["--learning-rate", "inf"], "a learning rate must be a number of at least 0, not inf"),
    (["--learning-rate", "-1", "--optimizer", "lbfgs"], "a learning rate must be"),
    (["--momentum", "1"], "a momentum must be a number of at least 0 and below 1, not 1.0"),
    (["--momentum", "nan", "--optimizer", "adam"], "a momentum must be"),
    (["--weight-decay", "-0.1"], "a weight decay must be a number of at least 0, not -0.1"),
    (["--weight-decay", "inf", "--optimizer", "adamw"], "a weight decay must be"),
    (["--l2", "-1"], "the strength of l2 must be above 0, not -1.0"),
    (["--l2", "nan"], "the strength of l2 must be above 0, not nan"),
    (["--l1", "inf"], "the strength of l1 must be above 0, not inf"),
    (["--augment", "shift=200"], "shift is a number from 0 to 100, not 200.0"),
    (["--augment", "spin=2"], "unknown augmentation 'spin'"),
    (["--augment", "shift"], "written like shift=2,rotation=10"),
    (["--augment", "shift=1", "--optimizer", "lbfgs"], "lbfgs learns from all examples at once"),
    (["--max-norm", "-2"], "the strength of max_norm must be above 0, not -2.0"),
    (["--dropout", "1"], "a dropout rate is the share that is dropped, at least 0 and less than 1, not 1.0"),
    (["--dropout", "nan"], "a dropout rate"),
    (["--average", "1"], "the decay of a moving average is at least 0 and below 1, not 1.0"),
    (["--average", "-0.5"], "the decay of a moving average"),
    (["--average", "nan"], "the decay of a moving average"),
    (["--epochs", "0"], "epochs is a whole number of at least 1, not 0"),
    (["--batch-size", "0"], "batch_size is a whole number of at least 1, not 0"),
    (["--evaluate-every", "0"], "evaluate_every is a whole number of at least 1, not 0"),
    (["--seed", "-1"], "a seed is a whole number of at least 0, not -1"),
    (["--early-stop", "0"], "patience is at least 1 evaluation, not 0"),
    (["--early-stop", "soon"], "such as 10, or 'falling', not 'soon'"),
    (["--early-stop", "3", "--split", "60k"], "split 60k has none. Use 50k"),
    (["--out", "there"], "--out there: expected the name of a file to write, but it is a folder"),
    (["--out", "pipe"], "--out pipe: expected the name of a file to write, but it is no ordinary file"),
    (["--history", "h.csv"], "--history h.csv: expected a name that ends in .json, got '.csv'"),
    (["--history", "there"], "--history there: expected a name that ends in .json, got ''"),
    (["--config", "list.toml"], "list.toml: expected TOML such as 'epochs = 30', but"),
    (["--config", "bytes.toml"], "bytes.toml: expected TOML such as 'epochs = 30', but"),
    (["--config", "name.toml"], "name.toml: unknown setting 'epohcs'. Did you mean 'epochs'?"),
    (["--config", "kind.toml"], "kind.toml: epochs takes a whole number, not 'many'"),
    (["--config", "share.toml"], "share.toml: a dropout rate is"),
    (["--config", "table.toml"], "table.toml: unknown setting 'training'."),
    (["--config", "half.toml"], "half.toml: epochs takes a whole number, not 2.5"),
]


def write_tables(folder):
    (folder / "there").mkdir()
    os.mkfifo(folder / "pipe")
    tables = {
        "list.toml": "epochs: 30\n",
        "bytes.toml": b"\xff\xfe\x00",
        "name.toml": "epohcs = 3\n",
        "kind.toml": 'epochs = "many"\n',
        "share.toml": "dropout = 1.5\n",
        "table.toml": "[training]\nepochs = 3\n",
        "half.toml": "epochs = 2.5\n",
    }
    for name, text in tables.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("words", "expected"),
    AT_ONCE + WITH_THE_DATA,
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_impossible_settings_are_wrong_usage_and_nothing_is_written(train, here, words, expected, contents):
    write_tables(here)
    (here / "model.safetensors").write_bytes(b"an older model")
    before = contents()
    said = train("--checkpoint", "kept", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1].startswith("chainrule: ")
    assert expected in said.err
    assert contents() == before


@pytest.mark.parametrize(
    ("words", "expected"), AT_ONCE, ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else ""
)
def test_what_no_data_can_mend_is_said_before_any_are_fetched(cli, here, no_network, words, expected):
    write_tables(here)
    said = cli("train", *words)
    assert said.code == 2
    assert expected in said.err
    assert "trying" not in said.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--out", "blocker/model"], "--out blocker/model: nothing can be written to "),
        (["--out", "blocker/deeper/model"], "Choose a folder you may write to"),
        (["--out", "x" * 300], "File name too long"),
        (["--history", "blocker/h.json"], "--history blocker/h.json: nothing can be written to "),
        (["--checkpoint", "blocker"], "blocker/checkpoint.safetensors: could not be written"),
        (["--config", "absent.toml"], "absent.toml: expected a TOML file of settings, found no such file"),
        (["--config", "."], "expected a TOML file of settings, found a folder"),
        (["--resume", "nowhere"], "found no such file"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_files_that_cannot_be_used_are_found_before_the_training(cli, train, here, words, expected, contents):
    (here / "blocker").write_text("a file")
    (here / "model.safetensors").write_bytes(b"an older model")
    before = contents()
    said = cli("train", *words) if words[0] == "--resume" else train(*words)
    assert (said.code, said.out) == (1, "")
    assert expected in said.err
    assert contents() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="who may do everything cannot be refused")
def test_a_folder_without_permission_is_found_before_the_training(train, here):
    (here / "locked").mkdir(mode=0o500)
    said = train("--out", "locked/model")
    assert (said.code, said.out) == (1, "")
    assert "--out locked/model: nothing can be written to " in said.err


def test_an_unfinished_run_is_not_overwritten(train, here, cli, monkeypatch, contents):
    def killed(run, folder):
        save(run, folder)
        if run.epoch == 1:
            raise KeyboardInterrupt

    save = trainer.save_checkpoint
    with monkeypatch.context() as patched:
        patched.setattr(trainer, "save_checkpoint", killed)
        said = train("--epochs", 3, "--checkpoint", "kept")
    assert said.code == 130
    assert said.err.endswith("Stopped at once.\nTo go on: chainrule train --resume kept\n")
    before = contents()
    said = train("--epochs", 3, "--checkpoint", "kept")
    assert said.code == 2
    assert "kept holds the checkpoint of a run that has not ended. Resume it" in said.err
    assert contents() == before
    assert cli("train", "--resume", "kept", "--json").json["epochs"] == 3


@pytest.mark.parametrize("content", [b"", b"words", b"\xff" * 8 + b"{}"])
def test_a_damaged_checkpoint_is_left_as_it_is(cli, here, content, contents):
    (here / "kept").mkdir()
    (here / "kept" / "checkpoint.safetensors").write_bytes(content)
    before = contents()
    said = cli("train", "--resume", "kept")
    assert (said.code, said.out) == (1, "")
    assert "kept/checkpoint.safetensors: expected a chainrule checkpoint" in said.err
    assert contents() == before


def test_too_little_memory_is_an_error_of_its_own(train, monkeypatch):
    def full(self, *_, **__):
        raise MemoryError

    monkeypatch.setattr(TrainingSettings, "trainer", full)
    said = train()
    assert (said.code, said.out) == (1, "")
    assert "not enough memory" in said.err
