"""What `ai-costs serve` prints: one address, with the token on a terminal alone."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipelines.cli import serve

URL, TOKEN = "https://costs.example.com/dagster", "t" * 43


def printed(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, color_system=None, width=40, highlight=False)
    monkeypatch.setattr(serve, "out", console)
    serve._announce(URL, TOKEN)
    return written.getvalue()


def test_a_terminal_gets_the_whole_address_in_one_line(monkeypatch: pytest.MonkeyPatch):
    assert printed(monkeypatch, terminal=True) == f"The Dagster UI is at {URL}/?token={TOKEN}\n"


def test_a_file_or_a_journal_gets_no_token(monkeypatch: pytest.MonkeyPatch):
    assert printed(monkeypatch, terminal=False) == (
        f"The Dagster UI is at {URL}/; `ai-costs serve --show-url` prints the address that opens it.\n"
    )
