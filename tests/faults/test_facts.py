"""Faults 25 to 29: what the facts make of days under way, time zones, currencies, prices and spend seen twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain import meters
from pipelines.domain.periods import Window
from pipelines.prices import unit_prices
from pipelines.sample.provider import Fault, Ledger, ScriptedProvider
from pipelines.sample.provider import faults as spoiled
from pipelines.sources.api import openai_usage
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.catalogue import known_sources
from pipelines.sources.manual import folder
from pipelines.sources.outcomes import Status
from pipelines.warehouse import files as warehouse
from pipelines.warehouse import landing_tables
from pipelines.warehouse.files import Warehouse
from pipelines.warehouse.loading import load_landing
from tests.dbt.compiled import Compiled
from tests.faults.figures import COSTS, LEDGER, NOW, QUICK, SOURCE, Reader, landing_in, use

TODAY = NOW.date()
BILLED_DAY = date(2026, 11, 18)
BILL = f"""\
date,provider,account,amount,currency,replaces_source
{BILLED_DAY},openai,labs,99.95,USD,yes
"""
FACTS = ("fct_costs", "fct_usage")
SECRET_MODEL = "gpt-nobody-prices"  # noqa: S105 - the name of a model

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, compiled_project: Compiled) -> Path:
    """The facts of one account: its costs, its usage of a model without a price, and a bill for one of its days."""
    home = tmp_path_factory.mktemp("facts")
    landing = landing_in(home)
    unknown = replace(LEDGER, uses=tuple(replace(use, model=SECRET_MODEL) for use in LEDGER.uses))
    with ScriptedProvider(unknown, now=lambda: NOW) as provider:
        account = Reader(provider, landing, lambda _: None).account
        for source in (SOURCE, openai_usage.SOURCE):
            assert extract(source, account, landing, NOW, limits=QUICK).status is Status.OK
    (home / "manual").mkdir()
    (home / "manual" / "bill.csv").write_text(BILL)
    assert [result.problems for result in folder.extract(home / "manual", landing, NOW)] == [()]
    files = Warehouse(home / "working.duckdb", home / "published.duckdb")
    build = {"build_id": "faults", "as_of": NOW, "currency": "USD", "is_sample": False, "app_version": "1"}
    with files.writing() as connection:
        for name in landing_tables.TABLES:
            warehouse.load_table(connection, name, [build] if name == "build" else [])
        warehouse.load_table(connection, "sources", [reported.row() for reported in known_sources()])
        warehouse.load_table(connection, "meters", meters.rows())
        load_landing(connection, landing)
        prices = unit_prices.resolve(warehouse.monthly_uses(connection))
        warehouse.load_table(connection, "unit_prices", [vars(price) for price in prices])
    compiled_project.build(files.working, *FACTS)
    return files.working


@pytest.fixture
def query(database: Path) -> Iterator[Query]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def test_25_the_day_under_way_is_provisional(query: Query, note: Callable[[str], None]):
    days = query("select distinct cost_date from fct_costs where is_provisional")
    sums = query("select is_provisional, sum(cost_amount) from fct_costs group by all order by 1")
    note(f"provisional: {', '.join(str(day) for (day,) in days)}; sum {sums[1][1].normalize()} USD, kept apart")
    assert days == [(TODAY,)]
    assert dict(sums)[True] == LEDGER.total("labs", Window(TODAY, TODAY + timedelta(days=1)))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles"])
def test_26_a_computer_whose_day_has_23_hours(
    tmp_path: Path, note: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, zone: str
):
    first = date(2026, 3, 7) if zone.startswith("America") else date(2026, 3, 28)
    now = datetime(first.year, first.month, first.day + 2, 12, tzinfo=UTC)
    days = [first + timedelta(days=offset) for offset in range(3)]
    hours = (0, 1, 2, 9, 22, 23)
    uses = [
        replace(use(day, "1.1"), hour=datetime(day.year, day.month, day.day, h, tzinfo=UTC))
        for day in days
        for h in hours
    ]
    ledger = Ledger(LEDGER.accounts, tuple(u for u in uses if u.is_known(now)))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with ScriptedProvider(ledger, now=lambda: now) as provider:
            reader = Reader(provider, landing_in(tmp_path), note)
            reader.account = replace(reader.account, since=first)
            assert reader.read().status is Status.OK
    finally:
        monkeypatch.undo()
        time.tzset()
    assert reader.is_true()
    assert [reader.landed(day) for day in days] == [Decimal("6.6"), Decimal("6.6"), Decimal("4.4")]


def test_27_an_amount_in_another_currency(reader: Reader, note: Callable[[str], None]):
    reader.provider.faults = [Fault(COSTS, spoiled.replaced("currency", "eur"), calls=(1,))]
    assert reader.read().status is Status.OK
    manifest = reader.landing.manifest(SOURCE.feed(reader.account))
    assert manifest is not None
    first = manifest.partitions[manifest.days[0]].amounts
    note(f"{manifest.days[0]}: " + ", ".join(f"{amount.normalize()} {currency}" for currency, amount in first.items()))
    assert first == {"EUR": Decimal("0.03"), "USD": Decimal("21.010000000007")}, "neither converted nor added"
    assert reader.landed() == reader.provider.ledger.total("labs")


def test_28_a_model_without_a_price(query: Query, note: Callable[[str], None]):
    usage = query(
        f"""
        select price_status, list_cost_amount, sum(output_tokens) from fct_usage
        where usage_date <> '{BILLED_DAY}' group by all
        """  # noqa: S608 - a date of this file
    )
    note(f"(status, list price, output tokens): {usage}")
    tokens = LEDGER.without_day(BILLED_DAY).quantities("labs")["output_tokens"]
    assert usage == [("unpriced", None, tokens)], "counted, with no amount rather than 0"
    reported = query("select sum(cost_amount) from fct_costs where source = 'openai_costs'")
    billed = LEDGER.total("labs") - LEDGER.total("labs", Window(BILLED_DAY, BILLED_DAY + timedelta(days=1)))
    assert reported == [(billed,)], "what the provider charges is used all the same"


def test_29_the_same_spend_from_the_interface_and_from_a_bill(query: Query, note: Callable[[str], None]):
    day = Window(BILLED_DAY, BILLED_DAY + timedelta(days=1))
    counted = query("select cost_date, source_kind, sum(cost_amount) from fct_costs group by all")
    counted = [(kind, amount) for cost_date, kind, amount in counted if cost_date == BILLED_DAY]
    candidates = query(
        """
        select cost_date, source, sum(cost_amount) from int_costs_unioned where cost_amount is not null group by all
        """
    )
    reported = {source: amount for cost_date, source, amount in candidates if cost_date == BILLED_DAY}
    note(f"{BILLED_DAY}: stated {reported}, counted {counted}")
    assert [row for row in counted if row[1]] == [("manual", Decimal("99.95"))], "the bill counts"
    assert reported["openai_costs"] == LEDGER.total("labs", day), "and what it stands for is kept"
    total = query("select sum(cost_amount) from fct_costs")
    assert total == [(LEDGER.total("labs") - LEDGER.total("labs", day) + Decimal("99.95"),)]
