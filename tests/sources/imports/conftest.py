"""The folder of files that tests of import formats read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.imports.inboxes import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)
