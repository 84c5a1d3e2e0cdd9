"""The ways in which others count twice, drop or misprice, by their number in the list of complaints this answers.

One person has all of them: logs of agents that were resumed, forked, copied and had sub-agents; an account whose usage
comes with cache, tiers and batches; and bills in the provider's unit. The spend of another account is seen through
several doors: its interface, an export in the inbox, a bill entered manually and an agent's log. All is read, landed,
built and added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.audit import conservation
from pipelines.config.imports import ImportFile, ImportSettings
from pipelines.domain import meters
from pipelines.domain.periods import day_start
from pipelines.landing import LandingStore
from pipelines.prices import unit_prices
from pipelines.sample.provider import Ledger, LedgerAccount, ScriptedProvider, Use
from pipelines.sources.api import anthropic_costs, anthropic_usage, openai_costs, openai_usage
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from pipelines.sources.catalogue import known_sources
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.local.claude_code import AGENT as CLAUDE_CODE
from pipelines.sources.local.codex import AGENT as CODEX
from pipelines.sources.local.framework import extraction as logs
from pipelines.sources.manual import folder as entry_files
from pipelines.sources.outcomes import Status
from pipelines.warehouse import files as warehouse
from pipelines.warehouse import landing_tables
from pipelines.warehouse.files import Warehouse
from pipelines.warehouse.loading import load_landing
from tests.dbt.compiled import Compiled
from tests.faults.figures import QUICK
from tests.sources.imports.inboxes import Inbox
from tests.sources.local.agent_logs import codex_count, codex_meta, codex_turn, codex_usage
from tests.sources.local.session_logs import progress, reply, usage, write_log

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 18)
MILLION = 1_000_000
ANTHROPIC = LedgerAccount("claude", "anthropic", "sk-ant-admin-canary")
OPENAI = LedgerAccount("labs", "openai", "sk-admin-canary")
SHOP = LedgerAccount("shop", "openai", "sk-admin-canary-shop")
FILED, BILLED, METERED = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)
BEFORE = date(2026, 10, 1)
"""A day that the shop's account is not asked for, and of which there is an export."""
EXPORT = f"""\
start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency
1,2,{BEFORE}T00:00:00,{BEFORE + timedelta(days=1)}T00:00:00,0.75,usd
1,2,{FILED}T00:00:00,{FILED + timedelta(days=1)}T00:00:00,2.5,usd
1,2,{BILLED}T00:00:00,{BILLED + timedelta(days=1)}T00:00:00,4,usd
"""
BILL = f"""\
date,provider,account,amount,currency,replaces_source
{BILLED},openai,shop,5.25,USD,yes
"""

Query = Callable[[str], list[tuple[Any, ...]]]


def at_anthropic(**given: Any) -> Use:
    return Use(account="claude", hour=day_start(DAY), model="claude-sonnet-4-5-20250929", **given)


def at_openai(tier: str | None = None, *, is_batch: bool = False) -> Use:
    used = {"input_uncached_tokens": MILLION, "cache_read_tokens": MILLION, "output_tokens": MILLION}
    return Use(
        account="labs",
        hour=day_start(DAY),
        model="gpt-5",
        quantities=used,
        service_tier=tier,
        is_batch=is_batch,
        requests=1,
    )


def charged(day: date, amount: str) -> Use:
    """What the shop was charged for one of its days."""
    return Use(
        account="shop",
        hour=day_start(day),
        model="gpt-5",
        quantities={"output_tokens": 100},
        charges={"output_tokens": Decimal(amount)},
    )


LEDGER = Ledger(
    (ANTHROPIC, OPENAI, SHOP),
    (
        at_anthropic(
            key="cached",
            quantities={
                "input_uncached_tokens": MILLION,
                "cache_read_tokens": MILLION,
                "cache_write_5m_tokens": MILLION,
                "cache_write_1h_tokens": MILLION,
                "web_search": 1_000,
            },
            charges={"input_uncached_tokens": Decimal("0.0123")},
        ),
        at_openai(),
        at_openai("flex"),
        at_openai("priority"),
        at_openai(is_batch=True),
        charged(FILED, "2.5"),
        charged(BILLED, "4"),
        charged(METERED, "7"),
    ),
)


