"""Command-line options made of a settings dataclass, so that neither can have what the other lacks."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.errors import SettingError
from chainrule.files import readable

__all__ = ["settings_from", "with_settings"]


def with_settings(kind: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that replaces a command's ``**given`` by one option for each field of ``kind``.

    The command receives in ``given`` those options that were typed, by the names of the fields.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [
            each
            for each in signature(command, eval_str=True).parameters.values()
            if each.kind is not Parameter.VAR_KEYWORD
        ]
        options = [_option(each) for each in fields(kind)]

        def with_options(**everything: Any) -> None:
            names = {option.name for option in options}
            given = {name: value for name, value in everything.items() if name in names and value is not None}
            command(**{each.name: everything[each.name] for each in own}, **given)

        parameters = [
            each.replace(kind=Parameter.KEYWORD_ONLY)
            for each in sorted([*own, *options], key=lambda each: each in options)
        ]
        with_options.__name__, with_options.__doc__ = command.__name__, command.__doc__
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
    value = next((kind for kind in (bool, int, float) if declared.startswith(kind.__name__)), str)
    option = typer.Option(names, help=setting.metadata["help"] + default, show_default=False)
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
                table = tomllib.loads(config.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingError(f"{config}: expected TOML such as 'epochs = 30', but {error}.") from error
        table = {name.replace("-", "_"): value for name, value in table.items()}
    return kind.from_mapping(table | given)
