"""A small network beside people and records."""

from chainrule.lab.experiments.record_table import CROWD, REPORTED
from chainrule.lab.registry import experiment_named


def test_a_small_network_misses_many_times_more_than_the_best_of_2013(quick):
    ours = quick("people-and-records")
    assert 4 < ours.mean("test error") < 20
    assert "times as many" in experiment_named("people-and-records").finding(ours)


def test_of_the_doubted_images_it_sides_with_the_crowd_or_the_label_or_neither(quick):
    ours = quick("people-and-records")
    with_crowd = ours.mean("doubted images read as the crowd reads them")
    with_label = ours.mean("doubted images read as labelled")
    assert with_crowd > 0
    assert with_crowd + with_label <= len(CROWD)


def test_the_doubted_labels_are_not_what_the_crowd_reads(mnist):
    assert all(mnist.test.labels[index] != read for index, read in CROWD.items())


def test_the_figure_has_a_row_for_everyone_and_ours_among_them(quick):
    drawn = experiment_named("people-and-records").figure(quick("people-and-records"))
    rows = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert len(rows) == len(REPORTED) + 1
    assert any(row.startswith("ours") for row in rows)
    assert "%" in drawn.axes[0].get_xlabel()


def test_both_claims_stand_beside_it():
    assert {claim.id for claim in experiment_named("people-and-records").published} == {"2013", "human"}
