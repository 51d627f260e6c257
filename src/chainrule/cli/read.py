"""``chainrule read``: the numbers in pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import number, require_writable, whole_number
from chainrule.errors import ChainruleError, SettingError
from chainrule.storage import load_model
from chainrule.storage.shipped import PICTURE_MODEL

__all__ = ["read"]

_STANDARD_INPUT = "-"
_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif")


def read(
    images: Annotated[
        list[str],
        typer.Argument(help="Pictures, folders of pictures, or - for standard input.", metavar="IMAGE..."),
    ],
    model: Annotated[
        str, typer.Option("--model", help="Model file, or the name of a shipped model.")
    ] = PICTURE_MODEL,
    digits: Annotated[
        int | None,
        typer.Option(
            "--digits", help="How many digits each line has.", parser=whole_number, show_default=False
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", help="What each line looks like, d for a digit, such as dd/dd/dddd."),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option("--min-confidence", help="Below this, 0 to 1, a digit is read as '?'.", parser=number),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON list, an object a picture.")
    ] = False,
    annotate: Annotated[
        Path | None,
        typer.Option("--annotate", help="Draw boxes, digits and confidences in percent.", metavar="FILE.png"),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option("--explain", help="Write a picture of each step into this folder.", metavar="DIR"),
    ] = None,
) -> None:
    """The numbers in pictures.

    One line for each line of writing; a digit that is not sure, or is none, is read as '?', and why is said
    on standard error. A picture that cannot be opened does not stop the others; the exit status is then 1.

    Example: chainrule read photo.png --annotate read.png
    """
    from chainrule.cli.counting import Counting
    from chainrule.reader import Reader
    from chainrule.reader.drawing import annotated, save_picture
    from chainrule.reader.drawing import explain as explained
    from chainrule.reader.reader import MIN_CONFIDENCE

    require_writable("--annotate", annotate, ".png")
    sources = _sources(images)
    if len(sources) > 1 and (annotate or explain):
        raise SettingError(f"--annotate and --explain draw one picture; {len(sources)} came.")
    wanted: dict[str, Any] = {
        "digits": digits,
        "pattern": pattern,
        "min_confidence": MIN_CONFIDENCE if min_confidence is None else min_confidence,
    }
    reader = Reader(load_model(model))
    found: list[dict[str, Any]] = []
    failed = False
    with Counting("pictures", len(sources)) as counting:
        for name in sources:
            source = sys.stdin.buffer if name == _STANDARD_INPUT else name
            try:
                studied = (
                    explained(reader, source, explain, **wanted)
                    if explain
                    else reader.study(source, **wanted)
                )
            except SettingError:
                raise
            except ChainruleError as error:
                failed = True
                counting.say(f"chainrule: {error}", error=True)
                found.append({"name": name, "error": str(error)})
                continue
            finally:
                counting.advance()
            reading = studied.reading
            found.append(reading.as_data() | {"name": name})
            if annotate:
                save_picture(annotated(studied), annotate)
            before = f"{name}: " if len(sources) > 1 else ""
            if not as_json:
                for line in reading.text.splitlines() or [""]:
                    counting.say(before + line)
                for reason in reading.reasons:
                    counting.say(f"{name}: {reason}", error=True)
    if as_json:
        print(json.dumps(found))
    if failed:
        raise typer.Exit(1)


def _sources(words: list[str]) -> list[str]:
    """Names of pictures; in place of a folder, the pictures in it in order of their names."""
    sources: list[str] = []
    for word in words:
        if word != _STANDARD_INPUT and Path(word).is_dir():
            inside = [path for path in sorted(Path(word).iterdir()) if path.suffix.lower() in _SUFFIXES]
            if not inside:
                raise SettingError(
                    f"{word}: expected pictures in this folder, found none ({' '.join(_SUFFIXES)})."
                )
            sources += [str(path) for path in inside if path.is_file()]
        else:
            sources.append(word)
    if sources.count(_STANDARD_INPUT) > 1:
        raise SettingError("standard input, -, can be read once only.")
    return sources
