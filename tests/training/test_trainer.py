"""Training: it learns, it repeats itself bit for bit, and it says what went wrong."""

import io
import json
import threading
from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import DivergedError, SettingError, UnknownNameError


def test_learns_and_writes_down_every_epoch(toy, make_trainer):
    trainer = make_trainer(epochs=30, average=None)
    history = trainer.fit(toy)
    assert [record.epoch for record in history.epochs] == list(range(30))
    assert history[-1].loss < history[0].loss
    assert history[-1].accuracy > 0.9
    assert history[-1].examples == len(toy.validation)
    assert history.accuracies == [record.accuracy for record in history.epochs]
    assert trainer.finished


def test_same_seed_same_bits_and_another_seed_others(toy, make_trainer):
    runs = [make_trainer(seed=seed) for seed in (5, 5, 6)]
    histories = [run.fit(toy) for run in runs]
    prints = [run.network.fingerprint() for run in runs]
    assert prints[0] == prints[1] != prints[2]
    assert histories[0] == histories[1] != histories[2]


def test_history_loss_is_the_mean_over_examples_with_a_ragged_last_batch(toy):
    network = cr.Network([20, 3], seed=1)
    trainer = cr.Trainer(network, optimizer=cr.SGD(0.0), epochs=1, batch_size=64, seed=1)
    history = trainer.fit(toy.train)
    outputs = network.predict(toy.train.inputs)
    expected = 0.5 * ((outputs - np.eye(3)[toy.train.labels]) ** 2).sum(axis=1).mean()
    assert history[0].loss == pytest.approx(expected, rel=1e-5)


def test_without_validation_nothing_is_evaluated(toy, make_trainer):
    history = make_trainer(epochs=2).fit(toy.train)
    assert history.accuracies == []
    assert history[1].accuracy is None


def test_evaluates_every_k_epochs(toy, make_trainer):
    history = make_trainer(epochs=5, evaluate_every=2).fit(toy)
    assert [record.epoch for record in history.epochs if record.accuracy is not None] == [1, 3]


def test_the_schedule_sets_the_rate_of_each_epoch(toy, make_trainer):
    trainer = make_trainer(schedule=cr.StepDecay(every=1, factor=0.5), optimizer=cr.SGD(0.8), epochs=3)
    history = trainer.fit(toy)
    assert [record.learning_rate for record in history.epochs] == pytest.approx([0.8, 0.4, 0.2])


def test_a_schedule_may_be_any_function(toy, make_trainer):
    seen = []

    def schedule(epoch, epochs, accuracies):
        seen.append((epoch, epochs, len(accuracies)))
        return 1.0

    make_trainer(schedule=schedule, epochs=2, batch_size=209).fit(toy)
    assert seen == [(0.0, 2, 0), (0.5, 2, 0), (1.0, 2, 1), (1.5, 2, 1)]


def test_targets_of_the_notes_reach_the_loss(toy):
    trainer = cr.Trainer(
        cr.Network([20, 3], seed=1), optimizer=cr.SGD(0.0), epochs=1, targets=(0.1, 0.9), seed=1
    )
    history = trainer.fit(toy.train)
    outputs = trainer.network.predict(toy.train.inputs)
    targets = np.where(np.eye(3)[toy.train.labels] == 1, 0.9, 0.1)
    assert history[0].loss == pytest.approx(0.5 * ((outputs - targets) ** 2).sum(axis=1).mean(), rel=1e-5)


def test_the_network_answers_with_the_average_in_the_end(toy, make_trainer):
    trainer = make_trainer()
    trainer.fit(toy)
    np.testing.assert_array_equal(trainer.network.parameters.values, trainer.average.line)


