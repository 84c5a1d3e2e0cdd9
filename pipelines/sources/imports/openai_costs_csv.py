"""OpenAI's cost export (Usage page, Export, costs): one row for each day and grouping, in dollars with many digits.

Columns follow what the page was grouped by. A day without costs has only its times. Files of 2024 are read too: a row
for each day, project and name of a model, the cost in cents and in dollars (`cost_in_major`).
"""

from __future__ import annotations

import re

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import EmptyDay, File, ImportFormat, of_day, of_days
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

MODEL_AND_METER = re.compile(r"(?P<model>[^,]+), (?P<meter>.+)")
"""A line item such as `gpt-5.1, cached input`."""


OF_2024 = ("timestamp", "currency", "name", "cost_in_major", "date")


def _read(row: Row, file: File) -> ParsedRow | EmptyDay:
    if row.has("cost_in_major"):
        return _read_2024(row, file)
    start = row.moment("start_time_iso")
    charged = row.optional_amount("amount_value")
    if charged is None:
        return EmptyDay(file.account_of(None), start.date())
    item = row.optional("line_item")
    parts = MODEL_AND_METER.fullmatch(item or "")
    return file.record(
        record_kind=RecordKind.COST,
        provider="openai",
        **of_days(start, row.moment("end_time_iso")),
        project=row.optional("project_id"),
        project_name=row.optional("project_name"),
        api_key_id=row.optional("api_key_id"),
        api_key_name=row.optional("api_key_name"),
        user_id=row.optional("user_id"),
        model_raw=parts["model"] if parts else None,
        meter=parts["meter"] if parts else None,
        line_item=item,
        quantity=row.optional_amount("quantity"),
        quantity_unit=row.optional("quantity_unit"),
        cost_amount=charged,
        currency=row.currency("amount_currency"),
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
    )


def _read_2024(row: Row, file: File) -> ParsedRow:
    charged = row.amount("cost_in_major")
    return file.record(
        record_kind=RecordKind.COST,
        provider="openai",
        **of_day(row.unix_moment("timestamp")),
        project=row.optional("project_id", "project_name"),
        project_name=row.optional("project_name"),
        user_id=row.optional("user_id", "user_email"),
        line_item=row.text("name"),
        cost_amount=charged,
        currency=row.currency("currency"),
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
    )


FORMAT = ImportFormat(
    name="openai_costs_csv",
    title="OpenAI costs",
    lands="amounts",
    provider="openai",
    layouts=(("start_time", "end_time", "start_time_iso", "end_time_iso", "amount_value", "amount_currency"), OF_2024),
    read=_read,
    statement="cost report of the provider, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
    # The same in cents.
    unused=re.compile("cost"),
)
