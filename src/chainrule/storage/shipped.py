"""The models that come with the package: their names, their files, and the card of each.

A name stands wherever a model file is asked for. Which of the two a word means is one rule: a file of that
name, in the folder one is in, goes before; a `Path`, or a text with a folder in it (``./tiny``), is never a
name.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from chainrule.errors import FileError, UnknownNameError

__all__ = ["DEFAULT_MODEL", "PICTURE_MODEL", "ShippedModel", "model_path", "shipped_model", "shipped_models"]

DEFAULT_MODEL, PICTURE_MODEL = "tiny", "reader"
"""What reads images of one digit, and what reads pictures, where no model is named."""

FOLDER = Path(str(files("chainrule"))) / "models"


@dataclass(frozen=True)
class ShippedModel:
    """A model that comes with the package.

    Attributes:
        name: what to call it, where a model file is asked for.
        file: where it lies.
        figures: everything its card says, as plain data; rates are fractions.
        card: the card, as Markdown.
    """

    name: str
    file: Path
    figures: dict[str, Any]
    card: str

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.file.stat().st_size

    @property
    def accuracy(self) -> float:
        """The share of MNIST's 10,000 test images that this file reads rightly, labels as given."""
        return float(self.figures["test"]["accuracy"])


def shipped_models() -> dict[str, ShippedModel]:
    """The models that come with the package, by name, the smallest file first."""
    found = sorted(FOLDER.glob("*.safetensors"), key=lambda file: file.stat().st_size)
    return {
        file.stem: ShippedModel(
            name=file.stem,
            file=file,
            figures=json.loads(file.with_suffix(".json").read_text(encoding="utf-8")),
            card=file.with_suffix(".md").read_text(encoding="utf-8"),
        )
        for file in found
    }


def shipped_model(name: str) -> ShippedModel:
    """The model of that name, whatever files there are.

    Raises:
        UnknownNameError: no model of that name comes with the package.
    """
    found = shipped_models()
    if name not in found:
        raise UnknownNameError("shipped model", name, found)
    return found[name]


def model_path(name_or_path: str | Path) -> Path:
    """The file that a path, or the name of a shipped model, stands for.

    Raises:
        FileError: a bare word that is neither a file nor such a name; the message lists those there are.
    """
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.name != name_or_path:
        return path
    names = [file.stem for file in FOLDER.glob("*.safetensors")]
    if name_or_path in names:
        return path if path.is_file() else FOLDER / f"{name_or_path}.safetensors"
    if names and not os.path.lexists(path):
        near = get_close_matches(name_or_path.lower(), names, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise FileError(
            f"{name_or_path[:80]}: expected a model file or the name of a shipped model, found neither. "
            f"{hint}Shipped: {', '.join(sorted(names))}. For a file, check the name and the folder."
        )
    return path
