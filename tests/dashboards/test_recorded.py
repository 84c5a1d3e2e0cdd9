"""The page claims nothing about days that were not recorded, and names the amounts that are in no total."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import recorded, report
from tests.dashboards import published, scenarios
from tests.dashboards.published import AS_OF, TODAY, Published, manual, row

Values = Callable[[str, Published], dict[str, Any]]

MINUS = "\N{MINUS SIGN}"
FIRST = date(2026, 10, 14)
SINCE_OCTOBER = [row(FIRST + timedelta(days=step), "5.00") for step in range((TODAY - FIRST).days)]
CHARGED = [row(date(2026, 10, 5), "10.00", provider="openai"), row(date(2026, 11, 5), "4.00", provider="openai")]


def sentence(values: Values, content: Published) -> tuple[str, str]:
    remark = values("headline", content)["sentences"][0]
    return remark["finding"], remark["lede"]


def figures(values: Values, content: Published) -> dict[str, Any]:
    return {figure.id: figure for figure in values("figures", content)["sets"][0]["figures"]}


def page_data(tmp_path: Path, content: Published, name: str) -> Any:
    """One of the documents that the page's script reads."""
    database = published.write(tmp_path / "published.duckdb", content)
    with duckdb.connect(str(database), read_only=True) as connection:
        report.build_report(connection, tmp_path / "report.html", generated_at=AS_OF)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = re.search(rf'<script type="application/json" id="{name}"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_a_month_that_is_recorded_in_part_is_not_compared_with(values: Values) -> None:
    content = Published(daily=SINCE_OCTOBER, recorded={"": (FIRST, None)})
    _, lede = sentence(values, content)
    assert lede == (
        "Spend on Nov 1–23 is $110; it is compared with October once both are recorded: "  # noqa: RUF001
        "October is recorded from the 14th. Yesterday cost $5.00, about as a usual Sunday."
    )
    change = figures(values, content)["change"]
    assert (change.value, change.detail, change.direction) == ("–", "October is recorded from the 14th", None)  # noqa: RUF001
    assert values("comparison", content)["tables"][0]["lines"] == []


def test_the_card_of_changes_says_since_when_it_could_compare(tmp_path: Path) -> None:
    panels = page_data(tmp_path, Published(daily=SINCE_OCTOBER, recorded={"": (FIRST, None)}), "panels")
    assert panels["comparison"] == {
        "spend": {"note": "Nothing to compare with yet: October is recorded from the 14th."}
    }


def test_on_the_first_day_nothing_rose(values: Values) -> None:
    yesterday = TODAY - timedelta(days=1)
    content = Published(daily=[row(yesterday, "12.40")], recorded={"": (yesterday, None)})
    finding, lede = sentence(values, content)
    assert finding == "November is at $12.40 so far"
    assert lede.endswith("once both are recorded: nothing is recorded before Nov 22.")
    assert "most" not in lede


def test_a_source_that_was_added_or_stopped_is_named_as_the_reason(values: Values) -> None:
    added = Published(daily=[row(date(2026, 9, 1), "1"), *SINCE_OCTOBER], recorded={"": (date(2026, 11, 3), None)})
    assert figures(values, added)["change"].detail == "one of its sources is recorded from Nov 3 on"
    stopped = Published(daily=[row(date(2026, 9, 1), "1"), *SINCE_OCTOBER], recorded={"": (None, date(2026, 11, 10))})
    assert figures(values, stopped)["change"].detail == "one of its sources is recorded only through Nov 10"


LEFT_OUT = "without router, recorded from Oct 28 on: $44.00, and Groq, recorded only through Nov 10: $10.00"


def test_a_comparison_names_the_sources_that_it_leaves_out(values: Values) -> None:
    content = scenarios.newcomer()
    _, lede = sentence(values, content)
    assert lede == (
        f"Spend on Nov 1–23 is $307; its 22 complete days are 10% above the same days of October, {LEFT_OUT}. "  # noqa: RUF001
        "Yesterday cost $13.50, 17% above a usual Sunday ($11.50). opus-large rose most, by $22.00."
    )
    change = figures(values, content)["change"]
    assert (change.value, change.change, change.detail) == ("+10%", "$22.00", f"on Oct 1–22, {LEFT_OUT}")  # noqa: RUF001
    (table,) = values("comparison", content)["tables"]
    assert table["caption"] == f"Spend by model, the largest changes over the same days, {LEFT_OUT}"
    assert [(line["model"], line["change"]) for line in table["lines"]] == [("opus-large", "+$22.00")]


def test_of_many_sources_left_out_two_are_named_and_the_rest_is_one_amount() -> None:
    since, amounts = date(2026, 10, 28), ("9", "7", "5", None)
    sources = [
        {
            "name": f"source {number}",
            "recorded_from": since,
            "recorded_through": None,
            "amount": amount and Decimal(amount),
        }
        for number, amount in enumerate(amounts, start=1)
    ]
    assert recorded.without(sources, "USD") == (
        ", without source 1, recorded from Oct 28 on: $9.00, and source 2, recorded from Oct 28 on: $7.00, "
        "and 2 more: $5.00"
    )
    assert recorded.without(sources[3:], "USD") == ", without source 4, recorded from Oct 28 on"
    assert recorded.without(None, "USD") == ""


@pytest.mark.parametrize(
    ("day", "remark"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (31, "31st")]
)
def test_days_have_their_endings(day: int, remark: str) -> None:
    october = date(2026, 10, 1)
    assert recorded.gap(october.replace(day=day), None, october, None) == f"October is recorded from the {remark}"


def test_the_mover_is_the_longest_bar_whatever_has_no_model(values: Values) -> None:
    credit = manual(date(2026, 11, 6), "-400.00", provider="openai", account_name="main")
    _, lede = sentence(values, Published(daily=[*CHARGED, credit]))
    assert "OpenAI, no model fell most, by $400." in lede
    lines = values("comparison", Published(daily=[*CHARGED, credit]))["tables"][0]["lines"]
    assert [(line["model"], line["change"]) for line in lines] == [
        ("OpenAI, no model", f"{MINUS}$400"),
        ("opus-large", f"{MINUS}$6.00"),
    ]


def test_nothing_in_the_reporting_currency_is_not_nothing(values: Values, tmp_path: Path) -> None:
    content = Published(daily=[row(date(2026, 10, 5), "401.00", currency="EUR"), row(TODAY, "251.91", currency="EUR")])
    finding, lede = sentence(values, content)
    assert finding == "€653 recorded, none of it in USD"
    assert lede.startswith("Totals are in USD, for which no exchange rate is known.")
    month = figures(values, content)["month"]
    assert (month.value, month.detail) == ("–", "nothing in USD; €252 in other currencies")  # noqa: RUF001
    assert page_data(tmp_path, content, "context")["billingCurrencies"] == ["EUR"]


def test_a_headline_names_what_it_does_not_count_and_says_nothing_of_the_budget(values: Values) -> None:
    daily = [row(TODAY, "100.00", currency="EUR"), row(TODAY, "588.10"), row(date(2026, 10, 5), "9.00", currency="EUR")]
    content = Published(
        daily=daily,
        currency="EUR",
        budgets=[("everything", "everything", "800", "EUR", "100")],
        forecasts=[("spend", "total", "total", 10.0)],
    )
    finding, _ = sentence(values, content)
    assert finding.startswith("November is heading for €")
    assert finding.endswith(", not counting $588")
    assert "budget" not in finding
    assert figures(values, content)["month"].detail == "all API; not counting $588"
    assert figures(values, content)["budget"].detail == "€700 left, €87.50 a day for 8 days; not counting $588"
