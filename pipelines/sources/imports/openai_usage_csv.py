"""OpenAI's usage export of completions (Usage page, Export): tokens by model in buckets of a minute to a day.

`input_tokens` includes `input_cached_tokens`. A bucket without use has only its times; so has the whole file where
there was none at all, and such a file could be of any kind of use: it states nothing.
"""

from __future__ import annotations

from pipelines.domain.records import RecordKind
from pipelines.sources.imports.folding import Stated
from pipelines.sources.imports.format import File, Idle, ImportFormat, of_day
from pipelines.sources.imports.row import Row

TIMES = ("start_time", "end_time", "start_time_iso", "end_time_iso")
YES = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def _read(row: Row, file: File) -> Stated | Idle | None:
    if not row.has("input_tokens"):
        return None
    start, tokens = row.moment("start_time_iso"), row.count("input_tokens")
    if tokens is None:
        return Idle(file.account_of(None), start.date())
    cached = row.count("input_cached_tokens") or 0
    if cached > tokens:
        row.problem("input_cached_tokens", f"{cached} cached tokens are more than the {tokens} of all input")
    is_batch = row.one_of("batch", YES, None)
    return file.record(
        record_kind=RecordKind.USAGE,
        provider="openai",
        **of_day(start),
        project=row.optional("project_id"),
        project_name=row.optional("project_name"),
        api_key_id=row.optional("api_key_id"),
        api_key_name=row.optional("api_key_name"),
        user_id=row.optional("user_id"),
        service="completions",
        model_raw=row.text("model"),
        # A batch has prices of its own, which here is said apart from the tier.
        service_tier="batch" if is_batch else row.optional("service_tier"),
        is_batch=is_batch,
        requests=row.count("num_model_requests"),
        input_uncached_tokens=tokens - cached,
        cache_read_tokens=cached,
        output_tokens=row.count("output_tokens"),
    )


FORMAT = ImportFormat(
    name="openai_usage_csv",
    title="OpenAI completions usage",
    provider="openai",
    layouts=((*TIMES, "model", "input_tokens", "output_tokens"), TIMES),
    read=_read,
)
