"""OpenAI's usage exports (Usage page, Export): one kind of use in each, in buckets of a minute to a day.

What kind it is, its columns say: they have the names of the fields of the usage API. Only the completions' header was
seen; the others are read by those documented names. `input_tokens` includes `input_cached_tokens` and what was
written to a cache. A bucket without use has only its times; so has the whole file where there was none at all, and
such a file could be of any kind of use: it reports nothing. What is named after a part of the input or output
(`input_audio_tokens`) is in it already, and is counted apart where it has a separate price. Activity files of 2024
are read too, a row for each user, model and operation.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.domain.meters import BY_NAME
from pipelines.domain.records import RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import EmptyDay, File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.openai_tokens import PartsError, disjoint
from pipelines.sources.statements import StatementKind

TIMES = ("start_time", "end_time", "start_time_iso", "end_time_iso")
YES = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
METERS = {
    "images": ("images", "images", "images"),
    "characters": ("audio_speeches", "characters", "characters"),
    "seconds": ("audio_transcriptions", "seconds", "audio_seconds"),
    "usage_bytes": ("vector_stores", "bytes", None),
    "num_sessions": ("code_interpreter_sessions", "sessions", None),
    "num_requests": ("file_search_calls", "calls", "file_search_requests"),
}
"""The column that counts what is not tokens -> the kind of use, its unit, and the meter if one is known."""
OF_2024 = ("timestamp", "n_requests", "n_context_tokens_total", "n_generated_tokens_total")
USED = ("model", "num_model_requests", "project_id", "api_key_id")
"""Any of these says that there was use."""
DETAILS = ("size", "source", "context_level")


def _read(row: Row, file: File) -> ParsedRow | EmptyDay | None:
    if row.has("n_context_tokens_total"):
        return _read_2024(row, file)
    counted = next((name for name in METERS if row.has(name)), None)
    if counted is None and not row.has("input_tokens"):
        if row.optional(*USED):
            row.problem("start_time", "the export has an unknown kind of usage: enter it manually")
        return None
    used = _counted(row, counted) if counted else _tokens(row)
    start = row.moment("start_time_iso")
    if used is None:
        return EmptyDay(file.account_of(None), start.date())
    is_batch = row.one_of("batch", YES, None)
    details = [f"{name} {value}" for name in DETAILS if (value := row.optional(name))]
    return file.record(
        record_kind=RecordKind.USAGE,
        provider="openai",
        **of_day(start),
        project=row.optional("project_id"),
        project_name=row.optional("project_name"),
        api_key_id=row.optional("api_key_id"),
        api_key_name=row.optional("api_key_name"),
        user_id=row.optional("user_id"),
        model_raw=row.optional("model") if counted else row.text("model"),
        line_item=", ".join(details) or None,
        # A batch has prices of its own, and is reported here apart from the tier.
        service_tier="batch" if is_batch else row.optional("service_tier"),
        is_batch=is_batch,
        requests=row.count("num_model_requests"),
        **used,
    )


def _read_2024(row: Row, file: File) -> ParsedRow:
    tokens, cached = row.count("n_context_tokens_total") or 0, row.count("n_cached_context_tokens_total") or 0
    if cached > tokens:
        row.problem(
            "n_cached_context_tokens_total", f"{cached} tokens of a cache are more than the {tokens} of all input"
        )
    return file.record(
        record_kind=RecordKind.USAGE,
        provider="openai",
        **of_day(row.unix_moment("timestamp")),
        service=row.optional("operation", "usage_type"),
        project=row.optional("project_id", "project_name"),
        project_name=row.optional("project_name"),
        api_key_id=row.optional("api_key_id"),
        api_key_name=row.optional("api_key_name"),
        user_id=row.optional("user"),
        model_raw=row.text("model"),
        requests=row.count("n_requests"),
        input_uncached_tokens=tokens - cached,
        cache_read_tokens=cached if row.has("n_cached_context_tokens_total") else None,
        output_tokens=row.count("n_generated_tokens_total"),
    )


def _counted(row: Row, name: str) -> dict[str, Any] | None:
    """What is not counted by tokens; None where nothing was used."""
    quantity = row.optional_amount(name)
    service, unit, meter = METERS[name]
    if row.has("context_level"):
        service, meter = "web_search_calls", "web_search_requests"
    if quantity is None:
        return None
    if meter is None or (quantity % 1 and not BY_NAME[meter].is_fractional):
        return {"service": service, "meter": unit, "quantity": quantity, "quantity_unit": unit}
    return {"service": service, "meter": unit, meter: quantity if BY_NAME[meter].is_fractional else int(quantity)}


def _tokens(row: Row) -> dict[str, Any] | None:
    """The tokens of completions, embeddings and moderations; None where nothing was used."""
    tokens = row.count("input_tokens")
    if tokens is None:
        return None
    cached, written = row.count("input_cached_tokens"), row.count("input_cache_write_tokens")
    of_cache = (cached or 0) + (written or 0)
    if of_cache > tokens:
        row.problem("input_cached_tokens", f"{of_cache} tokens of a cache are more than the {tokens} of all input")
    whole = {
        "input_uncached_tokens": max(tokens - of_cache, 0),
        "cache_read_tokens": cached,
        "cache_write_other_tokens": written,
        "output_tokens": row.count("output_tokens"),
    }
    try:
        return {"service": _service(row), **disjoint(whole, row.count)}
    except PartsError as error:
        row.problem("input_tokens", str(error))
        return {"service": _service(row), **whole}


def _service(row: Row) -> str:
    if row.has("output_tokens"):
        return "completions"
    return "moderations" if "moderation" in (row.optional("model") or "") else "embeddings"


FORMAT = ImportFormat(
    name="openai_usage_csv",
    title="OpenAI usage",
    forms="a file for each kind of use",
    lands="tokens, requests, images, characters, seconds, bytes, sessions, calls",
    provider="openai",
    layouts=(
        (*TIMES, "model", "input_tokens", "output_tokens"),
        (*TIMES, "model", "input_tokens"),
        *((*TIMES, name) for name in METERS),
        TIMES,
        OF_2024,
    ),
    read=_read,
    statement="usage of the provider at its prices, from a file",
    statement_kind=StatementKind.USAGE,
    precedence=22,
    unused=re.compile(
        r"inputuncachedtokens|input(cached|cachewrite\w+)?texttokens|inputcachewrite12htokens|outputtexttokens"
    ),
)
