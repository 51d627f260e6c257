"""The finding of the network of objects beside the network of arrays, in its quick form."""

from chainrule.lab.registry import experiment_named


def test_objects_and_arrays_learn_the_same_weights_to_twelve_digits(quick):
    assert quick("objects-and-arrays").mean("largest difference") < 1e-12


def test_arrays_are_many_times_faster_the_more_so_in_a_large_network(quick):
    results = quick("objects-and-arrays")
    assert results.mean("ratio") > 20
    assert results.mean("ratio") > results.mean("first ratio")


def test_an_epoch_of_the_note_would_take_objects_minutes_at_least(quick):
    results = quick("objects-and-arrays")
    assert results.mean("connections") == 238_510
    assert results.mean("seconds an epoch, objects") > 300
    assert results.mean("seconds an epoch, arrays") < 300


def test_the_figure_has_times_beside_their_ratio(quick):
    drawn = experiment_named("objects-and-arrays").figure(quick("objects-and-arrays"))
    times, ratio = drawn.axes
    assert "ms" in times.get_ylabel()
    assert "times as fast" in ratio.get_ylabel()
    assert all("connections" in axes.get_xlabel() for axes in drawn.axes)
    assert "with objects" in drawn.get_suptitle()
