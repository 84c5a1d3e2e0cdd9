"""Every meter of the registry is summed and priced, also one that no contract has a column for."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain.records import RecordKind, UsageRecord
from tests.dbt.company import JAN_5
from tests.dbt.conftest import transform
from tests.dbt.landed import Landed, entered, price, used

pytestmark = pytest.mark.e2e

DAY = timedelta(days=1)
FACTS = ("--select", "+fct_usage", "+fct_costs", "+fct_hourly_usage", "--indirect-selection", "cautious")


def _of_a_day(account: str, **given: Any) -> UsageRecord:
    return used(account, JAN_5, grain="1d", period_end=JAN_5 + DAY, **given)


RECORDS = (
    used("sound", JAN_5, input_uncached_tokens=1_000, output_audio_tokens=2_000),
    used("half priced", JAN_5, input_uncached_tokens=1_000, output_video_tokens=1),
    used("reasoning", JAN_5, output_tokens=3, reasoning_tokens=2),
    _of_a_day("seconds", audio_seconds=Decimal("12.25")),
    _of_a_day("pictures", images=3),
    _of_a_day("counted", quantity=Decimal(5), quantity_unit="credits"),
    entered("both", JAN_5.date(), "1.50", record_kind=RecordKind.USAGE_COST, output_audio_tokens=7),
)
PRICES = (
    price("input_uncached_tokens", "3"),
    price("output_tokens", "15"),
    price("output_audio_tokens", "64"),
    price("audio_seconds", "100.5"),
)
COLUMNS = "account_name, quantity, quantity_unit, total_tokens, list_cost_amount, price_status"


@pytest.fixture(scope="module")
def metered(dbt_state: Path) -> Path:
    database = dbt_state / "metered" / "working.duckdb"
    database.parent.mkdir()
    Landed(RECORDS, {"unit_prices": PRICES}).write(database)
    assert transform(database).build(*FACTS).failures == ()
    return database


def test_a_meter_without_a_column_of_its_own_is_in_amounts_and_totals(metered: Path) -> None:
    with closing(duckdb.connect(metered, read_only=True)) as connection:
        usage = connection.table("fct_usage").project(COLUMNS).order("account_name").fetchall()
    assert usage == [
        ("counted", Decimal(5), "credits", 0, None, "unpriced"),
        ("half priced", None, None, 1_001, None, "unpriced"),
        ("pictures", Decimal(3), "images", 0, None, "unpriced"),
        ("reasoning", None, None, 3, Decimal("0.000045"), "priced"),
        ("seconds", Decimal("12.25"), "seconds", 0, Decimal("0.001231125"), "priced"),
        ("sound", None, None, 3_000, Decimal("0.131"), "priced"),
    ]


def test_entered_tokens_of_such_a_meter_are_counted_with_their_amount(metered: Path) -> None:
    with closing(duckdb.connect(metered, read_only=True)) as connection:
        costs = connection.table("fct_costs").filter("account_name = 'both'")
        assert costs.project("cost_amount, total_tokens").fetchall() == [(Decimal("1.5"), 7)]
