"""The mistakes of a trained network: the ones it was surest of, and what its confidence is worth."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from chainrule.diagnostics.evaluation import evaluate
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results
from chainrule.lab.experiments.looks import QUICK, Parameters, trained
from chainrule.lab.style import band, panels
from chainrule.metrics import reliability, shares

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

DISPUTED = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""Test images whose label a crowd's majority rejects or cannot decide on (Northcutt et al. 2021)."""

ACROSS, DOWN = 5, 4
REFUSED = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0)


def run_hardest(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and keep the test images of the 20 surest mistakes."""
    network, data, accuracy = trained(parameters, seed, report)
    found = evaluate(network, data.test)
    surest = found.surest_mistakes[: ACROSS * DOWN]
    indices = np.array([mistake.index for mistake in surest])
    return Result(
        {
            "test accuracy": accuracy,
            "mistakes": float(found.n - found.correct),
            "highest confidence": 100 * surest[0].confidence,
            "lowest confidence shown": 100 * surest[-1].confidence,
            "disputed labels": float(np.isin(indices, DISPUTED).sum()),
        },
        {
            "index": indices,
            "image": data.test.inputs[indices].reshape(-1, 28, 28),
            "label": np.array([mistake.label for mistake in surest]),
            "answer": np.array([mistake.prediction for mistake in surest]),
            "confidence": np.array([mistake.confidence for mistake in surest]),
        },
    )


def finding_hardest(results: Results) -> str:
    """How sure the network was of its worst mistakes, and how many of them have a disputed label."""
    shown = ACROSS * DOWN
    return (
        f"Of {results.said('mistakes', 0)} mistakes the {shown} surest were made with a confidence of "
        f"{results.said('lowest confidence shown', 1)} % or more; {results.said('disputed labels', 1)} of "
        f"these {shown} have a label that people dispute"
    )


def figure_hardest(results: Results) -> Figure:
    """The images that are among the surest mistakes of the most seeds."""
    drawn, (only,) = panels(finding_hardest(results))
    only.remove()
    drawn.set_size_inches(7.5, 8.8)
    axes = list(drawn.subplots(DOWN, ACROSS).flat)
    times = Counter(int(index) for run in results.runs for index in run.arrays["index"])
    confidence = dict.fromkeys(times, 0.0)
    first: dict[int, tuple[int, int]] = {}
    for number, run in enumerate(results.runs):
        for place, index in enumerate(run.arrays["index"].tolist()):
            confidence[index] += float(run.arrays["confidence"][place]) / times[index]
            first.setdefault(index, (number, place))
    order = sorted(times, key=lambda index: (-times[index], -confidence[index]))
    for each, index in zip(axes, order, strict=False):
        number, place = first[index]
        arrays = results.runs[number].arrays
        each.imshow(arrays["image"][place], cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
        read = f"label {arrays['label'][place]}, read {arrays['answer'][place]}"
        each.set_title(f"{read}\n{100 * confidence[index]:.1f} % sure", fontsize=10)
        dispute = "\ndisputed" if index in DISPUTED else ""
        each.set_xlabel(f"image {index}{dispute}", fontsize=9)
        each.set_ylabel(f"{times[index]} of {len(results.runs)} seeds", fontsize=9)
        each.grid(False)
        each.set(xticks=(), yticks=())
    return drawn


def run_confidence(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and hold confidence against correctness on the test images."""
    network, data, accuracy = trained(parameters, seed, report)
    labels = data.test.labels
    probabilities = shares(network.predict(data.test.inputs))
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1).astype(np.float64)
    right = answers == labels
    surest_first = np.argsort(-confidence, kind="stable")
    kept = [len(labels) - round(len(labels) * share / 100) for share in REFUSED]
    accepted = np.array([100 * right[surest_first[:count]].mean() for count in kept])
    bins = reliability(confidence, right, 10)
    found = evaluate(network, data.test)
    values = {
        "test accuracy": accuracy,
        "calibration error": 100 * found.ece,
        "mean confidence": 100 * float(confidence.mean()),
        "mistakes above 90 %": 100 * float((confidence[~right] > 0.9).mean()),
        "answers above 90 %": 100 * float((confidence > 0.9).mean()),
        "accuracy above 90 %": 100 * float(right[confidence > 0.9].mean()),
    }
    values |= {
        f"accuracy, {share:g} % refused": float(accepted[place])
        for place, share in enumerate(REFUSED)
        if share
    }
    arrays = {
        "confidence of bin": 100 * bins.confidence,
        "accuracy of bin": 100 * bins.accuracy,
        "count of bin": bins.counts,
        "accuracy of accepted": accepted,
    }
    return Result(values, arrays)


