"""An evaluation says what a network got right and wrong, in numbers, text and a picture."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.data.dataset import Dataset, Scaling
from chainrule.diagnostics.evaluation import Evaluation, evaluate
from chainrule.diagnostics.evaluation_figure import evaluation_figure, save_evaluation_figure
from chainrule.errors import DataError, DivergedError, SettingError
from chainrule.layers import Dense, Softmax
from chainrule.metrics import wilson_interval
from chainrule.network import Network


def copying_network(classes: int, *, sharpness: float = 1.0) -> Network:
    """A network whose outputs are softmax(sharpness · inputs)."""
    network = Network([Dense(classes), Softmax()], classes)
    network.parameters.view("0.weights")[...] = sharpness * np.eye(classes)
    return network


def three_classes() -> Dataset:
    """Four examples; the last is of class 0 and looks like class 2."""
    inputs = np.array([[2, 0, 0], [0, 3, 0], [0, 0, 1], [0, 1, 4]], np.float32)
    return Dataset(inputs, np.array([0, 1, 2, 0]), ("ant", "bee", "cat"), (3,), name="small")


def noisy_digits(n: int = 300, names: tuple[str, ...] = tuple("0123456789")) -> tuple[Network, Dataset]:
    """Images of 4 × 4 whose first pixels hint at the class, with errors of every confidence."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, len(names), n)
    inputs = generator.integers(0, 100, (n, 16), dtype=np.uint8)
    inputs[np.arange(n), labels % 16] += generator.integers(0, 155, n, dtype=np.uint8)
    network = Network([Dense(len(names)), Softmax()], (16), seed=0)
    network.parameters.view("0.weights")[...] = 6 * np.eye(len(names), 16)
    return network, Dataset(inputs, labels, names, (4, 4), name="digits")


def test_numbers_by_hand() -> None:
    result = evaluate(copying_network(3), three_classes())
    assert (result.n, result.correct, result.accuracy, result.error_rate) == (4, 3, 0.75, 0.25)
    assert result.interval == wilson_interval(3, 4)
    assert result.confusion.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert result.per_class.recall == pytest.approx([0.5, 1, 1])
    rows = np.exp(three_classes().inputs.astype(float))
    rows /= rows.sum(axis=1, keepdims=True)
    assert result.nll == pytest.approx(-np.log(rows[range(4), [0, 1, 2, 0]]).mean(), rel=1e-6)
    (mistake,) = result.surest_mistakes
    assert (mistake.index, mistake.label, mistake.prediction) == (3, 0, 2)
    assert mistake.confidence == pytest.approx(rows[3, 2], rel=1e-6)
    assert result.seconds >= 0


def test_confidence_of_sigmoid_outputs_is_their_share() -> None:
    network = Network([2, 2])
    network.parameters.values[...] = 0
    network.parameters.view("0.biases")[...] = np.log([3.0, 1 / 3])
    dataset = Dataset(np.zeros((1, 2), np.float32), np.array([1]), ("a", "b"), (2,))
    result = evaluate(network, dataset)
    assert result.surest_mistakes[0].confidence == pytest.approx(0.75 / (0.75 + 0.25))
    assert result.nll == pytest.approx(-np.log(0.25))


def test_raw_examples_go_through_the_scaling_of_the_network() -> None:
    raw = Dataset(np.array([[200, 0]], np.uint8), np.array([0]), ("a", "b"), (2,), Scaling(1 / 256))
    network = copying_network(2)
    network.scaling = Scaling(1 / 100)
    assert evaluate(network, raw).nll == pytest.approx(np.log(1 + np.exp(-2)))


def test_the_surest_20_mistakes_come_surest_first() -> None:
    network, dataset = noisy_digits()
    result = evaluate(network, dataset)
    confidences = [mistake.confidence for mistake in result.surest_mistakes]
    assert len(confidences) == 20
    assert confidences == sorted(confidences, reverse=True)
    outputs = network.predict(dataset.inputs)
    wrong = outputs.argmax(axis=1) != dataset.labels
    assert confidences[0] == pytest.approx(outputs[wrong].max())
    assert confidences[-1] >= np.sort(outputs[wrong].max(axis=1))[-20] - 1e-6


def test_one_line_says_accuracy_interval_and_counts() -> None:
    result = evaluate(copying_network(3), three_classes())
    low, high = (f"{100 * bound:.2f}" for bound in wilson_interval(3, 4))
    assert str(result) == f"accuracy 75.00 % (95 % interval {low} to {high}), 3 of 4"


def test_plain_data_is_json_and_keeps_fractions() -> None:
    result = evaluate(copying_network(3), three_classes())
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["accuracy"] == 0.75
    assert data["confusion"] == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert data["per_class"]["support"] == [2, 1, 1]
    assert data["surest_mistakes"][0]["index"] == 3
    assert data["reliability"]["accuracy"][0] is None
    assert len(data["reliability"]["counts"]) == 15


