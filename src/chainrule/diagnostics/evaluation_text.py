"""An evaluation as text for a terminal of 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chainrule.diagnostics.evaluation import Evaluation

__all__ = ["evaluation_table", "percent", "short_names", "summary"]

_COLUMNS = 80
_NAME = 14
_CONFUSIONS_SHOWN = 20


def percent(fraction: float) -> str:
    """A fraction in percent with two digits: 0.9531 is "95.31"."""
    return f"{100 * fraction:.2f}"


def summary(evaluation: Evaluation) -> str:
    """Accuracy and its interval in one line."""
    low, high = evaluation.interval
    return (
        f"accuracy {percent(evaluation.accuracy)} % (95 % interval {percent(low)} to {percent(high)}), "
        f"{evaluation.correct} of {evaluation.n}"
    )


def evaluation_table(evaluation: Evaluation) -> str:
    """Rates, classes, confusions, calibration and the surest mistakes, at most 80 columns wide."""
    low, high = evaluation.interval
    lines = [
        summary(evaluation),
        f"error rate {percent(evaluation.error_rate)} % "
        f"(95 % interval {percent(1 - high)} to {percent(1 - low)})",
        f"answered in {evaluation.seconds:.2f} s",
    ]
    parts = (_classes, _confusions, _calibration, _mistakes)
    return "\n\n".join(["\n".join(lines), *("\n".join(part(evaluation)) for part in parts)])


def _classes(evaluation: Evaluation) -> list[str]:
    names = short_names(evaluation.class_names)
    wide = max(len("class"), *map(len, names))
    lines = [f"{'class':<{wide}}  precision %  recall %    F1 %  examples"]
    lines += [
        f"{name:<{wide}}  {percent(precision):>11}  {percent(recall):>8}  {percent(f1):>6}  {support:>8}"
        for name, precision, recall, f1, support in zip(names, *evaluation.per_class, strict=True)
    ]
    return lines


def _confusions(evaluation: Evaluation) -> list[str]:
    """The matrix where it fits the terminal, the most frequent confusions otherwise."""
    confusion = evaluation.confusion
    names = short_names(evaluation.class_names)
    numbered = max(map(len, names)) > len(str(confusion.max()))
    heads = [str(index) for index in range(len(names))] if numbered else names
    rows = [f"{index} {name}" for index, name in enumerate(names)] if numbered else names
    cell = max(len(str(confusion.max())), *map(len, heads)) + 1
    wide = max(map(len, rows))
    if wide + cell * len(names) > _COLUMNS:
        return _frequent_confusions(evaluation)
    lines = ["confusions: rows are the true classes, columns the predicted ones"]
    lines.append(" " * wide + "".join(f"{head:>{cell}}" for head in heads))
    lines += [
        f"{row:<{wide}}" + "".join(f"{count or '.':>{cell}}" for count in counts)
        for row, counts in zip(rows, confusion.tolist(), strict=True)
    ]
    return lines


def _frequent_confusions(evaluation: Evaluation) -> list[str]:
    names = short_names(evaluation.class_names)
    wide = max(len("true"), *map(len, names))
    errors = evaluation.confusion - np.diag(np.diagonal(evaluation.confusion))
    order = np.argsort(-errors, axis=None, kind="stable")[:_CONFUSIONS_SHOWN]
    pairs = [(index // len(names), index % len(names)) for index in order.tolist()]
    lines = ["most frequent confusions", f"{'true':<{wide}}  {'predicted':<{max(wide, 9)}}  examples"]
    lines += [
        f"{names[true]:<{wide}}  {names[predicted]:<{max(wide, 9)}}  {errors[true, predicted]:>8}"
        for true, predicted in pairs
        if errors[true, predicted]
    ]
    return lines


def _calibration(evaluation: Evaluation) -> list[str]:
    found = evaluation.reliability
    lines = [
        f"negative log-likelihood {evaluation.nll:.4f}, "
        f"expected calibration error {percent(evaluation.ece)} %",
        "confidence     examples  mean confidence %  accuracy %",
    ]
    lines += [
        f"{low:.3f} to {high:.3f}".ljust(14)
        + f" {count:>8}  {percent(confidence):>17}  {percent(accuracy):>10}"
        for low, high, count, confidence, accuracy in zip(
            found.edges[:-1], found.edges[1:], found.counts, found.confidence, found.accuracy, strict=True
        )
        if count
    ]
    return lines


def _mistakes(evaluation: Evaluation) -> list[str]:
    if not evaluation.surest_mistakes:
        return ["no mistakes"]
    names = short_names(evaluation.class_names)
    wide = max(len("true"), *map(len, names))
    lines = [
        "surest mistakes",
        f"{'example':>9}  {'true':<{wide}}  {'predicted':<{max(wide, 9)}}  confidence %",
    ]
    lines += [
        f"{mistake.index:>9}  {names[mistake.label]:<{wide}}  "
        f"{names[mistake.prediction]:<{max(wide, 9)}}  {percent(mistake.confidence):>12}"
        for mistake in evaluation.surest_mistakes
    ]
    return lines


def short_names(names: tuple[str, ...]) -> list[str]:
    """Names on one line each and at most 14 characters long."""
    plain = [" ".join(name.split()) for name in names]
    return [name if len(name) <= _NAME else name[: _NAME - 1] + "…" for name in plain]
