"""Rows: medians, ratios, the accuracy band, and what a table says of them."""

from __future__ import annotations

import pytest

from benchmarks.contenders import chosen
from benchmarks.rows import Row, best, judge, ratio
from benchmarks.tables import duration, markdown, plain, workload_table


def row(name, seconds, accuracies=(0.90, 0.91, 0.92), **more):
    settings = {"title": name, "group": "", "threads": 1, "images": 1000, "peak_mb": 50.0}
    return Row(name, seconds=list(seconds), accuracies=list(accuracies), **(settings | more))


def table_of(rows):
    return workload_table({"rows": [one.as_data() for one in rows], "settings": {"images": 1000}})


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    ours, theirs = row("chainrule", [1.0, 2.0, 4.0]), row("book", [3.0, 4.0, 40.0])
    assert ratio(theirs, [ours, theirs]) == 3.0
    assert ratio(ours, [ours, theirs]) == 1.0


def test_the_measure_is_chainrules_faster_row():
    rows = [row("chainrule", [2.0] * 3), row("chainrule", [1.0] * 3, threads=2), row("book", [6.0] * 3)]
    assert ratio(rows[2], rows) == 6.0


def test_a_result_outside_the_band_is_void_and_says_so():
    ours, near = row("chainrule", [1.0] * 3), row("book", [5.0] * 3, (0.905, 0.905, 0.915))
    doctored = row("jax_scan", [0.1] * 3, (0.10, 0.10, 0.10))
    rows = [ours, near, doctored]
    judge(rows, band=1.0, marks={})
    assert [one.void == "" for one in rows] == [True, True, False]
    assert "-81.0 percentage points" in doctored.void
    assert ratio(doctored, rows) is None
    assert best(rows, "jax_scan") is None
    line = table_of(rows)[3]
    assert "void" in line
    assert line[-1].startswith("VOID: accuracy -81.0")


def test_who_ran_a_part_is_held_against_chainrule_at_that_point():
    ours = row("chainrule", [1.0] * 3)
    good, bad, unknown = (row("book", [9.0] * 3, (0.5, 0.6, 0.7), images=count) for count in (100, 200, 300))
    judge([ours, good, bad, unknown], band=1.0, marks={100: 0.505, 200: 0.7})
    assert good.void == ""
    assert "-20.0" in bad.void
    assert "could not be checked" in unknown.void
    assert "run on 100 of 1,000 images" in table_of([ours, good])[2][-1]


def test_without_chainrule_nothing_can_be_compared():
    alone = row("book", [1.0])
    judge([alone], band=1.0, marks={})
    assert "nothing" not in alone.void
    assert alone.void
    assert not alone.counts


def test_the_best_variant_of_a_group_is_named():
    rows = [
        row("chainrule", [1.0] * 3),
        row("torch_manual", [5.0] * 3, group="torch_tuned"),
        row("torch_script", [3.0] * 3, group="torch_tuned"),
    ]
    assert best(rows, "torch_tuned") is rows[2]
    assert [line[-1] for line in table_of(rows)[1:]] == ["", "", "best tuned"]


def test_a_row_without_figures_says_why():
    rows = [row("chainrule", [1.0]), row("jax_scan", [], (), lost="not installed")]
    judge(rows, band=1.0, marks={})
    assert rows[1].void == ""
    assert table_of(rows)[2][-1] == "not installed"


def test_a_row_survives_being_data():
    one = row("book", [2.0, 1.0, 4.0], differs="biases left out")
    assert one.as_data()["median"] == 2.0
    assert Row.of(one.as_data()) == one


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.234, "1.23 s"), (12.34, "12.3 s"), (123.4, "123 s"), (0.0456, "45.6 ms"), (2.1e-5, "21.0 µs")],
)
def test_a_duration_has_three_figures(seconds, text):
    assert duration(seconds) == text


def test_tables_as_text():
    table = [["who", "much"], ["a", "10"], ["bcdef", "2|3"]]
    assert plain(table) == "who    much\na      10\nbcdef  2|3"
    assert markdown(table).splitlines()[1:] == ["| --- | --- |", "| a | 10 |", "| bcdef | 2\\|3 |"]


def test_contenders_are_chosen_by_name_and_by_group_with_chainrule_always():
    assert [entry.name for entry in chosen(["book"])] == ["chainrule", "book"]
    assert {entry.group for entry in chosen(["torch_tuned"])} == {"", "torch_tuned"}
    assert len(chosen([])) >= 8
    with pytest.raises(KeyError, match="tourch"):
        chosen(["tourch"])
