"""A robustness report: counted rightly, the same by seed, and told as text, data and picture."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chainrule.data.corruptions import CORRUPTIONS, corrupted
from chainrule.data.dataset import Dataset, Split
from chainrule.diagnostics import (
    RobustnessReport,
    Score,
    corruption_sheet,
    evaluate,
    robustness,
    robustness_figure,
    robustness_markdown,
    robustness_table,
    save_robustness_figure,
)
from chainrule.diagnostics.robustness_text import data_said
from chainrule.errors import DataError, SettingError, UnknownNameError
from chainrule.metrics import wilson_interval
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.training import Trainer


@pytest.fixture(scope="module")
def trained(mnist: Split) -> Network:
    """The book's network after a glance at 10,000 images."""
    few = mnist.train.part(slice(10_000), "few")
    network = Network([784, 30, 10], seed=1)
    Trainer(network, optimizer=SGD(3.0), batch_size=10, epochs=2, seed=1).fit(Split(few, None, few))
    return network


@pytest.fixture(scope="module")
def images(mnist: Split) -> Dataset:
    assert mnist.validation is not None
    return mnist.validation.part(slice(500), "five hundred")


@pytest.fixture(scope="module")
def report(trained: Network, images: Dataset) -> RobustnessReport:
    return robustness(trained, images)


def made_up(accuracies: dict[str, int], n: int = 200) -> RobustnessReport:
    scores = {name: Score(correct, n) for name, correct in accuracies.items()}
    return RobustnessReport("made up", n, 1, 3, Score(190, n), scores)


def test_each_score_is_an_evaluation_of_the_spoilt_data(
    trained: Network, images: Dataset, report: RobustnessReport
) -> None:
    assert list(report.corruptions) == list(CORRUPTIONS)
    assert report.clean.correct == evaluate(trained, images).correct
    for name in ("fog", "rotate"):
        assert report.corruptions[name].correct == evaluate(trained, corrupted(images, name)).correct
    assert (report.data, report.n, report.seed, report.severity) == ("five hundred", 500, 1, 3)


def test_mean_and_intervals_by_hand() -> None:
    report = made_up({"fog": 100, "thin": 180})
    assert report.mean == pytest.approx((0.5 + 0.9) / 2)
    assert report.clean.accuracy == 0.95
    assert report.corruptions["fog"].interval == wilson_interval(100, 200)


def test_labels_survive_what_is_done_to_the_images(trained: Network, images: Dataset) -> None:
    """Far above one in ten where it is mild; the worse, the more is done."""
    mild, middling, worst = (robustness(trained, images, severity=severity) for severity in (1, 3, 5))
    for name, score in mild.corruptions.items():
        assert score.accuracy > 0.2, name
    assert mild.clean.accuracy > mild.mean + 0.03
    assert mild.mean > 0.7
    assert mild.mean > middling.mean + 0.05 > worst.mean + 0.1
    assert worst.mean > 0.25


def test_the_seed_decides_and_a_choice_of_corruptions_changes_nothing_in_each(
    trained: Network, images: Dataset, report: RobustnessReport
) -> None:
    some = robustness(trained, images, corruptions=["zigzag", "fog", "zigzag"])
    assert list(some.corruptions) == ["zigzag", "fog"]
    assert all(report.corruptions[name] == score for name, score in some.corruptions.items())
    others = robustness(trained, images, corruptions=["zigzag", "fog"], seed=2)
    assert others.corruptions != some.corruptions
    assert others.clean == some.clean


def test_progress_is_told_after_each_reading(trained: Network, images: Dataset) -> None:
    told: list[tuple[str, int, int]] = []
    robustness(trained, images, corruptions=["fog", "thin"], progress=lambda *each: told.append(each))
    assert told == [("clean", 1, 3), ("fog", 2, 3), ("thin", 3, 3)]


def test_plain_data_is_json_and_holds_fractions(report: RobustnessReport) -> None:
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["n"] == 500
    assert data["clean"]["accuracy"] == data["clean"]["correct"] / 500
    assert data["mean"] == pytest.approx(np.mean([each["accuracy"] for each in data["corruptions"].values()]))
    low, high = data["corruptions"]["fog"]["interval_95"]
    assert low < data["corruptions"]["fog"]["accuracy"] < high


def test_one_network_is_shown_with_its_intervals(report: RobustnessReport) -> None:
    table = str(report)
    assert table.startswith("accuracy in %, severity 3 of 5, seed 1: 500 images of five hundred\n")
    assert "95 % interval" in table
    low, high = (f"{100 * bound:.2f}" for bound in report.corruptions["fog"].interval)
    (line,) = (line for line in table.splitlines() if line.startswith("fog"))
    assert line.split() == ["fog", f"{100 * report.corruptions['fog'].accuracy:.2f}", low, "to", high]
    assert table.splitlines()[-1].split() == ["mean", "of", "21", f"{100 * report.mean:.2f}"]


