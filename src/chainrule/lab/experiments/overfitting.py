"""A network that learns its training images by heart, and what weight decay or more images change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.experiments.cross_entropy import BOOK, train_by_cross_entropy
from chainrule.lab.style import band, panels, published_line
from chainrule.lab.watching import Observer
from chainrule.regularizers import L2

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """A network with one hidden layer, started from N(0, 1), and few images for many epochs."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(0.5, "learning rate", low=0.0, high=100.0)
    weight_decay: float = parameter(0.0, "λ of L2, for the term λ/(2n) Σw²; 0 for none", low=0.0, high=1000.0)
    batch_size: int = parameter(10, "batch size", unit="images", low=1, high=1000)
    epochs: int = parameter(400, "epochs", low=1, high=5000)
    images: int = parameter(1000, "training images", unit="images", low=100, high=50_000)
    every: int = parameter(4, "epochs between two looks at the images", unit="epochs", low=1, high=1000)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Train, and look at the training and the test images every few epochs."""
    data = load_data("mnist")
    train = data.train.part(slice(parameters.images), data.train.name)
    observer = Observer({"training": train, "test": data.test}, report, every=parameters.every)
    train_by_cross_entropy(
        train,
        observer,
        seed,
        hidden=parameters.hidden,
        learning_rate=parameters.learning_rate,
        batch_size=parameters.batch_size,
        epochs=parameters.epochs,
        regularizers=[L2(parameters.weight_decay)] if parameters.weight_decay else [],
    )
    epochs = np.array(observer.epochs, np.float32)
    training, test = observer.accuracy("training"), observer.accuracy("test")
    test_loss = observer.loss("test")
    return Result(
        {
            "last training accuracy": training[-1],
            "last test accuracy": test[-1],
            "best test accuracy": test.max(),
            "gap": training[-1] - test[-1],
            "epoch of the lowest test loss": epochs[test_loss.argmin()],
            "lowest test loss": test_loss.min(),
            "last test loss": test_loss[-1],
            "epoch of the best test accuracy": epochs[test.argmax()],
        },
        {
            "epoch": epochs,
            "training accuracy": training.astype(np.float32),
            "test accuracy": test.astype(np.float32),
            "training loss": observer.loss("training").astype(np.float32),
            "test loss": test_loss.astype(np.float32),
        },
    )


def finding(results: Results) -> str:
    """Accuracy on what was learnt and on what was not, and where the test loss turned."""
    settings = results.parameters
    decay = f", λ = {settings.weight_decay:g}" if settings.weight_decay else ", no weight decay"
    return (
        f"{settings.images:,} images, {settings.epochs} epochs{decay}: "
        f"{results.said('last training accuracy')} % of the training images and "
        f"{results.said('last test accuracy')} % of the test images; the test loss was lowest, "
        f"{results.mean('lowest test loss'):.2f}, after {results.mean('epoch of the lowest test loss'):.0f} "
        f"epochs and is {results.mean('last test loss'):.2f} at the end"
    )


def figure(results: Results) -> Figure:
    """Accuracy and loss on the training and the test images."""
    drawn, (accuracy, loss) = panels(finding(results), columns=2)
    epochs = results.runs[0].arrays["epoch"]
    for index, (part, line) in enumerate((("training", "--"), ("test", "-"))):
        band(accuracy, epochs, results.arrays(f"{part} accuracy"), index, part, linestyle=line)
        band(loss, epochs, results.arrays(f"{part} loss"), index, part, linestyle=line)
    for claim in results.published:
        if claim.figure is not None and "test" in claim.value:
            published_line(accuracy, claim.figure, "published, test")
    lowest = min(
        float(results.arrays(f"{part} accuracy").mean(axis=0).min()) for part in ("training", "test")
    )
    accuracy.set(xlabel="epochs trained", ylabel="accuracy (%)", ylim=(max(0.0, lowest - 1.0), 101.0))
    loss.set(xlabel="epochs trained", ylabel="cross-entropy, without the penalty", ylim=(0.0, None))
    accuracy.legend(loc="lower right")
    loss.legend()
    return drawn


OVERFIT = Experiment(
    name="overfit",
    title="1,000 images learnt by heart",
    subject="better learning",
    parameters=Parameters(),
    quick={"epochs": 60, "every": 10},
    run=run,
    figure=figure,
    finding=finding,
    published=(
        Published("overfit", BOOK, "test accuracy, best epoch", 82.27, "best test accuracy", tolerance=0.5),
        Published(
            "overfit",
            BOOK,
            "training accuracy at the end",
            100.0,
            "last training accuracy",
            tolerance=0.1,
        ),
    ),
    asks="A network with 23,860 parameters learns from 1,000 images until it makes no mistake on them. What "
    "has it learnt about images that it has not seen?",
    look_for="The training curve goes to 100 %, the test curve stops far below. See where the test loss "
    "turns and climbs, and that the test accuracy does not fall with it: the network grows surer of its "
    "mistakes.",
    seconds=7.0,
)

EXPERIMENTS = (
    OVERFIT,
    replace(
        OVERFIT,
        name="overfit-l2",
        title="1,000 images with weight decay",
        parameters=Parameters(weight_decay=0.1),
        published=(
            Published(
                "overfit-l2", BOOK, "test accuracy, best epoch", 87.1, "best test accuracy", tolerance=0.5
            ),
        ),
        asks="The same 1,000 images, with a term in the cost that keeps weights small. Does the network "
        "still learn by heart, and does it read more of the images that it has not seen?",
        look_for="Compare with overfit: the training images are still learnt, and the test curves lie higher "
        "and go on rising, as the wide start is forgotten.",
        seconds=6.9,
    ),
    replace(
        OVERFIT,
        name="full-gap",
        title="The gap with 50,000 images",
        parameters=Parameters(images=50_000, epochs=30, every=1),
        quick={"images": 5_000, "epochs": 4, "every": 1},
        published=(
            Published(
                "full-gap",
                BOOK,
                "training accuracy at the end",
                97.86,
                "last training accuracy",
                tolerance=0.3,
            ),
            Published(
                "full-gap", BOOK, "test accuracy at the end", 95.33, "last test accuracy", tolerance=0.3
            ),
        ),
        asks="The same network learns from all 50,000 training images. How much is left of the gap between "
        "what it has seen and what it has not?",
        look_for="The two curves part, yet by a few per cent only: more images are the surest cure of "
        "overfitting.",
        seconds=20.0,
    ),
)
