"""Cursor's usage events (Dashboard, Usage, Export CSV), with or without columns for the user and for cloud agents.

What the plan includes costs nothing more: its cost is a word, such as Included or Free, and so may the kind say it.
Whether the input without cache writes is a part of the one with them, the row's total of tokens tells.
"""

from __future__ import annotations

from decimal import Decimal

from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.imports.folding import Stated
from pipelines.sources.imports.format import File, ImportFormat, of_day
from pipelines.sources.imports.row import Row
from pipelines.sources.statements import StatementKind

UNCHARGED = ("included", "free", "no charge", "not charged", "errored", "aborted")
COST_WORDS = frozenset({"Included", "Free", "-", "No Charge", "NaN"})
WRITTEN, FRESH = "Input (w/ Cache Write)", "Input (w/o Cache Write)"


def _read(row: Row, file: File) -> Stated:
    kind, cost = row.optional("Kind"), row.optional("Cost")
    charged: Decimal | None = None if cost in COST_WORDS else row.amount("Cost")
    written, fresh = row.count(WRITTEN) or 0, row.count(FRESH) or 0
    read, output = row.count("Cache Read") or 0, row.count("Output Tokens") or 0
    total = row.count("Total Tokens")
    if total is not None and total != written + fresh + read + output:
        written -= fresh
        if written < 0 or total != written + fresh + read + output:
            row.problem("Total Tokens", f"{total} is not the sum of the row's kinds of tokens")
    return file.record(
        record_kind=RecordKind.USAGE_COST,
        provider="cursor",
        **of_day(row.moment("Date")),
        user_id=row.optional("User"),
        model_raw=row.text("Model"),
        line_item=kind,
        requests=1,
        input_uncached_tokens=fresh,
        cache_read_tokens=read,
        cache_write_other_tokens=written,
        output_tokens=output,
        cost_amount=charged,
        currency=None if charged is None else "USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        is_billable=charged is not None and not any(word in (kind or "").lower() for word in UNCHARGED),
    )


FORMAT = ImportFormat(
    name="cursor_csv",
    title="Cursor usage events",
    provider="cursor",
    layouts=(("Date", "Model", "Max Mode", WRITTEN, FRESH, "Cache Read", "Output Tokens", "Cost"),),
    read=_read,
    statement="charged by the seller, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
)
