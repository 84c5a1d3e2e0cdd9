"""The dbt sources of schema `landing` alongside the landed records: their columns and types.

Belongs here: what a build is handed as tables. Does not: filling them (warehouse.py), or what they mean (dbt_project/).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.config.rows import BUILD_SETTINGS, SETTINGS_TABLES
from pipelines.prices.uses import UseKey

_TEXT, _COUNT, _MOMENT = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
_AMOUNT = pa.decimal128(38, 12)

_TYPES: Mapping[Any, pa.DataType] = {
    str: _TEXT,
    int: _COUNT,
    bool: pa.bool_(),
    date: pa.date32(),
    Decimal: _AMOUNT,
    list[int]: pa.list_(pa.int32()),
}
"""What a column of settings is, by its Python type."""


def _columns(columns: Mapping[str, Any]) -> dict[str, pa.DataType]:
    return {name: _TYPES[kind] for name, kind in columns.items()}


_UNIT_PRICES = pa.schema(
    {
        "provider": _TEXT,
        "model_raw": _TEXT,
        "service_tier": _TEXT,
        "speed": _TEXT,
        "inference_geo": _TEXT,
        "is_batch": pa.bool_(),
        "meter": _TEXT,
        "min_input_tokens": _COUNT,
        "valid_from": _MOMENT,
        "valid_to": _MOMENT,
        "unit_price": pa.decimal128(38, 18),
        "currency": _TEXT,
        "price_version": _TEXT,
        "model_id": _TEXT,
    }
)

TABLES: Mapping[str, pa.Schema] = {
    "partitions": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "feed": _TEXT,
            "partition_day": pa.date32(),
            "row_count": _COUNT,
            "observed_at": _MOMENT,
            "generation": _COUNT,
            "file": _TEXT,
            "sha256": _TEXT,
            "account_name": _TEXT,
            "counted_as": _TEXT,
        }
    ),
    "feeds": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "feed": _TEXT,
            "last_attempt_at": _MOMENT,
            "last_success_at": _MOMENT,
            "status": _TEXT,
            "message": _TEXT,
            "rejected_lines": _COUNT,
            "findings": pa.list_(_TEXT),
            "expected_every_hours": pa.int32(),
        }
    ),
    "sources": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "provider": _TEXT,
            "title": _TEXT,
            "statement": _TEXT,
            "statement_kind": _TEXT,
            "precedence": pa.int32(),
            "is_provider_statement": pa.bool_(),
            "final_after": pa.int32(),
        }
    ),
    "meters": pa.schema(
        {
            "meter": _TEXT,
            "position": pa.int32(),
            **dict.fromkeys(("label", "family", "unit", "price_key", "part_of"), _TEXT),
            **dict.fromkeys(("is_token", "is_input", "needs_price", "is_fractional"), pa.bool_()),
        }
    ),
    "unit_prices": _UNIT_PRICES,
    "restated_prices": _UNIT_PRICES.append(pa.field("price_basis", _TEXT)),
    "restated_uses": pa.schema([field for field in _UNIT_PRICES if field.name in UseKey._fields]),
    "unpriced_uses": pa.schema(dict.fromkeys(("provider", "model_raw", "reason"), _TEXT)),
    "model_names": pa.schema(
        dict.fromkeys(("provider", "model_raw", "vendor", "family", "model_name", "model_version"), _TEXT)
    ),
    "names": pa.schema(
        {
            **dict.fromkeys(("provider", "account_name", "kind", "id", "name"), _TEXT),
            "first_seen_at": _MOMENT,
            "last_seen_at": _MOMENT,
        }
    ),
    **{table.name: pa.schema(_columns(table.columns)) for table in SETTINGS_TABLES},
    "balances": pa.schema(
        {
            "provider": _TEXT,
            "account_name": _TEXT,
            "currency": _TEXT,
            "amount": _AMOUNT,
            "observed_at": _MOMENT,
        }
    ),
    "exchange_rates": pa.schema({"rate_date": pa.date32(), "currency": _TEXT, "rate": _AMOUNT, "source": _TEXT}),
    "build": pa.schema(
        {
            "build_id": _TEXT,
            "as_of": _MOMENT,
            "is_sample": pa.bool_(),
            "app_version": _TEXT,
            "project_digest": _TEXT,
            **_columns({name: kind for name, (kind, _) in BUILD_SETTINGS.items()}),
        }
    ),
}
"""The dbt sources of schema `landing` alongside usage_records, with their columns and types."""
