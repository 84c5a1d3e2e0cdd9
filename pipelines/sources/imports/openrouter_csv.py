"""OpenRouter's exports: activity by day and model, or one row for each generation. Amounts are dollars of credit.

Prompt tokens include cached ones, completion tokens include reasoning. What a key of the user was charged by another
provider is on that provider's bill: it is not a part of the cost, and a note of the activity says it.
"""

from __future__ import annotations

from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

ACTIVITY = ("Date", "Slug", "Usage", "Requests", "Prompt Tokens", "Completion Tokens")
GENERATIONS = ("generation_id", "created_at", "cost_total", "tokens_prompt", "tokens_completion", "model_permaslug")


def _read(row: Row, file: File) -> ParsedRow:
    is_activity = row.has("Slug")
    prompt = row.count("Prompt Tokens", "tokens_prompt") or 0
    cached = row.count("tokens_cached") or 0
    if cached > prompt:
        row.problem("tokens_cached", f"{cached} cached tokens are more than the {prompt} of the prompt")
    elsewhere = row.optional_amount("BYOK Usage")
    key = row.optional("api_key_name")
    return file.record(
        record_kind=RecordKind.USAGE_COST,
        provider="openrouter",
        **of_day(row.moment("Date", "created_at")),
        service=row.optional("provider_name"),
        model_raw=row.text("Slug" if is_activity else "model_permaslug"),
        api_key_id=key,
        api_key_name=key,
        user_id=row.optional("user"),
        requests=row.count("Requests") if is_activity else 1,
        input_uncached_tokens=prompt - cached,
        cache_read_tokens=cached if row.has("tokens_cached") else None,
        output_tokens=row.count("Completion Tokens", "tokens_completion"),
        reasoning_tokens=row.count("Reasoning Tokens", "tokens_reasoning"),
        cost_amount=row.amount("Usage" if is_activity else "cost_total"),
        currency="USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        note=f"{elsewhere.normalize():f} USD were charged by the provider of your key" if elsewhere else None,
    )


FORMAT = ImportFormat(
    name="openrouter_csv",
    title="OpenRouter activity",
    forms="by day, or single generations",
    lands="credits in dollars, tokens, requests",
    provider="openrouter",
    layouts=(ACTIVITY, GENERATIONS),
    read=_read,
    statement="charged by the seller, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
)
