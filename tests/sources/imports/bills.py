"""Made-up bills in the form of FOCUS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.sources.imports.inboxes import table

COLUMNS = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "ChargeCategory",
    "ChargeDescription",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ListCost",
    "ProviderName",
    "RegionId",
    "ServiceName",
    "SubAccountId",
    "SubAccountName",
    "Tags",
)


def charge(day: str, cost: str = "1.25", service: str = "Amazon Bedrock", **cells: Any) -> dict[str, Any]:
    """A row of a bill."""
    return {
        "BilledCost": cost,
        "BillingAccountId": "111",
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargeDescription": "Nova Lite Input Tokens",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day}T01:00:00Z",
        "ProviderName": "AWS",
        "ServiceName": service,
        **cells,
    }


def bill(*charges: dict[str, Any], columns: Sequence[str] = COLUMNS) -> str:
    """A FOCUS CSV of these rows."""
    return table(columns, charges)
