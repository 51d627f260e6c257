"""What more training images are worth."""

from chainrule.lab.registry import experiment_named


def test_more_images_are_read_better(quick):
    results = quick("data-size")
    assert results.mean("network, 100 images") + 5 < results.mean("network, 500 images")
    assert results.mean("network, 500 images") + 2 < results.mean("network, 5000 images")


def test_on_few_images_the_network_is_ahead_of_the_machine_by_default(quick):
    results = quick("data-size")
    for size in (100, 500):
        assert results.mean(f"network, {size} images") > results.mean(f"machine, {size} images") + 3


def test_the_machine_stops_where_it_is_told_to(quick):
    results = quick("data-size")
    assert len(results.runs[0].arrays["machine"]) == 2
    assert "machine, 2000 images" not in results.runs[0].values


def test_the_figure_has_a_logarithmic_axis(quick):
    (axes,) = experiment_named("data-size").figure(quick("data-size")).axes
    assert axes.get_xscale() == "log"
    assert axes.get_xlabel()
    assert "%" in axes.get_ylabel()
