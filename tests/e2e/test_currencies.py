"""A person who pays in several currencies, from entries and rates to the first sentence of the report."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.presentation import formats
from tests.e2e.installation import Installation

pytestmark = pytest.mark.e2e

DAYS, RATE = 40, Decimal("0.92")
A_DAY = {"EUR": Decimal("10.25"), "USD": Decimal("30.10"), "JPY": Decimal(1200)}
BUDGETS = """\
budgets:
  - {name: everything, amount: 5000, currency: EUR, period: month, scope: {}}
  - {name: dollars, amount: 900, currency: USD, period: month, scope: {provider: [of_usd]}}
"""


def paid(person: Path, parsed: Path, settings: str, a_day: Mapping[str, Decimal]) -> Installation:
    """An installation with an entry in each currency on each of the last days, run once."""
    installation, today = Installation(person), datetime.now(UTC).date()
    (installation.data / "manual").mkdir(parents=True)
    shutil.copytree(parsed, installation.data / "state" / "dbt")
    days = [today - timedelta(days=back) for back in range(DAYS)]
    entries = [
        f"{day},of_{currency.lower()},main,{amount},{currency},usage"
        for day in days
        for currency, amount in a_day.items()
    ]
    heading = "date,provider,account,amount,currency,category"
    (installation.data / "manual" / "bills.csv").write_text("\n".join([heading, *entries, ""]), encoding="utf-8")
    rates = ["date,currency,rate", *(f"{day},USD,{RATE}" for day in reversed(days)), ""]
    (installation.data / "rates.csv").write_text("\n".join(rates), encoding="utf-8")
    (installation.data / "ai-costs.yaml").write_text(settings, encoding="utf-8")
    done = installation.ai_costs("run")
    assert done.returncode == 0, done.stderr
    return installation


def rows(installation: Installation, query: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(installation.data / "warehouse" / "published.duckdb", read_only=True)) as connection:
        return connection.execute(query).fetchall()


def days_of_month(installation: Installation) -> int:
    """How many days of the month of the build have an entry; all of them, since it began less than 40 days ago."""
    ((day,),) = rows(installation, "select day(as_of at time zone 'UTC') from rpt_build")
    return int(day)


def finding(installation: Installation) -> str:
    page = (installation.data / "reports" / "ai-costs.html").read_text(encoding="utf-8")
    (heading,) = re.findall(r"<h1>(.*?)</h1>", page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", heading)


def test_all_that_has_a_rate_is_in_every_figure_and_the_rest_is_named(tmp_path: Path, parsed: Path) -> None:
    rates = "exchange_rates: {file: rates.csv, currency: EUR}\n"
    person = paid(tmp_path, parsed, f"currency: EUR\n{rates}{BUDGETS}", A_DAY)
    days = days_of_month(person)
    in_euros = days * (A_DAY["EUR"] + A_DAY["USD"] * RATE)
    assert rows(person, "select budget, spent_amount from rpt_budget_status where is_current order by budget") == [
        ("dollars", days * A_DAY["USD"]),
        ("everything", in_euros),
    ]
    series = (
        "select series, currency from rpt_forecast_totals "
        "where horizon = '30' and series_kind in ('total', 'provider') order by series, currency"
    )
    assert rows(person, series) == [
        *(("of_eur", "EUR"), ("of_jpy", "JPY"), ("of_usd", "EUR")),
        *(("total", "EUR"), ("total", "JPY")),
    ]
    ((expected,),) = rows(
        person,
        "select total_amount from rpt_forecast_totals "
        "where horizon = 'month_end' and series = 'total' and currency = 'EUR'",
    )
    month = f"{datetime.now(UTC):%B}"
    # Near the end of a month a budget that will be passed is named as well.
    assert finding(person).partition(";")[0] == (
        f"{month} is heading for {formats.money(Decimal(str(expected)), 'EUR')}, "
        f"not counting {formats.money(days * A_DAY['JPY'], 'JPY')}"
    )
    assert expected >= float(in_euros)


def test_without_a_rate_what_is_recorded_is_the_headline(tmp_path: Path, parsed: Path) -> None:
    person = paid(tmp_path, parsed, "currency: USD\n", {"EUR": A_DAY["EUR"]})
    assert finding(person) == f"{formats.money(DAYS * A_DAY['EUR'], 'EUR')} recorded, none of it in USD"
