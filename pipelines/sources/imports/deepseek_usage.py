"""The tokens of DeepSeek's export, `amount-….csv` of its ZIP: a row for each kind of token, by day, model and key.

The price alongside them has no currency, so money comes from the costs alone (`deepseek`). Keys are stored by name.
"""

from __future__ import annotations

from typing import Any

from pipelines.domain.records import RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

COLUMN_OF = {
    "input_cache_hit_tokens": "cache_read_tokens",
    "input_cache_miss_tokens": "input_uncached_tokens",
    "output_tokens": "output_tokens",
    "request_count": "requests",
}


def _read(row: Row, file: File) -> ParsedRow:
    key, kind = row.optional("api_key_name"), row.text("type")
    reported: dict[str, Any] = {}
    if kind in COLUMN_OF:
        reported[COLUMN_OF[kind]] = row.count("amount")
    else:
        reported |= {"meter": kind, "quantity": row.amount("amount"), "quantity_unit": kind}
    return file.record(
        account=row.optional("user_id"),
        record_kind=RecordKind.USAGE,
        provider="deepseek",
        **of_day(row.moment("utc_date", "start_time_iso")),
        api_key_id=key,
        api_key_name=key,
        model_raw=row.text("model"),
        **reported,
    )


FORMAT = ImportFormat(
    name="deepseek_usage",
    title="DeepSeek tokens",
    forms="in its ZIP",
    account="`user_id`",
    lands="tokens by key",
    provider="deepseek",
    layouts=tuple((day, "model", "api_key_name", "type", "amount") for day in ("utc_date", "start_time_iso")),
    read=_read,
    statement="usage of the provider at its prices, from a file",
    statement_kind=StatementKind.USAGE,
    precedence=22,
)