LONG = tuple(f"a class with a very long name indeed {index}" for index in range(10))
MANY = tuple(f"class {index}" for index in range(40))


@pytest.mark.parametrize("names", [tuple("0123456789"), LONG, MANY, ("a\nb", "", "$x$")])
def test_the_table_fits_80_columns(names: tuple[str, ...]) -> None:
    table = evaluate(*noisy_digits(names=names)).table()
    assert max(map(len, table.splitlines())) <= 80
    for part in ("error rate", "precision", "confusions", "calibration error", "surest mistakes"):
        assert part in table


def test_the_table_of_a_faultless_network() -> None:
    dataset = three_classes().part(slice(3), "right")
    result = evaluate(copying_network(3), dataset)
    assert result.surest_mistakes == ()
    assert "no mistakes" in result.table()
    assert evaluation_figure(result, dataset).axes


def test_the_confusion_matrix_in_the_table_holds_the_counts() -> None:
    table = evaluate(copying_network(3), three_classes()).table()
    rows = [line.split() for line in table.splitlines() if line[:1] in "012" and len(line.split()) == 5]
    assert rows == [
        ["0", "ant", "1", ".", "1"],
        ["1", "bee", ".", "1", "."],
        ["2", "cat", ".", ".", "1"],
    ]


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        (Dataset(np.zeros((0, 3), np.float32), np.zeros(0, int), ("a", "b", "c"), (3,)), "at least one"),
        (Dataset(np.zeros((1, 4), np.float32), np.array([0]), ("a", "b", "c"), (4,)), "3 numbers"),
        (Dataset(np.zeros((1, 3), np.float32), np.array([0]), ("a", "b"), (3,)), "3 classes"),
    ],
)
def test_a_data_set_that_does_not_fit_is_refused(dataset: Dataset, expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        evaluate(copying_network(3), dataset)


def test_a_network_that_may_say_none_is_wrong_where_it_does() -> None:
    network = copying_network(4)
    network.class_names = ("ant", "bee", "cat", "none")
    inputs = np.array([[2, 0, 0, 0], [0, 3, 0, 9], [0, 0, 1, 0]], np.float32)
    dataset = Dataset(inputs, np.array([0, 1, 2]), ("ant", "bee", "cat"), (4,), name="small")
    result = evaluate(network, dataset)
    assert (result.correct, result.n) == (2, 3)
    assert result.class_names == network.class_names
    assert result.confusion[1].tolist() == [0, 0, 0, 1]
    network.class_names = ("ant", "bee", "cat", "dog")
    with pytest.raises(DataError, match="tells 4 classes apart"):
        evaluate(network, dataset)


def test_a_diverged_network_is_refused() -> None:
    network = copying_network(3)
    network.parameters.values[...] = np.nan
    with pytest.raises(DivergedError):
        evaluate(network, three_classes())


def drawn_texts(result: Evaluation, dataset: Dataset) -> list[str]:
    from matplotlib.text import Text

    figure = evaluation_figure(result, dataset)
    return [text.get_text() for text in figure.findobj(Text)]  # type: ignore[attr-defined]


def test_the_figure_shows_counts_mistakes_and_calibration() -> None:
    network, dataset = noisy_digits()
    result = evaluate(network, dataset)
    texts = drawn_texts(result, dataset)
    first = result.surest_mistakes[0]
    assert f"{first.label} → {first.prediction}, {100 * first.confidence:.1f} %" in texts
    assert str(result.confusion.max()) in texts
    assert any("expected calibration error" in text for text in texts)


def test_examples_that_are_no_images_are_not_drawn() -> None:
    texts = drawn_texts(evaluate(copying_network(3), three_classes()), three_classes())
    assert not any("→" in text for text in texts)


@pytest.mark.parametrize("names", [MANY, ("$x", "\\frac{", "c")])
def test_a_figure_is_written_as_png_and_svg(names: tuple[str, ...], tmp_path: Path) -> None:
    network, dataset = noisy_digits(names=names)
    result = evaluate(network, dataset)
    save_evaluation_figure(result, dataset, tmp_path / "new folder" / "figure.png")
    with Image.open(tmp_path / "new folder" / "figure.png") as image:
        assert image.width > 1000
    save_evaluation_figure(result, dataset, tmp_path / "figure.SVG")
    assert "</svg>" in (tmp_path / "figure.SVG").read_text()


def test_drawing_leaves_pyplot_alone(tmp_path: Path) -> None:
    network, dataset = noisy_digits()
    loaded = "matplotlib.pyplot" in sys.modules
    save_evaluation_figure(evaluate(network, dataset), dataset, tmp_path / "figure.png")
    assert ("matplotlib.pyplot" in sys.modules) == loaded


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    network, dataset = noisy_digits()
    with pytest.raises(SettingError, match=r"\.png or \.svg"):
        save_evaluation_figure(evaluate(network, dataset), dataset, tmp_path / "figure.gif")
    assert not list(tmp_path.iterdir())