def test_average_weighs_the_past_as_its_formula_says():
    network = cr.Network([2, 1], seed=1, dtype=np.float64)
    from chainrule.training.average import MovingAverage

    average, expected = MovingAverage(0.5), network.parameters.values.copy()
    average.bind(network.parameters, network.state)
    for step in range(6):
        network.parameters.values += 1.0
        average.update()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network.parameters.values
    np.testing.assert_allclose(average.line, expected, rtol=1e-14)
    own = network.parameters.values.copy()
    with average.applied():
        np.testing.assert_array_equal(network.parameters.values, average.line)
    np.testing.assert_array_equal(network.parameters.values, own)


def test_lbfgs_lowers_the_loss_of_all_examples_every_epoch(toy):
    network = cr.Network([20, 8, 3], seed=1)
    history = cr.Trainer(network, optimizer=cr.LBFGS(10), epochs=5, seed=1).fit(toy)
    losses = [record.loss for record in history.epochs]
    assert losses == sorted(losses, reverse=True)
    assert history[-1].accuracy > 0.9


def test_patience_stops_when_the_best_is_long_ago():
    rule = cr.Patience(2)
    assert rule([]) is None
    assert rule([0.5, 0.6, 0.55]) is None
    assert "60.00%" in rule([0.5, 0.6, 0.55, 0.6])


def test_the_notes_rule_stops_at_the_first_fall():
    assert cr.falling([0.5]) is None
    assert cr.falling([0.5, 0.5]) is None
    assert "50.00%" in cr.falling([0.5, 0.4])


def test_stopping_ends_training_and_says_why(toy, make_trainer):
    history = make_trainer(
        epochs=50, stopping=lambda accuracies: "enough" if len(accuracies) == 3 else None
    ).fit(toy)
    assert len(history) == 3
    assert history.stopped == "enough"


def test_a_callback_may_stop_the_training(toy, make_trainer):
    class StopAfterTwo(cr.Callback):
        def on_epoch(self, trainer, record):
            if record.epoch == 1:
                trainer.stop("two are enough")

    history = make_trainer(epochs=50, callbacks=[StopAfterTwo()], stopping=cr.Patience(40)).fit(toy)
    assert len(history) == 2
    assert history.stopped == "two are enough"


def test_epochs_are_printed_as_the_book_prints_them(toy, make_trainer):
    stream = io.StringIO()
    history = make_trainer(epochs=2, callbacks=[cr.PrintEpochs(stream)]).fit(toy)
    assert stream.getvalue().splitlines() == [
        f"Epoch {record.epoch}: {record.correct} / 83" for record in history.epochs
    ]


def test_history_is_plain_json(toy, make_trainer, tmp_path):
    history = make_trainer(epochs=2).fit(toy)
    history.save(tmp_path / "deep" / "history.json")
    data = json.loads((tmp_path / "deep" / "history.json").read_text())
    assert cr.History.from_data(data) == history


def test_the_record_says_how_it_was_trained(toy, make_trainer):
    trainer = make_trainer(epochs=1)
    trainer.fit(toy)
    record = trainer.network.training_record
    assert record["data"]["sha256"] == toy.train.sha256()
    assert record["settings"]["optimizer"]["name"] == "adam"
    assert record["settings"]["batch_size"] == 7
    assert {"chainrule", "numpy", "scipy", "python"} <= set(record["versions"])
    json.dumps(record)


def test_the_record_says_by_how_much_labels_were_smoothed(toy, make_trainer):
    for loss, said in ((cr.SoftmaxCrossEntropy(0.1), 0.1), (cr.SoftmaxCrossEntropy(), None)):
        trainer = make_trainer(epochs=1, loss=loss)
        trainer.fit(toy)
        settings = trainer.network.training_record["settings"]
        assert settings["loss"] == "softmax_cross_entropy"
        assert settings.get("label_smoothing") == said


def test_divergence_names_epoch_batch_layer_and_cause(toy, make_trainer):
    with pytest.raises(
        DivergedError, match=r"epoch 0, batch 1; .* layer \d \(\w+\)\. The usual cause is a learning rate"
    ):
        make_trainer(optimizer=cr.SGD(1e30)).fit(toy)