def finding_confidence(results: Results) -> str:
    """How confident the mistakes are, and what refusing the least certain images gains."""
    return (
        f"{results.said('mistakes above 90 %', 1)} % of the mistakes are made with a confidence above 90 %; "
        f"refusing the least certain 5 % of the images takes accuracy from {results.said('test accuracy')} % "
        f"to {results.said('accuracy, 5 % refused')} %"
    )


def figure_confidence(results: Results) -> Figure:
    """Accuracy against confidence, and accuracy against the share refused."""
    drawn, (left, right) = panels(finding_confidence(results), 2)
    left.plot((0, 100), (0, 100), color="black", linestyle=":", label="confidence is earned")
    filled = (results.arrays("count of bin") > 0).all(axis=0)
    x, y = (results.arrays(f"{name} of bin")[:, filled] for name in ("confidence", "accuracy"))
    band(left, x.mean(axis=0), y, 0, "measured, mean ± sd", marker="o")
    for place, height, count in zip(
        x.mean(axis=0), y.mean(axis=0), results.arrays("count of bin").mean(axis=0)[filled], strict=True
    ):
        left.annotate(
            f"{count:.0f}", (place, height), (-6, 4), textcoords="offset points", ha="right", fontsize=8
        )
    left.set(
        xlabel="confidence of the answer (%)",
        ylabel="answers that are right (%)",
        xlim=(0, 105),
        ylim=(-5, 112),
    )
    left.set_title("numbers: images in the bin")
    left.legend()
    band(right, REFUSED, results.arrays("accuracy of accepted"), 2, "of the images answered", marker="s")
    right.set(xlabel="least certain images refused (%)", ylabel="accuracy on the rest (%)")
    right.legend(loc="lower right")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="hardest-digits",
        title="The mistakes a network is surest of",
        subject="what a network looks at",
        parameters=Parameters(),
        quick=QUICK,
        run=run_hardest,
        figure=figure_hardest,
        finding=finding_hardest,
        published=(
            Published(
                "hardest-digits", "measured here", "mistakes in 10,000", None, "mistakes", unit="images"
            ),
            Published(
                "hardest-digits",
                "measured here",
                "of the 20 surest mistakes, those with a disputed label",
                None,
                "disputed labels",
                unit="images",
            ),
        ),
        asks="Which digits does a good network get most wrong? The test images are ordered by how sure the "
        "network was of its wrong answer. Are these mistakes one would make oneself, is the label wrong, or "
        "does the network fail at something easy?",
        look_for="Three kinds: digits that nobody could read, digits whose label is the mistake, and plain "
        "digits in a style that is rare in the training images. Next to each stands in how many seeds it was "
        "among the surest mistakes: where that is every seed, the image is hard, not the start unlucky.",
        seconds=9.6,
    ),
    Experiment(
        name="confidence",
        title="Is the network right when it is sure?",
        subject="what a network looks at",
        parameters=Parameters(),
        quick=QUICK,
        run=run_confidence,
        figure=figure_confidence,
        finding=finding_confidence,
        published=(
            Published("confidence", "measured here", "expected calibration error", None, "calibration error"),
            Published(
                "confidence",
                "measured here",
                "share of the mistakes made above 90 % confidence",
                None,
                "mistakes above 90 %",
            ),
            Published(
                "confidence",
                "measured here",
                "accuracy when the least certain 5 % are refused",
                None,
                "accuracy, 5 % refused",
            ),
        ),
        asks="A network that gives ten numbers can be asked how sure it is: the largest as a share of the "
        "sum of all. Is it right as often as it is sure? And if it may hand the images it is least sure of "
        "to a person, how many must those be until the rest is read almost without error?",
        look_for="Left: on the dotted line confidence would be earned; above it the network knows more than "
        "it believes, below it less. The numbers say how many images stand behind each point. Right: the "
        "curve is steep at first, for the least certain images hold many of the mistakes, and then flat: "
        "mistakes that were made with confidence remain.",
        seconds=11.0,
    ),
)
