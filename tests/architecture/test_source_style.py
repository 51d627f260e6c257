"""What every source file keeps to: a sentence at the top, a page at most, no pickle, no loose print."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import chainrule

HOUSE = Path(chainrule.__file__).parent
FILES = {str(path.relative_to(HOUSE).as_posix()): path for path in sorted(HOUSE.rglob("*.py"))}
EVERY_FILE = pytest.mark.parametrize("name", FILES)

MOST_LINES = 300
MAY_UNPICKLE = {"data/formats/pickled.py"}
EXECUTING = {"pickle", "pickletools", "_pickle", "marshal", "shelve", "dill", "cloudpickle"}
MAY_PRINT = ("cli/", "training/callbacks.py")


def tree_of(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def calls(tree: ast.AST, *names: str) -> list[int]:
    """Lines on which one of these built-ins is called."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def imports_of(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def validating_asserts(tree: ast.AST) -> Iterator[int]:
    """Lines of asserts that do more than tell the type checker a type."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assert):
            continue
        test = node.test
        narrows = (
            isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance"
        )
        not_none = (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.IsNot)
            and isinstance(test.comparators[0], ast.Constant)
            and test.comparators[0].value is None
        )
        if node.msg is not None or not (narrows or not_none):
            yield node.lineno


@EVERY_FILE
def test_a_module_opens_with_a_sentence(name):
    docstring = ast.get_docstring(tree_of(name))
    assert docstring, "say in one sentence what is in the file"
    first = docstring.split("\n\n")[0]
    assert first[0].isupper() or first[0] in "`.0123456789", first
    assert first.rstrip()[-1] in ".!?:", first


@EVERY_FILE
def test_a_file_is_short_enough_to_be_read(name):
    lines = len(FILES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES


@EVERY_FILE
def test_only_the_reader_of_the_books_own_file_knows_pickle(name):
    assert not imports_of(tree_of(name)) & EXECUTING or name in MAY_UNPICKLE
    assert calls(tree_of(name), "eval", "exec", "__import__") == []


@EVERY_FILE
def test_numpy_files_are_never_read_with_pickle(name):
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@EVERY_FILE
def test_only_the_command_line_and_the_callbacks_print(name):
    assert calls(tree_of(name), "print") == [] or name.startswith(MAY_PRINT)


@EVERY_FILE
def test_no_assert_stands_where_an_error_belongs(name):
    assert list(validating_asserts(tree_of(name))) == []


def test_the_scan_tells_narrowing_from_validating():
    source = (
        "assert isinstance(x, int)\nassert x is not None\n"
        "assert x > 0\nassert isinstance(x, int), 'no'\nassert x"
    )
    assert list(validating_asserts(ast.parse(source))) == [3, 4, 5]
    assert calls(ast.parse("print(1)\nself.print(2)"), "print") == [1]
    assert imports_of(ast.parse("def f():\n    import pickle as p\n    from os import path")) == {
        "pickle",
        "os",
    }
