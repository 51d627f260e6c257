"""The page on the network of objects: its code runs from top to bottom and prints what stands there."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "nodes.md"
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:```text\n(?P<printed>.*?)^```\n)?", re.DOTALL | re.MULTILINE
)


def test_the_page_prints_what_it_says_it_prints():
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(blocks) > 5
    namespace = {}
    for block in blocks:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(block["code"], namespace)
        assert printed.getvalue() == (block["printed"] or ""), block["code"]
