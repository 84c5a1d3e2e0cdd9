"""Asking in many windows reads the position that was landed once, not once for each window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.landing import LandingStore
from pipelines.sample.provider import Ledger, LedgerAccount, ScriptedProvider, Use
from pipelines.sources.api import openai_costs
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.outcomes import Status
from tests.opened import files_opened

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
FIRST = date(2026, 11, 1)
USE = Use(
    account="labs",
    hour=datetime(2026, 11, 5, 9, tzinfo=UTC),
    project="proj_a",
    key="key_a",
    model="gpt-5",
    requests=1,
    service="completions",
    quantities={"output_tokens": 5},
    charges={"output_tokens": 1},
)


def test_a_cursor_is_read_once_however_many_windows_are_asked_for(tmp_path: Path):
    source, landing = openai_costs.SOURCE, LandingStore(tmp_path / "landing")
    ledger = Ledger((LedgerAccount("labs", "openai", "the-key", "no"),), (USE,), {})
    windows: list[str] = []
    with ScriptedProvider(ledger, now=lambda: NOW) as served:
        account = ApiAccount("labs", "openai", "the-key", base_url=served.base_url("openai"), since=FIRST)
        assert extract(source, account, landing, NOW).status is Status.OK
        before = landing.manifest(source.feed(account))
        narrow = replace(source, longest_window=2)
        with files_opened() as opened:
            outcome = extract(narrow, account, landing, NOW, again_from=FIRST, report=windows.append)
    assert (outcome.status, len(windows)) == (Status.OK, 12)
    cursor = tmp_path / "landing" / source.feed(account).folder / str(before and before.cursor_file)
    # For the position; then, after each window and at the end, to see that the file of the same position is intact.
    assert opened.count(cursor) == 1 + len(windows) + 1
