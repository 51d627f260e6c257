"""The later rows of chapter 6: shifted images, wider and more layers, dropout, a vote of five networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.lab.experiment import Experiment
from chainrule.lab.experiments.convolution import FIRST, Parameters, claim

__all__ = ["EXPERIMENTS"]

BASE = Parameters(
    convolutions=2, activation="relu", learning_rate=0.03, weight_decay=0.1, shifts=True, epochs=2
)
QUICK = {"images": 150, "epochs": 2, "judged": 200}
WIDEST_IN_QUICK = 300
SHORTENED = (
    "An epoch goes through 250,000 images. The book has 60 of them; the full form here has 2, which is what "
    "fits. --set epochs=60 runs the book's."
)


def row(
    name: str, title: str, hidden: tuple[int, ...], figure: float, seconds: float, **given: Any
) -> Experiment:
    """One row of the table: two convolutions of ReLU and fully connected layers of these sizes."""
    start = replace(
        FIRST,
        name=name,
        title=title,
        parameters=replace(BASE, hidden=hidden),
        quick={**QUICK, "hidden": tuple(min(size, WIDEST_IN_QUICK) for size in hidden)},
        published=(claim(name, figure),),
        seconds=seconds,
        seeds=2,
    )
    return replace(start, **given)


def wider(name: str, hidden: tuple[int, ...], figure: float, seconds: float) -> Experiment:
    """A row that differs in its fully connected layers."""
    sizes = " and ".join(map(str, hidden))
    layers = "Two fully connected layers" if len(hidden) > 1 else "A fully connected layer"
    return row(
        name,
        f"{layers} of {hidden[0]:,} on shifted images",
        hidden,
        figure,
        seconds,
        asks=f"Now that there are 250,000 images, is there something to gain from {sizes} fully connected "
        f"neurons behind the convolutions? {SHORTENED}",
        look_for="The rows of the table lie within a tenth of a point of each other, and the standard "
        "error of one run at 99.4 % of 10,000 images is 0.08. See whether the spread between seeds leaves "
        "anything to say about the number of neurons.",
    )


EXPERIMENTS = (
    row(
        "conv-shifts",
        "Two convolutions on shifted images",
        (100,),
        99.37,
        190.0,
        asks="Each training image moved by a pixel up, down, left and right makes five times as many. A "
        "convolution followed by a pool hardly minds where a stroke lies; do shifted images still teach it "
        f"something? {SHORTENED}",
        look_for="Compare with conv-relu by steps, not by epochs: an epoch here has as many steps as five "
        "there.",
    ),
    wider("conv-300", (300,), 99.46, 225.0),
    wider("conv-1000", (1000,), 99.43, 310.0),
    wider("conv-100-100", (100, 100), 99.43, 200.0),
    wider("conv-300-300", (300, 300), 99.48, 240.0),
    wider("conv-1000-1000", (1000, 1000), 99.47, 460.0),
    row(
        "conv-dropout",
        "Two fully connected layers of 1,000 with dropout",
        (1000, 1000),
        99.60,
        570.0,
        parameters=replace(BASE, hidden=(1000, 1000), dropout=0.5, weight_decay=0.0),
        quick={**QUICK, "hidden": (100,), "dropout": 0.2},
        asks="Half of what comes into each fully connected layer is dropped at every step, in place of "
        "decay. What does that bring to the widest network of the table? An epoch goes through 250,000 "
        "images. The book has 40 of them; the full form here has 2, which is what fits. --set epochs=40 runs "
        "the book's.",
        look_for="Dropout here divides what is left by one half in training; the book's program multiplies "
        "by it in answering. Both compute the same function, but a step at the same rate is a longer one "
        "here. Compare with conv-1000-1000: are two epochs enough for dropout to show its worth?",
    ),
    row(
        "conv-vote",
        "A vote of five networks with dropout",
        (1000, 1000),
        99.67,
        870.0,
        parameters=replace(
            BASE, hidden=(1000, 1000), dropout=0.5, weight_decay=0.0, voters=5, shifts=False, epochs=3
        ),
        quick={"images": 250, "epochs": 3, "judged": 200, "convolutions": 1, "hidden": (50,), "dropout": 0.0},
        published=(claim("conv-vote", 99.67, "test accuracy of the vote"),),
        seeds=1,
        asks="Five networks from different starts make different mistakes. How many are left when they "
        "vote? The book's five are those of conv-dropout, after 40 epochs of 250,000 images each; the full "
        "form here gives each 3 epochs of 50,000, which is what fits. --set shifts=yes --set epochs=40 runs "
        "the book's.",
        look_for="The right panel: what each further voter brings. A tie goes to the networks trained first, "
        "so that two of them do no better than one.",
    ),
)
