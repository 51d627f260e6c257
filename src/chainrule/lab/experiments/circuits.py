"""Shallow against deep: how many gates parity and multiplication take in two layers, and in many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, panels
from chainrule.logic import counting_parity, multiplier, parity, parity_chain, true_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """How far the circuits are built and counted."""

    bits: int = parameter(16, "most bits of parity, and of each factor of a deep product", low=3, high=16)
    counted: int = parameter(8, "most bits of each factor whose rows are counted", low=2, high=10)


def products(bits: int) -> np.ndarray:
    """Every product of two numbers of so many bits, ``(2ⁿ, 2ⁿ)``."""
    numbers = np.arange(2**bits)
    return np.multiply.outer(numbers, numbers)


def run(parameters: Parameters, seed: int, report: Report) -> Result:
    """Build every circuit and count its gates; count the true rows of every digit of every product."""
    bits = np.arange(2, parameters.bits + 1)
    shallow, deep, counting, deep_product = (np.zeros(len(bits), np.int64) for _ in range(4))
    for place, count in enumerate(bits.tolist()):
        report(place / len(bits), f"{count} bits")
        shallow[place] = len(true_rows(parity, count)) + 1
        deep[place] = len(parity_chain(count))
        counting[place] = len(counting_parity(count))
        deep_product[place] = len(multiplier(count))
    counted = np.arange(2, parameters.counted + 1)
    found = [products(count) for count in counted.tolist()]
    each_digit = [
        [np.count_nonzero(table >> digit & 1) for digit in range(2 * count)]
        for table, count in zip(found, counted.tolist(), strict=True)
    ]
    shared = np.array([np.count_nonzero(table) for table in found])
    away = (
        np.abs(shallow - (2 ** (bits - 1) + 1)).sum()
        + np.abs(deep - 4 * (bits - 1)).sum()
        + np.abs(deep_product - (11 * bits**2 - 13 * bits)).sum()
        + np.abs(shared - (2**counted - 1) ** 2).sum()
    )
    return Result(
        {
            "shallow parity": int(shallow[-1]),
            "deep parity": int(deep[-1]),
            "counting parity": int(counting[-1]),
            "shallow product": int(sum(each_digit[-1])) + 2 * int(counted[-1]),
            "deep product": len(multiplier(int(counted[-1]))),
            "away from the formulas": int(away),
        },
        {
            "bits": bits,
            "shallow parity": shallow,
            "deep parity": deep,
            "counting parity": counting,
            "deep product": deep_product,
            "counted bits": counted,
            "shallow product": np.array([sum(rows) for rows in each_digit]) + 2 * counted,
            "rows that are not 0": shared,
            "true rows of each digit": np.array(each_digit[-1]),
        },
    )


def finding(results: Results) -> str:
    """The largest counts, in a sentence."""
    settings = results.parameters
    shallow, deep, counting, wide, array = (
        f"{results.mean(name):,.0f}"
        for name in ("shallow parity", "deep parity", "counting parity", "shallow product", "deep product")
    )
    return (
        f"Parity of {settings.bits} bits: {shallow} gates in two layers, one for each true row, {deep} in "
        f"many, but {counting} perceptrons in two layers that count; a product of {settings.counted}-bit "
        f"numbers: {wide} gates in two layers, {array} in many"
    )


def figure(results: Results) -> Figure:
    """Counts of gates on a logarithmic axis: what grows exponentially is a straight line."""
    drawn, (left, right) = panels(finding(results), 2)
    arrays = results.runs[0].arrays
    bits, counted = arrays["bits"], arrays["counted bits"]
    for axes, x, name, index, look, label in (
        (left, bits, "shallow parity", 1, "s-", "two layers, one a true row: 2ⁿ⁻¹ + 1"),
        (left, bits, "deep parity", 0, "o-", "many layers, NAND: 4(n − 1)"),
        (left, bits, "counting parity", 2, "^--", "two layers that count: n + 1"),
        (right, counted, "shallow product", 1, "s", "two layers, each digit its own (counted)"),
        (right, counted, "rows that are not 0", 4, "D", "two layers, rows shared (counted)"),
        (right, bits, "deep product", 0, "o-", "many layers, NAND: 11n² − 13n"),
    ):
        axes.plot(x, arrays[name], look, color=COLOURS[index], label=label, markersize=5)
    right.plot(bits, (2.0**bits - 1) ** 2, ":", color=COLOURS[4], label="(2ⁿ − 1)² (formula)")
    left.set(xlabel="bits n", ylabel="perceptrons", yscale="log", title="parity of n bits")
    right.set(xlabel="bits n of each factor", yscale="log", title="product of two n-bit numbers")
    for axes in (left, right):
        axes.legend(fontsize=9, loc="upper left")
        axes.set_ylim(2, 100 * axes.get_ylim()[1])
    return drawn


MEASURED = "measured here"

EXPERIMENTS = (
    Experiment(
        name="gates-shallow-deep",
        title="Gates in two layers and in many",
        subject="perceptrons and circuits",
        parameters=Parameters(),
        quick={"bits": 12, "counted": 6},
        run=run,
        figure=figure,
        finding=finding,
        published=(
            Published(
                "gates-shallow-deep", MEASURED, "parity in two layers", None, "shallow parity", "gates"
            ),
            Published("gates-shallow-deep", MEASURED, "parity in many layers", None, "deep parity", "gates"),
            Published(
                "gates-shallow-deep", MEASURED, "product in two layers", None, "shallow product", "gates"
            ),
            Published(
                "gates-shallow-deep", MEASURED, "product in many layers", None, "deep product", "gates"
            ),
        ),
        asks="A customer wants a computer of two layers only (note 003; the book, chapter 5). It can be "
        "built, since every Boolean function is an OR of ANDs. What does it cost, and what do more layers "
        "save?",
        look_for="On the logarithmic axis the two-layer counts rise as straight lines: each further bit "
        "doubles parity and quadruples the product. The deep circuits bend away below them. Squares and "
        "diamonds are counted row by row, a perceptron a true row; terms that could be merged are not, and "
        "for parity none can be. Two kinds of product are shown: each digit with hidden perceptrons of its "
        "own, or all digits sharing one for each row that is not 0, of which there are (2ⁿ − 1)². The "
        "dashed line is a caution: a perceptron can count, a gate cannot, and two layers that count do "
        "parity with n + 1 perceptrons. The known exponential bound is one on gates.",
        seconds=0.3,
        seeds=1,
    ),
)
