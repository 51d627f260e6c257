"""Fits the few numbers by which the reader weighs its evidence, on pictures made of validation images.

``python -m benchmarks.fit_reader MODEL SPOTTER``, of two models that learnt from the first 50,000 images,
writes ``src/chainrule/reader/coefficients.json``. Only the first half of MNIST's validation images is used;
the other half is there to look at what came of it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import chainrule as cr
from benchmarks.scenes import CONDITIONS, GARBAGE, Truth, garbage, scene
from chainrule.data.dataset import Dataset
from chainrule.files import written_whole
from chainrule.handwriting import HANDS, NONE, CutLine, cut, tape_to_learn, written
from chainrule.handwriting.cutting import laid
from chainrule.handwriting.hands import SIZES
from chainrule.handwriting.writing import Placed
from chainrule.metrics import fitted_temperature
from chainrule.reader import Digit, Reader, evidence
from chainrule.reader.spotter import Spotter

HALF = 5000
_COVER = 0.5
"""A digit was found where it stands if its box and the true one share this much of both together."""
_PENALTY = 1e-3
_LINES_A_PICTURE = 4
WEIGHTS, BONUSES = (0.5, 0.75, 1.0), (0.0, 0.5, 1.0, 1.5)
"""What is tried for the two numbers by which digits are spotted in joined writing."""
_PIECES_OF_TAPE = 2000

Floats = NDArray[np.float64]


def first_half() -> Dataset:
    """The first half of the validation images."""
    validation = cr.load_data("mnist").validation
    assert validation is not None
    return validation.part(slice(HALF), validation.name)


def pictures(each: int, seed: int) -> Iterator[tuple[Any, Truth]]:
    """So many scenes of each condition and kind of garbage, of the first half of the validation images."""
    half = first_half()
    for number, condition in enumerate(CONDITIONS):
        generator = np.random.default_rng([seed, number])
        for _ in range(each):
            yield scene(condition, half.inputs, half.labels, generator, digits=int(generator.integers(2, 9)))
    for number, kind in enumerate(GARBAGE):
        generator = np.random.default_rng([seed, 100 + number])
        for _ in range(each):
            yield garbage(kind, half.inputs, half.labels, generator), Truth(())


def cuts(each: int, seed: int, *, joined: bool) -> Iterator[CutLine]:
    """So many cut lines of each hand, and half as many shapes of each kind of garbage, of the same images."""
    half = first_half()
    for number, hand in enumerate(HANDS):
        generator = np.random.default_rng([seed, 200 + number])
        for _ in range(each):
            line = written(hand, half.inputs, half.labels, int(generator.integers(2, 7)), generator)
            yield from cut(*line, joined=joined)
    for number, kind in enumerate(kind for kind in GARBAGE if kind != "blank"):
        generator = np.random.default_rng([seed, 300 + number])
        for _ in range(each // 2):
            size = generator.uniform(*SIZES)
            shape = GARBAGE[kind](half.inputs.reshape(-1, 28, 28), half.labels, size, generator)
            yield from cut([Placed(shape, 0, 0, "")], [NONE], joined=joined)


def logistic(
    features: Floats, right: NDArray[np.bool_], *, balanced: bool = False, rising: bool = False
) -> dict[str, Any]:
    """Weights and bias of the likeliest logistic model, lightly held back.

    Balanced, both kinds count as if they were equally frequent: the log-odds are then a log-likelihood
    ratio, which is what adds up along a line. Rising, no weight is below 0: more of a feature never speaks
    against.
    """
    spread = features.std(axis=0).clip(1e-6)
    scaled = np.column_stack([features / spread, np.ones(len(features))])
    signs = np.where(right, 1.0, -1.0)
    shares = np.full(len(right), 1 / len(right))
    if balanced:
        shares = np.where(right, 0.5 / max(1, right.sum()), 0.5 / max(1, (~right).sum()))

    def cost(weights: Floats) -> tuple[float, Floats]:
        margin = signs * (scaled @ weights)
        held = weights * np.append(np.full(len(spread), _PENALTY), 0)
        value = np.logaddexp(0, -margin) @ shares + held @ weights / 2
        pull = -signs / (1 + np.exp(np.clip(margin, -500, 500)))
        return float(value), scaled.T @ (pull * shares) + held

    least = 0.0 if rising else None
    bounds = [*[(least, None)] * len(spread), (None, None)]
    found = minimize(cost, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[:-1] / spread
    return {"weights": [round(float(each), 5) for each in weights], "bias": round(float(found[-1]), 5)}


def fit(reader: Reader, each: int, seed: int) -> dict[str, Any]:
    """All coefficients for one network, the later ones with the earlier ones in place."""
    kind = "with none" if reader.knows_none else "without none"
    fitted = json.loads(evidence.FILE.read_text(encoding="utf-8"))
    chosen = fitted[kind]
    chosen["temperature"] = 1.0
    _store(fitted)
    lines = list(cuts(_LINES_A_PICTURE * each, seed, joined=reader.knows_none))
    labels = np.concatenate([line.labels for line in lines])
    weighed = evidence.weigh(reader.network, [line.line for line in lines], [line.pieces for line in lines])
    digits = labels != NONE
    chosen["temperature"] = round(fitted_temperature(weighed.probabilities[digits], labels[digits]), 4)
    _store(fitted)
    weighed = evidence.weigh(reader.network, [line.line for line in lines], [line.pieces for line in lines])
    chosen["digit"] = logistic(weighed.traits, digits, balanced=True)
    _store(fitted)
    if reader.spotter:
        _fit_spotting(reader, reader.spotter, fitted, chosen, each, seed)
    signs, sound = [], []
    for picture, truth in pictures(each, seed + 1):
        studied = reader.study(picture, min_confidence=0.0)
        signs += studied.signs
        sound += [_is_right(digit, truth) for digit in studied.reading.digits]
    chosen["confidence"] = logistic(np.array(signs), np.array(sound), rising=True)
    _store(fitted)
    return dict(chosen)


def _fit_spotting(
    reader: Reader, spotter: Spotter, fitted: dict[str, Any], chosen: dict[str, Any], each: int, seed: int
) -> None:
    """How sure spotted digits are, and the weight and bonus with which most joined lines are read rightly."""
    half = first_half()
    tape = tape_to_learn(half, _PIECES_OF_TAPE, np.random.default_rng([seed, 500]))
    digits = (tape.labels >= 0) & (tape.labels < NONE)
    seen = np.maximum(spotter.network.predict(tape.inputs)[digits][:, :10].astype(np.float64), 1e-12)
    temperature = fitted_temperature(seen / seen.sum(axis=1, keepdims=True), tape.labels[digits])
    drawn: list[tuple[Any, str]] = []
    for number, hand in enumerate(("touching", "overlapping")):
        generator = np.random.default_rng([seed, 400 + number])
        for _ in range(_LINES_A_PICTURE * each):
            many = int(generator.integers(3, 7))
            placed, names = written(hand, half.inputs, half.labels, many, generator)
            drawn.append((1 - laid(placed)[0], "".join(map(str, names))))
    right = {}
    for pair in product(WEIGHTS, BONUSES):
        _store_spotting(fitted, chosen, *pair, temperature)
        texts = [reader.read(picture, min_confidence=0.0).text for picture, _ in drawn]
        right[pair] = sum(text == truth for text, (_, truth) in zip(texts, drawn, strict=True))
        print(f"weight {pair[0]}, bonus {pair[1]}: {right[pair]} of {len(drawn)} joined lines", flush=True)
    _store_spotting(fitted, chosen, *max(right, key=lambda pair: right[pair]), temperature)


def _store_spotting(
    fitted: dict[str, Any], chosen: dict[str, Any], weight: float, bonus: float, temperature: float
) -> None:
    chosen["spotting"] = {"weight": weight, "bonus": bonus, "temperature": round(temperature, 4)}
    _store(fitted)


def _is_right(digit: Digit, truth: Truth) -> bool:
    """Whether the digit was read rightly, where it stands."""
    left, top, width, height = digit.box
    for true in truth.digits:
        x, y, w, h = true.box
        across = min(left + width, x + w) - max(left, x)
        down = min(top + height, y + h) - max(top, y)
        shared = max(0, across) * max(0, down)
        if shared >= _COVER * (width * height + w * h - shared):
            return digit.likeliest == true.text
    return False


def _store(fitted: dict[str, Any]) -> None:
    with written_whole(evidence.FILE) as temporary:
        temporary.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    evidence.coefficients.cache_clear()


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("model", type=Path)
    words.add_argument("spotter", type=Path)
    words.add_argument("--each", type=int, default=60, help="pictures of each condition, twice")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    reader = Reader(cr.load_model(given.model), Spotter(cr.load_model(given.spotter)))
    print(json.dumps(fit(reader, given.each, given.seed), indent=2))


if __name__ == "__main__":
    main()
