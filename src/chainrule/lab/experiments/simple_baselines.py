"""What reading digits comes to without a network: guessing, darkness, mean images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, panels, published_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "scaled"]

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


def scaled(data: Dataset) -> Floats:
    """The network inputs of a data set, all at once: ``(n, features)`` float32, 0 to 1 for pixels."""
    if data.inputs.dtype != np.uint8:
        return data.inputs
    return data.scaling.apply(data.inputs, np.empty(data.inputs.shape, np.float32))


def _by_class(right: NDArray[np.bool_], labels: Labels) -> Floats:
    """Share right of each class, per cent, ``(10,)``."""
    return np.array([100 * right[labels == digit].mean() for digit in range(10)], np.float32)


@dataclass(frozen=True)
class Guessers:
    """How many guess."""

    guessers: int = parameter(1_000, "guessers, each asked every test image", low=10, high=100_000)


def guess(parameters: Guessers, seed: int, report: Report) -> Result:
    """Let each guesser name a digit for every test image, all ten alike."""
    labels = load_data("mnist").test.labels.astype(np.int8)
    generator = np.random.default_rng(seed)
    accuracy = np.empty(parameters.guessers, np.float32)
    for index in range(parameters.guessers):
        report(index / parameters.guessers, "guessing")
        guesses = generator.integers(0, 10, len(labels), np.int8)
        accuracy[index] = 100 * np.count_nonzero(guesses == labels) / len(labels)
    return Result(
        {
            "test accuracy": float(accuracy.mean(dtype=np.float64)),
            "spread of guessers": float(accuracy.std(dtype=np.float64, ddof=1)),
            "best guesser": float(accuracy.max()),
        },
        {"accuracy": accuracy},
    )


def guess_finding(results: Results) -> str:
    """What guessing comes to."""
    return (
        f"Guessing reads {results.said('test accuracy', 3)} % of the test images; single guessers scatter "
        f"around that by {results.mean('spread of guessers'):.2f}, and the luckiest had "
        f"{results.mean('best guesser'):.2f} %"
    )


def guess_figure(results: Results) -> Figure:
    """How the guessers' accuracies are spread."""
    drawn, (axes,) = panels(guess_finding(results))
    axes.hist(results.arrays("accuracy").ravel(), bins=40, color=COLOURS[0])
    axes.axvline(10, color="black", linestyle=":", label="published: 10")
    axes.set(xlabel="test accuracy of one guesser (%)", ylabel="guessers, all seeds")
    axes.legend()
    return drawn


@dataclass(frozen=True)
class Averages:
    """How many images an average is taken over."""

    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def darkness(parameters: Averages, seed: int, report: Report) -> Result:
    """Guess the digit whose images are on average as dark as the one at hand."""
    data = load_data("mnist")
    dark, test = (
        scaled(part).sum(axis=1, dtype=np.float64)
        for part in (data.train.part(slice(parameters.images), "training images"), data.test)
    )
    labels = data.train.labels[: parameters.images]
    means = np.array([dark[labels == digit].mean() for digit in range(10)])
    spreads = np.array([dark[labels == digit].std() for digit in range(10)])
    right = np.abs(test[:, np.newaxis] - means).argmin(axis=1) == data.test.labels
    return Result(
        {"test accuracy": 100 * float(right.mean())},
        {"mean": means, "spread": spreads, "accuracy of a digit": _by_class(right, data.test.labels)},
    )


def darkness_finding(results: Results) -> str:
    """What darkness alone tells."""
    best = int(results.arrays("accuracy of a digit").mean(axis=0).argmax())
    return (
        f"By darkness alone {results.said('test accuracy')} % of the test images are read; "
        f"the digit it serves best is {best}"
    )


def darkness_figure(results: Results) -> Figure:
    """Mean darkness of each digit, and how well darkness reads it."""
    drawn, (left, right) = panels(darkness_finding(results), columns=2)
    first, digits = results.runs[0].arrays, np.arange(10)
    left.errorbar(digits, first["mean"], first["spread"], fmt="o", color=COLOURS[0], capsize=3)
    left.set(xlabel="digit", ylabel="darkness, mean ± sd\n(sum of the pixels)", xticks=digits)
    _digit_bars(right, results)
    return drawn


