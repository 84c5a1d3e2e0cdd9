"""Several currencies on one page: what has a rate counts, what has none is named, and nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.context import read_context
from dashboards.errors import ReportError
from tests.dashboards import published, scenarios
from tests.dashboards.published import TODAY, Published, manual, row
from tests.dashboards.statements import charged

Values = Callable[[str, Published], dict[str, Any]]
SPACE = "\N{NO-BREAK SPACE}"


def converted(currency: str, amount: str, in_euros: str, **given: Any) -> dict[str, Any]:
    """What a day cost in a currency, and what that is in euros."""
    rate = Decimal(in_euros) / Decimal(amount)
    return charged(currency, amount, in_euros, **{"conversion_status": "converted", "rate": rate, **given})


def dollars(day: date, amount: str) -> dict[str, Any]:
    """A cost in dollars and what it is in euros."""
    in_euros = Decimal(amount) * Decimal("0.92")
    return manual(day, amount, provider="openai", model_id="gpt-5", currency="USD", converted_amount=in_euros)


MIXED = scenarios.currencies()
EUROS = [cost for cost in MIXED.daily if cost["currency"] == "EUR"]
RATED = [cost for cost in MIXED.daily if cost["currency"] != "JPY"]
CONVERTED = replace(MIXED, daily=RATED, converted=MIXED.converted[:2])


def sentence(values: Values, content: Published) -> tuple[str, str]:
    found = values("headline", content)["sentences"][0]
    return found["finding"], found["lede"]


def figures(values: Values, content: Published) -> dict[str, Any]:
    return {figure.id: figure for figure in values("figures", content)["sets"][0]["figures"]}


def test_where_all_of_it_has_a_rate_the_headline_is_of_all_of_it(values: Values) -> None:
    """22 days of 10 euros, and of 25 dollars at 0.92: 726 euros; October has 9 of these days."""
    finding, lede = sentence(values, CONVERTED)
    assert finding == "November is heading for €996, 24% over budget"
    assert lede == (
        "Spend on Nov 1–23 is €726, with $550 converted; its 22 complete days are 144% above the same days of October. "  # noqa: RUF001
        "Yesterday cost €33.00, about as a usual Sunday. gpt-5 rose most, by €299."
    )
    month = figures(values, CONVERTED)["month"]
    assert (month.value, month.detail) == ("€726", "all manual")


def test_what_is_converted_says_at_which_rate(values: Values) -> None:
    lines = values("conversion", CONVERTED)["lines"]
    assert [line["text"] for line in lines] == [f"€506 of November so far is USD{SPACE}550.00 converted at 0.92."]
    yesterday = {"cost_date": TODAY - timedelta(days=1)}
    moving = [converted("USD", "100", "92"), converted("USD", "100", "93.21", **yesterday)]
    (line,) = values("conversion", replace(CONVERTED, converted=moving))["lines"]
    assert line["text"] == (
        f"€185 of November so far is USD{SPACE}200.00 converted at the rate of each day, 0.92 to 0.9321."
    )
    (line,) = values("conversion", replace(CONVERTED, converted=[converted("JPY", "30000", "161.25")]))["lines"]
    assert line["text"].endswith("converted at 0.005375.")


def test_what_has_no_rate_is_named_and_in_no_total(values: Values) -> None:
    finding, _ = sentence(values, MIXED)
    assert finding == (
        "November is heading for €996, not counting ¥25,000; everything is heading over its monthly budget"
    )
    month = figures(values, MIXED)["month"]
    assert (month.value, month.detail) == ("€726", "all manual; not counting ¥25,000")
    assert f"JPY{SPACE}25,000.00 of spend is recorded in JPY: not in these totals, which are in EUR." in [
        note["text"] for note in values("notes", MIXED)["notes"]
    ]


def test_tables_without_scripts_are_of_converted_amounts(values: Values) -> None:
    (table,) = values("daily", CONVERTED)["tables"]
    assert table["lines"][0] == {"month": "November 2026", "amounts": ["€220", "€506"], "total": "€726"}
    models = values("models", CONVERTED)["tables"][0]["lines"]
    assert [(line["model"], line["cost"]) for line in models] == [("gpt-5", "€920"), ("No model named", "€400")]


def test_the_mover_is_found_among_converted_amounts(values: Values) -> None:
    more = dollars(TODAY - timedelta(days=3), "100.00")
    _, lede = sentence(values, replace(CONVERTED, daily=[*CONVERTED.daily, more]))
    lines = values("comparison", replace(CONVERTED, daily=[*CONVERTED.daily, more]))["tables"][0]["lines"]
    assert lines[0]["model"] == "gpt-5"
    assert f"gpt-5 rose most, by {lines[0]['change'].lstrip('+')}" in lede


def test_a_budget_in_another_currency_is_written_in_it(values: Values) -> None:
    content = replace(CONVERTED, budgets=[("dollars", "provider openai", "600", "USD", "550")])
    (budget,) = values("budget", content)["budgets"]
    assert budget["amounts"] == "$550 of $600"
    assert figures(values, content)["budget"].detail == "none set; add one under budgets in ai-costs.yaml"


def test_a_page_with_money_in_another_currency_never_says_that_nothing_is_recorded(values: Values) -> None:
    content = Published(daily=[{**cost, "converted_amount": None} for cost in EUROS])
    finding, lede = sentence(values, content)
    assert finding == "€400 recorded, none of it in USD"
    assert "exchange_rates" in lede
    month = figures(values, content)["month"]
    assert (month.value, month.detail) == ("–", "nothing in USD; €220 in other currencies")  # noqa: RUF001


def test_a_kind_of_cost_that_is_in_another_currency_alone_can_be_read(tmp_path: Path) -> None:
    value = row(TODAY, "7.00", cost_kind="list_price_value", currency="EUR")
    database = published.write(tmp_path / "published.duckdb", Published(daily=[row(TODAY), value]))
    with duckdb.connect(str(database), read_only=True) as connection:
        context = read_context(connection)
    assert [view.cost_kind for view in context.cost_views] == ["spend", "list_price_value"]
    assert context.billing_currencies == ("EUR", "USD")


def test_a_build_of_an_earlier_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    database = published.write(tmp_path / "published.duckdb", CONVERTED)
    with duckdb.connect(str(database)) as connection:
        connection.execute("alter table rpt_daily_costs drop column converted_amount")
        with pytest.raises(ReportError, match="of an earlier version: build again with `ai-costs run`"):
            read_context(connection)
