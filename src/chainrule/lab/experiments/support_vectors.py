"""Support vector machines on the digits: with the settings of the book's day, of today, and tuned."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.simple_baselines import scaled
from chainrule.lab.style import COLOURS, panels, published_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "classify", "fitted"]

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

_CACHE_MEGABYTES = 1000
_ROWS = 500


def fitted(inputs: Floats, labels: Labels, penalty: float = 1.0, gamma: float | str = "auto") -> Any:
    """A fitted ``sklearn.svm.SVC`` with the kernel exp(−γ |x − s|²).

    Args:
        inputs: ``(n, features)`` 0 to 1.
        labels: ``(n,)``.
        penalty: C, the price of an image on the wrong side.
        gamma: γ, or ``"auto"`` for 1 / features, or ``"scale"`` for 1 / (features · variance of inputs).

    Raises:
        SettingError: scikit-learn is not installed.
    """
    try:
        from sklearn.svm import SVC
    except ImportError as error:
        raise SettingError(
            "support vector machines need scikit-learn. Install it: pip install 'chainrule[lab]'"
        ) from error
    return SVC(C=penalty, gamma=gamma, cache_size=_CACHE_MEGABYTES).fit(inputs, labels)


def classify(model: Any, inputs: Floats) -> Labels:
    """What the fitted model answers, ``(n,)``: ``model.predict`` by matrix products, many times faster.

    For each pair of classes a weighted sum of kernels over the support vectors of both says which of the
    two has the vote; the class with most votes is the answer.
    """
    support, gamma = model.support_vectors_.astype(np.float32), np.float32(model._gamma)
    weights, shifts = model.dual_coef_.astype(np.float32), model.intercept_.astype(np.float32)
    ends = np.cumsum(model.n_support_)
    places = [slice(end - count, end) for end, count in zip(ends, model.n_support_, strict=True)]
    squares = np.einsum("sp,sp->s", support, support)
    answers = np.empty(len(inputs), np.int64)
    for start in range(0, len(inputs), _ROWS):
        rows = inputs[start : start + _ROWS]
        kernel = -2 * rows @ support.T
        np.add(kernel, squares, out=kernel)
        np.add(kernel, np.einsum("np,np->n", rows, rows)[:, np.newaxis], out=kernel)
        np.multiply(kernel, -gamma, out=kernel)
        np.exp(kernel, out=kernel)
        sums = [kernel[:, place] @ weights[:, place].T for place in places]
        counts = np.zeros((len(rows), len(places)), np.int64)
        for (one, other), shift in zip(combinations(range(len(places)), 2), shifts, strict=True):
            first = sums[one][:, other - 1] + sums[other][:, one] + shift > 0
            counts[:, one] += first
            counts[:, other] += ~first
        answers[start : start + _ROWS] = model.classes_[counts.argmax(axis=1)]
    return answers


@dataclass(frozen=True)
class Defaults:
    """How much to learn from."""

    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)
    tested: int = parameter(10_000, "test images", unit="images", low=100, high=10_000)


_DAYS = (("then", "auto"), ("today", "scale"))


def run_defaults(parameters: Defaults, seed: int, report: Report) -> Result:
    """Fit with the default γ of the book's day and with that of today, C = 1 both times."""
    data = load_data("mnist")
    train, labels = scaled(data.train)[: parameters.images], data.train.labels[: parameters.images]
    test, truth = scaled(data.test)[: parameters.tested], data.test.labels[: parameters.tested]
    values: dict[str, float] = {}
    for index, (day, gamma) in enumerate(_DAYS):
        report(index / 2, f"fitting with gamma={gamma}")
        started = time.perf_counter()
        model = fitted(train, labels, gamma=gamma)
        values[f"seconds to fit, {day}"] = time.perf_counter() - started
        values[f"gamma, {day}"] = float(model._gamma)
        values[f"support vectors, {day}"] = float(model.n_support_.sum())
        values[f"test accuracy, {day}"] = 100 * float((classify(model, test) == truth).mean())
    return Result(values)


def defaults_finding(results: Results) -> str:
    """What both defaults came to."""
    return (
        f"A support vector machine with the defaults of 2013 reads {results.said('test accuracy, then')} % "
        f"of the test images, with those of today {results.said('test accuracy, today')} %"
    )


def defaults_figure(results: Results) -> Figure:
    """Accuracy by default, and how many training images each kept."""
    drawn, (left, right) = panels(defaults_finding(results), columns=2)
    names = [f"{day}\nγ = {results.mean(f'gamma, {day}'):.4f}" for day, _ in _DAYS]
    accuracies = [results.mean(f"test accuracy, {day}") for day, _ in _DAYS]
    left.bar(names, accuracies, color=COLOURS[:2], width=0.5)
    left.set(xlabel="default settings", ylabel="test accuracy (%)")
    left.set_ylim(max(0.0, min(accuracies) - 8), 100)
    for claim in results.published[:1]:
        published_line(left, claim.figure or 0.0, "published, then")
    left.legend(loc="upper right")
    kept = [100 * results.mean(f"support vectors, {day}") / results.parameters.images for day, _ in _DAYS]
    right.bar(names, kept, color=COLOURS[:2], width=0.5)
    right.set(xlabel="default settings", ylabel="training images kept\nas support vectors (%)")
    return drawn


