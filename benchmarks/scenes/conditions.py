"""The conditions under which digits are to be read, and ``scene``, which draws a picture of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import getdoc

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes import camera, papers
from benchmarks.scenes.camera import Taken
from benchmarks.scenes.sheet import Sheet, laid_out
from benchmarks.scenes.truth import Truth
from chainrule.handwriting import hands
from chainrule.handwriting.writing import Floats, Hand, Placed, set_line

__all__ = ["CONDITIONS", "Condition", "scene"]


@dataclass(frozen=True)
class Condition:
    """A kind of picture: who writes, on which paper, in which light, and what takes the picture.

    Attributes:
        hand: ``(digits, generator)``: how a line is written.
        paper: ``(sheet, generator)``: brightness of the paper with what is printed on it.
        light: ``(shape, generator)``: what that is multiplied by.
        taken: ``(picture, sheet, generator)``: the picture at last, and the truth about it.
        lines: fewest and most lines; each of a page's has 1 to 10 digits.
        digits: how many digits there are, where that is the condition's own business, else 0.
    """

    hand: Callable[[int, Generator], Hand] = hands.evenly
    paper: Callable[[Sheet, Generator], Floats] = papers.clean
    light: Callable[[tuple[int, int], Generator], Floats] = papers.plain_light
    taken: Callable[[Floats, Sheet, Generator], Taken] = camera.untouched
    lines: tuple[int, int] = (1, 1)
    digits: int = 0

    @property
    def description(self) -> str:
        """What it draws: the words of each part that is not the plain one."""
        parts = [getattr(self, name) for name in ("hand", "paper", "light", "taken")]
        plain = (None, papers.clean, papers.plain_light, camera.untouched)
        said = [getdoc(part) or "" for part, usual in zip(parts, plain, strict=True) if part is not usual]
        return " ".join(one.split("\n\n")[0].replace("\n", " ") for one in said)


CONDITIONS = {
    "separate": Condition(),
    "uneven spacing": Condition(hands.unevenly),
    "sizes": Condition(hands.in_many_sizes),
    "slanted": Condition(hands.slanted),
    "wavy": Condition(hands.on_a_wave),
    "touching": Condition(hands.touching_pairs),
    "touching pair": Condition(hands.touching_pairs, digits=2),
    "overlapping": Condition(hands.overlapping),
    "gradient": Condition(light=papers.falling_light),
    "shadow": Condition(light=papers.shadow),
    "paper": Condition(paper=papers.textured),
    "ruled": Condition(paper=papers.ruled),
    "squared": Condition(paper=papers.squared),
    "boxed": Condition(hands.in_boxes, papers.boxed),
    "blur": Condition(taken=camera.blurred),
    "jpeg": Condition(taken=camera.compressed),
    "noise": Condition(taken=camera.noisy),
    "light on dark": Condition(taken=camera.inverted),
    "photo": Condition(paper=papers.textured, light=papers.falling_light, taken=camera.photographed),
    "page": Condition(lines=(3, 8)),
}
"""By name, in the order of tables."""


def scene(
    condition: str,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    generator: Generator,
    *,
    digits: int = 6,
    canvas: tuple[int, int] = (0, 0),
) -> tuple[NDArray[np.uint8], Truth]:
    """A picture of digits under one condition, and what it says.

    Ink takes away 45 % to 95 % of the paper's light where it is full, the same for all digits of a picture.

    Args:
        condition: one of ``CONDITIONS``.
        images: ``(n, 28, 28)`` or ``(n, 784)`` uint8, MNIST's images to choose from.
        labels: ``(n,)``, which digit each shows.
        generator: where all chance comes from; the same state gives the same picture.
        digits: how many stand in a line, unless the condition says so itself.
        canvas: least height and width of the picture in pixels (a photograph's are a little larger).

    Returns:
        The picture, ``(height, width)`` uint8, 255 for white, and its truth.

    Raises:
        KeyError: no such condition.
    """
    kind = CONDITIONS[condition]
    images = images.reshape(-1, 28, 28)
    count = int(generator.integers(*kind.lines, endpoint=True))
    lines: list[list[Placed]] = []
    first: Hand | None = None
    for _ in range(count):
        length = kind.digits or (digits if kind.lines == (1, 1) else int(generator.integers(1, 11)))
        hand = kind.hand(length, generator)
        first = first or hand
        hand = _same_pen(hand, first)
        chosen = generator.integers(0, len(images), length)
        lines.append(set_line(list(images[chosen]), [str(label) for label in labels[chosen]], hand))
    assert first is not None
    size = float(np.median(first.sizes))
    sheet = laid_out(lines, size, generator, pitch=first.pitch, canvas=canvas)
    darkness = np.float32(generator.uniform(0.45, 0.95))
    picture = kind.paper(sheet, generator)
    picture = picture * (1 - darkness * sheet.ink) * kind.light(sheet.shape, generator)
    taken, truth = kind.taken(picture, sheet, generator)
    return (taken.clip(0, 1) * 255 + 0.5).astype(np.uint8), truth


def _same_pen(hand: Hand, first: Hand) -> Hand:
    """The hand, but as large and as thick as the first line's."""
    ratio = float(np.median(first.sizes) / np.median(hand.sizes))
    return replace(
        hand,
        sizes=hand.sizes * ratio,
        rises=hand.rises * ratio,
        gaps=hand.gaps * ratio,
        apart=first.apart,
        thinness=first.thinness,
    )
