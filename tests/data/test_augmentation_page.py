"""The page on augmentation: its code prints what stands there, and its table is complete."""

import re
from contextlib import redirect_stdout
from dataclasses import fields
from io import StringIO
from pathlib import Path

from chainrule.data.augment import Augmentation

PAGE = (Path(__file__).parents[2] / "docs" / "augmentation.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:```text\n(?P<printed>.*?)^```\n)?", re.DOTALL | re.MULTILINE
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


def test_the_table_has_every_kind_and_the_commands_read_well():
    assert re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE) == [each.name for each in fields(Augmentation)]
    texts = re.findall(r"--augment (\S+)", PAGE)
    assert len(texts) == 2
    assert all(str(Augmentation.from_text(text)) == text for text in texts)