@dataclass(frozen=True)
class Tuning:
    """What is searched, on how much, and what the best is then fitted on."""

    penalties: tuple[float, ...] = parameter((1.0, 3.0, 10.0, 30.0), "values of C tried", low=1e-3, high=1e4)
    gammas: tuple[float, ...] = parameter(
        (0.005, 0.01, 0.02, 0.03, 0.05), "values of gamma tried", low=1e-5, high=10
    )
    searched: int = parameter(5_000, "training images of the search", unit="images", low=100, high=50_000)
    judged: int = parameter(5_000, "validation images that judge it", unit="images", low=100, high=10_000)
    images: int = parameter(50_000, "training images of the last fit", unit="images", low=100, high=50_000)
    tested: int = parameter(10_000, "test images", unit="images", low=100, high=10_000)


def run_tuned(parameters: Tuning, seed: int, report: Report) -> Result:
    """Search C and γ on a part, judged by the validation part; fit the best on all, and test it once."""
    data = load_data("mnist")
    assert data.validation is not None
    train, labels = scaled(data.train), data.train.labels
    judge, judged = scaled(data.validation)[: parameters.judged], data.validation.labels[: parameters.judged]
    test, truth = scaled(data.test)[: parameters.tested], data.test.labels[: parameters.tested]
    pairs = list(product(parameters.penalties, parameters.gammas))
    found, started, part = np.empty(len(pairs)), time.perf_counter(), slice(parameters.searched)
    for index, (penalty, gamma) in enumerate(pairs):
        report(0.4 * index / len(pairs), f"trying C={penalty:g}, gamma={gamma:g}")
        model = fitted(train[part], labels[part], penalty, gamma)
        found[index] = 100 * float((classify(model, judge) == judged).mean())
    searching = time.perf_counter() - started
    penalty, gamma = pairs[int(found.argmax())]
    report(0.4, f"fitting C={penalty:g}, gamma={gamma:g} on {parameters.images:,} images")
    started = time.perf_counter()
    model = fitted(train[: parameters.images], labels[: parameters.images], penalty, gamma)
    fitting = time.perf_counter() - started
    return Result(
        {
            "best C": penalty,
            "best gamma": gamma,
            "validation accuracy in the search": float(found.max()),
            "worst validation accuracy in the search": float(found.min()),
            "test accuracy": 100 * float((classify(model, test) == truth).mean()),
            "support vectors": float(model.n_support_.sum()),
            "seconds to search": searching,
            "seconds to fit": fitting,
        },
        {"validation accuracy": found.reshape(len(parameters.penalties), len(parameters.gammas))},
    )


def tuned_finding(results: Results) -> str:
    """What tuning came to."""
    return (
        f"With C = {results.mean('best C'):g} and γ = {results.mean('best gamma'):g}, found on "
        f"{results.parameters.searched:,} images, a support vector machine reads "
        f"{results.said('test accuracy')} % of the test images"
    )


def tuned_figure(results: Results) -> Figure:
    """Validation accuracy over C and γ."""
    drawn, (axes,) = panels(tuned_finding(results))
    accuracy, settings = results.arrays("validation accuracy").mean(axis=0), results.parameters
    image = axes.imshow(accuracy, cmap="cividis", aspect="auto", origin="lower")
    axes.grid(False)
    axes.set(xlabel="γ of the kernel", ylabel="C, price of an error")
    axes.set_xticks(range(len(settings.gammas)), [f"{gamma:g}" for gamma in settings.gammas])
    axes.set_yticks(range(len(settings.penalties)), [f"{penalty:g}" for penalty in settings.penalties])
    middle = (accuracy.min() + accuracy.max()) / 2
    for (row, column), value in np.ndenumerate(accuracy):
        mark, colour = ("★ " if value == accuracy.max() else ""), ("white" if value < middle else "black")
        axes.text(column, row, f"{mark}{value:.1f}", ha="center", va="center", color=colour)
    drawn.colorbar(image, ax=axes, label="validation accuracy (%)")
    return drawn


BOOK = "note 001; Nielsen, Neural Networks and Deep Learning, chapter 1"
CHAPTER_3 = "Nielsen, Neural Networks and Deep Learning, chapter 3"

EXPERIMENTS = (
    Experiment(
        name="svm",
        title="A support vector machine by default",
        subject="baselines",
        parameters=Defaults(),
        quick={"images": 1_000, "tested": 1_000},
        run=run_defaults,
        figure=defaults_figure,
        finding=defaults_finding,
        published=(
            Published(
                "svm", BOOK, "test accuracy, defaults of 2013", 94.35, "test accuracy, then", tolerance=0.15
            ),
            Published(
                "data-size", CHAPTER_3, "SVM on 50,000 images", 94.48, "test accuracy, then", tolerance=0.15
            ),
        ),
        asks="What does the strongest general method of its day do with the digits if nobody turns its "
        "knobs? The default γ of scikit-learn was 1/784 when the book was written; today it also looks at "
        "how much the pixels vary.",
        look_for="A single default is worth some per cent. A machine that keeps fewer training images as "
        "support vectors has found a simpler border between the digits.",
        seconds=664.0,
        seeds=1,
    ),
    Experiment(
        name="svm-tuned",
        title="A support vector machine, tuned",
        subject="baselines",
        parameters=Tuning(),
        quick={
            "penalties": (1.0, 10.0),
            "gammas": (0.001, 0.02, 0.5),
            "searched": 400,
            "judged": 500,
            "images": 1_000,
            "tested": 1_000,
        },
        run=run_tuned,
        figure=tuned_figure,
        finding=tuned_finding,
        published=(Published("svm-tuned", BOOK, "test accuracy", 98.5, "test accuracy", tolerance=0.15),),
        asks="How far does the same machine go when its two knobs, C and γ, are searched? The search sees a "
        "part of the training images and is judged on the validation part; the test images are asked once.",
        look_for="γ matters much more than C. The best γ lies inside the grid, far from the default of "
        "2013, and the digits that the default machine lost come back.",
        seconds=522.0,
        seeds=1,
    ),
)
