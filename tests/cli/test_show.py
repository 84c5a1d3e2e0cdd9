"""`ai-costs show`: the table, the overview, and the same for machines."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.answers.small_home import small_home
from tests.cli.conftest import Command


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return small_home(tmp_path)


def test_show_prints_a_table_with_a_total_and_what_it_lacks(ai_costs: Command, home: Path):
    shown = ai_costs("show", "month", "--by", "provider", "--home", home).out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[1:6] == [
        "Provider Spend USD List-price value Tokens",
        "openai 4.00 1.00K",
        "anthropic 3.00 8.00 3.00K",
        "mistral 0.00 + 30.00 EUR",
        "Total, November 2026 7.00 8.00 4.00K + 30.00 EUR",
    ]
    assert lines[6] == "Nov 1\N{EN DASH}23 " + "▁" * 21 + "█▆"
    assert lines[7:] == [
        "Not in the sums, for want of an exchange rate: 30.00 EUR.",
        "May still change: 3.00 USD of the spend is provisional.",
    ]


def test_show_alone_is_an_overview_of_today_the_week_and_the_month(ai_costs: Command, home: Path):
    rows = {each["value"]: each for each in ai_costs("show", "--home", home, "--json").json["rows"]}
    assert {name: each["spend"] for name, each in rows.items()} == {
        "today": "3.000000000001",
        "yesterday": "4",
        "this week": "3.000000000001",
        "last week": "4",
        "November 2026": "7.000000000001",
        "October 2026": "0",
    }
    assert rows["October 2026"]["unpriced_tokens"] == 1000
    assert "for want of a price: 1.00K tokens" in ai_costs("show", "--home", home).out


def test_show_as_csv_has_exact_amounts_and_every_row(ai_costs: Command, home: Path):
    printed = ai_costs("show", "all", "--by", "day", "--home", home, "--csv").out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [(each["value"], each["spend"], each["other_currencies"]) for each in rows] == [
        ("2026-10-31", "0", ""),
        ("2026-11-22", "4", "30 EUR"),
        ("2026-11-23", "3.000000000001", ""),
    ]


def test_show_of_days_without_costs_says_so(ai_costs: Command, home: Path):
    assert ai_costs("show", "2025-01", "--home", home).out.endswith("Nothing is recorded for January 2025.\n")


def test_show_by_something_else_names_what_there_is(ai_costs: Command, home: Path):
    refused = ai_costs("show", "--by", "colour", "--home", home)
    assert refused.code == 2
    assert "--by colour: costs are added up by day, week, month, provider" in refused.err
