"""Homes whose past says little by itself, in whole runs: what their forecasts, events and reports say of them.

Each provider of the first home is a case of its own, in a file of its own, so that one run shows all of them. Days are
counted back from today, because a run is always of today.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.e2e.installation import Installation

pytestmark = pytest.mark.e2e

TODAY = datetime.now(UTC).date()
HEADER = "date,provider,account,amount,currency,category,note\n"

Row = tuple[date, float, str]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def usage(first: int, last: int, amount: Callable[[int], float] = lambda _: 10.0, noise: float = 0.08) -> list[Row]:
    """Costs of each day from `first` to `last` days ago; `amount` is asked how many days ago it is."""
    chance = np.random.default_rng(first)
    days = range(first, last - 1, -1)
    return [(ago(day), round(amount(day) * float(chance.lognormal(0, noise)), 2), "usage") for day in days]


def on_days(chosen: Callable[[date], bool], amount: float, category: str, past: int = 150) -> list[Row]:
    days = (ago(number) for number in range(past, 0, -1))
    return [(day, amount, category) for day in days if chosen(day)]


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def is_first(day: date) -> bool:
    return day.day == 1


PROVIDERS: Mapping[str, list[Row]] = {
    "steady": usage(150, 1, lambda _: 20.0),
    "stopped": usage(100, 31, lambda _: 80.0),
    "month-end": usage(150, 1) + on_days(is_month_end, 500.0, "usage"),
    "first": on_days(is_first, 500.0, "usage"),
    "gap": usage(200, 81, lambda _: 16.7) + usage(40, 1, lambda _: 16.7),
    "new": usage(20, 1, lambda _: 60.0),
    "burst": usage(150, 1, lambda day: 150.0 if 8 <= day <= 11 else 30.0),
    "shift": usage(150, 1, lambda day: 75.0 if day <= 12 else 30.0),
    "leak": usage(150, 1, lambda day: 30.0 * 1.08 ** max(21 - day, 0)),
    "missing": usage(150, 24, lambda _: 30.0) + usage(20, 1, lambda _: 30.0),
    "constant": usage(90, 1, noise=0),
    "annual": [*usage(150, 1), (ago(30), 12_000.0, "purchase")],
}


def installed(person: Path, files: Mapping[str, Iterable[Row]]) -> Installation:
    """A home with one file of entries for each provider, after a run."""
    home = Installation(person)
    manual = home.data / "manual"
    manual.mkdir(parents=True)
    for provider, rows in files.items():
        lines = (f"{day},{provider},default,{amount},USD,{category},\n" for day, amount, category in rows)
        (manual / f"{provider}.csv").write_text(HEADER + "".join(lines))
    done = home.ai_costs("run")
    assert done.returncode == 0, done.stderr
    return home


def asked(home: Installation, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.data / "warehouse" / "published.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def headline(home: Installation) -> str:
    """The first words of the report."""
    page = (home.data / "reports" / "ai-costs.html").read_text()
    (found, *_) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installed(tmp_path_factory.mktemp("homes") / "zoo", PROVIDERS)


def thirty_days(home: Installation, provider: str) -> tuple[float, float, float]:
    """What the next thirty days of a provider come to, with the ends of the 80 % interval."""
    found = asked(
        home,
        "select series, total_amount, lower_80, upper_80 from rpt_forecast_totals "
        "where horizon = '30' and series_kind = 'provider'",
    )
    total, lower, upper = {series: figures for series, *figures in found}[provider]
    return float(total), float(lower), float(upper)


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("steady", 600),
        ("gap", 501),
        ("missing", 900),
        ("burst", 900),
        ("shift", 2250),
        ("new", 1800),
        ("constant", 300),
        ("annual", 300),
    ],
)
def test_a_forecast_goes_on_from_what_is_usual_now(zoo: Installation, provider: str, expected: float):
    total, lower, upper = thirty_days(zoo, provider)
    assert total == pytest.approx(expected, rel=0.12), "a gap, a burst or a yearly purchase is not what is usual"
    assert lower < total < upper


def test_what_does_not_vary_has_hardly_a_width_and_what_is_known_none(zoo: Installation):
    total, lower, upper = thirty_days(zoo, "constant")
    assert upper - lower < total / 100
    bills, low, high = thirty_days(zoo, "first")
    assert bills in {0, 500, 1000}, "a bill on the first of each month is forecast on that day alone"
    assert low == bills == high


def test_a_bill_at_the_end_of_each_month_is_added_to_the_usage_and_not_smeared_over_it(zoo: Installation):
    total, *_ = thirty_days(zoo, "month-end")
    assert min(abs(total - 300 - 500 * bills) for bills in range(3)) < 40


def test_what_has_ended_is_forecast_as_nothing_and_that_is_told(zoo: Installation):
    assert thirty_days(zoo, "stopped") == (0, 0, 0)
    told = asked(zoo, "select status, message from rpt_forecast_status where series = 'stopped'")
    assert told == [("stopped", f"no use since {ago(30)}: none is forecast")]
    young = asked(zoo, "select status, message from rpt_forecast_status where series = 'new'")
    assert young == [("low_confidence", "20 days of history: low confidence below 28")]


def test_each_incident_is_one_event_of_its_kind_and_days(zoo: Installation):
    events = asked(
        zoo,
        "select series, kind, start_date, end_date, is_open from rpt_anomalies "
        "where series <> 'leak' order by series, start_date",
    )
    expected = {
        ("annual", "spike", ago(30), ago(30), False),
        ("burst", "burst", ago(11), ago(8), False),
        ("constant", "new_spender", ago(90), ago(84), False),
        ("gap", "missing_data", ago(80), ago(41), False),
        ("missing", "missing_data", ago(23), ago(21), False),
        ("new", "new_spender", ago(20), ago(14), False),
        ("shift", "level_shift", ago(12), ago(6), False),
        ("stopped", "gone_spender", ago(30), ago(1), True),
    }
    assert expected - set(events) == set()
    assert len(events) <= len(expected) + 1, "one for each incident"


def test_the_report_begins_with_the_month_and_alerts_of_missing_days_do_not_stop_it(zoo: Installation):
    assert headline(zoo).startswith(f"{TODAY:%B} is heading for $")
    rules = asked(zoo, "select count(*) from rpt_anomalies where kind = 'missing_data' and excess_amount is null")
    assert rules == [(2,)], "of days without data there is no amount, which once ended the report"
