"""What deserves a look: budgets that are over or will be, sources without data, yesterday against its weekday."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.attention import budget_clause, yesterday
from dashboards.context import LIST_PRICE_VALUE, SPEND, read_context
from dashboards.panels import discover
from tests.dashboards import published, scenarios
from tests.dashboards.published import TODAY, Published, row


def _values(database: Path, *statements: str) -> dict[str, Any]:
    """Panel -> what it shows of the file after `statements`."""
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        context = read_context(connection)
        shown = {}
        for panel in (panel for panel in discover() if panel.id in ("headline", "figures")):
            cursor = connection.execute(panel.query)
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            view = panel.prepare(rows, context)
            assert view is not None
            shown[panel.id] = view.values
        return shown


def _missing(provider: str, *days: date, kind: str = "spend", is_late: bool = True) -> list[str]:
    return [
        f"insert into rpt_missing_days values ('{provider}', 'acme', '{kind}', '{day}', {is_late})"  # noqa: S608
        for day in days
    ]


def _budget(name: str, remaining: str, crosses_on: date | None = None, period: str = "month") -> dict[str, Any]:
    return {
        "budget": name,
        "period": period,
        "currency": "USD",
        "remaining_amount": Decimal(remaining),
        "crosses_on": crosses_on,
    }


@pytest.mark.parametrize(
    ("budgets", "clause"),
    [
        ([], ""),
        ([_budget("review", "-102")], "review is $102 over its monthly budget"),
        ([_budget("lab", "9", date(2026, 12, 3), "quarter")], "lab will pass its quarterly budget on Dec 3"),
        ([_budget("lab", "9", None, "custom")], "lab is heading over its budget"),
        (
            [_budget("a", "-5", None, "year"), _budget("b", "1")],
            "a is $5.00 over its yearly budget, and 1 other budget is over or will be",
        ),
        (
            [_budget("a", "-5"), _budget("b", "1"), _budget("c", "1")],
            "a is $5.00 over its monthly budget, and 2 other budgets are over or will be",
        ),
    ],
)
def test_the_worst_budget_is_named_and_the_others_are_counted(budgets: Sequence[dict[str, Any]], clause: str):
    assert budget_clause(budgets) == clause


def test_of_budgets_the_most_overspent_comes_first_then_the_one_that_is_spent_soonest(tmp_path: Path):
    budgets = [
        ("everything", "everything", "14500.00", "USD", "9657.00"),
        ("soon", "project a", "1000.00", "USD", "900.00"),
        ("later", "project b", "1000.00", "USD", "800.00"),
        ("bit over", "project c", "1000.00", "USD", "1001.00"),
        ("far over", "project d", "10.00", "USD", "25.00"),
        ("fine", "project e", "1000.00", "USD", "1.00"),
    ]
    database = published.write(tmp_path / "budgets.duckdb", Published(daily=[row(TODAY, "5")], budgets=budgets))
    projected = [
        f"insert into rpt_budget_projections values ('{name}', {amount}, {crosses_on})"  # noqa: S608
        for name, amount, crosses_on in (
            ("later", 1100, "'2026-11-29'"),
            ("soon", 1100, "'2026-11-25'"),
            ("fine", 2, "null"),
        )
    ]
    shown = _values(database, *projected)["headline"]["sentences"][0]
    assert shown["finding"] == (
        "November is at $5.00 so far; far over is $15.00 over its monthly budget, "
        "and 3 other budgets are over or will be"
    )
    paid = "delete from rpt_budget_status where budget like '% over'"
    assert _values(database, paid)["headline"]["sentences"][0]["finding"] == (
        "November is at $5.00 so far; soon will pass its monthly budget on Nov 25, "
        "and 1 other budget is over or will be"
    )


def test_a_provider_without_its_newest_days_is_named_in_the_headline_and_under_every_figure(tmp_path: Path):
    database = published.write(tmp_path / "late.duckdb", scenarios.company())
    days = [TODAY - timedelta(days=back) for back in (3, 2, 1)]
    shown = _values(database, *_missing("openai", *days), *_missing("google", TODAY - timedelta(days=9), is_late=False))
    spend, value = shown["headline"]["sentences"]
    assert spend["finding"] == "November is heading for $13,371, 8% under budget, without OpenAI since Nov 20"
    assert spend["lede"].startswith("Also, support is $48.10 over its monthly budget. Spend on")
    assert "Yesterday" not in spend["lede"], "a day that lacks a provider is not compared with whole ones"
    assert "openai" not in value["finding"], "the days of its other costs were delivered"
    details = {figure.id: figure.detail for figure in shown["figures"]["sets"][0]["figures"]}
    assert details["month"].endswith("; without OpenAI since Nov 20")
    assert details["forecast"].endswith("; OpenAI estimated from Nov 20 on")
    assert details["budget"].endswith("; without OpenAI since Nov 20")


def test_where_no_provider_has_its_newest_days_the_last_day_with_data_is_said(tmp_path: Path):
    database = published.write(tmp_path / "late.duckdb", Published(daily=[row(TODAY - timedelta(days=5), "5")]))
    late = _missing("anthropic", TODAY - timedelta(days=1))
    status = "insert into rpt_forecast_status (cost_kind, series_kind, series, currency, status, delivered_through) "
    status += "values ('spend', 'total', 'total', 'USD', 'waiting', '2026-11-18')"
    shown = _values(database, *late, status)["headline"]["sentences"][0]
    assert shown["finding"] == "November is at $5.00 so far, with no data since Nov 18"


def test_yesterday_is_measured_by_the_median_of_its_weekday(tmp_path: Path):
    last = TODAY - timedelta(days=1)
    weeks = {1: "10", 2: "30", 3: "20", 4: "20", 5: "21"}
    daily = [row(last - timedelta(days=7 * back), amount) for back, amount in weeks.items()]
    other_days = [row(last - timedelta(days=7 * back + 1), "900") for back in weeks]
    database = published.write(tmp_path / "weekday.duckdb", Published(daily=[*daily, *other_days, row(last, "26")]))
    lede = _values(database)["headline"]["sentences"][0]["lede"]
    assert "Yesterday cost $26.00, 30% above a usual Sunday ($20.00)." in lede


def test_three_weeks_are_too_few_to_call_a_day_usual(tmp_path: Path):
    last = TODAY - timedelta(days=1)
    daily = [row(last - timedelta(days=7 * back), "10") for back in range(4)]
    database = published.write(tmp_path / "young.duckdb", Published(daily=daily))
    assert "Yesterday" not in _values(database)["headline"]["sentences"][0]["lede"]


@pytest.mark.parametrize(
    ("kind", "amount", "usual", "sentence"),
    [
        (SPEND, "20", 20.0, "Yesterday cost $20.00, about as a usual Sunday."),
        (SPEND, "10", 20.0, "Yesterday cost $10.00, 50% below a usual Sunday ($20.00)."),
        (SPEND, "-4", 20.0, "Yesterday cost −$4.00, 120% below a usual Sunday ($20.00)."),  # noqa: RUF001
        (SPEND, "5", 0.0, "Yesterday cost $5.00; a usual Sunday has no cost."),
        (SPEND, "0", 0.0, ""),
        (SPEND, "0", None, ""),
        (LIST_PRICE_VALUE, "57", 57.0, "Yesterday's use is worth $57.00, about as a usual Sunday."),
    ],
)
def test_yesterday_in_words(kind: str, amount: str, usual: float | None, sentence: str):
    measured = {"yesterday_amount": Decimal(amount), "usual_amount": usual}
    assert yesterday(measured, kind, TODAY, "USD") == sentence
