"""A contact sheet: what an augmentation makes of a few images, to be looked at before training with it."""

from __future__ import annotations

from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.data.augment_images import require_image_shape
from chainrule.data.batches import Batches
from chainrule.data.dataset import Dataset
from chainrule.errors import SettingError
from chainrule.numerics.parameters import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EACH_KIND", "contact_sheet"]

EACH_KIND = {
    "shift=4": "moved by up to 4 pixels",
    "rotation=25": "turned by up to 25 degrees",
    "scale=0.3": "wider or narrower, taller or flatter by up to 30 %",
    "shear=25": "slanted by up to 25 degrees",
    "elastic=34:4": "bent, as by Simard, Steinkraus and Platt",
    "thickness=1": "strokes up to 1 pixel thicker or thinner on each side",
    "noise=0.15": "noise of standard deviation 0.15",
    "erase=0.5": "a rectangle of up to half the image's sides erased",
}
"""Each kind of change by itself, strong enough to be seen; for training most are too strong."""

_MOST, _MOST_NUMBERS = 50, 20_000_000
_DOTS = 150
"""An inch. All that follows is in dots."""
_SIDE, _RULE, _GAP, _LINE, _LETTER = 84, 2, 16, 22, 10
"""About the side of an image, a rule between images, a gap between blocks, a line of type, a letter of it."""
_LEAST_WIDTH = 560
"""Of a block, so that its title has room."""


def contact_sheet(
    data: Dataset, augmentation: Augmentation | None = None, images: int = 8, copies: int = 8, seed: int = 1
) -> Figure:
    """Draw some images, each in a row: the original, then copies as training would get them.

    Args:
        data: whose images are shown, one class after the other.
        augmentation: what happens to them; if not given, each kind of change in a block of its own.
        images: rows, from 1 to 50, in each block.
        copies: changed ones in a row, from 1 to 50.
        seed: where the randomness starts.

    Raises:
        SettingError: no such number of rows or copies, a negative seed, or data that are no images.
    """
    require_image_shape(data.input_shape)
    for count, what in ((images, "images"), (copies, "copies")):
        if not 1 <= count <= _MOST:
            raise SettingError(f"a contact sheet shows from 1 to {_MOST} {what}, not {count}.")
    if images * copies * data.features > _MOST_NUMBERS:
        raise SettingError(
            f"{images} rows of {copies} copies of shape {data.input_shape} are too many; ask for fewer."
        )
    if seed < 0:
        raise SettingError(f"a seed is a whole number of at least 0, not {seed}.")
    if augmentation is None:
        blocks = {f"{text}   {words}": Augmentation.from_text(text) for text, words in EACH_KIND.items()}
    else:
        blocks = {str(augmentation).replace(",", ", ") or "no change": augmentation}
    chosen = _one_class_after_the_other(data.labels, images)
    sheets = {title: _sheet(data, chosen, copies, each, seed) for title, each in blocks.items()}
    many = f"{copies} changed copies" if copies > 1 else "a changed copy"
    return _laid_out(f"{data.name}: the original on the left, then {many}", sheets)


def _one_class_after_the_other(labels: Array, count: int) -> Array:
    """Indices of the first example of each class in turn, then of the second, and so on."""
    number_in_class = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        number_in_class[mine] = np.arange(len(mine))
    chosen: Array = np.lexsort((labels, number_in_class))[:count]
    return chosen


def _sheet(data: Dataset, chosen: Array, copies: int, augmentation: Augmentation, seed: int) -> Array:
    """All images of a block as one, ``(height, width, colours)`` in dots."""
    generator = np.random.default_rng(seed)
    originals = _as_trained(data.part(chosen, data.name), None, generator)
    changed = _as_trained(data.part(np.repeat(chosen, copies), data.name), augmentation, generator)
    rows, height, width, colours = originals.shape
    cells = np.concatenate(
        [originals[:, None], changed.reshape(rows, copies, height, width, colours)], axis=1
    )
    zoom = max(1, round(_SIDE / height))
    enlarged = cells.repeat(zoom, axis=2).repeat(zoom, axis=3)
    ruled = np.pad(enlarged, ((0, 0), (0, 0), (0, _RULE), (0, _RULE), (0, 0)), constant_values=0.4)
    sheet: Array = ruled.swapaxes(1, 2).reshape(rows * ruled.shape[2], -1, colours)[:-_RULE, :-_RULE]
    return sheet


def _as_trained(data: Dataset, augmentation: Augmentation | None, generator: np.random.Generator) -> Array:
    """The inputs of a network, as images ``(n, height, width, colours)`` of one colour or three."""
    batches = Batches(data, len(data), augmentation=augmentation)
    ((inputs, _),) = batches.epoch(np.arange(len(data)), 0, generator)
    height, width = data.input_shape[:2]
    images: Array = inputs.reshape(len(data), height, width, -1)
    return images if images.shape[3] == 3 else images[..., :1]


def _laid_out(headline: str, sheets: dict[str, Array]) -> Figure:
    """Blocks under their titles, in two columns if there are several."""
    from matplotlib.figure import Figure

    sides = next(iter(sheets.values())).shape
    height, width = sides[0], max(_LEAST_WIDTH, sides[1])
    titles = ["\n".join(wrap(title, width // _LETTER)) for title in sheets]
    above = _LINE * max(title.count("\n") + 2 for title in titles)
    across = min(2, len(sheets))
    figure_width = across * (width + _GAP) + _GAP
    figure_height = ceil(len(sheets) / across) * (above + height) + 2 * _LINE
    figure = Figure(figsize=(figure_width / _DOTS, figure_height / _DOTS), dpi=_DOTS)
    figure.text(
        _GAP / figure_width, 1 - _GAP / figure_height, headline, fontsize=9, va="top", parse_math=False
    )
    for number, (title, sheet) in enumerate(zip(titles, sheets.values(), strict=True)):
        row, column = divmod(number, across)
        left, top = _GAP + column * (width + _GAP), 1.3 * _LINE + row * (above + height) + above
        place = (left / figure_width, 1 - (top + height) / figure_height)
        axes = figure.add_axes((*place, sides[1] / figure_width, height / figure_height))
        axes.imshow(sheet.squeeze(axis=2) if sides[2] == 1 else sheet, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title, fontsize=8, loc="left", parse_math=False)
        axes.set_xticks([])
        axes.set_yticks([])
    return figure
