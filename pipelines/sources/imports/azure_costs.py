"""Azure's cost details: the exports of enterprise, partner and pay-as-you-go accounts, in any language of the portal.

A translated column has its English name in brackets behind it. Days are month/day/year or ISO. Amounts are in the
currency of the bill; a file that does not name it is not taken.

Actual cost is the bill: a reservation is a purchase, and its use costs nothing. Amortized cost spreads the purchase
over the use, and has no purchases (Microsoft, "Understand cost details fields"). It is refused, because alongside the
bill it would count the reservation twice, and in its place it would hide what is charged.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import OF_A_BILL, ExcludedRow, File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import Row, plain
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
COMMITTED = frozenset({"reservation", "savingsplan"})
"""PricingModel of use that was paid for when the commitment was bought."""
UNUSED = frozenset({"unusedreservation", "unusedsavingsplan"})
"""ChargeType of rows that only amortized cost has."""


def _read(row: Row, file: File) -> ParsedRow | ExcludedRow:
    account, moment = row.optional("BillingAccountId"), row.moment(*DAYS)
    charged, currency = row.amount(*COSTS), row.currency(*CURRENCIES)
    category, consumed = row.optional("MeterCategory"), row.optional("ConsumedService")
    product_name = row.optional("ProductName", "Product", "MeterSubCategory")
    # A commitment's purchase is a charge of Microsoft.Capacity, whatever it is for.
    bought = product_name if (row.optional("ChargeType") or "").lower() == "purchase" else None
    if not file.services.take(category, row.optional("ServiceName"), consumed, bought):
        service = category or consumed or "a service without a name"
        return ExcludedRow(file.account_of(account), moment.date(), charged, currency, service)
    _refuse_amortized(row, charged, currency)
    return file.record(
        account=account,
        record_kind=RecordKind.COST,
        provider="azure",
        **of_day(moment),
        project=row.optional("SubscriptionId", "SubscriptionGuid"),
        project_name=row.optional("SubscriptionName"),
        service=category,
        meter=row.optional("MeterName"),
        line_item=product_name,
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


def _refuse_amortized(row: Row, charged: Decimal, currency: str) -> None:
    model = plain(row.optional("PricingModel") or "")
    kind = plain(row.optional("ChargeType") or "")
    if (kind == "usage" and model in COMMITTED and charged) or kind in UNUSED:
        row.refuse(
            "ChargeType",
            f"this is amortized cost: {charged.normalize():f} {currency} of a commitment that was billed when it was "
            "bought. Export actual cost, which is the bill. To account for amortized cost instead of the bill, "
            "describe the file by a mapping in imports, and leave actual cost out",
        )


FORMAT = ImportFormat(
    name="azure_costs",
    title="Azure cost details",
    forms="actual cost, in any language of the portal",
    account="`BillingAccountId`",
    lands="cost in the currency of the bill",
    proven="published headers",
    layouts=tuple((*names, "MeterCategory", "ConsumedService") for names in product(DAYS, COSTS, CURRENCIES)),
    read=_read,
    statement="cloud bill of the reseller",
    statement_kind=StatementKind.CLOUD_BILL,
    final_after=3,
    precedence=31,
    unused=OF_A_BILL,
)
