"""``chainrule.read``: the numbers in a picture, in one call."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from chainrule.network import Network
from chainrule.reader.reader import MIN_CONFIDENCE, Reader
from chainrule.reader.reading import Reading
from chainrule.storage import load_model
from chainrule.storage.shipped import PICTURE_MODEL, model_path

__all__ = ["read"]


def read(
    source: Any,
    model: str | Path | Network = PICTURE_MODEL,
    *,
    digits: int | None = None,
    pattern: str | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> Reading:
    """The numbers in a picture.

    Args:
        source: a path, the bytes of a file, an open file, a Pillow image, or an array of pixels.
        model: name of a shipped model, a model file, or a network; see `Reader`.
        digits: how many digits each line has, where that is known.
        pattern: what each line looks like, such as "dd/dd/dddd", where that is known.
        min_confidence: a digit less sure than this, 0 to 1, is read as "?".

    Raises:
        PictureError: no picture, or one that is damaged or too large.
        FileError: a file cannot be read.
        ModelFileError: not a model file.
        SettingError: an impossible setting, or a model that does not read digits.
    """
    if isinstance(model, Network):
        reader = Reader(model)
    else:
        path = model_path(model).absolute()
        reader = _reader(path, path.stat().st_mtime_ns if path.exists() else 0)
    return reader.read(source, digits=digits, pattern=pattern, min_confidence=min_confidence)


@lru_cache(maxsize=4)
def _reader(path: Path, changed: int) -> Reader:
    """The reader of a model file, kept as long as the file does not change."""
    return Reader(load_model(path))
