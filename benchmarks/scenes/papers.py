"""Sheets of paper and the light that falls on them: brightness, 1 for white, over the whole picture."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image

from benchmarks.scenes.sheet import Sheet
from chainrule.handwriting.writing import Floats

__all__ = [
    "boxed",
    "clean",
    "falling_light",
    "plain_light",
    "ruled",
    "shadow",
    "smooth_noise",
    "squared",
    "textured",
]

Shape = tuple[int, int]


def clean(sheet: Sheet, generator: Generator) -> Floats:
    """Even brightness of 0.88 to 1."""
    return np.full(sheet.shape, generator.uniform(0.88, 1), np.float32)


def textured(sheet: Sheet, generator: Generator) -> Floats:
    """Rough or recycled paper.

    Brightness 0.78 to 0.95; clouds of 30 to 90 pixels (deviation 0.01 to 0.03); grain of 2 pixels (0.01 to
    0.03); 200 to 800 fibres a megapixel, 4 to 12 pixels long, up to 0.12 darker or 0.06 lighter; and on
    every third sheet a fold, on one side of which the paper is darker by 0.03 to 0.08.
    """
    shape = sheet.shape
    paper = np.full(shape, generator.uniform(0.78, 0.95), np.float32)
    paper += generator.uniform(0.01, 0.03) * smooth_noise(shape, generator.uniform(30, 90), generator)
    paper += generator.uniform(0.01, 0.03) * smooth_noise(shape, 2, generator)
    fibres = int(generator.uniform(200, 800) * paper.size / 1e6)
    along, angles = np.arange(generator.integers(4, 13)), generator.uniform(0, np.pi, (fibres, 1))
    rows = generator.uniform(0, shape[0], (fibres, 1)) + along * np.sin(angles)
    columns = generator.uniform(0, shape[1], (fibres, 1)) + along * np.cos(angles)
    places = rows.astype(int).clip(0, shape[0] - 1), columns.astype(int).clip(0, shape[1] - 1)
    paper[places] += generator.uniform(-0.12, 0.06, (fibres, 1)).astype(np.float32)
    if generator.random() < 1 / 3:
        paper -= np.float32(generator.uniform(0.03, 0.08)) * (_across(shape, generator) > 0)
    return paper.clip(0, 1)


def ruled(sheet: Sheet, generator: Generator) -> Floats:
    """Clean paper with level lines 1 to 3 pixels thick, 0.12 to 0.45 darker than the paper.

    They are 1.1 to 1.6 digits' heights apart, and the writing stands up to a tenth of its height above
    or below one of them. Every fourth sheet has an upright margin line too, left of the writing or through
    its first digit.
    """
    paper = clean(sheet, generator)
    spacing = generator.uniform(1.1, 1.6) * sheet.size
    if len(sheet.baselines) > 1:
        spacing = float(np.diff(sheet.baselines).mean())
    line = paper[0, 0] - generator.uniform(0.12, 0.45)
    thick = int(generator.integers(1, 4))
    first = sheet.baselines[0] + generator.uniform(-0.1, 0.1) * sheet.size
    for row in _repeated(first, spacing, sheet.shape[0]):
        paper[row : row + thick] = line
    if generator.random() < 0.25:
        column = max(0, int(sheet.starts[0] + generator.uniform(-0.5, 0.1) * sheet.size))
        paper[:, column : column + thick] = line
    return paper


def squared(sheet: Sheet, generator: Generator) -> Floats:
    """Clean paper with upright and level lines, 1 or 2 pixels thick, 0.1 to 0.35 darker than the paper.

    Squares are 0.4 to 0.9 of a digit's height wide, laid anywhere.
    """
    paper = clean(sheet, generator)
    spacing = generator.uniform(0.4, 0.9) * sheet.size
    line = paper[0, 0] - generator.uniform(0.1, 0.35)
    thick = int(generator.integers(1, 3))
    for row in _repeated(generator.uniform(0, spacing), spacing, sheet.shape[0]):
        paper[row : row + thick] = line
    for column in _repeated(generator.uniform(0, spacing), spacing, sheet.shape[1]):
        paper[:, column : column + thick] = line
    return paper


def boxed(sheet: Sheet, generator: Generator) -> Floats:
    """Clean paper with a row of boxes, one a digit, whose frames are 1 to 3 pixels thick.

    Frames are 0.25 to 0.85 darker than the paper. Boxes are 1.5 to 1.8 digits' heights high. Either they
    share their sides, or a gap of 0.08 to 0.2 of their width lies between them; in every fourth picture
    they have no lids (a comb). Up to two boxes more stay empty at the right where there is room.
    """
    paper = clean(sheet, generator)
    frame = max(0.02, paper[0, 0] - generator.uniform(0.25, 0.85))
    thick = int(generator.integers(1, 4))
    gap = generator.choice([0, generator.uniform(0.08, 0.2)]) * sheet.pitch
    height = generator.uniform(1.5, 1.8) * sheet.size
    comb = generator.random() < 0.25
    more = int(generator.integers(0, 3))
    for line, foot, start in zip(sheet.lines, sheet.baselines, sheet.starts, strict=True):
        bottom = round(foot - sheet.size / 2 + height / 2)
        top = max(0, round(bottom - height))
        places = len(line) + more if line else int(sheet.shape[1] / sheet.pitch)
        for place in range(places):
            left = round(start + place * sheet.pitch + gap / 2)
            right = round(start + (place + 1) * sheet.pitch - gap / 2)
            if right + thick > sheet.shape[1]:
                break
            for column in (left, right):
                paper[top : bottom + thick, max(0, column) : column + thick] = frame
            for row in (bottom,) if comb else (top, bottom):
                paper[row : row + thick, max(0, left) : right + thick] = frame
    return paper


def plain_light(shape: Shape, generator: Generator) -> Floats:
    """The same light everywhere."""
    return np.ones(shape, np.float32)


def falling_light(shape: Shape, generator: Generator) -> Floats:
    """Light from one side: across the picture it falls evenly to 0.4 to 0.7 of what it is at the bright end.

    Toward the corners it falls by up to a fifth more, as through a cheap lens.
    """
    across = _across(shape, generator)
    across = (across - across.min()) / (across.max() - across.min())
    light = 1 - generator.uniform(0.3, 0.6) * across
    rows, columns = (np.linspace(-1, 1, side, dtype=np.float32) for side in shape)
    light *= 1 - generator.uniform(0, 0.2) * (rows[:, None] ** 2 + columns**2) / 2
    return np.asarray(light, np.float32)


def shadow(shape: Shape, generator: Generator) -> Floats:
    """The shadow of a hand or a telephone: beyond a line across the picture light is 0.45 to 0.75.

    Its edge is 4 to 60 pixels soft and bends by up to a tenth of the picture.
    """
    across = _across(shape, generator)
    bend = 0.1 * min(shape) * smooth_noise(shape, max(shape) / 2, generator)
    edge = (across + bend) / generator.uniform(4, 60)
    dark = 0.5 + 0.5 * np.tanh(2 * edge)
    return np.asarray(1 - generator.uniform(0.25, 0.55) * dark, np.float32)


def smooth_noise(shape: Shape, grain: float, generator: Generator) -> Floats:
    """Noise of deviation about 1 with features ``grain`` pixels wide: few points, bicubic between them."""
    few = [max(2, int(np.ceil(side / grain)) + 1) for side in shape]
    points = Image.fromarray(generator.standard_normal(few, np.float32))
    return np.asarray(points.resize(shape[::-1], Image.Resampling.BICUBIC))


def _across(shape: Shape, generator: Generator) -> Floats:
    """Each pixel's distance in pixels from a line through the picture's middle third, in any direction."""
    angle = generator.uniform(0, 2 * np.pi)
    middle = generator.uniform(1 / 3, 2 / 3, 2) * shape
    rows = (np.arange(shape[0], dtype=np.float32) - np.float32(middle[0])) * np.float32(np.sin(angle))
    columns = (np.arange(shape[1], dtype=np.float32) - np.float32(middle[1])) * np.float32(np.cos(angle))
    return np.asarray(rows[:, None] + columns, np.float32)


def _repeated(first: float, spacing: float, end: int) -> list[int]:
    """Whole pixels from 0 to ``end`` at this spacing, one of which is ``first``."""
    return [int(place) for place in np.arange(first % spacing, end, spacing)]
