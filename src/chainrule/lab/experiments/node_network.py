"""The network of note 002, 784-300-10, trained one image at a time until accuracy begins to fall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.dataset import Split
from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import Observer
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.training import Trainer, falling

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

_OBJECT_SECONDS = 9000
"""Seconds an epoch that note 002 gives, as a least, for node and connection objects."""


@dataclass(frozen=True)
class Parameters:
    """One hidden layer, targets 0.1 and 0.9, and the note's rule for when to stop."""

    hidden: int = parameter(300, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.3, "learning rate", low=0.0, high=100.0)
    evaluate_every: int = parameter(10, "epochs between two evaluations", unit="epochs", low=1, high=100)
    epochs: int = parameter(30, "the most epochs it may take", unit="epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train until validation accuracy begins to fall, or until the most epochs are over."""
    data = load_data("mnist")
    assert data.validation is not None
    train = data.train.part(slice(parameters.images), data.train.name)
    sizes = [784, parameters.hidden, 10]
    network = Network(fully_connected(sizes, initializer="lecun_normal"), input_shape=784, seed=seed)
    parts = {"validation": data.validation, "test": data.test}
    observer = Observer(parts, report, every=parameters.evaluate_every)
    trainer = Trainer(
        network,
        optimizer=SGD(parameters.learning_rate),
        batch_size=1,
        epochs=parameters.epochs,
        evaluate_every=parameters.evaluate_every,
        stopping=falling,
        targets=(0.1, 0.9),
        seed=seed,
        callbacks=[observer],
    )
    trainer.fit(Split(train, data.validation, data.test))
    validation, test = observer.accuracy("validation"), observer.accuracy("test")
    seconds = observer.seconds[-1] / observer.epochs[-1]
    return Result(
        {
            "parameters": float(len(network.parameters)),
            "validation accuracy": validation[-1],
            "test accuracy": test[-1],
            "epochs": float(observer.epochs[-1]),
            "stopped by the rule": float(trainer.history.stopped is not None),
            "seconds an epoch": seconds,
            "times faster than objects": _OBJECT_SECONDS * len(train) / 60_000 / seconds,
        },
        {
            "epoch": np.array(observer.epochs),
            "validation accuracy": validation,
            "test accuracy": test,
            "loss": np.array([record.loss for record in trainer.history.epochs], np.float32),
        },
    )


def finding(results: Results) -> str:
    """What it came to, how long an epoch took, and what ended the training."""
    stopped, runs = int(results.values("stopped by the rule").sum()), len(results.runs)
    return (
        f"{results.said('test accuracy')} % of the test images after {results.mean('epochs'):.0f} epochs of "
        f"{results.mean('seconds an epoch'):.1f} s; the rule ended {stopped} of {runs} "
        f"run{'s' if runs > 1 else ''}"
    )


def figure(results: Results) -> Figure:
    """Accuracy at each evaluation of each run, and the training loss by epoch."""
    drawn, (accuracy, loss) = panels(finding(results), columns=2)
    for index, run_result in enumerate(results.runs):
        marker, colour = MARKERS[index % len(MARKERS)], COLOURS[index % len(COLOURS)]
        epochs, name = run_result.arrays["epoch"], f"seed {results.seeds[index]}"
        for part, line in (("validation", "-"), ("test", "--")):
            label = f"{name}, {part}"
            measured = run_result.arrays[f"{part} accuracy"]
            accuracy.plot(epochs, measured, color=colour, marker=marker, linestyle=line, label=label)
        losses = run_result.arrays["loss"]
        loss.plot(np.arange(1, len(losses) + 1), losses, color=colour, label=name)
    accuracy.set(xlabel="epoch", ylabel="accuracy (%)")
    loss.set(xlabel="epoch", ylabel="mean training loss ½‖a − y‖²", ylim=(0, None))
    for axes in (accuracy, loss):
        axes.locator_params(axis="x", integer=True)
    accuracy.legend()
    return drawn


NOTE = "note 002"

EXPERIMENTS = (
    Experiment(
        name="nodes-300",
        title="The network of note 002 and its stopping rule",
        subject="first networks",
        parameters=Parameters(),
        quick={"images": 600, "epochs": 3, "evaluate_every": 1},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published("nodes-300", NOTE, "parameters", 238_510, "parameters", ""),
            Published("nodes-300", NOTE, "test accuracy when it stops", None, "test accuracy"),
            Published(
                "nodes-300",
                NOTE,
                "time an epoch (there, with objects for nodes and connections: over 9,000 s)",
                None,
                "seconds an epoch",
                "s",
            ),
            Published(
                "nodes-300",
                NOTE,
                'how much faster than over 9,000 s an epoch of 60,000 images (there: "some hundred times")',
                None,
                "times faster than objects",
                "times",
            ),
        ),
        asks="Note 002 builds this network of node and connection objects, one Python object a "
        "connection, waits over 9,000 seconds for an epoch, and then writes it again with arrays. What "
        "does it reach, how long does it take with arrays, and does its rule to stop, as soon as accuracy "
        "falls from one evaluation to the next, end the training in time? The note leaves its listings "
        "out and gives no learning rate; 0.3 is what the article that it follows is run with. Weights "
        "start from N(0, 1/inputs), and the rule looks at the 10,000 validation images, so that the test "
        "images choose nothing.",
        look_for="Accuracy is read every 10 epochs, and training ends at the first fall or after 30 "
        "epochs, whichever comes first: that bound is ours, so that a run takes minutes. The loss goes on "
        "falling after accuracy has come to rest.",
        seconds=300.0,
        seeds=2,
    ),
)
