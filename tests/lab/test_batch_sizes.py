"""The findings about batch sizes, in their quick form."""

from chainrule.lab.experiments.batch_sizes import EXPERIMENTS


def test_an_epoch_of_single_images_takes_several_times_as_long(quick):
    results = quick("online")
    assert results.mean("seconds an epoch, batch 1") > 2 * results.mean("seconds an epoch, batch 20")


def test_the_direction_of_one_image_is_noisier_than_that_of_twenty(quick):
    results = quick("online")
    assert results.mean("degrees, batch 20") + 4 < results.mean("degrees, batch 1") < 90


def test_at_one_rate_for_all_the_large_batch_has_learnt_less_in_as_many_epochs(quick):
    results = quick("online", seeds=2)
    one, twenty = (results.mean(f"validation accuracy, batch {size}, same rate") for size in (1, 20))
    assert twenty + 5 < one


def test_a_rate_in_step_with_the_batch_makes_up_for_some_of_that(quick):
    results = quick("online", seeds=2)
    one, twenty = (results.mean(f"validation accuracy, batch {size}") for size in (1, 20))
    same = results.mean("validation accuracy, batch 20, same rate")
    assert same < twenty < one + 10


def test_the_figure_shows_accuracy_by_epoch_and_by_second(quick):
    (experiment,) = EXPERIMENTS
    results = quick("online")
    scaled, same, clock = experiment.figure(results).axes
    assert scaled.get_xlabel() == same.get_xlabel() == "epoch"
    assert clock.get_xlabel() == "training time (s)"
    assert "batch 1:" in experiment.finding(results)
