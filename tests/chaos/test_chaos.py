"""A few kills of `make chaos`, so that it can be relied on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from tests.chaos.chaos import chaos, faults
from tests.e2e.installation import Installation, install


@pytest.mark.long
def test_a_few_kills_find_nothing_wrong(tmp_path: Path):
    seen = chaos(install(tmp_path / "person"), kills=3, seed=1, console=Console(quiet=True))
    assert (seen.wrong, seen.kills.total(), seen.finished) == ([], 3, 1)


@pytest.mark.e2e
def test_what_kills_could_break_would_be_seen(started: Installation, tmp_path: Path):
    true = {Decimal("12.40")}
    assert list(faults(started, true)) == []
    (lost,) = faults(started, {Decimal("12.41")})
    assert lost.startswith("a sum that never was")
    torn = started.copy(tmp_path / "torn")
    (torn.data / "exports" / "costs.csv").write_text("date,cost_kind\n2026-03-02")
    assert any("costs.csv" in fault or "cannot be read" in fault for fault in faults(torn, true))
    mixed = started.copy(tmp_path / "mixed")
    page = mixed.data / "reports" / "ai-costs.html"
    content = page.read_bytes()
    page.unlink()
    page.write_bytes(content + b"<!-- of another build -->")
    (fault,) = faults(mixed, true)
    assert fault.startswith("reports/ai-costs.html is not of the build that is shown")
