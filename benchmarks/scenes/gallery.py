"""Contact sheets: a few pictures of each condition or kind of garbage, with what they say below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.scenes.conditions import CONDITIONS, scene
from benchmarks.scenes.garbage import GARBAGE, garbage
from benchmarks.scenes.truth import Truth
from chainrule.data.dataset import Dataset
from chainrule.files import written_whole

__all__ = ["contact_sheet", "draw_sheets"]

WIDTH, MARGIN, BETWEEN = 1200, 16, 10
NAMES = 130
"""Room for names at the left."""
HEIGHT, HIGHEST = 88, 240
"""Pictures are shown this high, those of several lines this high."""
TEXT, TITLE = 13, 15
PAPER, GREY, MARK = (250, 249, 246), (90, 90, 90), (196, 66, 26)

Drawn = tuple[NDArray[np.uint8], Truth]


def draw_sheets(data: Dataset, folder: Path, seed: int, *, boxes: bool) -> list[Path]:
    """Write ``scenes.png`` and ``garbage.png``: a row a condition, and a row a kind of garbage."""
    images, labels = data.inputs, data.labels

    def conditions(name: str, number: int) -> Drawn:
        generator = np.random.default_rng([seed, list(CONDITIONS).index(name), number])
        return scene(name, images, labels, generator)

    def spoilt(kind: str, number: int) -> Drawn:
        generator = np.random.default_rng([seed, 1001 + list(GARBAGE).index(kind), number])
        return garbage(kind, images, labels, generator), Truth(())

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    sheets = ("scenes.png", CONDITIONS, conditions), ("garbage.png", GARBAGE, spoilt)
    for name, rows, draw in sheets:
        with written_whole(folder / name) as temporary:
            contact_sheet(rows, draw, boxes=boxes).save(temporary, "PNG")
        written.append(folder / name)
    return written


def contact_sheet(names: Iterable[str], draw: Callable[[str, int], Drawn], *, boxes: bool) -> Image.Image:
    """A row for each name, with as many pictures, all of one height, as fit into 1,200 pixels.

    Args:
        names: of the rows.
        draw: ``(name, number)``: a picture and its truth.
        boxes: whether true boxes are drawn too.
    """
    rows = [(name, _fitting(name, draw, boxes)) for name in names]
    tall = sum(max(picture.height for picture, _ in row) + 2 * BETWEEN + TEXT for _, row in rows)
    sheet = Image.new("RGB", (WIDTH, tall + 2 * MARGIN), PAPER)
    pen, title, font = ImageDraw.Draw(sheet), ImageFont.load_default(TITLE), ImageFont.load_default(TEXT)
    top = MARGIN
    for name, row in rows:
        pen.text((MARGIN, top + 4), name, fill="black", font=title)
        left, high = MARGIN + NAMES, max(picture.height for picture, _ in row)
        for picture, said in row:
            text = said
            sheet.paste(picture, (left, top))
            while pen.textlength(text, font) > picture.width:
                text = text.rstrip("…")[:-1] + "…"
            pen.text((left, top + picture.height + 3), text, fill=GREY, font=font)
            left += picture.width + BETWEEN
        top += high + 2 * BETWEEN + TEXT
    return sheet


def _fitting(name: str, draw: Callable[[str, int], Drawn], boxes: bool) -> list[tuple[Image.Image, str]]:
    """Pictures of one row; one that does not fit into what is left of it is passed over."""
    row: list[tuple[Image.Image, str]] = []
    room = WIDTH - 2 * MARGIN - NAMES
    for number in range(12):
        if room < HEIGHT:
            break
        picture, truth = draw(name, number)
        high = HIGHEST if len(truth.lines) > 1 else HEIGHT
        wide = round(picture.shape[1] * high / picture.shape[0])
        if wide <= room or not row:
            large = Image.fromarray(picture).convert("RGB")
            if boxes:
                pen = ImageDraw.Draw(large)
                for digit in truth.digits:
                    left, top, width, height = digit.box
                    pen.rectangle((left, top, left + width - 1, top + height - 1), outline=MARK)
            wide = min(wide, room)
            row.append(
                (large.resize((wide, high), Image.Resampling.LANCZOS), truth.text.replace("\n", " · "))
            )
            room -= wide + BETWEEN
    return row
