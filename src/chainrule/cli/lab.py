"""``chainrule lab``: the experiments there are; run them, draw them, report them."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import whole_number
from chainrule.errors import ChainruleError, SettingError

if TYPE_CHECKING:
    from chainrule.lab.experiment import Experiment
    from chainrule.lab.runner import Failure, Plan

__all__ = ["figure", "list_experiments", "report", "run", "show"]

RESULTS = Path("lab-results")

_Folders = Annotated[
    list[Path],
    typer.Argument(help="Folder that `lab run` wrote to, or one experiment's in it.", metavar="DIR..."),
]


def list_experiments(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """The experiments by subject, and what the full form of each takes.

    Example: chainrule lab list
    """
    from chainrule.lab.pages import as_data, listing
    from chainrule.lab.registry import experiments

    known = experiments().values()
    print(json.dumps([as_data(each) for each in known]) if as_json else listing(known))


def show(
    name: Annotated[
        str, typer.Argument(help="Name of an experiment, see `chainrule lab list`.", metavar="NAME")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What an experiment asks, its parameters, what was published.

    Example: chainrule lab show ch1-30
    """
    from chainrule.lab.pages import as_data, page
    from chainrule.lab.registry import experiment_named

    experiment = experiment_named(name)
    print(json.dumps(as_data(experiment)) if as_json else page(experiment))


def run(
    names: Annotated[
        list[str],
        typer.Argument(help="Names of experiments, or `all`; see `chainrule lab list`.", metavar="NAME..."),
    ],
    full: Annotated[bool, typer.Option("--full", help="The published settings, not the quick form.")] = False,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            help="Run seeds 1 to this (default: 1, or the experiment's own number with --full).",
            parser=whole_number,
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A parameter and its value; again for the next one.", metavar="NAME=VALUE"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the results (default: lab-results/quick or /full)."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Runs at once (default: one a core).", parser=whole_number)
    ] = None,
    backend: Annotated[
        str, typer.Option("--backend", help="Where they run: loky (processes), threading or dask.")
    ] = "loky",
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, for --backend dask.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list of what came out.")] = False,
) -> None:
    """Run experiments, store what each seed measured, draw the figures.

    What is stored already is not run again, so a run that was stopped goes on.

    Example: chainrule lab run ch1-30 --set images=1000 --set epochs=2
    """
    from chainrule.cli.lab_progress import onlooker
    from chainrule.lab.backends import backend_named
    from chainrule.lab.runner import planned, run_plan

    chosen = _chosen(names)
    out = out or RESULTS / ("full" if full else "quick")
    if seeds is not None and seeds < 1:
        raise SettingError(f"--seeds: expected a whole number of at least 1, got {seeds}.")
    where = backend_named(backend, jobs, scheduler)
    plan = planned(chosen, full=full, changes=_changes(changes or []), seeds=seeds, out=out)
    _say(plan.announced(where))
    failures: tuple[Failure, ...] = ()
    if plan.tasks:
        _bring_data()
        with onlooker(len(plan.tasks)) as shown:
            failures = run_plan(plan, where, shown)
    _tell(plan, failures, as_json)
    _say(f"Try next:\n  chainrule lab report {shlex.quote(str(out))}\n  chainrule lab show {chosen[0].name}")


def figure(
    folder: _Folders,
    form: Annotated[str, typer.Option("--format", help="svg or png.")] = "svg",
) -> None:
    """Draw the figures again from what is stored; nothing is trained.

    Example: chainrule lab figure lab-results/quick --format png
    """
    from chainrule.lab.drawing import draw
    from chainrule.lab.store import folders_in, read

    for path in (inner for each in folder for inner in folders_in(each)):
        print(draw(read(path), form=form))


def report(
    folder: _Folders,
    out: Annotated[Path, typer.Option("--out", help="Folder for report.html, report.md and figures.")] = Path(
        "lab-report"
    ),
) -> None:
    """Write a report: a page for the browser, the same in Markdown.

    Example: chainrule lab report lab-results/quick
    """
    from chainrule.lab.report import write_report
    from chainrule.lab.store import folders_in, read

    stored = [read(inner) for each in folder for inner in folders_in(each)]
    for path in write_report(stored, out):
        print(path)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _chosen(names: Sequence[str]) -> list[Experiment]:
    from chainrule.lab.registry import experiment_named, experiments

    if "all" in names:
        return list(experiments().values())
    for name in names:
        if "=" in name:
            raise SettingError(
                f"'{name}' is no name of an experiment; write --set before each change: --set {name}."
            )
    return [experiment_named(name) for name in dict.fromkeys(names)]


def _changes(given: Sequence[str]) -> dict[str, Any]:
    changes = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise SettingError(f"--set {each}: expected a name and a value such as epochs=3, got '{each}'.")
        changes[name.strip().replace("-", "_")] = value.strip()
    return changes


def _bring_data() -> None:
    """Fetch MNIST once, before several processes want it; if that fails, runs that need it will say so."""
    from chainrule.data import fetch as fetching

    if not fetching.info("mnist").cached:
        try:
            fetching.fetch("mnist", report=_say)
        except ChainruleError as error:
            _say(f"chainrule: {error}")


def _tell(plan: Plan, failures: Sequence[Failure], as_json: bool) -> None:
    """Print what came out of each experiment, draw its figure, and end with what failed."""
    from chainrule.lab.drawing import draw
    from chainrule.lab.pages import outcome, outcome_as_data
    from chainrule.lab.store import read, stored_seeds

    everything = [read(folder) for folder in plan.folders if stored_seeds(folder)]
    drawn = [draw(stored) for stored in everything]
    if as_json:
        print(json.dumps([outcome_as_data(each, path) for each, path in zip(everything, drawn, strict=True)]))
    else:
        for stored, path in zip(everything, drawn, strict=True):
            print(outcome(stored, path))
    if failures:
        listed = "\n  ".join(map(str, failures))
        raise ChainruleError(
            f"{len(failures)} of {len(plan.tasks)} runs failed; the others are stored.\n  {listed}"
        )
