"""The costs of DeepSeek's export, `cost-….csv` of its ZIP: by day, model and wallet, in dollars or yuan.

The ZIP goes into the inbox as it is. What came out of a granted wallet was a gift: nobody is charged for it.
"""

from __future__ import annotations

from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind


def _read(row: Row, file: File) -> ParsedRow:
    wallet = row.text("wallet_type")
    return file.record(
        account=row.optional("user_id"),
        record_kind=RecordKind.COST,
        provider="deepseek",
        **of_day(row.moment("utc_date", "start_time_iso")),
        model_raw=row.text("model"),
        line_item=wallet,
        cost_amount=row.amount("cost"),
        currency=row.currency("currency"),
        cost_basis=CostBasis.PROVIDER_REPORTED,
        is_billable=wallet.lower() != "granted",
    )


FORMAT = ImportFormat(
    name="deepseek",
    title="DeepSeek costs",
    forms="in its ZIP",
    account="`user_id`",
    lands="costs by wallet",
    provider="deepseek",
    layouts=tuple((day, "model", "wallet_type", "cost", "currency") for day in ("utc_date", "start_time_iso")),
    read=_read,
    statement="cost report of the provider, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
)
