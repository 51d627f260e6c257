"""Networks bound into one answer with their mean, and are then a network like any other."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import SettingError

INPUTS = np.random.default_rng(0).random((9, 6)).astype(np.float32)


def member(seed, layers=None, **changes):
    layers = layers or [cr.Dense(5), cr.BatchNorm(), cr.ReLU(), cr.Dense(3), cr.Softmax()]
    network = cr.Network(layers, **({"input_shape": 6, "seed": seed, "class_names": "abc"} | changes))
    for array in network.state.values():
        array[...] = np.random.default_rng(seed).random(array.shape) + 0.5
    network.training_record = {"settings": {"seed": seed}}
    return network


def test_the_answer_is_the_mean_of_the_members_answers():
    members = [member(seed) for seed in range(3)]
    whole = cr.ensemble_of(members)
    expected = np.mean([network.predict(INPUTS) for network in members], axis=0)
    np.testing.assert_allclose(whole.predict(INPUTS), expected, rtol=1e-6)
    np.testing.assert_allclose(whole.predict(INPUTS).sum(axis=1), 1.0, rtol=1e-6)
    assert np.ptp(members[0].predict(INPUTS) - expected) > 1e-3


def test_parameters_and_records_are_copies():
    members = [member(1), member(2)]
    whole = cr.ensemble_of(members)
    before = whole.predict(INPUTS)
    for network in members:
        network.parameters.values.fill(0.0)
        network.state["1.running_mean"].fill(7.0)
        network.training_record["settings"]["seed"] = 0
    np.testing.assert_array_equal(whole.predict(INPUTS), before)
    assert [part["settings"]["seed"] for part in whole.training_record["members"]] == [1, 2]


def test_members_may_be_of_different_make():
    small = member(1, [cr.Dense(3, bias=False), cr.Softmax()])
    whole = cr.ensemble_of([small, member(2)])
    expected = (small.predict(INPUTS) + member(2).predict(INPUTS)) / 2
    np.testing.assert_allclose(whole.predict(INPUTS), expected, rtol=1e-6)


def test_an_ensemble_goes_through_a_file_is_described_evaluated_and_folded(tmp_path):
    whole = cr.ensemble_of([member(1), member(2)])
    cr.save_model(whole, tmp_path / "model")
    again = cr.load_model(tmp_path / "model")
    assert again.fingerprint() == whole.fingerprint()
    assert again.predict(INPUTS).tobytes() == whole.predict(INPUTS).tobytes()
    assert "Ensemble(2 members)" in again.describe()
    assert f"{2 * len(member(1).parameters)}" in again.describe()
    labels = whole.classify(INPUTS)
    assert cr.evaluate(again, cr.Dataset(INPUTS, labels, tuple("abc"), (6,))).correct == 9
    np.testing.assert_allclose(cr.folded(again).predict(INPUTS), whole.predict(INPUTS), rtol=1e-5)


def test_binding_first_and_folding_first_come_to_the_same():
    members = [member(1), member(2)]
    first = cr.folded(cr.ensemble_of(members))
    second = cr.ensemble_of([cr.folded(network) for network in members])
    assert first.fingerprint() == second.fingerprint()
    assert first.architecture() == second.architecture()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input_shape": (2, 3), "layers": [cr.Flatten(), cr.Dense(3), cr.Softmax()]}, "input shape"),
        ({"layers": [cr.Dense(2)], "class_names": "ab"}, "output shape"),
        ({"dtype": np.float64}, "dtype"),
        ({"scaling": cr.Scaling(2.0)}, "scaling"),
        ({"class_names": "xyz"}, "class names"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_members_that_do_not_fit_together_are_refused(change, said):
    with pytest.raises(SettingError, match=said):
        cr.ensemble_of([member(1), member(2, **change)])


def test_no_members_are_refused():
    with pytest.raises(SettingError, match="at least one"):
        cr.ensemble_of([])


@pytest.mark.parametrize("members", [[], [cr.Sigmoid()], [[cr.Sigmoid(), 3]], [3], ["ab"]], ids=str)
def test_what_is_no_list_of_members_is_refused_by_the_layer(members):
    with pytest.raises(SettingError):
        cr.Ensemble(members)


def test_members_of_different_outputs_are_refused_by_the_layer():
    with pytest.raises(SettingError, match=r"one shape, which are averaged; here \[\(2,\), \(3,\)\]"):
        cr.Network([cr.Ensemble([[cr.Dense(2)], [cr.Dense(3)]])], 4)


def test_a_layer_in_two_members_is_refused():
    shared = cr.Dense(2)
    with pytest.raises(SettingError, match="one place only"):
        cr.Network([cr.Ensemble([[shared], [shared]])], 4)
