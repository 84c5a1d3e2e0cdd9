"""ElevenLabs: the cost of workspaces that are billed by it, the credits of the others, and what older keys may read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.api.elevenlabs_usage import COSTS, CREDITS, KEY_USER, STATS
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)
WRONG_BILLING = 400, {"detail": {"status": "wrong_billing", "message": "this workspace is billed otherwise"}}


def costs(*rows: list[Any], unit: str | None = "eur") -> dict[str, Any]:
    names = ["timestamp", "model", "hashed_xi_api_key", "fiat_charge_type", "fiat_currency"]
    return {
        "columns": [*names, "total_cost", "total_charge_count"],
        "column_types": ["DateTime", "String", "String", "String", "String", "Float", "Float"],
        "column_units": [None, None, None, None, None, unit, None],
        "rows": list(rows),
    }


def credits_used(*rows: list[Any]) -> dict[str, Any]:
    return {
        "columns": ["timestamp", "product_type", "model", "credits_used"],
        "column_types": ["DateTime", "String", "String", "Float"],
        "column_units": ["s", "", "", "credits"],
        "rows": list(rows),
    }


def stats(asked: Asked) -> Any:
    assert asked.query["aggregation_interval"] == "day"
    days = [int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000) for day in (22, 23)]
    return {"time": days, "usage": {"eleven_v3": [1200, 0], "eleven_flash": [0.5, 3]}}


def workspace(**answers: Any) -> Callable[[Asked], Any]:
    """A provider that refuses what is not among `answers`: cost, credits, stats."""
    paths = {COSTS: "cost", CREDITS: "credits", STATS: "stats"}

    def answer(asked: Asked) -> Any:
        given = answers.get(paths[asked.path], WRONG_BILLING)
        return given(asked) if callable(given) else given

    return answer


COST_ROWS = [
    ["2026-11-22T00:00:00Z", "eleven_v3", "h1", "characters", "eur", "12.5", 1200],
    ["2026-11-22T00:00:00Z", "eleven_v3", None, "characters", "eur", 0.25, 30],
    ["2026-11-23T00:00:00Z", "eleven_v3", None, "characters", "eur", -1, 0],
]


def test_what_is_charged_is_landed_in_its_currency_by_model_and_key(tmp_path: Path):
    with provider(workspace(cost=costs(*COST_ROWS))) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message, outcome.findings) == (Status.OK, None, ())
    assert {(r.day.day, r.api_key_id, r.cost_amount, r.currency, r.quantity) for r in records} == {
        (22, "h1", Decimal("12.5"), "EUR", Decimal(1200)),
        (22, None, Decimal("0.25"), "EUR", Decimal(30)),
        (23, None, Decimal(-1), "EUR", Decimal(0)),
    }
    (first, *_) = served.asked
    assert first.body == {
        "start_time": int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000),
        "end_time": int(datetime(2026, 11, 24, tzinfo=UTC).timestamp() * 1000),
        "interval_seconds": 86400,
        "group_by": ["model", "hashed_xi_api_key", "fiat_charge_type", "fiat_currency"],
    }


def test_credits_are_landed_without_money(tmp_path: Path):
    used = credits_used(["2026-11-22T00:00:00Z", "text-to-speech", "eleven_v3", "125.5"])
    with provider(workspace(credits=used)) as served:
        outcome, (record,) = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.findings) == (Status.OK, ())
    assert (record.model_raw, record.line_item, record.quantity, record.quantity_unit, record.cost_amount) == (
        "eleven_v3",
        "text-to-speech",
        Decimal("125.5"),
        "credits",
        None,
    )


def test_a_workspace_that_moved_to_cost_keeps_its_credits_of_before(tmp_path: Path):
    used = credits_used(["2026-11-21T00:00:00Z", "text-to-speech", "eleven_v3", 9])
    with provider(workspace(cost=costs(*COST_ROWS), credits=used)) as served:
        _, records = land(source("elevenlabs_usage"), served.url, tmp_path, date(2026, 11, 21))
    assert [(r.day.day, r.cost_amount is None) for r in records] == [(21, True), (22, False), (22, False), (23, False)]
    (asked,) = [asked for asked in served.asked if asked.path == CREDITS]
    assert asked.body["end_time"] == int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)


def test_an_older_key_reads_the_credits_of_its_own_user_and_that_is_said(tmp_path: Path):
    with provider(workspace(stats=stats)) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert outcome.findings == (KEY_USER,)
    assert {(record.model_raw, record.day.day, record.quantity, record.cost_amount) for record in records} == {
        ("eleven_flash", 22, Decimal("0.5"), None),
        ("eleven_v3", 22, Decimal(1200), None),
        ("eleven_flash", 23, Decimal(3), None),
    }


def test_no_figure_that_no_account_has_is_taken(tmp_path: Path):
    huge = {"time": [int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)], "usage": {"eleven_v3": [10**40]}}
    with provider(workspace(stats=huge)) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, records) == (Status.FAILED, [])
    assert outcome.message == (
        "the answer of ElevenLabs usage: usage.eleven_v3[0].number is 1000000000000000000000000000000000000000, "
        "not a valid number"
    )


def test_once_there_was_cost_its_refusal_is_a_failure_and_not_a_day_of_credits(tmp_path: Path):
    with provider(workspace(cost=costs(*COST_ROWS))) as served:
        land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    with provider(workspace(credits=credits_used())) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert outcome.status is Status.FAILED
    assert "is refused now" in (outcome.message or "")
    assert sum(record.cost_amount or 0 for record in records) == Decimal("11.75")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (costs(["2026-11-22T00:00:00Z"]), "rows[0] is not a list of 7 values"),
        (
            costs(["2026-11-22T00:00:00Z", "m", None, "c", None, 1, 1], unit=None),
            "column_units.total_cost is missing",
        ),
        ({**costs(), "column_types": ["String"] * 7}, "column_types has 0 columns of moments, where one was expected"),
        ({**costs(), "columns": ["timestamp"] * 7}, "columns names one of them twice"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, table: dict[str, Any], message: str):
    with provider(workspace(cost=table)) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.message, records) == (f"the answer of ElevenLabs usage: {message}", [])
