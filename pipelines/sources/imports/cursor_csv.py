"""Cursor's usage events (Dashboard, Usage, Export CSV), with or without columns for the user and for cloud agents.

What the plan includes costs nothing more: its cost is a word, such as Included, and so may the kind say it. What Cursor
charges nobody for (Free, Errored, No Charge) costs 0, and a key of the user is billed by its provider: a note says how
much. Files of early 2025 have "Cost to you" alongside the cost at list price; those of plans by requests have no cost.
Whether the input without cache writes is a part of the one with them, the row's total of tokens tells.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

NOT_CHARGED = re.compile(r"free|no charge|not charged|errored|aborted", re.IGNORECASE)
INCLUDED = re.compile(r"included", re.IGNORECASE)
USER_KEY = re.compile(r"user api key|byok", re.IGNORECASE)
COST_WORDS = frozenset({"included", "free", "-", "no charge", "nan", "none"})
WRITTEN, FRESH = "Input (w/ Cache Write)", "Input (w/o Cache Write)"


def _read(row: Row, file: File) -> ParsedRow:
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
        line_item=row.optional("Kind"),
        requests=1,
        input_uncached_tokens=fresh,
        cache_read_tokens=read,
        cache_write_other_tokens=written,
        output_tokens=output,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        **_cost(row),
    )


def _cost(row: Row) -> dict[str, Any]:
    """What is charged for a row: an amount that may be 0, or none, where the plan covers it."""
    kind, requests = row.optional("Kind") or "", row.optional_amount("Requests")
    text = row.optional("Cost to you", "Cost")
    word = text.lower() if text and text.lower() in COST_WORDS else None
    reported: Decimal | None = None
    if word is None and (text is not None or row.has("Cost")):
        reported = row.amount("Cost to you", "Cost")
    if USER_KEY.search(kind):
        note = f"{reported.normalize():f} USD were charged by the provider of your key" if reported else None
        return {"cost_amount": Decimal(0), "currency": "USD", "note": note}
    if NOT_CHARGED.search(kind) or (word and NOT_CHARGED.search(word)):
        return {"cost_amount": Decimal(0), "currency": "USD"}
    if reported is None:
        return {"cost_amount": None, "currency": None, "is_billable": False, **_requests(requests)}
    listed = row.optional_amount("Cost") if row.has("Cost to you") else None
    return {
        "cost_amount": reported,
        "list_cost_amount": listed,
        "currency": "USD",
        "is_billable": not INCLUDED.search(kind),
    }


def _requests(used: Decimal | None) -> dict[str, Any]:
    """What a plan by requests counts."""
    return {} if used is None else {"quantity": used, "quantity_unit": "requests"}


ALWAYS = ("Date", "Model", WRITTEN, FRESH, "Cache Read", "Output Tokens")
FORMAT = ImportFormat(
    name="cursor_csv",
    title="Cursor usage events",
    forms="with or without users",
    lands="cost or included, tokens",
    provider="cursor",
    layouts=(
        (*ALWAYS, "Max Mode", "Cost"),
        (*ALWAYS, "Cost", "Cost to you"),
        (*ALWAYS, "Max Mode", "Requests"),
        (*ALWAYS, "Cost"),
    ),
    read=_read,
    statement="charged by the seller, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
)
