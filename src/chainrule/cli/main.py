"""The command ``chainrule``: one file a subcommand, none with logic of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from inspect import getdoc
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from chainrule.cli import check, data, describe, evaluate, export, lab, models, predict, read, recipes, train
from chainrule.errors import ChainruleError, InterruptedTraining, SettingError

__all__ = ["app", "run"]

app = typer.Typer(
    name="chainrule",
    help="Neural networks written out by hand: train one on handwritten digits, look into it, use it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(
    help="Data sets: which there are, bring one here, say what is in it, draw some changed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
lab_app = typer.Typer(
    help="The laboratory: classic experiments to run, with seeds, spread and verdicts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Errors become one message on stderr and an exit status: 2 wrong usage, 1 failure, 130 Ctrl-C."""

    @wraps(command)
    def guarded(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
            sys.stdout.flush()
        except (KeyboardInterrupt, InterruptedTraining) as error:
            print(str(error) or "Stopped.", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except ChainruleError as error:
            print(f"chainrule: {error}", file=sys.stderr)
            raise typer.Exit(2 if isinstance(error, SettingError) else 1) from None
        except OSError as error:
            print(f"chainrule: {error.filename or 'a file'}: {error.strerror or error}.", file=sys.stderr)
            raise typer.Exit(1) from None
        except MemoryError:
            print("chainrule: not enough memory for this; try a smaller network or batch.", file=sys.stderr)
            raise typer.Exit(1) from None

    return guarded


def _help(command: Callable[..., None]) -> str:
    """The command's docstring; its example stays on one line, to be copied."""
    return (getdoc(command) or "").replace("Example:", "\b\nExample:")


for _command in (
    train.train,
    evaluate.evaluate,
    predict.predict,
    read.read,
    describe.describe,
    models.models,
    recipes.recipes,
    check.check,
    export.export,
):
    _settings = getattr(_command, "context_settings", None)
    app.command(_command.__name__, help=_help(_command), context_settings=_settings)(_guarded(_command))
for _name, _command in (
    ("list", data.list_sources),
    ("fetch", data.fetch),
    ("info", data.info),
    ("preview", data.preview),
):
    data_app.command(_name, help=_help(_command))(_guarded(_command))
app.add_typer(data_app, name="data")
for _name, _command in (
    ("list", lab.list_experiments),
    ("show", lab.show),
    ("run", lab.run),
    ("figure", lab.figure),
    ("report", lab.report),
):
    lab_app.command(_name, help=_help(_command))(_guarded(_command))
app.add_typer(lab_app, name="lab")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        print(version_of("chainrule"))
        raise typer.Exit


def run() -> None:
    """Entry point of the command ``chainrule``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A name or a letter that the terminal's encoding lacks must not end the command.
            stream.reconfigure(errors="replace")
    app()
