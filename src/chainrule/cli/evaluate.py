"""``chainrule evaluate``: how good a saved model is, what it gets wrong, and how it takes spoilt images."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from chainrule.cli.options import data_of, require_writable
from chainrule.data.dataset import SPLITS, Dataset
from chainrule.data.load import load_data
from chainrule.diagnostics import (
    RobustnessReport,
    robustness_markdown,
    robustness_table,
    save_evaluation_figure,
    save_robustness_figure,
)
from chainrule.diagnostics import evaluate as evaluation_of
from chainrule.diagnostics import robustness as robustness_of
from chainrule.errors import SettingError, UnknownNameError
from chainrule.files import written_whole
from chainrule.network import Network
from chainrule.storage import load_model

__all__ = ["evaluate"]

PARTS = ("test", "validation", "train")
_SEVERITY, _SEED = 3, 1


def evaluate(
    models: Annotated[
        list[str],
        typer.Argument(
            help="Model file, or the name of a shipped model; several with --robustness.", metavar="MODEL"
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option("--data", help="Name of a data set, or a file or folder (default: the model's own)."),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="How it was split: 50k or 60k.")] = "50k",
    part: Annotated[str, typer.Option("--part", help="Which part: test, validation or train.")] = "test",
    figure: Annotated[
        Path | None,
        typer.Option("--figure", help="Draw what was found to this .png or .svg file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Accuracy on images with noise, blur, turns, fog and more.")
    ] = False,
    severity: Annotated[
        int | None,
        typer.Option(
            "--severity", help=f"With --robustness: 1 (mild) to 5. Default: {_SEVERITY}.", min=1, max=5
        ),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option("--images", help="With --robustness: only the first so many. Default: all.", min=1),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help=f"With --robustness: what chance draws from. Default: {_SEED}.", min=0),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", help="With --robustness: write the table to this .md file too."),
    ] = None,
) -> None:
    """How good a model is, and what it gets wrong.

    Accuracy with its interval, a table by class, the confusion matrix, calibration, the surest mistakes.
    With --robustness: the accuracy on images that were spoilt in many ways, of one model or of several
    side by side.

    Example: chainrule evaluate model.safetensors --figure mistakes.png
    """
    require_writable("--figure", figure, ".png", ".svg")
    require_writable("--markdown", markdown, ".md")
    for kind, name, known in (("split", split, SPLITS), ("part", part, PARTS)):
        if name not in known:
            raise UnknownNameError(kind, name, known)
    if not robustness:
        _require_plain(models, severity=severity, images=images, seed=seed, markdown=markdown)
    networks = {name: load_model(word) for name, word in _named(models).items()}
    data = data or data_of(next(iter(networks.values())))
    whole = load_data(data, split, report=lambda line: print(line, file=sys.stderr))
    chosen = getattr(whole, part)
    if chosen is None:
        raise SettingError(f"--part {part}: {data} split as {split} has no such part. Use --split 50k.")
    if robustness:
        chosen = chosen.part(slice(images), chosen.name)
        reports = _measured(
            networks, chosen, _SEVERITY if severity is None else severity, _SEED if seed is None else seed
        )
        if markdown is not None:
            with written_whole(markdown) as temporary:
                temporary.write_text(robustness_markdown(reports), encoding="utf-8")
            print(f"Wrote {markdown}", file=sys.stderr)
        if figure is not None:
            save_robustness_figure(reports, chosen, figure)
            print(f"Drew {figure}", file=sys.stderr)
        found = {name: report.to_json() for name, report in reports.items()}
        print(json.dumps(found) if as_json else robustness_table(reports))
        return
    (network,) = networks.values()
    result = evaluation_of(network, chosen)
    if figure is not None:
        save_evaluation_figure(result, chosen, figure)
        print(f"Drew {figure}", file=sys.stderr)
    print(json.dumps(result.to_json()) if as_json else result.table())


def _require_plain(models: list[str], **given: object) -> None:
    """Make sure that nothing was asked for that only --robustness does."""
    if len(models) > 1:
        raise SettingError(
            f"evaluate takes one model, or several with --robustness; got {len(models)}: {', '.join(models)}."
        )
    for name, value in given.items():
        if value is not None:
            raise SettingError(f"--{name} goes with --robustness only. Add --robustness, or leave it out.")


def _named(models: list[str]) -> dict[str, str]:
    """What to call each model in a table, in the order given: the file's name, if no other has the same."""
    stems = [Path(word).stem for word in dict.fromkeys(models)]
    return {word if stems.count(Path(word).stem) > 1 else Path(word).stem: word for word in models}


def _measured(
    networks: dict[str, Network], dataset: Dataset, severity: int, seed: int
) -> dict[str, RobustnessReport]:
    from chainrule.cli.counting import Counting

    reports = {}
    for name, network in networks.items():
        started = time.monotonic()
        with Counting(name) as counting:
            found = robustness_of(network, dataset, severity=severity, seed=seed, progress=counting.reached)
        if not counting.shown:
            readings = 1 + len(found.corruptions)
            counting.say(f"{name}: read {readings} times, {time.monotonic() - started:.1f} s", error=True)
        reports[name] = found
    return reports