def test_divergence_in_the_parameters_is_told_from_divergence_in_a_layer(toy):
    network = cr.Network([20, 5, 3], seed=1)
    network.layers[2].biases[1] = np.nan
    with pytest.raises(DivergedError, match=r"in the biases of layer 2 \(Dense\), by the step before"):
        cr.Trainer(network, epochs=1).fit(toy)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 0}, "number of epochs must be a whole number of at least 1, not 0"),
        ({"batch_size": 2.5}, "batch size must be a whole number of at least 1, not 2.5"),
        ({"evaluate_every": -1}, "between two evaluations"),
        ({"checkpoint_every": 0}, "between two checkpoints"),
        ({"average": 1.0}, "at least 0 and below 1, not 1.0"),
        ({"targets": (0.1, 0.9)}, "sum to 1.1"),
        ({"loss": "sigmoid_cross_entropy"}, "ends in sigmoid; this one ends in Softmax"),
    ],
)
def test_impossible_settings_are_refused(make_trainer, changes, said):
    with pytest.raises(SettingError, match=said):
        make_trainer(**changes)


def test_negative_rates_and_unknown_names_are_refused(make_trainer):
    with pytest.raises(SettingError, match="learning rate must be a number of at least 0, not -1"):
        cr.SGD(-1)
    with pytest.raises(UnknownNameError, match="Did you mean 'quadratic'"):
        make_trainer(loss="quadratc")
    with pytest.raises(UnknownNameError, match="Did you mean 'cosine'"):
        make_trainer(schedule="cosinus")


def test_data_that_do_not_fit_say_what_would(toy):
    with pytest.raises(SettingError, match="Let its layers begin with 20 and end with 3"):
        cr.Trainer(cr.Network([784, 30, 10], seed=1)).fit(toy)
    with pytest.raises(SettingError, match="from 1 to the number of examples, here 417, not 1000"):
        cr.Trainer(cr.Network([20, 3], seed=1), batch_size=1000).fit(toy)


def test_a_second_fit_is_refused_and_not_silently_nothing(toy, make_trainer):
    trainer = make_trainer(epochs=1)
    trainer.fit(toy)
    before = trainer.network.fingerprint()
    with pytest.raises(SettingError, match="make a new one"):
        trainer.fit(toy)
    assert trainer.network.fingerprint() == before


def test_the_record_says_how_images_were_changed(toy, make_trainer):
    images = replace(toy.train, input_shape=(4, 5))
    trainer = make_trainer(augmentation=cr.Augmentation(shift=1, elastic=(8, 2)), epochs=1)
    trainer.fit(images)
    assert trainer.network.training_record["settings"]["augmentation"] == "shift=1,elastic=8:2"
    plain = make_trainer(augmentation=cr.Augmentation(), epochs=1)
    plain.fit(images)
    assert "augmentation" not in plain.network.training_record["settings"]


def test_augmentation_that_cannot_be_is_refused_before_training(toy, make_trainer, tmp_path):
    moved = cr.Augmentation(shift=1)
    with pytest.raises(SettingError, match="is for images"):
        make_trainer(augmentation=moved, checkpoint=tmp_path / "kept").fit(toy)
    assert not (tmp_path / "kept").exists()
    with pytest.raises(SettingError, match="lbfgs learns from all examples at once"):
        make_trainer(augmentation=moved, optimizer=cr.LBFGS())
    with pytest.raises(SettingError, match="Make one of text"):
        make_trainer(augmentation="shift=1")


def test_an_error_in_the_middle_of_training_leaves_no_thread(toy, make_trainer):
    class Fail(cr.Callback):
        def on_batch(self, trainer):
            raise MemoryError

    images = replace(toy.train, input_shape=(4, 5))
    with pytest.raises(MemoryError):
        make_trainer(augmentation=cr.Augmentation(shift=1), callbacks=[Fail()]).fit(images)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("ahead")] == []
