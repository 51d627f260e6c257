"""The file of results: one section a benchmark, each with its machine, versions and date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.machine import described
from chainrule.files import written_whole

__all__ = ["Results"]


class Results:
    """What has been measured, written whole after every change; sections not measured anew are kept.

    Args:
        path: of the JSON file, or None to keep nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.sections: dict[str, Any] = {}
        if path is not None and path.exists():
            self.sections = json.loads(path.read_text(encoding="utf-8"))

    def put(self, name: str, figures: dict[str, Any]) -> None:
        """Keep the figures of one section, with what they were measured on."""
        self.sections[name] = described() | figures
        if self.path is None:
            return
        with written_whole(self.path) as temporary:
            temporary.write_text(
                json.dumps(self.sections, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
