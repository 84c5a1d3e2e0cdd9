"""The sample company's cloud bill as a FOCUS 1.2 file: models on Amazon Bedrock, and storage that is not an AI."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pipelines.domain.periods import Window
from pipelines.sample.agent_logs import pace

ACCOUNT = "000000000000"
PER_MILLION = {"Input Tokens": Decimal("0.06"), "Output Tokens": Decimal("0.24")}
TOKENS_A_DAY = {"Input Tokens": 9_000_000, "Output Tokens": 1_600_000}
MODEL = "Nova Lite"
STORAGE_A_GIGABYTE_DAY = Decimal("0.00075")
COLUMNS = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "ResourceId",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SubAccountId",
    "SubAccountName",
    "Tags",
)


@dataclass(frozen=True)
class CloudTotals:
    """US dollars billed in the file: for models, and for everything else."""

    models: Decimal
    others: Decimal


def cloud_bill(first: date, last: date, seed: int) -> tuple[str, CloudTotals]:
    """The bill of the days from `first` through `last`, and its sums."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    models = others = Decimal(0)
    for day in Window(first, last + timedelta(days=1)).days():
        chance = random.Random(f"{seed}/{day}/cloud")  # noqa: S311 - a sample, not a secret
        for meter, typical in TOKENS_A_DAY.items():
            tokens = int(typical * pace(day, first) * chance.lognormvariate(0, 0.15))
            amount = tokens * PER_MILLION[meter].scaleb(-6)
            models += amount
            writer.writerow(_row(day, amount) | _bedrock(meter, tokens))
        gigabytes = 800 + (day - first).days
        amount = gigabytes * STORAGE_A_GIGABYTE_DAY
        others += amount
        writer.writerow(_row(day, amount) | _storage(gigabytes))
    return file.getvalue(), CloudTotals(models, others)


def _row(day: date, amount: Decimal) -> dict[str, str]:
    month = day.replace(day=1)
    cost = f"{amount:f}"
    return {
        **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), cost),
        "BillingAccountId": ACCOUNT,
        "BillingAccountName": "northwind-cloud",
        "BillingCurrency": "USD",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{(month + timedelta(days=32)).replace(day=1)}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "InvoiceIssuerName": "Amazon Web Services, Inc.",
        "PricingCategory": "Standard",
        "ProviderName": "AWS",
        "PublisherName": "Amazon Web Services, Inc.",
        "RegionId": "eu-central-1",
        "SubAccountId": ACCOUNT,
        "SubAccountName": "vision-lab",
    }


def _bedrock(meter: str, tokens: int) -> dict[str, str]:
    return {
        "ChargeDescription": f"{MODEL} {meter} in Europe (Frankfurt)",
        "ConsumedQuantity": str(tokens),
        "ConsumedUnit": "Tokens",
        "PricingQuantity": f"{Decimal(tokens).scaleb(-3):f}",
        "PricingUnit": "1K tokens",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "Amazon Bedrock",
        "ServiceSubcategory": "Generative AI",
        "SkuId": f"NOVALITE-{meter.split(maxsplit=1)[0].upper()}",
        "Tags": '{"team": "vision-lab"}',
    }


def _storage(gigabytes: int) -> dict[str, str]:
    return {
        "ChargeDescription": "Storage by the day in Europe (Frankfurt)",
        "ConsumedQuantity": str(gigabytes),
        "ConsumedUnit": "GB-Days",
        "PricingQuantity": str(gigabytes),
        "PricingUnit": "GB-Days",
        "ServiceCategory": "Storage",
        "ServiceName": "Amazon Simple Storage Service",
        "ServiceSubcategory": "Object Storage",
        "SkuId": "S3-STANDARD",
        "Tags": "",
    }
