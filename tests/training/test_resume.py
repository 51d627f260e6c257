"""A run that is stopped in any way and resumed ends as if it had never been stopped, bit for bit."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import DivergedError, FileError, InterruptedTraining, ModelFileError, SettingError
from chainrule.training.checkpoint import CHECKPOINT_NAME


class PressCtrlC(cr.Callback):
    def __init__(self, batch):
        self.left = batch

    def on_batch(self, trainer):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(scope="module")
def uninterrupted(toy):
    def run(make_trainer, **changes):
        trainer = make_trainer(**changes)
        return trainer.fit(toy), trainer.network.fingerprint()

    return run


@pytest.mark.parametrize("batch", [1, 30, 59, 60, 61, 150, 239, 240])
def test_ctrl_c_at_any_batch(toy, make_trainer, uninterrupted, tmp_path, batch):
    expected = uninterrupted(make_trainer)
    with pytest.raises(
        InterruptedTraining, match=f"epoch {(batch - 1) // 60}, after batch {(batch - 1) % 60 + 1} of 60"
    ):
        make_trainer(checkpoint=tmp_path, callbacks=[PressCtrlC(batch)]).fit(toy)
    resumed = make_trainer(checkpoint=tmp_path)
    assert (resumed.fit(toy, resume=True), resumed.network.fingerprint()) == expected


@pytest.mark.parametrize(
    "optimizer",
    [cr.SGD(0.1), cr.Momentum(0.1), cr.Nesterov(0.1), cr.RMSProp(), cr.AdamW(), cr.LBFGS(3)],
    ids=lambda optimizer: optimizer.name,
)
def test_every_optimizer_goes_on_where_it_was(toy, make_trainer, uninterrupted, tmp_path, optimizer):
    expected = uninterrupted(make_trainer, optimizer=optimizer, epochs=3)
    make_trainer(optimizer=optimizer, epochs=2, checkpoint=tmp_path, schedule="constant").fit(toy)
    (tmp_path / CHECKPOINT_NAME).unlink()
    with pytest.raises(InterruptedTraining):
        make_trainer(
            optimizer=optimizer,
            epochs=3,
            checkpoint=tmp_path,
            callbacks=[PressCtrlC(1 if optimizer.full_batch else 70)],
        ).fit(toy)
    resumed = make_trainer(optimizer=optimizer, epochs=3, checkpoint=tmp_path)
    assert (resumed.fit(toy, resume=True), resumed.network.fingerprint()) == expected


def test_a_smoothed_loss_goes_on_as_it_was(toy, make_trainer, uninterrupted, tmp_path):
    loss = cr.SoftmaxCrossEntropy(label_smoothing=0.1)
    expected = uninterrupted(make_trainer, loss=loss)
    assert expected != uninterrupted(make_trainer)
    with pytest.raises(InterruptedTraining):
        make_trainer(loss=loss, checkpoint=tmp_path, callbacks=[PressCtrlC(70)]).fit(toy)
    resumed = make_trainer(loss=cr.SoftmaxCrossEntropy(0.1), checkpoint=tmp_path)
    assert (resumed.fit(toy, resume=True), resumed.network.fingerprint()) == expected


MOVED = cr.Augmentation(shift=1, rotation=20, elastic=(10, 2), thickness=0.5, noise=0.05, erase=0.3)


@pytest.fixture(scope="module")
def toy_images(toy):
    """The same numbers, taken for images of 4 by 5."""
    return cr.Split(*(replace(part, input_shape=(4, 5)) for part in (toy.train, toy.validation, toy.test)))


@pytest.mark.parametrize("batch", [1, 30, 60, 61, 150, 240])
def test_images_changed_at_random_are_changed_again_in_the_same_way(
    toy_images, make_trainer, tmp_path, monkeypatch, batch
):
    monkeypatch.setattr("chainrule.data.batches._ROWS_AHEAD", 50)
    whole = make_trainer(augmentation=MOVED)
    expected = whole.fit(toy_images), whole.network.fingerprint()
    plain = make_trainer()
    plain.fit(toy_images)
    assert expected[1] != plain.network.fingerprint()
    with pytest.raises(InterruptedTraining):
        make_trainer(augmentation=MOVED, checkpoint=tmp_path, callbacks=[PressCtrlC(batch)]).fit(toy_images)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("ahead")] == []
    resumed = make_trainer(augmentation=MOVED, checkpoint=tmp_path)
    assert (resumed.fit(toy_images, resume=True), resumed.network.fingerprint()) == expected


@pytest.mark.parametrize(
    ("kept", "given"), [(MOVED, None), (None, MOVED), (MOVED, cr.Augmentation(shift=1))], ids=str
)
def test_another_augmentation_cannot_take_the_checkpoint(toy_images, make_trainer, tmp_path, kept, given):
    make_trainer(checkpoint=tmp_path, epochs=1, augmentation=kept).fit(toy_images)
    with pytest.raises(ModelFileError, match="settings were"):
        make_trainer(checkpoint=tmp_path, augmentation=given).fit(toy_images, resume=True)


def test_ctrl_c_without_a_folder_says_that_nothing_was_saved(toy, make_trainer):
    with pytest.raises(InterruptedTraining, match="Nothing was saved"):
        make_trainer(callbacks=[PressCtrlC(3)]).fit(toy)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_more_epochs_can_be_asked_for_when_resuming(toy, make_trainer, uninterrupted, tmp_path):
    expected = uninterrupted(make_trainer, schedule="constant", epochs=6)
    make_trainer(schedule="constant", epochs=3, checkpoint=tmp_path).fit(toy)
    longer = make_trainer(schedule="constant", epochs=6, checkpoint=tmp_path)
    assert (longer.fit(toy, resume=True), longer.network.fingerprint()) == expected


def test_resuming_a_finished_run_gives_its_result(toy, make_trainer, uninterrupted, tmp_path):
    expected = uninterrupted(make_trainer)
    make_trainer(checkpoint=tmp_path).fit(toy)
    again = make_trainer(checkpoint=tmp_path)
    assert (again.fit(toy, resume=True), again.network.fingerprint()) == expected


def test_an_unfinished_run_is_not_overwritten(toy, make_trainer, tmp_path):
    with pytest.raises(InterruptedTraining):
        make_trainer(checkpoint=tmp_path, callbacks=[PressCtrlC(70)]).fit(toy)
    before = (tmp_path / CHECKPOINT_NAME).read_bytes()
    with pytest.raises(SettingError, match="checkpoint of a run that has not ended"):
        make_trainer(checkpoint=tmp_path).fit(toy)
    assert (tmp_path / CHECKPOINT_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"optimizer": cr.SGD(0.1)}, "settings were"),
        ({"batch_size": 8}, "settings were"),
        ({"average": None}, "settings were"),
        ({"loss": cr.SoftmaxCrossEntropy(label_smoothing=0.1)}, "settings were"),
    ],
)
def test_another_run_cannot_take_the_checkpoint(toy, make_trainer, tmp_path, changes, said):
    make_trainer(checkpoint=tmp_path, epochs=1).fit(toy)
    with pytest.raises(ModelFileError, match=said):
        make_trainer(checkpoint=tmp_path, **changes).fit(toy, resume=True)


def test_other_data_cannot_take_the_checkpoint(toy, make_trainer, tmp_path):
    make_trainer(checkpoint=tmp_path, epochs=1).fit(toy)
    with pytest.raises(ModelFileError, match="its data were"):
        make_trainer(checkpoint=tmp_path).fit(toy.test, resume=True)


def test_nothing_to_resume_is_said(toy, make_trainer, tmp_path):
    with pytest.raises(FileError, match="no such file"):
        make_trainer(checkpoint=tmp_path).fit(toy, resume=True)
    with pytest.raises(SettingError, match="name the folder"):
        make_trainer().fit(toy, resume=True)


def test_a_damaged_checkpoint_is_refused(toy, make_trainer, tmp_path):
    make_trainer(checkpoint=tmp_path, epochs=1).fit(toy)
    path = tmp_path / CHECKPOINT_NAME
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="cut off or damaged"):
        make_trainer(checkpoint=tmp_path).fit(toy, resume=True)


def test_divergence_keeps_the_last_good_checkpoint(toy, make_trainer, tmp_path):
    def explode(epoch, epochs, accuracies):
        return 1.0 if epoch < 2 else 1e30

    with pytest.raises(DivergedError, match="last good checkpoint is kept"):
        make_trainer(checkpoint=tmp_path, optimizer=cr.SGD(0.1), schedule=explode).fit(toy)
    again = make_trainer(checkpoint=tmp_path, optimizer=cr.SGD(0.1), schedule=explode, epochs=2)
    again.fit(toy, resume=True)
    assert again.epoch == 2
    assert np.isfinite(again.network.parameters.values).all()


def test_a_full_disk_leaves_the_last_checkpoint(toy, make_trainer, tmp_path, monkeypatch):
    make_trainer(checkpoint=tmp_path, epochs=1).fit(toy)
    before = (tmp_path / CHECKPOINT_NAME).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left"):
        make_trainer(checkpoint=tmp_path, epochs=2).fit(toy, resume=True)
    assert (tmp_path / CHECKPOINT_NAME).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_NAME]


KILLED_RUN = """
import sys
import numpy as np
import chainrule as cr

