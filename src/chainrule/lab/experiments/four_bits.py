"""Ten outputs turned into four bits by a layer whose weights are worked out, not learnt."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.load import load_data
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.lab.watching import Observer
from chainrule.network import Network
from chainrule.numerics.parameters import Array
from chainrule.optimizers import SGD
from chainrule.training import Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]

BITS = (np.arange(10)[:, None] >> np.arange(4) & 1).astype(np.float32)
"""``(10, 4)`` each digit as four bits, the lowest first."""
SURE = 0.99
"""The right output of the layer below is at least this, the others at most 1 − this; so shall the bits be."""


def bit_weight() -> float:
    """The weight that is just large enough, 5.05: +W from digits whose bit is 1, −W from the others.

    For a digit whose bit is 1, z ≥ 0.99 W − 0.01 n W, where n digits have a 0 there, at most 8 (the highest
    bit); where it is 0, z ≤ −0.99 W + 0.01 m W, where m digits have a 1, at most 5. So |z| ≥ 0.91 W,
    and σ(z) ≥ 0.99 needs z ≥ ln 99. No bias is needed.
    """
    zeros, ones = 10 - BITS.sum(axis=0), BITS.sum(axis=0)
    least = SURE - (1 - SURE) * float(max(zeros.max(), ones.max()))
    return log(SURE / (1 - SURE)) / least


def with_bits(network: Network) -> Network:
    """The same network with a fourth layer, which turns its ten outputs into four bits."""
    extended = Network([784, network.parameters.view("0.biases").size, 10, 4])
    for name in network.parameters.parameters:
        extended.parameters.view(name)[:] = network.parameters.view(name)
    weights, biases = list(extended.parameters.parameters)[-2:]
    extended.parameters.view(weights)[:] = bit_weight() * (2 * BITS.T - 1)
    extended.parameters.view(biases)[:] = 0.0
    extended.scaling = network.scaling
    return extended


def as_number(bits: Array) -> Array:
    """``(n, 4)`` outputs read as binary numbers, each 1 from ½ on; 10 … 15 are no digits."""
    number: Array = (bits >= 0.5) @ (1 << np.arange(4))
    return number


@dataclass(frozen=True)
class FourBits:
    """The book's first network, which the fourth layer is put on."""

    hidden: int = parameter(30, "hidden neurons", low=1, high=2000)
    learning_rate: float = parameter(3.0, "learning rate", low=0.0, high=1000.0)
    epochs: int = parameter(30, "epochs", low=1, high=1000)
    images: int = parameter(50_000, "training images", unit="images", low=100, high=50_000)


def checked_at_all_corners() -> tuple[float, float]:
    """The lowest bit that should be 1 and the highest that should be 0, whatever is within the promise.

    A weighted sum is extreme where every input is: all corners, 0 or 0.01 and 0.99 or 1, are tried.
    """
    corners = (np.arange(2**10)[:, None] >> np.arange(10) & 1) * (1 - SURE)
    ones: list[float] = []
    zeros: list[float] = []
    for digit in range(10):
        outputs = corners.copy()
        outputs[:, digit] += SURE
        bits = 1 / (1 + np.exp(-bit_weight() * outputs @ (2 * BITS.astype(np.float64) - 1)))
        ones.extend(bits[:, BITS[digit] == 1].ravel())
        zeros.extend(bits[:, BITS[digit] == 0].ravel())
    return float(min(ones)), float(max(zeros))


def run_four_bits(parameters: FourBits, seed: int, report: Report) -> Result:
    """Train ten outputs, add the layer that was worked out, and read the test images by both."""
    data = load_data("mnist")
    network = Network([784, parameters.hidden, 10], seed=seed)
    observer = Observer({}, report)
    Trainer(
        network,
        optimizer=SGD(parameters.learning_rate),
        epochs=parameters.epochs,
        seed=seed,
        callbacks=[observer],
    ).fit(data.train.part(slice(parameters.images), data.train.name))
    outputs, labels = network.predict(data.test.inputs), data.test.labels
    bits = with_bits(network).predict(data.test.inputs)
    largest, number = outputs.argmax(axis=1), as_number(bits)
    kept = (np.sort(outputs, axis=1)[:, -2] <= 1 - SURE) & (outputs.max(axis=1) >= SURE)
    lowest, highest = checked_at_all_corners()
    strayed = number != largest
    return Result(
        {
            "weight": bit_weight(),
            "lowest bit that should be 1": lowest,
            "highest bit that should be 0": highest,
            "argmax accuracy": 100 * float(np.mean(largest == labels)),
            "bits accuracy": 100 * float(np.mean(number == labels)),
            "bits equal argmax": 100 * float(np.mean(~strayed)),
            "images within the promise": 100 * float(np.mean(kept)),
            "bits unlike argmax within the promise": float(np.count_nonzero(strayed & kept)),
            "bits that are no digit": 100 * float(np.mean(number > 9)),
        },
        {
            "argmax right": np.array([np.mean(largest[labels == digit] == digit) for digit in range(10)]),
            "bits right": np.array([np.mean(number[labels == digit] == digit) for digit in range(10)]),
        },
    )