def _digit_bars(axes: Axes, results: Results) -> None:
    axes.bar(np.arange(10), results.arrays("accuracy of a digit").mean(axis=0), color=COLOURS[0])
    axes.set(xlabel="digit", ylabel="read right (%)", xticks=np.arange(10), ylim=(0, 100))
    for claim in results.published:
        if claim.figure is not None:
            published_line(axes, claim.figure, "published, over all digits")
            axes.legend(loc="upper right")


def nearest_mean(parameters: Averages, seed: int, report: Report) -> Result:
    """Name the digit whose mean image is nearest, by the distance of 784 pixels."""
    data = load_data("mnist")
    train, test = scaled(data.train)[: parameters.images], scaled(data.test)
    labels = data.train.labels[: parameters.images]
    means = np.stack([train[labels == digit].mean(axis=0) for digit in range(10)])
    distances = np.einsum("kp,kp->k", means, means) - 2 * test @ means.T
    right = distances.argmin(axis=1) == data.test.labels
    return Result(
        {"test accuracy": 100 * float(right.mean())},
        {"mean image": means, "accuracy of a digit": _by_class(right, data.test.labels)},
    )


def mean_finding(results: Results) -> str:
    """What ten mean images are good for."""
    by_digit = results.arrays("accuracy of a digit").mean(axis=0)
    return (
        f"The nearest of ten mean images is the right one for {results.said('test accuracy')} % of the test "
        f"images: best for {by_digit.argmax()}, worst for {by_digit.argmin()}"
    )


def mean_figure(results: Results) -> Figure:
    """The ten mean images, and how well each stands for its digit."""
    drawn, (left, right) = panels(mean_finding(results), columns=2)
    images = results.runs[0].arrays["mean image"].reshape(2, 5, 28, 28)
    left.imshow(images.transpose(0, 2, 1, 3).reshape(56, 140), cmap="gray_r")
    left.grid(False)
    left.set(xlabel="28 pixels each", ylabel="mean images", xticks=[], yticks=[])
    _digit_bars(right, results)
    return drawn


BOOK = "note 001; Nielsen, Neural Networks and Deep Learning, chapter 1"

EXPERIMENTS = (
    Experiment(
        name="random",
        title="Guessing",
        subject="baselines",
        parameters=Guessers(),
        quick={"guessers": 200},
        run=guess,
        figure=guess_figure,
        finding=guess_finding,
        published=(Published("random", BOOK, "test accuracy", 10.0, "test accuracy", tolerance=0.1),),
        asks="How many digits does one get right who does not look at them? Every accuracy has to be read "
        "against this one.",
        look_for="The heap stands at 10 %, and it has a width: 10,000 images leave some tenths of a per "
        "cent to luck even where there is nothing else.",
        seconds=0.2,
    ),
    Experiment(
        name="darkness",
        title="Reading by darkness alone",
        subject="baselines",
        parameters=Averages(),
        quick={"images": 10_000},
        run=darkness,
        figure=darkness_figure,
        finding=darkness_finding,
        published=(Published("darkness", BOOK, "test accuracy", 22.25, "test accuracy"),),
        asks="A 1 takes less ink than an 8. How far does that alone go? The mean darkness of each digit is "
        "learnt from the training images; a test image is taken for the digit whose mean it is nearest to.",
        look_for="The means differ by less than the images of one digit do among themselves. Only the "
        "lightest and the darkest digit are read well; those in the middle hide behind each other.",
        seconds=0.9,
        seeds=1,
    ),
    Experiment(
        name="nearest-mean",
        title="The nearest of ten mean images",
        subject="baselines",
        parameters=Averages(),
        quick={"images": 10_000},
        run=nearest_mean,
        figure=mean_figure,
        finding=mean_finding,
        published=(Published("nearest-mean", "measured here", "test accuracy", None, "test accuracy"),),
        asks="What if all 784 pixels are compared and not only their sum, but each digit is still known by a "
        "single picture, its mean image?",
        look_for="The mean images are blurred where people write a digit in different ways. The digits with "
        "the sharpest mean are not always the ones read best.",
        seconds=0.9,
        seeds=1,
    ),
)