generator = np.random.default_rng(0)
inputs = generator.random((600, 20), dtype=np.float32)
data = cr.Dataset(inputs, inputs[:, :3].argmax(axis=1), ("a", "b", "c"), (4, 5), name="toy")
layers = cr.fully_connected([20, 12, 3], hidden="relu", output="softmax", batch_norm=True, dropout=0.2)
trainer = cr.Trainer(cr.Network(layers, 20, seed=1), loss="softmax_cross_entropy", optimizer=cr.Adam(0.01),
                     epochs=60, average=0.99, seed=2, checkpoint=sys.argv[1],
                     augmentation=cr.Augmentation.from_text(sys.argv[2]))
history = trainer.fit(cr.Split.of(data, data), resume=len(sys.argv) > 3)
print(trainer.network.fingerprint(), history.epochs)
"""


@pytest.mark.parametrize("augment", ["", "shift=1,elastic=10:2,noise=0.05"], ids=["plain", "augmented"])
def test_sigkill_at_random_moments(tmp_path, augment):
    """CHAINRULE_KILLS=100 pytest tests/training/test_resume.py -k sigkill is the long form."""
    kills = int(os.environ.get("CHAINRULE_KILLS", "2" if augment else "6"))

    def start(folder, *resume):
        command = [sys.executable, "-c", KILLED_RUN, str(folder), augment, *resume]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    began = time.monotonic()
    expected, errors = start(tmp_path / "whole").communicate(timeout=120)
    whole_time = time.monotonic() - began
    assert expected, errors
    moments = random.Random(1)
    done = run = 0
    while done < kills:
        folder = tmp_path / f"run{run}"
        run += 1
        output = ""
        while not output:
            resume = ["resume"] if (folder / CHECKPOINT_NAME).exists() else []
            process = start(folder, *resume)
            try:
                output, errors = process.communicate(
                    timeout=moments.uniform(0.1, whole_time) if done < kills else 120
                )
                assert process.returncode == 0, errors
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                done += 1
        assert output == expected


def test_a_very_long_history_can_be_saved(toy, make_trainer, tmp_path):
    trainer = make_trainer(epochs=1, checkpoint=tmp_path)
    trainer.history.epochs = [cr.EpochRecord(number, 0.123456789, 0.01, 80, 83) for number in range(20_000)]
    trainer.fit(toy)
    resumed = make_trainer(epochs=1, checkpoint=tmp_path)
    assert resumed.fit(toy, resume=True) == trainer.history
