"""The room of logic is made to be read: plain Python, short functions, short files."""

import ast
import sys
from pathlib import Path

import pytest

import chainrule.logic

FILES = sorted(Path(chainrule.logic.__file__).parent.glob("*.py"))
EVERY_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
MOST_LINES_IN_A_FUNCTION = 25


@EVERY_FILE
def test_nothing_but_the_standard_library_and_the_error_tree_is_imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules = [node.module]
        else:
            continue
        for module in modules:
            own = module == "chainrule.errors" or module.startswith("chainrule.logic.")
            assert own or module.split(".")[0] in sys.stdlib_module_names, module


@EVERY_FILE
def test_no_function_is_longer_than_a_glance(path):
    lengths = [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert [(name, lines) for name, lines in lengths if lines > MOST_LINES_IN_A_FUNCTION] == []


@EVERY_FILE
def test_a_file_is_at_most_two_hundred_and_twenty_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 220
