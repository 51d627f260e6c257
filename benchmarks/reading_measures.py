"""Pictures drawn, read and held against the truth: strings, digits, refusals, sureness and time."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes import CONDITIONS, GARBAGE, Box, Truth, garbage, lone_digit, scene
from chainrule.data.dataset import Dataset
from chainrule.metrics import expected_calibration_error, reliability, wilson_interval
from chainrule.reader import Reader, Reading
from chainrule.reader.reader import MIN_CONFIDENCE

__all__ = ["Bench", "auroc", "edit_distance", "lines_right", "overlap"]

KEPT = 0.98
"""Garbage is refused at the threshold at which so many true digits are kept."""
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)
JOINED = "touching", "touching pair", "overlapping"
"""Conditions that are read once more by a reader who is told how many digits there are."""
FOUND = 0.5
"""A box is found where it shares so much with the true one: what both cover, divided by what either does."""

_Item = TypeVar("_Item")


class Bench:
    """One reader on pictures drawn from one set of images.

    Every picture has a generator of its own, seeded by the seed, its condition and its number, so any part of
    the bench can be run alone. Everything is read with a least confidence of 0: each digit gets a name, and
    what would be refused is told from the confidences.

    Args:
        reader: reads.
        data: images of digits to draw from.
        count: pictures of each condition.
        seed: of everything drawn by chance.
        misread: folder in which pictures that were misread are kept, or None.
    """

    def __init__(
        self, reader: Reader, data: Dataset, count: int, seed: int, misread: Path | None = None
    ) -> None:
        self.reader, self.count, self.seed, self.misread = reader, count, seed, misread
        self.images, self.labels = data.inputs.reshape(-1, 28, 28), data.labels
        self._strings: list[tuple[float, bool]] = []
        self._digits: list[tuple[float, bool]] = []

    def condition(self, name: str) -> dict[str, Any]:
        """Pictures of one condition: how many strings and digits are right, and how many boxes are found.

        A page's strings are its lines. Digits are right but for the edit distance: what is wrong, missing, or
        read where nothing is.
        """
        strings = right = digits = wrong = boxes = found = sure = sure_right = known = 0
        seconds: list[float] = []
        for number in shown(range(self.count), name):
            generator = self._generator(list(CONDITIONS).index(name), number)
            picture, truth = scene(name, self.images, self.labels, generator)
            reading = self._read(picture, seconds)
            good = lines_right(truth, reading)
            strings, right = strings + len(truth.lines), right + good
            digits += len(truth.digits)
            wrong += edit_distance(truth.text, reading.text)
            if name in JOINED:
                told = self.reader.read(picture, digits=len(truth.digits), min_confidence=0.0)
                known += lines_right(truth, told)
            everything = good == len(truth.lines) == len(reading.lines)
            if everything:
                boxes += len(truth.digits)
                pairs = zip(truth.digits, reading.digits, strict=True)
                found += sum(overlap(one.box, other.box) >= FOUND for one, other in pairs)
            least = min((digit.confidence for digit in reading.digits), default=0.0)
            self._strings.append((least, everything))
            sure += least >= MIN_CONFIDENCE
            sure_right += everything and least >= MIN_CONFIDENCE
            if len(reading.digits) == len(truth.digits):
                named = zip(reading.digits, truth.digits, strict=True)
                self._digits += [(one.confidence, one.likeliest == other.text) for one, other in named]
            if not everything:
                self._keep(picture, name, number, truth.text, reading.text)
        return {
            "strings": _share(right, strings),
            "count_known": _share(known, strings) if name in JOINED else None,
            "digits": _share(max(0, digits - wrong), digits),
            "boxes": _share(found, boxes) if boxes else None,
            "accepted": _share(sure, self.count),
            "right_of_accepted": _share(sure_right, sure) if sure else None,
            "milliseconds": round(1000 * median(seconds), 2),
        }

    def rejection(self) -> dict[str, Any]:
        """Lone digits and garbage, drawn alike, told apart by the highest confidence in the picture."""
        seconds: list[float] = []
        digits, named = [], 0
        for number in shown(range(4 * self.count), "lone digits"):
            picture, text = lone_digit(self.images, self.labels, self._generator(1000, number))
            reading = self._read(picture, seconds)
            digits.append(_highest(reading))
            named += reading.text == text
            if reading.text != text:
                self._keep(picture, "lone digit", number, text, reading.text)
        threshold = float(np.quantile(digits, 1 - KEPT, method="lower"))
        kinds: dict[str, NDArray[np.float64]] = {}
        for place, kind in enumerate(GARBAGE):
            scores = []
            for number in shown(range(max(1, self.count // 2)), kind):
                picture = garbage(kind, self.images, self.labels, self._generator(1001 + place, number))
                reading = self._read(picture, seconds)
                scores.append(_highest(reading))
                if scores[-1] >= threshold:
                    self._keep(picture, kind, number, "none", reading.text)
            kinds[kind] = np.array(scores)
        true, every = np.array(digits), np.concatenate(list(kinds.values()))
        return {
            "auroc": auroc(true, every),
            "threshold": threshold,
            "kept": _share(int((true >= threshold).sum()), len(true)),
            "refused": _share(int((every < threshold).sum()), len(every)),
            "kept_by_default": _share(int((true >= MIN_CONFIDENCE).sum()), len(true)),
            "refused_by_default": _share(int((every < MIN_CONFIDENCE).sum()), len(every)),
            "lone_digits": _share(named, len(true)),
            "kinds": {
                kind: {
                    "auroc": auroc(true, scores),
                    "refused": _share(int((scores < threshold).sum()), len(scores)),
                }
                for kind, scores in kinds.items()
            },
        }

    def from_other_hands(self) -> dict[str, Any]:
        """scikit-learn's ``load_digits``: each of 1,797 digits of 8 by 8 pixels read as a picture of its own.

        Enlarged ten times by bicubic interpolation, dark on white, with a margin of 40 pixels.
        """
        from PIL import Image
        from sklearn.datasets import load_digits

        bunch, right = load_digits(), 0
        seconds: list[float] = []
        for number in shown(range(len(bunch.target)), "load_digits"):
            small = np.rint(bunch.images[number] * (255 / 16)).astype(np.uint8)
            large = Image.fromarray(small).resize((80, 80), Image.Resampling.BICUBIC)
            picture = np.pad(255 - np.asarray(large), 40, constant_values=255)
            text = self._read(picture, seconds).text
            right += text == str(bunch.target[number])
            if text != str(bunch.target[number]):
                self._keep(picture, "load_digits", number, str(bunch.target[number]), text)
        return _share(right, len(bunch.target))

    def time(self) -> dict[str, Any]:
        """Milliseconds for 6 digits on 800 × 600, for a line of a page, for a photograph of 12 megapixels."""
        found = {}
        for place, (what, name, canvas, pictures) in enumerate(
            (
                ("picture", "separate", (600, 800), 20),
                ("line", "page", (0, 0), 50),
                ("photograph", "photo", (2800, 3800), 3),
            )
        ):
            each = []
            for number in shown(range(min(pictures, self.count)), f"time of a {what}"):
                generator = self._generator(2000 + place, number)
                picture, truth = scene(name, self.images, self.labels, generator, canvas=canvas)
                seconds: list[float] = []
                self._read(picture, seconds)
                each.append(1000 * seconds[0] / (len(truth.lines) if what == "line" else 1))
            found[what] = round(median(each), 2)
        return found

    def sureness(self) -> dict[str, Any]:
        """Over all conditions read so far: accuracy of the surest strings, and how true confidences are."""
        if not self._strings:
            return {}
        strings = np.array(sorted(self._strings, reverse=True))
        sure, right = np.array(self._digits, float).reshape(-1, 2).T
        error = expected_calibration_error(reliability(sure, right.astype(bool))) if len(sure) else None
        return {
            "coverage": {
                f"{share:g}": float(strings[: max(1, round(share * len(strings))), 1].mean())
                for share in COVERAGES
            },
            "calibration_error": error,
        }

    def _read(self, picture: NDArray[np.uint8], seconds: list[float]) -> Reading:
        started = time.perf_counter()
        reading = self.reader.read(picture, min_confidence=0.0)
        seconds.append(time.perf_counter() - started)
        return reading

    def _generator(self, *place: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *place])

    def _keep(self, picture: NDArray[np.uint8], name: str, number: int, truth: str, read: str) -> None:
        """Keep a picture that was misread, if asked to, under a name that says what it was read as."""
        from PIL import Image

        if self.misread is not None:
            self.misread.mkdir(parents=True, exist_ok=True)
            said = f"{name}-{number:04}-{truth}-read-{read or 'nothing'}".replace(" ", "_").replace("\n", "_")
            Image.fromarray(picture).save(self.misread / f"{said}.png")


def lines_right(truth: Truth, reading: Reading) -> int:
    """How many lines are read rightly; of a single line, only if nothing else is read."""
    wanted = Counter(truth.text.split("\n"))
    if len(truth.lines) == 1:
        return int(reading.text == truth.text)
    return sum((wanted & Counter(reading.text.split("\n"))).values())


def edit_distance(one: str, other: str) -> int:
    """Fewest digits to put in, leave out or change to make one text the other (Levenshtein), lines joined."""
    one, other = one.replace("\n", ""), other.replace("\n", "")
    row = list(range(len(other) + 1))
    for number, left in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, right in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (left != right))
    return row[-1]


def overlap(one: Box, other: Box) -> float:
    """What two boxes both cover, divided by what either covers."""
    sides = [
        max(0, min(one[axis] + one[axis + 2], other[axis] + other[axis + 2]) - max(one[axis], other[axis]))
        for axis in (0, 1)
    ]
    both = sides[0] * sides[1]
    either = one[2] * one[3] + other[2] * other[3] - both
    return both / either if either else 0.0


def auroc(true: NDArray[np.float64], false: NDArray[np.float64]) -> float:
    """How often a true digit scores higher than garbage, ties counting half (Mann and Whitney's U)."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([true, false]))[: len(true)]
    return float((ranks.sum() - len(true) * (len(true) + 1) / 2) / (len(true) * len(false)))


def shown(items: Iterable[_Item], what: str) -> Iterator[_Item]:
    """The items, with a progress bar while they are gone through, where someone watches."""
    from rich.console import Console
    from rich.progress import track

    return iter(
        track(items, what, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    )


def _highest(reading: Reading) -> float:
    return max((digit.confidence for digit in reading.digits), default=0.0)


def _share(right: int, of: int) -> dict[str, Any]:
    """A share with its Wilson interval of 95 %."""
    return {"share": right / of, "of": of, "interval": list(wilson_interval(right, of))}