def write_logs(person: Path) -> None:
    """One message in ten files, and sub-agents' replies in two forms."""
    counted = usage(output_tokens=MILLION)
    original = [reply("msg_1", "req_1", usage=counted), reply("msg_2", "req_2", usage=counted)]
    projects = person / ".claude" / "projects" / "rocket"
    for number in range(10):
        replayed = [{**line, "sessionId": f"session-{number}", "uuid": f"copy-{number}"} for line in original]
        write_log(projects / f"session-{number}.jsonl", *replayed)
    inside = reply("msg_sub", "req_sub", usage=counted, isSidechain=True)
    next_to = reply("msg_side", "req_side", usage=counted, isSidechain=True)
    write_log(projects / "session-0" / "subagents" / "agent-1.jsonl", next_to)
    write_log(projects / "with-progress.jsonl", progress(inside), progress(inside), next_to)
    history = [codex_turn(), codex_count(0, codex_usage(0), codex_usage(0)), codex_count(1, codex_usage(1), None)]
    write_log(person / ".codex" / "sessions" / "parent.jsonl", codex_meta("parent"), *history)
    forked = [codex_meta("fork"), *history, codex_count(9, codex_usage(9), None)]
    write_log(person / ".codex" / "sessions" / "fork.jsonl", *forked)


def write_metered_log(person: Path) -> None:
    """What an agent that is paid by the token used on a day of which its provider reports the charge."""
    at = {"timestamp": f"{METERED}T09:00:00.000Z"}
    step = codex_usage(0)
    lines = [codex_meta("metered"), codex_turn("gpt-5-codex"), codex_count(0, step, step)]
    write_log(person / "ci" / "sessions" / "metered.jsonl", *[{**line, **at} for line in lines])


def read_accounts(landing: LandingStore) -> None:
    sources: list[tuple[LedgerAccount, list[ApiSource]]] = [
        (ANTHROPIC, [anthropic_usage.SOURCE, anthropic_costs.SOURCE]),
        (OPENAI, [openai_usage.SOURCE]),
        (SHOP, [openai_costs.SOURCE]),
    ]
    with ScriptedProvider(LEDGER, now=lambda: NOW) as provider:
        for known, to_read in sources:
            url = provider.base_url(known.provider)
            account = ApiAccount(known.name, known.provider, known.key, "KEY", url, since=DAY)
            for source in to_read:
                assert extract(source, account, landing, NOW, limits=QUICK).status is Status.OK


def read_files(person: Path, landing: LandingStore) -> None:
    inbox, manual = Inbox(person), person / "manual"
    inbox.drop("shop-costs.csv", EXPORT)
    rules = ImportRules(ImportSettings(files=(ImportFile(file="shop-*", account="shop"),)))
    assert [result.problems for result in inbox.extract(rules, NOW).values()] == [()]
    manual.mkdir()
    (manual / "bills.csv").write_text(BILL)
    assert [result.problems for result in entry_files.extract(manual, landing, NOW)] == [()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, compiled_project: Compiled) -> Path:
    """Everything read once, and built."""
    person = tmp_path_factory.mktemp("person")
    landing = LandingStore(person / "landing")
    write_logs(person)
    for agent, folder in ((CLAUDE_CODE, person / ".claude"), (CODEX, person / ".codex")):
        logs.extract(agent, [folder], "laptop", landing, NOW)
    write_metered_log(person)
    logs.extract(CODEX, [person / "ci"], "ci-7", landing, NOW)
    read_accounts(landing)
    read_files(person, landing)
    files = Warehouse(person / "working.duckdb", person / "published.duckdb")
    reported = {
        "build": {"build_id": "cases", "as_of": NOW, "currency": "USD", "is_sample": False, "app_version": "1"},
        "agent_billing": {"source": "codex", "host": "ci-7", "billing": "metered"},
    }
    with files.writing() as connection:
        for name in landing_tables.TABLES:
            warehouse.load_table(connection, name, [reported[name]] if name in reported else [])
        warehouse.load_table(connection, "sources", [reported.row() for reported in known_sources()])
        warehouse.load_table(connection, "meters", meters.rows())
        load_landing(connection, landing)
        prices = unit_prices.resolve(warehouse.monthly_uses(connection))
        warehouse.load_table(connection, "unit_prices", [vars(price) for price in prices])
    compiled_project.build(files.working)
    with files.writing() as connection:
        assert all(comparison.equal for comparison in conservation.check(landing, connection))
    return person


