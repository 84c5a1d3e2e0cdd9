"""GitHub's usage reports: premium requests (to May 2026), AI credits with or without tokens, and all usage.

What is billed is the net amount; the gross one is before included quotas. Products alongside Copilot, Models and Spark
are left out and reported, unless they are counted in AI credits. Kinds of tokens have short (`cache_read`)
or long names (`total_cache_read_tokens`). A report that a spreadsheet has saved again has American days.
"""

from __future__ import annotations

import re

import orjson

from pipelines.domain.records import CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import ExcludedRow, File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

PRODUCTS = frozenset({"copilot", "models", "spark"})
AI_UNIT = "ai-credits"
"""A unit of AI use, whatever the product: code quality is counted in it too."""


def _read(row: Row, file: File) -> ParsedRow | ExcludedRow:
    organization, moment = row.optional("organization"), row.moment("date")
    product, charged = row.text("product").lower(), row.amount("net_amount")
    if product not in PRODUCTS and row.text("unit_type").lower() != AI_UNIT:
        return ExcludedRow(file.account_of(organization), moment.date(), charged, "USD", product)
    cost_center = row.optional("cost_center_name")
    return file.record(
        account=organization,
        record_kind=RecordKind.USAGE_COST,
        provider="github",
        **of_day(moment),
        project=row.optional("repository"),
        user_id=row.optional("username"),
        service=product,
        model_raw=row.optional("model"),
        meter=row.text("unit_type"),
        line_item=row.text("sku"),
        quantity=row.amount("quantity"),
        quantity_unit=row.text("unit_type"),
        input_uncached_tokens=row.count("input", "total_input_tokens"),
        cache_read_tokens=row.count("cache_read", "total_cache_read_tokens"),
        cache_write_other_tokens=row.count("cache_write", "total_cache_creation_tokens"),
        output_tokens=row.count("output", "total_output_tokens"),
        cost_amount=charged,
        list_cost_amount=row.amount("gross_amount"),
        currency="USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        tags=orjson.dumps({"cost_center": cost_center}).decode() if cost_center else None,
    )


FORMAT = ImportFormat(
    name="github_csv",
    title="GitHub usage report",
    forms="premium requests, AI credits",
    account="`organization`",
    lands="net and gross amount, quantity, tokens",
    proven="a published report",
    provider="github",
    layouts=(("date", "product", "sku", "quantity", "unit_type", "gross_amount", "discount_amount", "net_amount"),),
    read=_read,
    statement="charged by the seller, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
    # What premium requests would be in AI credits, stated before June 2026 as a preview of them.
    unused=re.compile("aic.*"),
)
