"""The page on the shipped models: its code runs and prints what stands there."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from chainrule.storage import shipped_models

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


@pytest.mark.skipif("tiny" not in shipped_models(), reason="tiny is not in this package")
def test_the_page_prints_what_it_says_it_prints(mnist, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    assert len(blocks) == page.count("```python") == 3
    namespace = {}
    for code, text in blocks:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(code, namespace)
        assert printed.getvalue() == text, code


def test_the_commands_of_the_page_are_those_of_the_records():
    import sys

    sys.path.insert(0, str(PAGE.parents[1]))
    from records.__main__ import parser

    lines = re.findall(r"^python -m records ([^#\n]*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [parser().parse_args(line.split()).verb for line in lines] == ["train", "train", "ship", "page"]


def test_the_page_lists_the_models_there_are():
    page = PAGE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(shipped_models())
