"""Contact sheets: pictures of each condition or kind of garbage, and what they say or how they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from benchmarks.scenes.conditions import CONDITIONS, scene
from benchmarks.scenes.garbage import GARBAGE, garbage
from benchmarks.scenes.truth import Truth
from chainrule.data.dataset import Dataset
from chainrule.files import written_whole
from chainrule.reader import Reader
from chainrule.reader.drawing import explain

__all__ = ["contact_sheet", "draw_sheets", "reading_sheets", "steps_sheet"]

WIDTH, MARGIN, BETWEEN = 1200, 16, 10
NAMES = 130
"""Room for names at the left."""
HEIGHT, HIGHEST = 88, 240
"""Pictures are shown this high, those of several lines this high."""
TEXT, TITLE = 13, 15
PAPER, GREY, MARK = (250, 249, 246), (90, 90, 90), (196, 66, 26)

COLUMN = (WIDTH - 3 * MARGIN) // 2
"""Of the two columns in which the steps of a reading are shown, each step at most as wide as this."""
SHOWN = "photo", 2
"""The picture that is shown step by step: of the photographs the first in which a sheet of paper is found."""

MOST = 40
"""Pictures of a row that are drawn at most to fill it."""
QUALITY = 80

Drawn = tuple[NDArray[np.uint8], Truth, str, bool]
Colour = tuple[int, int, int]


def draw_sheets(data: Dataset, folder: Path, seed: int, *, boxes: bool) -> list[Path]:
    """Write ``scenes.png`` and ``garbage.png``: a row a condition, and a row a kind of garbage."""
    draw, sheets = _drawing(data, seed), (("scenes.png", CONDITIONS), ("garbage.png", GARBAGE))
    return [_written(folder / name, contact_sheet(rows, draw, boxes=boxes)) for name, rows in sheets]


def reading_sheets(data: Dataset, folder: Path, seed: int, reader: Reader) -> list[Path]:
    """Write ``read.jpg``, ``misread.jpg`` and ``steps.jpg``.

    They show the first pictures of each row, the first ones that are misread, and how one is read.
    """
    draw = _drawing(data, seed)

    def read(name: str, number: int, *, wrong: bool) -> Drawn | None:
        picture, truth, _, _ = draw(name, number)
        text = reader.read(picture).text.replace("\n", " · ")
        right = text == truth.text.replace("\n", " · ") if truth.text else not any(map(str.isdigit, text))
        return None if right and wrong else (picture, truth, text or "nothing", right)

    everything = [*CONDITIONS, *GARBAGE]
    sheets = {
        "read.jpg": contact_sheet(everything, partial(read, wrong=False)),
        "misread.jpg": contact_sheet(everything, partial(read, wrong=True)),
        "steps.jpg": steps_sheet(draw(*SHOWN)[0], reader),
    }
    return [_written(folder / name, sheet) for name, sheet in sheets.items()]


def _drawing(data: Dataset, seed: int) -> Callable[[str, int], Drawn]:
    """What draws the pictures of the reading bench, by the name of a row and a number."""
    images, labels = data.inputs, data.labels

    def draw(name: str, number: int) -> Drawn:
        if name in CONDITIONS:
            generator = np.random.default_rng([seed, list(CONDITIONS).index(name), number])
            picture, truth = scene(name, images, labels, generator)
        else:
            generator = np.random.default_rng([seed, 1001 + list(GARBAGE).index(name), number])
            picture, truth = garbage(name, images, labels, generator), Truth(())
        return picture, truth, truth.text.replace("\n", " · "), True

    return draw


def _written(path: Path, sheet: Image.Image) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        sheet.save(temporary, "JPEG" if path.suffix == ".jpg" else "PNG", quality=QUALITY)
    return path


def steps_sheet(picture: NDArray[np.uint8], reader: Reader) -> Image.Image:
    """The steps of how a picture is read, as `explain` draws them, two in a row."""
    with TemporaryDirectory() as folder:
        explain(reader, picture, Path(folder))
        steps = [
            (path.stem, ImageOps.contain(Image.open(path).convert("RGB"), (COLUMN, COLUMN)))
            for path in sorted(Path(folder).iterdir())
        ]
    rows = [steps[first : first + 2] for first in range(0, len(steps), 2)]
    room = TITLE + 3 * BETWEEN
    tall = sum(room + max(step.height for _, step in row) for row in rows)
    sheet = Image.new("RGB", (WIDTH, tall + MARGIN), PAPER)
    pen, title, top = ImageDraw.Draw(sheet), ImageFont.load_default(TITLE), 0
    for row in rows:
        for place, (name, step) in enumerate(row):
            left = MARGIN + place * (COLUMN + MARGIN)
            pen.text((left, top + BETWEEN), name, fill="black", font=title)
            sheet.paste(step, (left, top + room))
        top += room + max(step.height for _, step in row)
    return sheet


def contact_sheet(
    names: Iterable[str], draw: Callable[[str, int], Drawn | None], *, boxes: bool = False
) -> Image.Image:
    """A row for each name, with as many pictures, all of one height, as fit into 1,200 pixels.

    Args:
        names: of the rows.
        draw: ``(name, number)``: a picture, its truth, what to write below, and whether that is right; None
            for a number that is to be passed over.
        boxes: whether true boxes are drawn too.
    """
    rows = [(name, row) for name in names if (row := _fitting(name, draw, boxes))]
    tall = sum(max(picture.height for picture, _, _ in row) + 2 * BETWEEN + TEXT for _, row in rows)
    sheet = Image.new("RGB", (WIDTH, tall + 2 * MARGIN), PAPER)
    pen, title, font = ImageDraw.Draw(sheet), ImageFont.load_default(TITLE), ImageFont.load_default(TEXT)
    top = MARGIN
    for name, row in rows:
        pen.text((MARGIN, top + 4), name, fill="black", font=title)
        left, high = MARGIN + NAMES, max(picture.height for picture, _, _ in row)
        for picture, text, colour in row:
            sheet.paste(picture, (left, top))
            while pen.textlength(text, font) > picture.width:
                text = text.rstrip("…")[:-1] + "…"
            pen.text((left, top + picture.height + 3), text, fill=colour, font=font)
            left += picture.width + BETWEEN
        top += high + 2 * BETWEEN + TEXT
    return sheet


def _fitting(
    name: str, draw: Callable[[str, int], Drawn | None], boxes: bool
) -> list[tuple[Image.Image, str, Colour]]:
    """Pictures of one row; one that does not fit into what is left of it is passed over."""
    row: list[tuple[Image.Image, str, Colour]] = []
    room = WIDTH - 2 * MARGIN - NAMES
    for number in range(MOST):
        if room < HEIGHT:
            break
        drawn = draw(name, number)
        if drawn is None:
            continue
        picture, truth, said, right = drawn
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
            row.append((large.resize((wide, high), Image.Resampling.LANCZOS), said, GREY if right else MARK))
            room -= wide + BETWEEN
    return row
