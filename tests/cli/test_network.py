"""`ai-costs run` where no provider can be reached, where none may be asked, and where days are asked for again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.app.balances import read_balances
from pipelines.app.home import Home
from pipelines.app.opening import open_home
from pipelines.app.refresh import OFFLINE, extract_api_accounts
from pipelines.config import current_environment
from pipelines.sample.provider import Ledger, ScriptedProvider
from pipelines.sources.outcomes import Outcome, Status
from tests.cli.conftest import Command
from tests.home.homes import home_at

ENTRY = "date,provider,account,amount,currency\n2026-04-14,groq,default,12.40,USD\n"
PROVIDERS = ("openai", "anthropic", "openrouter", "cursor")
ASKING: tuple[Callable[[Home], list[Outcome]], ...] = (lambda home: extract_api_accounts(home, print), read_balances)
"""What a run asks the configured accounts for."""


@pytest.fixture
def unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a manual entry and an account at each of four providers, at a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "data" / "manual").mkdir(parents=True)
    (tmp_path / "data" / "manual" / "bills.csv").write_text(ENTRY)
    accounts = [
        f"  - {{name: {name}, provider: {name}, key: SOME_KEY, base_url: 'http://127.0.0.1:{port}'}}"
        for name in PROVIDERS
    ]
    (tmp_path / "ai-costs.yaml").write_text("\n".join(["accounts:", *accounts, ""]))
    monkeypatch.setenv("SOME_KEY", "canary-9f3b2c71d05e")
    return tmp_path / "data"


def test_accounts_that_cannot_be_reached_are_given_up_within_seconds(unreachable: Path):
    home = open_home(current_environment(), home=unreachable, config=unreachable.parent / "ai-costs.yaml")
    started = time.monotonic()
    outcomes = extract_api_accounts(home, lambda _: None)
    assert time.monotonic() - started < 20, "seconds for all of four accounts"
    assert {outcome.feed.name for outcome in outcomes} == set(PROVIDERS)
    assert {outcome.status for outcome in outcomes} == {Status.FAILED}
    assert all((outcome.message or "").startswith(f"{OFFLINE}: 127.0.0.1 could not be read") for outcome in outcomes)
    assert extract_api_accounts(replace(home, uses_network=False), lambda _: None) == []


def test_without_a_network_no_account_is_asked_for_anything(tmp_path: Path):
    names = ("openai", "anthropic", "openrouter")
    with ScriptedProvider(Ledger((), ())) as provider:
        accounts = [
            f"  - {{name: {name}, provider: {name}, key: SOME_KEY, base_url: '{provider.base_url(name)}'}}\n"
            for name in names
        ]
        home = home_at(tmp_path, "accounts:\n" + "".join(accounts), SOME_KEY="canary-9f3b2c71d05e")
        without = replace(home, uses_network=False)
        assert [ask(without) for ask in ASKING] == [[], []]
        assert provider.requests == []
        assert {outcome.status for ask in ASKING for outcome in ask(home)} == {Status.FAILED}
        assert {asked.path.split("/")[1] for asked in provider.requests} == set(names)


@pytest.mark.e2e
def test_a_run_without_a_network_says_so_and_goes_on_with_what_is_here(ai_costs: Command, unreachable: Path):
    ended = ai_costs("run", "--home", unreachable, "--json")
    assert ended.code == 3
    assert f"error: {OFFLINE}: landed data is unchanged, and sources on this computer were read" in ended.err
    assert "openai_costs of openai" in ended.err
    assert "cursor_events of cursor" in ended.err
    assert sum(Decimal(row["amount"]) for row in ended.json["costs"]) == Decimal("12.40")
    ended = ai_costs("run", "--home", unreachable, "--json", "--no-network")
    assert ended.code == 0, ended.err
    assert sum(Decimal(row["amount"]) for row in ended.json["costs"]) == Decimal("12.40")


@pytest.mark.e2e
def test_a_day_that_is_yet_to_come_cannot_be_asked_for_again(ai_costs: Command):
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    ended = ai_costs("run", "--again-from", tomorrow)
    assert ended.code == 2
    assert f"{tomorrow} is yet to come" in ended.err