def finding_four_bits(results: Results) -> str:
    """How well the bits read, beside the largest output, in a sentence."""
    return (
        f"With weights of ± {results.mean('weight'):.2f} four bits read {results.said('bits accuracy')} % of "
        f"the test images right, the largest of ten outputs {results.said('argmax accuracy')} %; "
        f"{results.values('bits unlike argmax within the promise').sum():.0f} images differ among the "
        f"{results.said('images within the promise', 1)} % whose outputs are as clear as promised"
    )


def figure_four_bits(results: Results) -> Figure:
    """The weights of the layer, and the share read right by both, digit by digit."""
    drawn, (left, right) = panels(finding_four_bits(results), 2)
    weight = results.mean("weight")
    shown = left.imshow(
        weight * (2 * BITS.T - 1), cmap="RdBu", vmin=-1.4 * weight, vmax=1.4 * weight, aspect="auto"
    )
    for bit in range(4):
        for digit in range(10):
            left.text(digit, bit, "+" if BITS[digit, bit] else "−", ha="center", va="center", fontsize=13)
    left.set(xlabel="output of the layer below (digit)", ylabel="bit", title="weights of the fourth layer")
    left.set_xticks(range(10))
    left.set_yticks(range(4), ["1", "2", "4", "8"])
    left.grid(False)
    drawn.colorbar(shown, ax=left, label="weight")
    digits = np.arange(10)
    for index, (name, label) in enumerate((("argmax right", "largest of ten"), ("bits right", "four bits"))):
        runs = 100 * results.arrays(name)
        spread = runs.std(axis=0, ddof=1) if len(runs) > 1 else None
        right.errorbar(
            digits + 0.2 * index - 0.1,
            runs.mean(axis=0),
            spread,
            fmt=MARKERS[index],
            color=COLOURS[index],
            label=label,
        )
    right.set(xlabel="digit", ylabel="test images read right (%)", title="on a trained network")
    right.set_xticks(digits)
    right.legend()
    return drawn


EXERCISE = "note 001, exercise; measured here"

EXPERIMENTS = (
    Experiment(
        name="four-bits",
        title="A fourth layer that turns ten outputs into four bits",
        subject="perceptrons and circuits",
        parameters=FourBits(),
        quick={"images": 5_000, "epochs": 5},
        run=run_four_bits,
        figure=figure_four_bits,
        finding=finding_four_bits,
        published=(
            Published("four-bits", EXERCISE, "test images read right by the bits", None, "bits accuracy"),
            Published(
                "four-bits", EXERCISE, "test images read right by the largest", None, "argmax accuracy"
            ),
            Published(
                "four-bits",
                EXERCISE,
                "images unlike argmax within the promise",
                None,
                "bits unlike argmax within the promise",
                "",
            ),
        ),
        asks="The exercise of chapter 1: find weights and biases for a layer of four neurons that turns the "
        "ten outputs into a binary number, given that the right output is at least 0.99 and the others at "
        "most 0.01. How does it fare on a trained network, which keeps no such promise?",
        look_for="Left: + W from every digit whose bit is 1, − W from the others, no bias. The sum is at "
        "least (0.99 − 8 · 0.01) W, so W = ln 99 / 0.91 = 5.05 makes every bit as clear as the outputs "
        "were, and every corner of what is promised was checked. Right: where outputs are less clear, "
        "several that are half on add up to the wrong bits, and where no output is on, the bits have "
        "nothing to go by: the largest of ten is still right there sometimes.",
        seconds=15.0,
    ),
)
