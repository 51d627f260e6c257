"""The page on robustness: a row for every corruption, with its own words and levels, and code that runs."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

from chainrule.data.corruptions import CORRUPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "robustness.md"


def said(level: Any) -> str:
    return ", ".join(f"{each:g}" for each in level) if isinstance(level, tuple) else f"{level:g}"


def rows_of(section: str) -> list[str]:
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


def test_the_tables_have_just_these_rows() -> None:
    kinds, measured = PAGE.read_text(encoding="utf-8").split("## Four models")
    rows = [
        f"| {each.name} | {each.description} "
        f"| {each.parameter}: {' · '.join(map(said, each.levels))} | {each.source} |"
        for each in CORRUPTIONS.values()
    ]
    assert rows_of(kinds) == rows
    named = [row.split(" | ")[0].removeprefix("| ") for row in rows_of(measured)]
    assert named == ["clean", *CORRUPTIONS, "mean of 21"]


def test_the_code_of_the_page_runs(mnist: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8").failed == 0
    assert (tmp_path / "corruptions.png").stat().st_size > 10_000


def test_the_contact_sheet_is_small() -> None:
    assert (PAGE.parent / "robustness" / "corruptions.png").stat().st_size < 150_000
