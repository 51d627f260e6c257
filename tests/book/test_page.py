"""The page on the book's listings: its code runs, and prints what the page says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "book.md"
PERCENT = re.compile(r"(\d+\.\d\d)%")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def listings() -> list[tuple[str, str]]:
    """Each block of code with the text that stands under it."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["python", "text"] * (len(blocks) // 2)
    return [(code, text) for (_, code), (_, text) in zip(blocks[::2], blocks[1::2], strict=True)]


def test_the_code_of_the_page_prints_what_the_page_says(
    mnist: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code, text in listings():
        for example in doctest.DocTestParser().get_examples(code):
            exec(compile(example.source, "docs/book.md", "exec"), names)
        printed = capsys.readouterr().out
        assert PERCENT.sub("%", printed).strip() == PERCENT.sub("%", text).strip()
        found, said = (list(map(float, PERCENT.findall(each))) for each in (printed, text))
        assert found == pytest.approx(said, abs=1.0), "float32 is rounded differently from machine to machine"


def test_the_page_says_what_every_import_line_becomes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for module in ("mnist_loader", "network", "network2", "network3"):
        assert f"| `import {module}` | `from chainrule.book import {module}` |" in page
