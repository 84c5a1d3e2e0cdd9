"""What the sample company's accounts land is what its ledger holds, to the last digit, source by source."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.money import exact_sum
from pipelines.domain.periods import Window
from pipelines.landing import LandingStore
from pipelines.sample import SampleTruth, sample_api_providers, sample_provider, write_sample
from pipelines.sample.programs import ANTHROPIC, OPENAI, OPENROUTER
from pipelines.sources.api import api_sources, name_sources
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.naming import refresh
from pipelines.sources.outcomes import Outcome, Status

pytestmark = pytest.mark.e2e

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, TODAY = date(2025, 11, 20), NOW.date()
"""The first day is before OpenAI tells costs by key, and a year is enough."""
LAST_THIRTY = Window(TODAY - timedelta(days=30), TODAY)
COLUMNS = ("period_start", "cost_amount", "currency", "cost_basis", "project", "project_name", "api_key_name")
SETTLED = Window(FIRST, TODAY - timedelta(days=3))
"""The days of which everything is reported by now."""


@dataclass(frozen=True)
class Landed:
    truth: SampleTruth
    landing: LandingStore
    outcomes: dict[str, Outcome]

    def rows(self, source: str, window: Window) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.landing.read(
            self.outcomes[source].feed, None, [*COLUMNS, *TOKEN_METERS]
        ).to_pylist()
        return [row for row in rows if window.start <= row["period_start"].date() < window.end]

    def cost(self, source: str, window: Window) -> Decimal:
        return exact_sum([row["cost_amount"] for row in self.rows(source, window) if row["cost_amount"] is not None])

    def tokens(self, source: str, window: Window) -> dict[str, int]:
        found: Counter[str] = Counter()
        for row in self.rows(source, window):
            found.update({name: row[name] or 0 for name in TOKEN_METERS})
        return +found


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    home = tmp_path_factory.mktemp("sample")
    truth, landing = write_sample(home, TODAY), LandingStore(home / "landing")
    with sample_provider(home, NOW) as accounts, ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(extract, source, replace(account, since=FIRST), landing, NOW)
            for account in accounts
            for source in api_sources()
            if source.asks(account)
        ]
        outcomes = {future.result().feed.source: future.result() for future in asked}
        for account in accounts:
            feeds = [source.feed(account) for source in api_sources() if source.asks(account)]
            for names in name_sources():
                if names.provider == account.provider:
                    assert refresh(names, account, feeds, landing, NOW) is None
    return Landed(truth, landing, outcomes)


def used(truth: SampleTruth, account: str, window: Window) -> dict[str, int]:
    counted = truth.ledger.quantities(account, window)
    return {name: counted[name] for name in TOKEN_METERS if counted[name]}


def test_every_provider_of_the_sample_is_read_without_a_failure(landed: Landed):
    assert {source.provider for source in api_sources()} >= sample_api_providers()
    assert {name: outcome.message for name, outcome in landed.outcomes.items() if outcome.status is not Status.OK} == {}


@pytest.mark.parametrize(("source", "account"), [("openai_costs", OPENAI), ("anthropic_costs", ANTHROPIC)])
def test_costs_are_the_ledgers_for_a_year(landed: Landed, source: str, account: str):
    whole = Window(FIRST, TODAY)
    assert landed.cost(source, whole) == landed.truth.ledger.total(account, whole, at=NOW) > 2000
    assert {row["currency"] for row in landed.rows(source, whole)} == {"USD"}


@pytest.mark.parametrize(("source", "account"), [("openai_usage", OPENAI), ("anthropic_usage", ANTHROPIC)])
def test_tokens_of_every_kind_are_the_ledgers_for_a_year(landed: Landed, source: str, account: str):
    assert landed.tokens(source, SETTLED) == used(landed.truth, account, SETTLED)
    assert landed.cost(source, SETTLED) == 0, "usage carries no money"


def test_analytics_are_the_ledgers_since_they_began(landed: Landed):
    analytic = Window(date(2026, 1, 1), SETTLED.end)
    assert landed.cost("anthropic_analytics_costs", analytic) == landed.truth.ledger.total(ANTHROPIC, analytic, at=NOW)
    assert landed.tokens("anthropic_analytics_usage", analytic) == used(landed.truth, ANTHROPIC, analytic)
    manifest = landed.landing.manifest(landed.outcomes["anthropic_analytics_costs"].feed)
    assert manifest is not None
    assert manifest.days[0] == analytic.start


def test_openrouter_gives_its_last_thirty_days(landed: Landed):
    assert landed.cost("openrouter_activity", LAST_THIRTY) == landed.truth.ledger.total(OPENROUTER, LAST_THIRTY)
    assert landed.tokens("openrouter_activity", LAST_THIRTY) == used(landed.truth, OPENROUTER, LAST_THIRTY)
    manifest = landed.landing.manifest(landed.outcomes["openrouter_activity"].feed)
    assert manifest is not None
    assert list(manifest.days) == list(LAST_THIRTY.days())


def test_claude_code_analytics_are_a_second_view_of_a_part_of_the_same_money(landed: Landed):
    mine = [use for use in landed.truth.ledger.uses if use.service == "claude_code" and use.is_known(NOW)]
    in_window = [use.amount for use in mine if SETTLED.start <= use.day < SETTLED.end]
    assert landed.cost("anthropic_claude_code", SETTLED) == exact_sum(in_window)
    assert {row["cost_basis"] for row in landed.rows("anthropic_claude_code", SETTLED)} == {"provider_estimate"}


def test_names_of_projects_and_keys_are_those_of_the_company(landed: Landed):
    assert {row["project_name"] for row in landed.rows("openai_costs", SETTLED)} == {None}, "rows hold ids alone"
    projects = {row["project"] for row in landed.rows("openai_costs", SETTLED)}
    named = {(name.id, name.name) for name in landed.landing.names.read("openai", OPENAI).names}
    assert {(identity, name) for identity, name in named if identity in projects} == {
        ("proj_fleet", "fleet-planner"),
        ("proj_vision", "vision-lab"),
        ("proj_website", "website"),
    }
    assert {name for _, name in named} >= {"fleet planner, production", "nightly labels", "website chat"}
