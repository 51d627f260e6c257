"""The tags of TIFF files and EXIF blocks, read with bounds: how the camera was held, and what is a trap."""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["harmless", "orientation"]

_ORIENTATION = 274
_TILE_SIDES = (322, 323)
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value, by the number of its type (TIFF 6.0, page 15)."""
_MOST_NUMBERS = 1 << 20
"""Of one tag: places of strips, say. Bytes and text may be longer."""
_LARGEST_TILE = 1 << 14


def orientation(block: bytes) -> int:
    """How a picture lies, 1 to 8, by an EXIF block (a small TIFF file); 1, upright, where it does not say.

    Args:
        block: the block, with or without the six bytes ``Exif`` and two zeros before it.
    """
    for tag, _, _, value in _directory(block.removeprefix(b"Exif\0\0")):
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 1
    return 1


def harmless(content: bytes) -> bool:
    """Whether the first directory of a TIFF file promises no more than the file can hold.

    A decoder copies each tag's value as it finds the tag, so a few thousand tags that all name the same
    megabytes would fill the memory.
    """
    promised = 0
    for tag, kind, count, value in _directory(content):
        width = _WIDTHS.get(kind, 1)
        promised += width * count
        if promised > len(content) or (width > 1 and count > _MOST_NUMBERS):
            return False
        if tag in _TILE_SIDES and value > _LARGEST_TILE:
            return False
    return True


def _directory(block: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Tag, type, count and value (right for a single whole number) of each entry; nothing if it is none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return
    (start,) = struct.unpack_from(order + "I", block, 4)
    if start + 2 > len(block):
        return
    (entries,) = struct.unpack_from(order + "H", block, start)
    for place in range(start + 2, min(start + 2 + 12 * entries, len(block) - 11), 12):
        tag, kind, count = struct.unpack_from(order + "HHI", block, place)
        (value,) = struct.unpack_from(order + ("H" if kind == 3 else "I"), block, place + 8)
        yield tag, kind, count, value