def test_several_networks_stand_side_by_side() -> None:
    both = {"book": made_up({"fog": 100, "thin": 180}), "mlp": made_up({"fog": 20, "thin": 190})}
    lines = [line.split() for line in robustness_table(both).splitlines()]
    assert lines[2:7] == [
        ["book", "mlp"],
        ["clean", "95.00", "95.00"],
        ["fog", "50.00", "10.00"],
        ["thin", "90.00", "95.00"],
        ["mean", "of", "2", "70.00", "52.50"],
    ]
    low, high = wilson_interval(100, 200)
    assert f"no 95 % interval is wider than ± {50 * (high - low):.2f}" in robustness_table(both)


def test_of_a_long_name_of_a_data_file_the_end_is_shown() -> None:
    report = RobustnessReport("/somewhere/deep/down/a folder/digits.npz", 200, 1, 3, Score(1, 200), {})
    assert data_said(report) == "200 images of …n/a folder/digits.npz"


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_tables_fit_80_columns_and_leave_no_network_out(count: int, report: RobustnessReport) -> None:
    names = [f"{index} is a model with a name too long" for index in range(count)]
    table = robustness_table(dict.fromkeys(names, report))
    assert max(map(len, table.splitlines())) <= 80
    assert all(f" {index} is a model" in table for index in range(count)) or count == 1


def test_markdown_has_a_column_a_network() -> None:
    text = robustness_markdown({"a|b": made_up({"fog": 100}), "mlp": made_up({"fog": 20})})
    assert "|  | a\\|b | mlp |\n|---|---:|---:|\n| clean | 95.00 | 95.00 |\n| fog | 50.00 | 10.00 |\n" in text
    assert text.endswith("\n")


@pytest.mark.parametrize("name", ["a.png", "b.SVG", "new folder/größer.svg"])
def test_the_picture_is_written_whole(
    name: str, report: RobustnessReport, images: Dataset, tmp_path: Path
) -> None:
    save_robustness_figure({"one": report, "$two_": report}, images, tmp_path / name)
    start = (tmp_path / name).read_bytes()[:100]
    assert (b"PNG" in start) == name.endswith("png")
    assert not list(tmp_path.rglob("*.part"))
    assert "matplotlib.pyplot" not in sys.modules


def test_the_picture_has_a_row_for_clean_and_every_corruption(
    report: RobustnessReport, images: Dataset
) -> None:
    dots, pictures = robustness_figure({"one": report, "two": report}, images).axes
    assert [text.get_text() for text in dots.get_yticklabels()] == ["clean", *CORRUPTIONS]
    (legend,) = [dots.get_legend()]
    assert [text.get_text()[:3] for text in legend.get_texts()] == ["one", "two"]
    sheet: Any = pictures.images[0].get_array()
    assert sheet.shape == (22 * 30, 6 * 30)
    first_zero = images.inputs[np.flatnonzero(images.labels == 0)[0]].reshape(28, 28)
    assert (sheet[1:29, 1:29] == first_zero).all()


def test_a_figure_of_another_kind_is_refused(
    report: RobustnessReport, images: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=r"written as \.png or \.svg, not as '\.pdf'"):
        save_robustness_figure({"one": report}, images, tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


def test_the_contact_sheet_shows_five_severities_of_two_examples(images: Dataset, tmp_path: Path) -> None:
    figure = corruption_sheet(images)
    (axes,) = figure.axes
    sheet: Any = axes.images[0].get_array()
    assert sheet.shape == (21 * 30, 10 * 30)
    mild = corrupted(images.part(slice(1), "first"), "shot noise", severity=1)
    assert (sheet[1:29, 1:29] == mild.inputs.reshape(28, 28)).all()
    figure.savefig(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as image:
        assert image.width > 400


def test_what_cannot_be_measured_is_refused(trained: Network, images: Dataset) -> None:
    with pytest.raises(UnknownNameError, match="unknown corruption 'blurr'"):
        robustness(trained, images, corruptions=["fog", "blurr"])
    with pytest.raises(SettingError, match=r"at least one corruption\. Known: shot noise, "):
        robustness(trained, images, corruptions=[])
    with pytest.raises(DataError, match="at least one example"):
        robustness(trained, images.part(slice(0), "none"))
    with pytest.raises(DataError, match="784 numbers"):
        robustness(Network([12, 10]), images)
    small = Dataset(np.zeros((4, 12), np.uint8), np.zeros(4, int), input_shape=(3, 4))
    with pytest.raises(DataError, match="28 × 28 pixels can be corrupted"):
        robustness(Network([12, 10]), small)
