"""The floors of the house: imports go strictly down, and rooms on one floor do not import each other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chainrule

HOUSE = Path(chainrule.__file__).parent

# The floor of every room: a package or a single module beside ``chainrule/__init__.py``. A new room is
# entered here, on the floor above everything that it needs.
FLOORS = {
    "errors": 0,
    "files": 0,
    "numerics": 0,
    "layers": 1,
    "losses": 1,
    "optimizers": 1,
    "schedules": 1,
    "regularizers": 1,
    "metrics": 1,
    "data": 1,
    "images": 1,
    "logic": 1,
    "nodes": 1,
    "network": 2,
    "handwriting": 2,
    "objective": 3,
    "folding": 3,
    "ensembles": 3,
    "storage": 4,
    "diagnostics": 4,
    "training": 5,
    "reader": 6,
    "estimator": 6,
    "book": 6,
    "lab": 6,
    "cli": 7,
    "studio": 7,
    "__main__": 8,
}
SHOP_WINDOW = ""
# The two rooms that every other may use, also those beside them on the lowest floor.
CELLAR = {"errors": 0, "files": 1, "numerics": 2}


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return SHOP_WINDOW if first == "__init__.py" else first.removesuffix(".py")


def imported_modules(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """Full names of what a module imports, anywhere in it; ``package`` is where it lies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # "from chainrule import files" names the room in the alias.
            yield from (f"{base}.{alias.name}" if base == "chainrule" else base for alias in node.names)


def rooms_imported(tree: ast.AST, package: list[str]) -> set[str]:
    rooms = set()
    for name in imported_modules(tree, package):
        parts = name.split(".")
        if parts[0] == "chainrule":
            rooms.add(parts[1] if len(parts) > 1 and parts[1] in FLOORS else SHOP_WINDOW)
    return rooms


def may_import(room: str, other: str) -> bool:
    if room in (SHOP_WINDOW, other):
        return True
    if other == SHOP_WINDOW:
        return False
    if room in CELLAR and other in CELLAR:
        return CELLAR[other] < CELLAR[room]
    return FLOORS[other] < FLOORS[room]


def package_of(path: Path) -> list[str]:
    return ["chainrule", *path.relative_to(HOUSE).parts[:-1]]


def test_every_room_is_on_a_floor():
    rooms = {room_of(path) for path in modules()} - {SHOP_WINDOW}
    assert rooms <= set(FLOORS), "enter the new room in FLOORS"
    assert rooms >= {"errors", "numerics", "layers", "network", "data"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_go_strictly_down(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    room = room_of(path)
    upward = {other or "the shop window" for other in rooms_imported(tree, package_of(path))}
    upward = {other for other in upward if not may_import(room, other.replace("the shop window", ""))}
    assert upward == set(), f"{room} is on floor {FLOORS.get(room)}"


def test_numerics_needs_numpy_and_the_cellar_only():
    """Exceptions, imported where they are needed: SciPy's one-pass kernels, BLAS's thread count, Numba."""
    allowed = {"numpy", "chainrule", *sys.stdlib_module_names}
    for path in (HOUSE / "numerics").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = {name.split(".")[0] for name in imported_modules(tree, package_of(path))}
        kernels = {"threads.py": {"threadpoolctl"}, "lines.py": {"scipy"}, "functions.py": {"scipy"}}
        kernels["compiled.py"] = {"numba"}
        assert top - allowed <= kernels.get(path.name, set()), path.name


@pytest.mark.parametrize(
    ("source", "room", "upward"),
    [
        ("from chainrule.errors import DataError", "layers", set()),
        ("from chainrule.layers.dense import Dense", "layers", set()),
        ("def f():\n    from chainrule.network import Network", "layers", {"network"}),
        ("from chainrule import losses", "layers", {"losses"}),
        ("from chainrule import Network", "layers", {SHOP_WINDOW}),
        ("import chainrule", "layers", {SHOP_WINDOW}),
        ("import chainrule.training.trainer", "storage", {"training"}),
        ("from chainrule.storage import save_model", "training", set()),
        ("from chainrule.diagnostics import evaluate", "storage", {"diagnostics"}),
        ("from chainrule.errors import SettingError", "numerics", set()),
        ("from chainrule.numerics import functions", "errors", {"numerics"}),
        ("from .. import losses", "layers", {"losses"}),
        ("from .dense import Dense", "layers", set()),
        ("from ..network import Network", "layers", {"network"}),
    ],
)
def test_the_test_sees_what_goes_up(source, room, upward):
    rooms = rooms_imported(ast.parse(source), ["chainrule", room])
    assert {other for other in rooms if not may_import(room, other)} == upward
