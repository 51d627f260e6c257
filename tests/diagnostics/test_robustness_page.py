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


def test_the_table_has_just_these_rows() -> None:
    rows = [
        f"| {each.name} | {each.description} "
        f"| {each.parameter}: {' · '.join(map(said, each.levels))} | {each.source} |"
        for each in CORRUPTIONS.values()
    ]
    written = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert written[1:] == rows


def test_the_code_of_the_page_runs(mnist: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8").failed == 0
    assert (tmp_path / "corruptions.png").stat().st_size > 10_000


def test_the_contact_sheet_is_small() -> None:
    assert (PAGE.parent / "robustness" / "corruptions.png").stat().st_size < 150_000
