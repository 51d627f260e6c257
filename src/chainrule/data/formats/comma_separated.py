"""CSV of whole numbers: one example a line, its label first, then its numbers from 0 to 255."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.formats.bounded import Bounded, opened
from chainrule.errors import DataError
from chainrule.files import written_whole

__all__ = ["read", "write"]

COMMA, NEWLINE, ZERO = b",\n0"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DIGITS = tuple("0123456789")

BLOCK = 1 << 20
"""Bytes parsed at once: small enough that the arrays about them stay in the processor's cache."""

LONGEST_LINE = 1 << 24
"""Bytes in one line at most: four million numbers."""

SMALLEST_SIDE = 8
"""Rows of 64, 81, 100, ... numbers are taken for square images of 8 x 8, 9 x 9, ...; others have no shape."""


def read(path: str | Path, class_names: tuple[str, ...] = DIGITS) -> Dataset:
    """Read a CSV file, raw or gzip.

    Each line is a label and then the same number of whole numbers 0..255. A first line that does
    not begin with a number is a header. Lines end in LF or CRLF; the last one need not.

    Returns:
        inputs ``(n, columns - 1)`` uint8; ``input_shape`` is ``(side, side)`` where that count is
        the square of a side of at least 8, otherwise ``(columns - 1,)``.

    Raises:
        DataError: anything else; the message gives line and column.
        FileError: it cannot be read.
    """
    with opened(path, "a CSV file") as stream:
        blocks = _blocks(stream)
        first = next(blocks, b"")
        line = 1
        if _is_header(first):
            first = first[first.index(b"\n") + 1 :] or next(blocks, b"")
            line = 2
        if not first:
            raise DataError(f"{path}: expected lines of a label and then numbers, found none.")
        columns = first[: first.index(b"\n")].count(b",") + 1
        if columns < 2:
            raise DataError(
                f"{path}, line {line}: expected a label and then numbers, separated by commas, got no comma."
            )
        tables: list[NDArray[np.uint8]] = []
        reached = line
        for block in chain([first], blocks):
            numbers = _whole_numbers(block, columns)
            if numbers is None:
                raise next(_faults(path, block, reached, columns))
            tables.append(numbers)
            reached += len(numbers)
    table = np.concatenate(tables)
    labels = table[:, 0]
    wrong = np.flatnonzero(labels >= len(class_names))
    if wrong.size:
        raise DataError(
            f"{path}, line {line + wrong[0]}, column 1: expected a label from 0 to {len(class_names) - 1}, "
            f"got {labels[wrong[0]]}. The label comes first on each line."
        )
    return Dataset(
        np.ascontiguousarray(table[:, 1:]),
        labels.astype(np.int64),
        class_names=class_names,
        input_shape=_shape(columns - 1),
        name=str(path),
    )


def write(dataset: Dataset, path: str | Path, header: bool = False) -> None:
    """Write a data set of raw uint8 inputs as CSV: the label, then the numbers.

    With ``header`` the first line names the columns: ``label,pixel0,pixel1,...``.

    Raises:
        DataError: the inputs are not uint8, or there are over 256 classes.
        FileError: it cannot be written.
    """
    if dataset.inputs.dtype != np.uint8 or dataset.classes > 256:
        raise DataError(
            f"{dataset.name}: CSV holds whole numbers 0..255 and at most 256 classes, "
            f"got {dataset.inputs.dtype} in {dataset.classes} classes. Write .npz instead."
        )
    within = np.array([f"{number}," for number in range(256)], "S4")
    at_end = np.array([f"{number}\n" for number in range(256)], "S4")
    labels = dataset.labels.astype(np.uint8)[:, None]
    step = max(1, BLOCK // dataset.features)
    with written_whole(path) as temporary, open(temporary, "wb") as file:
        if header:
            names = ["label", *(f"pixel{column}" for column in range(dataset.features))]
            file.write((",".join(names) + "\n").encode())
        for start in range(0, len(dataset), step):
            rows = slice(start, start + step)
            table = np.hstack((labels[rows], dataset.inputs[rows]))
            text = within[table]
            text[:, -1] = at_end[table[:, -1]]
            file.write(text.tobytes().translate(None, b"\0"))


def _blocks(stream: Bounded) -> Iterator[bytes]:
    """The text in blocks of whole lines, each line ending in LF; empty lines at the very end are dropped."""
    rest = stream.read(BLOCK).removeprefix(BYTE_ORDER_MARK)
    while piece := stream.read(BLOCK):
        rest += piece
        cut = rest.rstrip(b"\r\n").rfind(b"\n") + 1
        if cut:
            yield rest[:cut].replace(b"\r\n", b"\n")
            rest = rest[cut:]
        elif len(rest) > LONGEST_LINE:
            raise DataError(
                f"{stream.path}: expected a CSV file with lines of at most {LONGEST_LINE:,} bytes, "
                "got a longer one."
            )
    if last := rest.rstrip(b"\r\n"):
        yield last.replace(b"\r\n", b"\n") + b"\n"


def _is_header(lines: bytes) -> bool:
    try:
        float(lines.split(b"\n", 1)[0].split(b",", 1)[0])
    except ValueError:
        return bool(lines)
    return False


def _whole_numbers(lines: bytes, columns: int) -> NDArray[np.uint8] | None:
    """The numbers in whole lines as ``(lines, columns)``, or None where anything else is among them.

    Every byte that is no digit must be the comma or the LF that ends a field. With all ends known,
    the last, second-last and third-last digit of all fields are picked out in one go each.
    """
    text = np.frombuffer(lines, np.uint8)
    digits = text - np.uint8(ZERO)
    ends = np.flatnonzero(digits > 9)
    if len(ends) % columns:
        return None
    marks = text[ends].reshape(-1, columns)
    if (marks[:, :-1] != COMMA).any() or (marks[:, -1] != NEWLINE).any():
        return None
    widths = np.diff(ends, prepend=-1) - 1
    if widths.min() < 1 or widths.max() > 3:
        return None
    numbers = digits[ends - 1].astype(np.uint16)
    numbers += digits[ends - 2] * np.uint16(10) * (widths > 1)
    numbers += digits[ends - 3] * np.uint16(100) * (widths > 2)
    if numbers.max() > 255:
        return None
    return numbers.astype(np.uint8).reshape(-1, columns)


def _faults(path: str | Path, lines: bytes, line: int, columns: int) -> Iterator[DataError]:
    """What is wrong in lines that hold something else than numbers, one place after the other."""
    for number, text in enumerate(lines.split(b"\n")[:-1], start=line):
        fields = text.split(b",")
        if len(fields) != columns:
            found = len(fields) if text else "an empty line"
            yield DataError(f"{path}, line {number}: expected {columns} fields like the first, got {found}.")
        for column, field in enumerate(fields, start=1):
            if not (field.isdigit() and len(field) <= 3 and int(field) <= 255):
                yield DataError(
                    f"{path}, line {number}, column {column}: expected a whole number from 0 to 255, "
                    f"got '{field[:20].decode(errors='replace')}'."
                )


def _shape(features: int) -> tuple[int, ...]:
    side = math.isqrt(features)
    return (side, side) if side * side == features and side >= SMALLEST_SIDE else (features,)
