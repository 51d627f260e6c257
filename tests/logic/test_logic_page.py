"""The beginner's page on logic is true: its code is run, and what it shows is what comes out."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "logic.md"


def test_every_line_of_code_on_the_page_gives_what_the_page_shows():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    example = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert outcome.attempted > 30
    assert outcome.failed == 0, "".join(told)
