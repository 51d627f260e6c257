"""The page on recipes: its code prints what stands there, and its commands are commands."""

import re
import shlex
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import typer.main

from chainrule.cli.main import app

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:```text\n(?P<printed>.*?)^```\n)?", re.DOTALL | re.MULTILINE
)
SHELL = re.findall(
    r"^(chainrule .*)$", "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)), re.MULTILINE
)


def test_the_page_prints_what_it_says_it_prints():
    blocks = list(BLOCK.finditer(PAGE))
    assert len(blocks) == 3
    namespace = {}
    for block in blocks:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(block["code"], namespace)
        assert printed.getvalue() == (block["printed"] or ""), block["code"]


def test_its_commands_are_commands_with_such_options():
    commands = typer.main.get_command(app).commands
    assert len(SHELL) == 6
    for line in SHELL:
        _, command, *words = shlex.split(line, comments=True)
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
