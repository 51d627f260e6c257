"""What the full form of each experiment taught, written after it was run."""

from __future__ import annotations

__all__ = ["CAME_OUT"]

CAME_OUT: dict[str, str] = {}
