"""Whole runs of a person who renames an account and a computer: nothing is counted twice, and what changed is
reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.sample.provider import LedgerAccount, ScriptedProvider
from pipelines.sample.provider.ledger import Ledger
from tests.e2e.installation import Installation, install
from tests.faults.figures import KEY, LEDGER, NOW

ACCOUNT = '  - {{name: {name}, provider: openai, key: OPENAI_ADMIN_KEY, base_url: "{url}", since: 2026-11-01{more}}}\n'


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    ledger = Ledger((LedgerAccount("labs", "openai", KEY, "sk-proj-canary"),), LEDGER.uses)
    with ScriptedProvider(ledger, now=lambda: max(NOW, datetime.now(UTC))) as served:
        yield served


def spend(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """Spend at OpenAI, as the run sums it up by source and feed."""
    return [(row["feed"], row["amount"]) for row in summary["costs"] if row["source"] == "openai_costs"]


def test_a_renamed_account_and_computer_count_once_in_whole_runs(tmp_path: Path, provider: ScriptedProvider):
    person = install(tmp_path / "person")

    def run(name: str, host: str, more: str = "") -> Any:
        account = ACCOUNT.format(name=name, url=provider.base_url("openai"), more=more)
        (person.data / "ai-costs.yaml").write_text(f"accounts:\n{account}")
        (person.data / ".env").write_text(f"OPENAI_ADMIN_KEY={KEY}\n")
        done = person.ai_costs("run", "--json", AI_COSTS_HOST=host)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def totals() -> list[tuple[str, set[str]]]:
        compared = person.json("verify")["sums"]
        assert all(comparison["equal"] for comparison in compared)
        return [(comparison["measure"], set(comparison["amounts"].values())) for comparison in compared]

    first, before = run("oa", "laptop"), totals()
    renamed, after = run("acme", "laptop"), totals()
    assert after == before
    assert sum(float(amount) for _, amount in spend(renamed)) == sum(float(amount) for _, amount in spend(first)) > 0
    (told,) = [row for row in renamed["sources"] if (row["source"], row["feed"]) == ("openai_costs", "oa")]
    assert told["status"] == "incomplete"
    assert f"'oa' {SAME_ACCOUNT} 'acme'" in told["findings"][0]
    assert f" {SAME_ACCOUNT} " in (person.data / "reports" / "ai-costs.html").read_text("utf-8")
    clean = run("acme", "new-laptop", ", was: oa")
    assert totals() == before
    assert {row["status"] for row in clean["sources"]} == {"current"}


def test_one_organisation_under_two_names_is_refused_at_its_line(started: Installation, tmp_path: Path):
    person = started.copy(tmp_path / "person")
    accounts = [ACCOUNT.format(name=name, url="https://gateway.example", more="") for name in ("a", "b")]
    (person.data / "ai-costs.yaml").write_text("accounts:\n" + "".join(accounts))
    for command in ("run", "doctor", "serve"):
        done = person.ai_costs(command)
        assert done.returncode == 2
        assert "ai-costs.yaml:3:5: accounts[1]: 'b' and 'a' use the same key" in done.stderr
