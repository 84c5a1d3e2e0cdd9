"""The token export of Anthropic's Console: disjoint kinds of tokens by day, model, key and workspace.

Files of early 2025 have one column of cache writes, which does not say for how long they were stored.
"""

from __future__ import annotations

from pipelines.domain.records import RecordKind
from pipelines.sources.imports.anthropic_cost_csv import EMPTY_VALUES
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind


def _read(row: Row, file: File) -> ParsedRow:
    kind = row.optional("usage_type")
    return file.record(
        record_kind=RecordKind.USAGE,
        provider="anthropic",
        **of_day(row.moment("usage_date_utc")),
        project=row.optional("workspace"),
        project_name=row.optional("workspace"),
        api_key_id=row.optional("api_key_id", "api_key"),
        api_key_name=row.optional("api_key"),
        model_raw=row.text("model_version"),
        service_tier=None if kind == "message" else kind,
        is_batch=None if kind is None else kind == "batch",
        speed=row.optional("speed"),
        context_window=row.optional("context_window"),
        inference_geo=row.optional("inference_geo"),
        input_uncached_tokens=row.count("usage_input_tokens_no_cache"),
        cache_read_tokens=row.count("usage_input_tokens_cache_read"),
        cache_write_5m_tokens=row.count("usage_input_tokens_cache_write_5m"),
        cache_write_1h_tokens=row.count("usage_input_tokens_cache_write_1h"),
        cache_write_other_tokens=row.count("usage_input_tokens_cache_write"),
        output_tokens=row.count("usage_output_tokens"),
        web_search_requests=row.count("web_search_count"),
    )


FORMAT = ImportFormat(
    name="anthropic_usage_csv",
    title="Anthropic Console tokens",
    lands="tokens by kind",
    provider="anthropic",
    layouts=(("usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"),),
    read=_read,
    nothing=EMPTY_VALUES,
    statement="usage of the provider at its prices, from a file",
    statement_kind=StatementKind.USAGE,
    precedence=22,
)