@pytest.fixture
def query(home: Path) -> Iterator[Query]:
    with closing(duckdb.connect(home / "working.duckdb", read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def test_1_a_session_that_was_replayed_in_ten_files_counts_once(query: Query):
    assert query("select requests, output_tokens from fct_usage where source = 'claude_code'") == [(4, 4 * MILLION)]


def test_1_a_forked_session_adds_only_its_own_steps(query: Query):
    found = query("select sum(requests), sum(total_tokens) from fct_usage where source = 'codex' and host = 'laptop'")
    assert found == [(3, 70 + 71 + 79)]


def test_2_replies_of_sub_agents_count_whether_inside_a_line_or_in_a_file_beside(home: Path):
    landing = LandingStore(home / "landing")
    (feed,) = [feed for feed in landing.feeds() if feed.source == "claude_code"]
    rows = landing.read(feed, columns=["message_id", "is_sidechain", "output_tokens"]).to_pylist()
    assert sorted((row["message_id"], row["is_sidechain"]) for row in rows) == [
        ("msg_1", False),
        ("msg_2", False),
        ("msg_side", True),
        ("msg_sub", True),
    ]
    main, side = ({row["message_id"] for row in rows if row["is_sidechain"] is kind} for kind in (False, True))
    assert not main & side


def test_5_tokens_of_the_cache_are_no_tokens_of_the_prompt_as_well(query: Query):
    kinds = "input_uncached_tokens, cache_read_tokens, output_tokens, total_tokens"
    found = query(f"select {kinds} from fct_usage where source = 'openai_usage'")  # noqa: S608 - text of this test
    assert found == [(MILLION, MILLION, MILLION, 3 * MILLION)] * 4


def test_6_a_write_that_is_kept_an_hour_costs_more_than_one_of_five_minutes_and_searches_cost_as_well(query: Query):
    # USD: 3 and 0.30 a million for input and what the cache gave, 3.75 and 6 for what it took, 10 for 1,000 searches.
    listed = Decimal(3) + Decimal("0.30") + Decimal("3.75") + Decimal(6) + Decimal(10)
    found = query(
        "select list_cost_amount, list_cache_amount, list_search_amount from fct_usage where source = 'anthropic_usage'"
    )
    assert found == [(listed, Decimal("0.30") + Decimal("3.75") + Decimal(6), Decimal(10))]


def test_7_flex_priority_and_batch_have_prices_of_their_own(query: Query):
    found = query(
        "select coalesce(service_tier, '') || is_batch::varchar, list_cost_amount from fct_usage "
        "where source = 'openai_usage' order by 1"
    )
    # 1.25, 0.125 and 10 USD a million; flex and batch are half of it, priority is twice.
    standard = Decimal("1.25") + Decimal("0.125") + Decimal(10)
    assert dict(found) == {
        "defaultfalse": standard,
        "flexfalse": standard / 2,
        "priorityfalse": standard * 2,
        "batchtrue": standard / 2,
    }


def test_8_a_bill_in_cents_lands_in_dollars(query: Query):
    bill = "select sum(cost_amount), any_value(cost_basis) from fct_costs where source = 'anthropic_costs'"
    assert query(bill) == [(Decimal("0.0123"), "provider_reported")]
    suppressed = "select cost_amount, is_chosen, reason from fct_cost_candidates where source = 'anthropic_usage'"
    assert query(suppressed) == [
        (Decimal("23.05"), False, "anthropic_costs counts instead: cost report of the provider"),
    ]


def test_an_export_counts_on_the_days_that_the_interface_was_not_asked_for_and_a_bill_instead_of_both(query: Query):
    counted = query(
        "select cost_date, source, cost_amount, reason from fct_costs where account_name = 'shop' order by cost_date"
    )
    report = "cost report of the provider"
    assert counted == [
        (BEFORE, "openai_costs_csv", Decimal("0.75"), f"{report}, as a file"),
        (FILED, "openai_costs", Decimal("2.5"), report),
        (BILLED, "manual", Decimal("5.25"), "entered by a person"),
        (METERED, "openai_costs", Decimal(7), report),
    ]


def test_what_was_seen_through_another_door_says_why_it_does_not_count(query: Query):
    suppressed = query(
        "select cost_date, source, cost_kind, cost_amount, reason from fct_cost_candidates "
        "where not is_chosen and provider = 'openai' and cost_amount is not null order by cost_date, source"
    )
    replaced = "a manual entry with replaces_source counts instead"
    # Of the agent: 10 tokens at 1.25 USD a million, 20 of the cache at 0.125, 40 put out at 10.
    agent = Decimal("0.000415")
    assert suppressed == [
        (
            FILED,
            "openai_costs_csv",
            "spend",
            Decimal("2.5"),
            "openai_costs counts instead: cost report of the provider",
        ),
        (BILLED, "openai_costs", "spend", Decimal(4), replaced),
        (BILLED, "openai_costs_csv", "spend", Decimal(4), replaced),
        (METERED, "codex", "spend", agent, "openai_costs of shop states what this was charged"),
    ]


def test_all_of_it_together_is_what_was_charged_and_nothing_twice(query: Query):
    found = query("select provider, sum(cost_amount) from fct_costs where cost_kind = 'spend' group by all order by 1")
    at_list_prices = Decimal("11.375") * 4  # once standard, twice half of it, once twice: 1 + 0.5 + 0.5 + 2
    entered = Decimal("0.75") + Decimal("2.5") + Decimal("5.25") + Decimal(7)
    assert found == [("anthropic", Decimal("0.0123")), ("openai", at_list_prices + entered)]
