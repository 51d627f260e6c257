"""What ``chainrule train`` says and does before and after a training, however it was set up."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chainrule.data.dataset import Split
from chainrule.data.fetch import names
from chainrule.errors import InterruptedTraining
from chainrule.network import Network
from chainrule.storage import save_model
from chainrule.training import Callback, PrintEpochs
from chainrule.training.recipes import judge

__all__ = ["Say", "announced", "finish", "onlookers", "telling_how_to_go_on"]

Say = Callable[[str], None]


def onlookers(quiet: bool, as_json: bool) -> list[Callback]:
    """Who watches the training: a bar on a terminal, else a line an epoch; nobody if it is to be quiet."""
    if quiet:
        return []
    stream = sys.stderr if as_json else sys.stdout
    if not stream.isatty():
        return [PrintEpochs(stream)]
    from rich.console import Console

    from chainrule.cli.progress import ProgressBar

    return [ProgressBar(Console(file=stream))]


def announced(data: Split, part: str) -> str:
    """What there is to learn from and to be judged on."""
    parts = [f"{len(data.train):,} examples to learn from"]
    if data.validation is not None:
        parts.append(f"{len(data.validation):,} to choose by")
    if part == "test":
        parts.append(f"{len(data.test):,} to be judged on")
    return f"{data.train.name}: {', '.join(parts)}."


@contextmanager
def telling_how_to_go_on(folder: Path | None) -> Iterator[None]:
    """On Ctrl-C, add the command that resumes the run, if there is a checkpoint to resume it from."""
    try:
        yield
    except (InterruptedTraining, KeyboardInterrupt) as stopped:
        said = str(stopped) or "Stopped at once."
        how = f"\nTo go on: chainrule train --resume {shlex.quote(str(folder))}"
        raise InterruptedTraining(f"{said}{how if folder else ''}") from None


def finish(
    network: Network,
    data: Split,
    *,
    part: str,
    out: Path,
    data_name: str,
    about: dict[str, Any],
    say: Say,
    quiet: bool,
    as_json: bool,
    dtype: str | None = None,
) -> None:
    """Judge a trained network, save it, and print the result.

    Args:
        network: it.
        data: what it learnt from and is judged on.
        part: the part it is judged on, or "none".
        out: the file to save it to.
        data_name: the data set as it was named.
        about: what else the JSON object says.
        say: where words go that are no result.
        quiet: True to print no result but JSON.
        as_json: True to print one JSON object.
        dtype: number type of the parameters in the file.
    """
    judged, figures = judge(network, data, part) or (None, {})
    save_model(network, out, dtype)
    fingerprint, seconds = network.fingerprint(), network.training_record["seconds"]
    if as_json:
        result = {
            "judged_on": part,
            "accuracy": judged and judged.accuracy,
            "interval": judged and list(judged.interval),
            **{name: figures.get(name) for name in ("correct", "examples", "correct_after_corrections")},
            **about,
            "parameters": len(network.parameters),
            "bytes": out.stat().st_size,
            "seconds": seconds,
            "model": str(out),
            "fingerprint": fingerprint,
        }
        print(json.dumps(result))
    elif judged and not quiet:
        print(f"{part.capitalize()} {judged}")
        if "correct_after_corrections" in figures:
            print(f"With the ten wrong labels corrected: {figures['correct_after_corrections']:,} right")
    say(f"Saved {out} after {seconds:.1f} s of training (fingerprint {fingerprint[:16]}).")
    model = shlex.quote(str(out))
    of_data = "" if data_name in names() else f" --data {shlex.quote(data_name)}"
    say(
        "Try next:\n"
        f"  chainrule evaluate {model}{of_data} --figure mistakes.png\n"
        f"  chainrule predict {model}{of_data} --index 0 1 2\n"
        f"  chainrule describe {model}\n"
        "  chainrule train --help"
    )
