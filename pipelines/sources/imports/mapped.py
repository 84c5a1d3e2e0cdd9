"""Any other CSV, by the mapping that people wrote for it in ai-costs.yaml.

No format of the registry: it is made from a mapping, and a file gets it by its name alone.
"""

from __future__ import annotations

from decimal import Decimal

from pipelines.config.model import ImportMapping
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, SourceKind
from pipelines.sources.imports.folding import Stated
from pipelines.sources.imports.format import File, ImportFormat, of_day
from pipelines.sources.imports.row import Row
from pipelines.sources.statements import SourceStatement, StatementKind

STATED = SourceStatement(
    source_kind=SourceKind.IMPORT,
    source="mapped_csv",
    provider=None,
    title="CSV by a mapping",
    statement="a file that states amounts",
    statement_kind=StatementKind.AMOUNTS,
    precedence=15,
)
"""What any such file's figures are. It may be an extract, so that a day it lacks says nothing."""
CENTS = 100
TEXTS = {
    "project": "project",
    "key": "api_key_name",
    "user": "user_id",
    "service": "service",
    "model": "model_raw",
    "line_item": "line_item",
}
"""What a mapping calls a text -> the landed column."""
COUNTS = {
    "requests": "requests",
    "tokens": "unsplit_tokens",
    "input_tokens": "input_uncached_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_other_tokens",
    "output_tokens": "output_tokens",
}


def mapped_format(mapping: ImportMapping) -> ImportFormat:
    """The format of files that a mapping describes."""

    def read(row: Row, file: File) -> Stated:
        columns = mapping.columns
        amount = _amount(row, mapping)
        counts = {COUNTS[name]: row.count(column) for name, column in columns.items() if name in COUNTS}
        kind = RecordKind.USAGE_COST if counts else RecordKind.COST
        return file.record(
            account=row.text(columns["account"]) if "account" in columns else None,
            record_kind=RecordKind.USAGE if amount is None else kind,
            provider=mapping.provider.lower(),
            **of_day(row.moment(columns["date"])),
            **{TEXTS[name]: row.optional(column) for name, column in columns.items() if name in TEXTS},
            **counts,
            api_key_id=row.optional(columns["key"]) if "key" in columns else None,
            cost_amount=amount,
            currency=None if amount is None else _currency(row, mapping),
            charge_category=ChargeCategory.CREDIT if amount is not None and amount < 0 else ChargeCategory.USAGE,
            cost_basis=None if amount is None else CostBasis.PROVIDER_REPORTED,
        )

    return ImportFormat(
        name=STATED.source,
        title=STATED.title,
        provider=mapping.provider,
        layouts=(tuple(dict.fromkeys(mapping.columns.values())),),
        read=read,
        statement=STATED.statement,
        statement_kind=STATED.statement_kind,
        precedence=STATED.precedence,
    )


def _amount(row: Row, mapping: ImportMapping) -> Decimal | None:
    if "amount" not in mapping.columns:
        return None
    stated = row.amount(mapping.columns["amount"])
    return stated / CENTS if mapping.cents else stated


def _currency(row: Row, mapping: ImportMapping) -> str | None:
    return row.currency(mapping.columns["currency"]) if "currency" in mapping.columns else mapping.currency
