"""What the page says of bills alongside use, and of what is left out so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.dashboards import statements
from tests.dashboards.published import Published

Values = Callable[[str, Published], dict[str, Any]]


def _company() -> Published:
    return Published(
        reconciliation=statements.company_reconciliation(),
        candidates=statements.company_candidates(),
    )


def test_the_one_difference_that_nothing_explains_is_the_finding(values: Values):
    shown = values("reconciliation", _company())
    assert shown["finding"] == "$25.50 of Anthropic in October is not explained"
    assert shown["subtitle"].endswith("a difference up to 5% counts as agreement")


def test_each_provider_is_told_with_its_largest_causes(values: Values):
    november, october, september = values("reconciliation", _company())["months"]
    told = [(line["provider"], line["word"]) for line in [*november["lines"], *october["lines"]]]
    assert told == [
        ("OpenAI", "Explained"),
        ("Anthropic", "Agrees"),
        ("Anthropic", "Not explained"),
        ("Google", "Agrees"),
    ]
    assert november["lines"][0]["text"] == (
        "\N{MINUS SIGN}$30.00 for batches and other service tiers; +$4.00 for use that is not tokens: searches, "
        "images, storage. Further apart than the month before."
    )
    assert november["lines"][1]["text"] == (
        "+$200 for charges that are not usage: seats, subscriptions, taxes, credits. Use is billed $40.00 (1%) under "
        "list price."
    )
    assert october["lines"][0]["text"] == (
        "+$200 for charges that are not usage: seats, subscriptions, taxes, credits; +$30.00 for caches; "
        "\N{MINUS SIGN}$25.50 unexplained; 1 smaller cause. Use is billed $7.50 (8%) under list price. "
        "Further apart than the month before."
    )
    assert october["lines"][1]["text"] == "Use is billed at list price."
    assert september["lines"][0]["text"] == "Use is billed $0.01 (<1%) over list price."


def test_the_two_newest_months_are_shown_and_the_rest_on_asking(values: Values):
    shown = values("reconciliation", _company())
    assert [(month["name"], month["is_beyond"]) for month in shown["months"]] == [
        ("November 2026, not over yet", False),
        ("October 2026", False),
        ("September 2026", True),
    ]
    assert shown["earlier"] == 1


def test_a_provider_with_one_side_is_told_apart(values: Values):
    assert values("reconciliation", _company())["alone"] == [
        {"provider": "mistral", "text": "Billed, without priced usage: $121 in November."},
        {"provider": "vertex", "text": "Used, not billed yet: $33.00 in October."},
    ]


def test_without_a_provider_that_has_both_sides_there_is_no_reconciliation(values: Values):
    alone = [row for row in statements.company_reconciliation() if row["verdict"] in {"no_estimate", "not_billed"}]
    assert values("reconciliation", replace(_company(), reconciliation=alone)) is None


def test_differences_that_are_all_explained_are_good_news(values: Values):
    calm = [row for row in statements.company_reconciliation() if row["verdict"] != "outside"]
    finding = values("reconciliation", replace(_company(), reconciliation=calm))["finding"]
    assert finding == "Bills agree with use, or the difference is explained"


def test_what_stands_already_is_listed_once_a_source_with_its_reason(values: Values):
    shown = values("duplicates", _company())
    assert shown["finding"] == "$313 left out, so that nothing counts twice"
    usage, agent = shown["lines"]
    assert (usage["source"], usage["amount"]) == ("anthropic-usage", "$300")
    assert usage["text"] == (
        "Not counted, as anthropic-costs counts instead: cost report of the provider. "
        "Its tokens count, its money does not."
    )
    assert usage["where"] == "acme-research, Nov 5, 2026 to Nov 7, 2026"
    assert (agent["source"], agent["amount"]) == ("claude-code", "$12.50")
    assert agent["text"] == "Not counted, as anthropic-costs of acme-research states what this was charged."
    assert agent["where"] == "claude-code on build-server, Nov 5, 2026"


def test_money_of_another_currency_or_kind_is_not_added_to_the_finding(values: Values):
    rows = [
        statements.candidate("api", "a", "5", "b counts instead", currency="EUR"),
        statements.candidate("local", "agent", "7", "second view", cost_kind="list_price_value"),
    ]
    shown = values("duplicates", replace(_company(), candidates=rows))
    assert shown["finding"] == "Left out, so that nothing counts twice"
    assert [line["amount"] for line in shown["lines"]] == ["€5.00", "$7.00 of list-price value"]
