"""Azure's cost details: the exports of enterprise, partner and pay-as-you-go accounts, in any language of the portal.

A translated column has its English name in brackets behind it. Days are month/day/year or ISO. Amounts are in the
currency of the bill; a file that does not name it is not taken.
"""

from __future__ import annotations

from itertools import product

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.folding import Stated
from pipelines.sources.imports.format import File, ImportFormat, LeftOut, of_day
from pipelines.sources.imports.row import Row
from pipelines.sources.statements import StatementKind

DAYS = ("Date", "UsageDateTime")
COSTS = ("CostInBillingCurrency", "PreTaxCost", "Cost")
CURRENCIES = ("BillingCurrency", "BillingCurrencyCode", "Currency")
CATEGORIES = {
    "Usage": ChargeCategory.USAGE,
    "UnusedReservation": ChargeCategory.USAGE,
    "UnusedSavingsPlan": ChargeCategory.USAGE,
    "Purchase": ChargeCategory.PURCHASE,
    "Tax": ChargeCategory.TAX,
    "Refund": ChargeCategory.CREDIT,
    "Adjustment": ChargeCategory.ADJUSTMENT,
    "RoundingAdjustment": ChargeCategory.ADJUSTMENT,
}
"""ChargeType -> FOCUS 1.2 ChargeCategory."""


def _read(row: Row, file: File) -> Stated | LeftOut:
    account, moment = row.optional("BillingAccountId"), row.moment(*DAYS)
    charged, currency = row.amount(*COSTS), row.currency(*CURRENCIES)
    category = row.optional("MeterCategory")
    if not file.services.take(category, row.optional("ServiceName"), row.optional("ConsumedService")):
        return LeftOut(file.account_of(account), moment.date(), charged, currency)
    return file.record(
        account=account,
        record_kind=RecordKind.COST,
        provider="azure",
        **of_day(moment),
        project=row.optional("SubscriptionId", "SubscriptionGuid"),
        project_name=row.optional("SubscriptionName"),
        service=category,
        meter=row.optional("MeterName"),
        line_item=row.optional("ProductName", "MeterSubCategory"),
        inference_geo=row.optional("ResourceLocation"),
        quantity=row.optional_amount("Quantity", "UsageQuantity"),
        quantity_unit=row.optional("UnitOfMeasure"),
        cost_amount=charged,
        list_cost_amount=row.optional_amount("PaygCostInBillingCurrency"),
        currency=currency,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        charge_category=row.one_of("ChargeType", CATEGORIES, ChargeCategory.USAGE),
        tags=row.tags("Tags"),
    )


FORMAT = ImportFormat(
    name="azure_costs",
    title="Azure cost details",
    layouts=tuple((*names, "MeterCategory", "ConsumedService") for names in product(DAYS, COSTS, CURRENCIES)),
    read=_read,
    statement="cloud bill of the reseller",
    statement_kind=StatementKind.CLOUD_BILL,
    precedence=31,
)
