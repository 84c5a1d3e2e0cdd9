"""A home as the version before landed it: an API account, an export file, manual entries and an agent's logs.

`home_of_version_1.tar.xz` was written by commit 44843fd from invented input: landing with its manifests and cursors,
the prices kept of the closed month, what the person put there, and in `figures.json` the marts that were published.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

ARCHIVE = Path(__file__).with_name("home_of_version_1.tar.xz")
ROWS = {"openai_costs": 1, "openai_usage": 5, "anthropic_usage_csv": 2, "claude_code": 6, "manual": 2}
"""A source -> the rows that it landed."""


def unpack(person: Path) -> dict[str, Any]:
    """Put the home below `person`; give the figures that the version before published."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(person, filter="data")
    figures: dict[str, Any] = json.loads((person / "figures.json").read_text("utf-8"))
    return figures
