"""The fixture of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers.small_home import small_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a small published file."""
    return small_home(tmp_path)
