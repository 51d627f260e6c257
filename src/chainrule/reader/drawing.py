"""Readings drawn: boxes, digits and confidences on the picture, and each step of how it was read."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chainrule.files import written_whole
from chainrule.images.segmentation import WrittenLine
from chainrule.numerics.parameters import Array
from chainrule.reader.reader import Reader, Studied

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

__all__ = ["annotated", "explain", "save_picture"]

Colour = tuple[int, int, int]

_ACCEPTED: Colour = (0, 114, 178)
_REFUSED: Colour = (213, 94, 0)
_ATOMS: tuple[Colour, ...] = ((0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167))
_LEAST_SIDE = 600
"""Pictures smaller than this both ways are enlarged, so that the text beside the boxes can be read."""
_LARGEST = 6
_FRAME_SIDE = 84
_FRAMES_A_ROW = 12
_MOST_FRAMES = 120


def annotated(studied: Studied) -> Image:
    """The picture with a box around each digit; above it what was read, and how sure that is in percent.

    Refused digits have another colour and a question mark beside what they are likest to.
    """
    from PIL import Image, ImageDraw

    page = studied.page
    grey = page.picture.grey
    enlarged = min(_LARGEST, max(1, ceil(_LEAST_SIDE / max(grey.shape))))
    image = _image(grey, enlarged).convert("RGB")
    scale = enlarged / page.picture.scale
    size = max(14, min(40, round(0.02 * max(image.size))))
    room = round(1.6 * size)
    canvas = Image.new("RGB", (image.width, image.height + room), "white")
    canvas.paste(image, (0, room))
    pen, font, width = ImageDraw.Draw(canvas), _font(size), max(2, size // 9)
    for digit in studied.reading.digits:
        left, top, right, bottom = _corners(digit.box, scale)
        colour = _ACCEPTED if digit.accepted else _REFUSED
        pen.rectangle((left, top + room, right, bottom + room), outline=colour, width=width)
        said = f"{digit.likeliest}{'' if digit.accepted else '?'} {100 * digit.confidence:.0f}"
        x = min(left, canvas.width - pen.textlength(said, font))
        y = max(0, top + room - round(1.25 * size))
        box = pen.textbbox((x, y), said, font)
        pen.rectangle((box[0] - 2, box[1] - 1, box[2] + 2, box[3] + 1), fill="white")
        pen.text((x, y), said, fill=colour, font=font)
    return canvas


def explain(reader: Reader, source: object, folder: Path, **wanted: object) -> Studied:
    """Read a picture, and write each step of it into a folder as numbered PNG files.

    The steps: the picture, what each step of the preparation changed, the lines cut into atoms, every piece
    that was tried as a digit as the network saw it, and the reading.

    Args:
        reader: who reads.
        source: what to read; see `Reader.read`.
        folder: where to write; made where it is missing.
        wanted: ``digits``, ``pattern`` and ``min_confidence`` as for `Reader.read`.

    Raises:
        FileError: nothing can be written there, or the picture cannot be read.
    """
    steps: list[tuple[str, Image]] = []
    studied = reader.study(source, show=lambda name, grey: steps.append((name, _image(grey, 1))), **wanted)  # type: ignore[arg-type]
    for number, line in enumerate(studied.page.lines, start=1):
        name = "atoms" if len(studied.page.lines) == 1 else f"atoms of line {number}"
        steps.append((name, _atoms(line)))
    if studied.tried:
        steps.append(("tried", _tried(studied)))
    steps.append(("read", annotated(studied)))
    for number, (name, image) in enumerate(steps, start=1):
        save_picture(image, folder / f"{number:02d} {name}.png")
    return studied


def save_picture(image: Image, path: Path) -> None:
    """Write an image as PNG, whole or not at all.

    Raises:
        FileError: it cannot be written.
    """
    with written_whole(path) as temporary:
        image.save(temporary, "png")


def _image(grey: Array, times: int) -> Image:
    """A grey array, 1 = white, as an image, each pixel ``times`` as large."""
    from PIL import Image

    image = Image.fromarray(np.rint(grey.clip(0, 1) * 255).astype(np.uint8))
    return image.resize((image.width * times, image.height * times), Image.Resampling.BICUBIC)


def _corners(box: tuple[int, int, int, int], scale: float) -> tuple[float, float, float, float]:
    left, top, width, height = (side * scale for side in box)
    return left, top, left + width, top + height


def _atoms(line: WrittenLine) -> Image:
    """A line with each atom in a colour of its own."""
    from PIL import Image

    colours = np.array([(255, 255, 255), *_ATOMS], np.float32)
    kinds = np.where(line.atoms > 0, 1 + (line.atoms - 1) % len(_ATOMS), 0)
    ink = line.ink[..., None]
    drawn = (ink * colours[kinds] + (1 - ink) * 255).astype(np.uint8)
    times = min(_LARGEST, max(1, ceil(_LEAST_SIDE / max(line.ink.shape))))
    image = Image.fromarray(drawn)
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)


def _tried(studied: Studied) -> Image:
    """The pieces as the network saw them: what each is likest to and how likely it is one digit, in percent.

    Those that were taken stand in a frame; of very many, the first are drawn.
    """
    from PIL import Image, ImageDraw
    from scipy.special import expit

    frames, odds, probabilities = (
        np.concatenate([getattr(tried, name) for tried in studied.tried])
        for name in ("frames", "odds", "probabilities")
    )
    taken, start = set(), 0
    for tried, answer in zip(studied.tried, studied.solved, strict=True):
        taken |= {start + arc.piece for arc in answer.paths[0].arcs if arc.text.isdecimal()}
        start += len(tried.pieces)
    count, size, room = min(len(frames), _MOST_FRAMES), 16, 26
    columns = min(count, _FRAMES_A_ROW)
    cell = _FRAME_SIDE + 8
    sheet = Image.new("RGB", (columns * cell + 8, ceil(count / columns) * (cell + room) + 8), "white")
    pen, font = ImageDraw.Draw(sheet), _font(size)
    for number in range(count):
        x, y = 8 + number % columns * cell, 8 + number // columns * (cell + room)
        sheet.paste(_image(frames[number], 3), (x, y))
        chosen = number in taken
        if chosen:
            pen.rectangle(
                (x - 3, y - 3, x + _FRAME_SIDE + 2, y + _FRAME_SIDE + 2), outline=_ACCEPTED, width=3
            )
        said = f"{probabilities[number].argmax()}  {100 * expit(odds[number]):.0f} %"
        pen.text((x, y + _FRAME_SIDE + 4), said, fill=_ACCEPTED if chosen else (120, 120, 120), font=font)
    return sheet


def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
