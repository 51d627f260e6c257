"""The findings of the book's first networks, in their quick forms."""


def last(results):
    return results.mean("last test accuracy")


def test_a_hidden_layer_reads_most_digits_after_a_few_epochs(quick):
    assert last(quick("ch1-30")) > 85


def test_more_neurons_from_as_wide_a_start_have_read_as_well_after_as_many_steps_or_worse(quick):
    assert 40 < last(quick("ch1-100")) < last(quick("ch1-30")) + 5


def test_a_rate_far_too_small_has_hardly_begun(quick):
    slow = quick("ch1-slow")
    assert slow.mean("first test accuracy") < last(slow) < 40


def test_a_rate_far_too_large_ends_near_guessing(quick):
    assert last(quick("ch1-fast")) < 40


def test_without_a_hidden_layer_less_is_reached(quick):
    assert 40 < last(quick("ch1-none")) < last(quick("ch1-30"))
