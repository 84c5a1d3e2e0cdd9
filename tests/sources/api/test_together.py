"""Together: what is charged by day and product, less the credit that was given for it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import ChargeCategory, UsageRecord
from pipelines.sources.outcomes import Outcome, Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


def together(asked: Asked) -> Any:
    def row(day: str, cost: str) -> dict[str, Any]:
        item = {"product_name": "Llama 4 tokens", "quantity": "1000", "unit_price": "0.0002", "cost": cost}
        return {"date": day, "start_time": f"{day}T00:00:00Z", "line_items": [item, item]}

    assert asked.query["month"] == "2026-11"
    if "after" not in asked.query:
        return {"data": [row("2026-11-21", "9"), row("2026-11-22", "0.20")], "next_cursor": "c2"}
    return {"data": [row("2026-11-23", "0.10")], "next_cursor": None}


def test_together_is_asked_by_month_and_only_the_days_asked_for_are_taken(tmp_path: Path):
    with provider(together) as served:
        outcome, records = land(source("together_usage"), served.url, tmp_path, YESTERDAY)
    assert outcome.status is Status.OK
    amounts = [(record.day.day, record.cost_amount, record.row_ordinal) for record in records]
    assert sorted(amounts) == [
        (22, Decimal("0.20"), 0),
        (22, Decimal("0.20"), 1),
        (23, Decimal("0.10"), 0),
        (23, Decimal("0.10"), 1),
    ]


def item(cost: str, **fields: Any) -> dict[str, Any]:
    return {
        "product_name": "Serverless Inference - Input Tokens",
        "pricing_dimensions": {"model": "meta-llama/Llama-4"},
        "attributes": {"project_id": "proj_1"},
        "quantity": "1000",
        "unit_price": "0.01",
        "cost": cost,
        **fields,
    }


def landed(tmp_path: Path, *items: dict[str, Any]) -> tuple[Outcome, list[UsageRecord], list[Asked]]:
    month = {"data": [{"date": "2026-11-22", "line_items": list(items)}], "next_cursor": None}
    with provider(lambda _: month) as served:
        return *land(source("together_usage"), served.url, tmp_path, YESTERDAY, organization="org_1"), served.asked


@pytest.mark.parametrize(
    ("applied", "net"),
    [
        ({"type": "CREDIT"}, "0"),
        ({"type": "PREPAID"}, "10"),
        ({"type": "POSTPAID"}, "10"),
        ("4", "6"),
        (None, "10"),
    ],
)
def test_a_credit_that_was_given_is_taken_off_in_a_row_of_its_own(tmp_path: Path, applied: Any, net: str):
    outcome, records, _ = landed(tmp_path, item("10", applied_credit=applied), item("3"))
    assert (outcome.status, outcome.message) == (Status.OK, None)
    charged = [record.cost_amount for record in records if record.charge_category is ChargeCategory.USAGE]
    given = [record.cost_amount for record in records if record.charge_category is ChargeCategory.CREDIT]
    assert sorted(amount for amount in charged if amount is not None) == [3, 10]
    assert given == ([Decimal(net) - 10] if Decimal(net) < 10 else [])
    assert sum(record.cost_amount or 0 for record in records) == Decimal(net) + 3


def test_a_credit_of_an_unknown_kind_is_neither_owed_nor_given(tmp_path: Path):
    outcome, records, _ = landed(tmp_path, item("10", applied_credit={"type": "PROMISE"}))
    assert records == []
    assert outcome.message == (
        "the answer of Together billing: line_items[].applied_credit.type is 'PROMISE': "
        "it is unknown whether that is charged"
    )


def test_the_organization_is_sent_and_what_an_item_is_of_is_kept_as_tags(tmp_path: Path):
    _, (record,), asked = landed(tmp_path, item("10"))
    assert {request.query["organization_id"] for request in asked} == {"org_1"}
    assert json.loads(record.tags or "") == {"model": "meta-llama/Llama-4", "project_id": "proj_1"}
    assert record.extra is None


@pytest.mark.parametrize("lacking", ["cost", "quantity", "product_name"])
def test_an_item_that_lacks_a_figure_is_refused_with_its_path(tmp_path: Path, lacking: str):
    lesser = {name: value for name, value in item("10").items() if name != lacking}
    outcome, records, _ = landed(tmp_path, item("3"), lesser)
    assert (outcome.message, records) == (
        f"the answer of Together billing: data[0].line_items[1].{lacking} is missing",
        [],
    )
