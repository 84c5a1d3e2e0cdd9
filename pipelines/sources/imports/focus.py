"""FOCUS 1.0 to 1.2: the bill of any cloud, as CSV or Parquet. BilledCost is what is invoiced.

Amazon, Microsoft, Google and Oracle export it. Names are those of https://focus.finops.org, FOCUS 1.2; 1.3 calls
the provider ServiceProviderName. Only AI services are taken, by name or because the subcategory says so; the rest is
reported with its sum.
"""

from __future__ import annotations

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.domain.vendors import provider_named
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import OF_A_BILL, ExcludedRow, File, ImportFormat, of_days
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

CATEGORIES = {category.value: category for category in ChargeCategory}


def _read(row: Row, file: File) -> ParsedRow | ExcludedRow:
    account = row.text("BillingAccountId")
    start, end = row.moment("ChargePeriodStart"), row.moment("ChargePeriodEnd")
    service, currency = row.text("ServiceName"), row.currency("BillingCurrency")
    billed = row.amount("BilledCost")
    if not file.services.take(service, row.optional("ServiceSubcategory")):
        return ExcludedRow(file.account_of(account), start.date(), billed, currency, service)
    if end < start:
        row.problem("ChargePeriodEnd", "ChargePeriodEnd is before ChargePeriodStart")
    consumed = row.optional_amount("ConsumedQuantity")
    counted = "Consumed" if consumed is not None else "Pricing"
    provider = row.text("ProviderName", "ServiceProviderName")
    return file.record(
        account=account,
        record_kind=RecordKind.COST,
        provider=provider_named(provider) or provider.lower(),
        **of_days(start, max(start, end)),
        project=row.optional("SubAccountId"),
        project_name=row.optional("SubAccountName"),
        service=service,
        meter=row.optional("SkuMeter"),
        line_item=row.optional("ChargeDescription"),
        inference_geo=row.optional("RegionId"),
        model_raw=row.optional("x_Model"),
        quantity=consumed if consumed is not None else row.optional_amount("PricingQuantity"),
        quantity_unit=row.optional(f"{counted}Unit"),
        cost_amount=billed,
        list_cost_amount=row.optional_amount("ListCost"),
        currency=currency,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        charge_category=row.one_of("ChargeCategory", CATEGORIES, ChargeCategory.USAGE),
        tags=row.tags("Tags"),
    )


FORMAT = ImportFormat(
    name="focus",
    title="FOCUS 1.0-1.2",
    forms="AWS, Azure, Google, Oracle; CSV and Parquet",
    account="`BillingAccountId`",
    lands="`BilledCost`, `ListCost`, by day, service and sub-account",
    proven="the FOCUS sample data",
    layouts=(
        (
            "BilledCost",
            "BillingAccountId",
            "BillingCurrency",
            "ChargeCategory",
            "ChargePeriodStart",
            "ChargePeriodEnd",
            "ServiceName",
        ),
    ),
    read=_read,
    statement="cloud bill of the reseller",
    statement_kind=StatementKind.CLOUD_BILL,
    final_after=3,
    precedence=32,
    unused=OF_A_BILL,
)
