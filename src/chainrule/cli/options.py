"""Command-line options made of a settings dataclass, so that neither can have what the other lacks."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.data.fetch import names
from chainrule.errors import FileError, SettingError
from chainrule.files import readable
from chainrule.network import Network

__all__ = ["Model", "data_of", "number", "require_writable", "settings_from", "whole_number", "with_settings"]

Model = Annotated[
    str, typer.Argument(help="Model file, or the name of a shipped model: chainrule models.", metavar="MODEL")
]
"""The argument of a command that uses a model."""


def whole_number(text: str | int) -> int:
    """What an option that takes a whole number was given."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"expected a whole number, got '{text}'.") from None


def number(text: str | float) -> float:
    """What an option that takes a number was given."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"expected a number such as 0.5, got '{text}'.") from None


def data_of(network: Network) -> str:
    """The data set that a model was trained on, where it is known by name, else the default one."""
    recorded = network.training_record.get("data")
    name = recorded.get("name") if isinstance(recorded, dict) else None
    return str(name) if name in names() else "mnist"


def require_writable(option: str, path: Path | None, *suffixes: str) -> None:
    """Make sure, before any work is done, that a file can be written there under a fitting name.

    Raises:
        SettingError: another suffix than one of ``suffixes``, if there are any, or not the name of a file.
        FileError: the folder cannot be written to, or cannot be made.
    """
    if path is None:
        return
    if suffixes and path.suffix.lower() not in suffixes:
        raise SettingError(
            f"{option} {path}: expected a name that ends in {' or '.join(suffixes)}, got '{path.suffix}'."
        )
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no ordinary file"
        raise SettingError(f"{option} {path}: expected the name of a file to write, but it is {kind}.")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise FileError(
            f"{option} {path}: nothing can be written to {folder}. Choose a folder you may write to."
        )


def with_settings(kind: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that replaces a command's ``**given`` by one option for each field of ``kind``.

    The command receives in ``given`` those options that were typed, by the names of the fields. Words
    without an option before them are refused.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [
            each
            for each in signature(command, eval_str=True).parameters.values()
            if each.kind is not Parameter.VAR_KEYWORD
        ]
        options = [_option(each) for each in fields(kind)]
        context = Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)

        def with_options(**everything: Any) -> None:
            if words := everything.pop("context").args:
                raise SettingError(
                    f"{command.__name__} does not know what to do with '{' '.join(words)}'. Each setting "
                    "follows its option, without spaces: --data mnist --layers 784,30,10."
                )
            settings = {option.name: everything[option.name] for option in options}
            given = {name: value for name, value in settings.items() if value is not None}
            command(**{each.name: everything[each.name] for each in own}, **given)

        parameters = [
            each.replace(kind=Parameter.KEYWORD_ONLY)
            for each in sorted([context, *own, *options], key=lambda each: each in options)
        ]
        with_options.__name__, with_options.__doc__ = command.__name__, command.__doc__
        with_options.context_settings = {"allow_extra_args": True}  # type: ignore[attr-defined]
        with_options.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {each.name: each.annotation for each in parameters}
        return with_options

    return decorate


def _option(setting: Any) -> Parameter:
    flag = setting.name.replace("_", "-")
    declared = str(setting.type)
    default = "" if setting.default is None else f" Default: {setting.default}."
    if declared.startswith("bool"):
        names = f"--{flag}/--no-{flag}"
        default = f" Default: {'yes' if setting.default else 'no'}."
    else:
        names = f"--{flag}"
    kinds = {"bool": (bool, None), "int": (int, whole_number), "float": (float, number)}
    value, parser = next((kinds[kind] for kind in kinds if declared.startswith(kind)), (str, None))
    option = typer.Option(names, help=setting.metadata["help"] + default, show_default=False, parser=parser)
    return Parameter(
        setting.name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[value | None, option]
    )


def settings_from(kind: type[Any], given: dict[str, Any], config: Path | None = None) -> Any:
    """Settings from a TOML file and from what was typed; what was typed goes before.

    Raises:
        SettingError: the file is no TOML, or a name or value in it cannot work.
        FileError: the file cannot be read.
    """
    table: dict[str, Any] = {}
    if config is not None:
        with readable(config, "a TOML file of settings"):
            try:
                table = tomllib.loads(config.read_text(encoding="utf-8-sig"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingError(f"{config}: expected TOML such as 'epochs = 30', but {error}.") from error
        table = {name.replace("-", "_"): value for name, value in table.items()}
        try:
            kind.from_mapping(table)
        except SettingError as error:
            raise SettingError(f"{config}: {error}") from error
    return kind.from_mapping(table | given)
