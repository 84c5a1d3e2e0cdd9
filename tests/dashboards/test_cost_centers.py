"""The statement of cost centres: exact sums by month, what is allocated to nobody last, and no panel without rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.dashboards import published, statements
from tests.dashboards.published import Published

Values = Callable[[str, Published], dict[str, Any]]

DAILY = [published.row(published.TODAY), published.row(published.TODAY, cost_kind="list_price_value")]


def _statements(values: Values) -> list[dict[str, Any]]:
    found = values("cost_centers", Published(daily=DAILY, statement=statements.company_statement()))
    return list(found["statements"])


def test_each_cost_centre_is_told_by_month_with_the_unallocated_last(values: Values):
    spend, _ = _statements(values)
    assert spend["months"] == ["October", "November so far"]
    assert [(line["name"], line["amounts"], line["share"]) for line in spend["lines"]] == [
        ("research", ["$6,100", "$4,000"], "80%"),
        ("support", ["\N{EN DASH}", "$500"], "10%"),
        ("Unallocated", ["$901", "$500"], "10%"),
    ]
    assert spend["totals"] == ["$7,001", "$5,000"]
    assert spend["finding"] == "November so far: research is allocated 80% of spend; 10% of it is unallocated."


def test_a_cost_centre_names_its_largest_providers_and_what_is_shared(values: Values):
    spend, _ = _statements(values)
    assert spend["lines"][0]["providers"] == "Anthropic 75%, OpenAI 15%, 1 other"
    assert spend["lines"][0]["shared"] == "$12.50 of it shared"
    assert spend["lines"][1]["shared"] is None


def test_list_price_value_has_a_statement_of_its_own(values: Values):
    _, value = _statements(values)
    assert value["months"] == ["November so far"]
    assert value["totals"] == ["$90.00"]
    assert value["finding"] == "November so far: 100% of it is unallocated."


def test_without_a_rule_that_names_a_cost_centre_there_is_no_statement(values: Values):
    left = [statements.borne(statements.NOVEMBER, "unallocated", "openai", "5")]
    assert values("cost_centers", Published(daily=DAILY, statement=left)) is None
