"""The registry of meters: each is a column of landing, token meters are disjoint, and what they name is there."""

from __future__ import annotations

from dataclasses import fields

import pyarrow as pa
import pytest
from genai_prices.data_units import unit_data

from pipelines.domain.meters import BY_NAME, INPUT_METERS, METERS, PRICED_METERS, TOKEN_METERS, Meter, rows
from pipelines.domain.records import LANDING_SCHEMA, UsageRecord
from pipelines.warehouse.landing_tables import TABLES


def test_no_two_meters_share_a_name_or_a_label():
    assert (len(BY_NAME), len({meter.label for meter in METERS})) == (len(METERS), len(METERS))


@pytest.mark.parametrize("meter", METERS, ids=lambda meter: meter.name)
def test_a_meter_is_a_nullable_column_of_landing_and_of_a_record(meter: Meter):
    stored_as = pa.decimal128(38, 12) if meter.is_fractional else pa.int64()
    assert LANDING_SCHEMA.field(meter.name) == pa.field(meter.name, stored_as, nullable=True)
    assert meter.name in {field.name for field in fields(UsageRecord)}


@pytest.mark.parametrize("meter", METERS, ids=lambda meter: meter.name)
def test_what_a_meter_names_is_there(meter: Meter):
    assert meter.part_of is None or meter.part_of in BY_NAME
    assert meter.price_key is None or meter.price_key in unit_data


def test_total_tokens_are_a_sum_of_disjoint_meters():
    assert "reasoning_tokens" not in TOKEN_METERS
    assert [name for name in BY_NAME if BY_NAME[name].is_token] == [
        *TOKEN_METERS,
        "unsplit_tokens",
    ]
    assert set(INPUT_METERS) == {name for name in TOKEN_METERS if not name.startswith("output")}
    assert set(PRICED_METERS) >= set(TOKEN_METERS)


def test_the_table_for_the_models_has_a_row_for_each_meter():
    table = pa.Table.from_pylist(rows(), schema=TABLES["meters"])
    assert table["meter"].to_pylist() == [meter.name for meter in METERS]
    reasoning = next(row for row in rows() if row["meter"] == "reasoning_tokens")
    assert (reasoning["part_of"], reasoning["is_token"], reasoning["needs_price"]) == ("output_tokens", False, False)
