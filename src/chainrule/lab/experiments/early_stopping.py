"""When to stop training: what waiting longer for progress costs and gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.learning_rate import book_trainer, first_images
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import Observer
from chainrule.training import Patience

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS", "stopped_after"]


@dataclass(frozen=True)
class Stopping:
    """How long to wait for progress, and how long to train where nobody stops."""

    patiences: tuple[int, ...] = parameter(
        (3, 5, 10), "epochs without progress before stopping", low=1, high=100
    )
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    strength: float = parameter(5.0, "λ of L2 regularisation, for 50,000 images", low=1e-6, high=1e4)
    epochs: int = parameter(60, "epochs if nobody stops", low=2, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=1_000, high=50_000)


def stopped_after(accuracies: Sequence[float], patience: int) -> int:
    """Epochs trained until ``Patience(patience)`` stops: all of them where it never does."""
    rule = Patience(patience)
    whole = len(accuracies)
    return next((epoch for epoch in range(1, whole) if rule(accuracies[:epoch])), whole)


def run_stopping(parameters: Stopping, seed: int, report: Report) -> Result:
    """Train once to the end; a stopping rule is a function of the accuracies, so each is asked afterwards."""
    data = load_data("mnist")
    assert data.validation is not None
    observer = Observer({"validation": data.validation, "test": data.test}, report)
    book_trainer(parameters, seed, parameters.learning_rate, [observer], epochs=parameters.epochs).fit(
        first_images(parameters)
    )
    validation, test = observer.accuracy("validation"), observer.accuracy("test")
    values = {"best validation accuracy": validation.max(), "test accuracy without stopping": test[-1]}
    for patience in parameters.patiences:
        epochs = stopped_after(list(validation), patience)
        values[f"epochs, n = {patience}"] = float(epochs)
        values[f"validation accuracy lost, n = {patience}"] = validation.max() - validation[:epochs].max()
        values[f"test accuracy, n = {patience}"] = test[epochs - 1]
    return Result(values, {"validation accuracy": validation})


def stopping_finding(results: Results) -> str:
    """What each patience spends and loses."""
    said = "; ".join(
        f"n = {patience}: {results.mean(f'epochs, n = {patience}'):.0f} epochs, "
        f"{results.said(f'validation accuracy lost, n = {patience}')}"
        for patience in results.parameters.patiences
    )
    return (
        f"Stopped after n epochs without progress instead of after {results.parameters.epochs}, "
        f"points of validation accuracy lost: {said}"
    )


def stopping_figure(results: Results) -> Figure:
    """The validation curve with the moments of stopping, and what each patience spends and loses."""
    drawn, (left, right) = panels(stopping_finding(results), columns=2)
    accuracy = results.runs[0].arrays["validation accuracy"]
    left.plot(np.arange(1, len(accuracy) + 1), accuracy, color=COLOURS[6], linewidth=1, label="first seed")
    for index, patience in enumerate(results.parameters.patiences):
        colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
        epochs = results.values(f"epochs, n = {patience}")
        given: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 8, "linestyle": ""}
        left.plot(epochs[0], accuracy[int(epochs[0]) - 1], label=f"stop, n = {patience}", **given)
        lost = results.values(f"validation accuracy lost, n = {patience}")
        right.plot(epochs, lost, label=f"n = {patience}", **given)
    left.set(xlabel="epoch", ylabel="validation accuracy (%)")
    right.set(xlabel="epochs spent", ylabel="validation accuracy lost\n(percentage points)")
    left.legend(loc="lower right")
    right.legend(title="a mark a seed")
    return drawn


EXPERIMENTS = (
    Experiment(
        name="early-stopping",
        title="Stopping when nothing improves any more",
        subject="better learning",
        parameters=Stopping(),
        quick={"patiences": (1, 2), "epochs": 12, "images": 3_000, "learning_rate": 1.0},
        run=run_stopping,
        figure=stopping_figure,
        finding=stopping_finding,
        published=tuple(
            Published("early-stopping", "measured here", what, None, what)
            for what in ("best validation accuracy", "test accuracy without stopping")
        ),
        asks="The book's rule is to stop after n epochs without a better validation accuracy, with n = 10 to "
        "begin with. What is saved and what is lost for smaller n? The network is trained to the end once, "
        "and each rule is asked when it would have stopped.",
        look_for="After some ten epochs the accuracy mostly jumps up and down, and the best of many epochs "
        "is partly luck. An impatient rule takes the first bad stretch for the end; a patient one spends "
        "twice as many epochs to gain tenths of a per cent. What remains lost would take a smaller rate, "
        "not more patience: see schedules.",
        seconds=38.0,
        seeds=3,
    ),
)
