"""Amazon's Cost and Usage Report, with the names of the first form (`lineItem/UsageType`) or of the second.

The unblended cost is what is invoiced. Models of the Marketplace have separate product names and a product code
that means nothing. In the second form the name is in the map `product` (AWS, "CUR 2.0 table dictionary": columns of the
first form that are not in the fixed schema appear in this map); where a file lacks it, the description tells. Amazon
writes the files of a month again until it closes: put the newer one in. A tag of the user has its bare name, as in
Amazon's FOCUS files, whether it is in a column (`resourceTags/user:team`) or among others (`user_team`); Amazon's
own keep theirs.
"""

from __future__ import annotations

import re
from functools import lru_cache

import orjson

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import OF_A_BILL, ExcludedRow, File, ImportFormat, of_days
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

CATEGORIES = {
    "Usage": ChargeCategory.USAGE,
    "DiscountedUsage": ChargeCategory.USAGE,
    "SavingsPlanCoveredUsage": ChargeCategory.USAGE,
    "SavingsPlanNegation": ChargeCategory.USAGE,
    "Fee": ChargeCategory.PURCHASE,
    "RIFee": ChargeCategory.PURCHASE,
    "SavingsPlanRecurringFee": ChargeCategory.PURCHASE,
    "SavingsPlanUpfrontFee": ChargeCategory.PURCHASE,
    "Tax": ChargeCategory.TAX,
    "Credit": ChargeCategory.CREDIT,
    "Refund": ChargeCategory.CREDIT,
    "BundledDiscount": ChargeCategory.CREDIT,
    "Discount": ChargeCategory.CREDIT,
    "EdpDiscount": ChargeCategory.CREDIT,
    "PrivateRateDiscount": ChargeCategory.CREDIT,
    "RiVolumeDiscount": ChargeCategory.CREDIT,
}
"""lineItem/LineItemType -> FOCUS 1.2 ChargeCategory."""

MARKETPLACE = re.compile("AWS Marketplace", re.IGNORECASE)
TAG = re.compile(r"resource_?tags[/_](.+)", re.IGNORECASE)
_PREFIXES = re.compile(r"user[:_](?=.)")


@lru_cache(4096)
def _named(tags: frozenset[tuple[str, str]]) -> str | None:
    bare = {_PREFIXES.sub("", name, count=1) if _PREFIXES.match(name) else name: value for name, value in tags}
    return orjson.dumps(bare, option=orjson.OPT_SORT_KEYS).decode() if bare else None


def _tags(row: Row) -> str | None:
    """The tags of both forms as a JSON object of text to text."""
    together = row.tags("resource_tags")
    reported: dict[str, str] = orjson.loads(together) if together else {}
    return _named(frozenset((reported | row.family(TAG)).items()))


@lru_cache(4096)
def _product_name(product: str | None) -> str | None:
    """The product's name in the map of the second form, as JSON."""
    reported: dict[str, str] = orjson.loads(product) if product else {}
    return reported.get("product_name") or reported.get("servicename") or reported.get("servicecode")


def _product(row: Row) -> str | None:
    named = row.optional("product/ProductName", "product/servicename", "product/servicecode")
    return named or _product_name(row.tags("product"))


def _read(row: Row, file: File) -> ParsedRow | ExcludedRow:
    account, start = row.text("lineItem/UsageAccountId"), row.moment("lineItem/UsageStartDate")
    payer = row.optional("bill/PayerAccountId") or account
    code = row.optional("lineItem/ProductCode")
    product, description = _product(row) or code, row.optional("lineItem/LineItemDescription")
    currency, charged = row.currency("lineItem/CurrencyCode"), row.amount("lineItem/UnblendedCost")
    sold_by_others = (description or "").split("|") if MARKETPLACE.search(description or "") else []
    if not file.services.take(product, code, *sold_by_others):
        service = product or description or "a service without a name"
        return ExcludedRow(file.account_of(payer), start.date(), charged, currency, service)
    return file.record(
        account=payer,
        record_kind=RecordKind.COST,
        provider="aws",
        **of_days(start, max(start, row.moment("lineItem/UsageEndDate"))),
        project=account,
        project_name=row.optional("line_item_usage_account_name"),
        service=product,
        meter=row.optional("lineItem/UsageType"),
        line_item=description,
        inference_geo=row.optional("product/regionCode", "product/region"),
        quantity=row.optional_amount("lineItem/UsageAmount"),
        quantity_unit=row.optional("pricing/unit"),
        cost_amount=charged,
        list_cost_amount=row.optional_amount("pricing/publicOnDemandCost"),
        currency=currency,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        charge_category=row.one_of("lineItem/LineItemType", CATEGORIES, ChargeCategory.USAGE),
        tags=_tags(row),
    )


FORMAT = ImportFormat(
    name="aws_cur",
    title="AWS Cost and Usage Report",
    forms="both forms",
    account="payer",
    lands="unblended cost, public price, tags",
    proven="a published CUR",
    layouts=(
        (
            "lineItem/UsageAccountId",
            "lineItem/LineItemType",
            "lineItem/UsageStartDate",
            "lineItem/UsageEndDate",
            "lineItem/ProductCode",
            "lineItem/CurrencyCode",
            "lineItem/UnblendedCost",
        ),
    ),
    read=_read,
    statement="cloud bill of the reseller",
    statement_kind=StatementKind.CLOUD_BILL,
    final_after=3,
    precedence=30,
    unused=OF_A_BILL,
)
