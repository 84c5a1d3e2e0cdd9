"""What FOCUS 1.2 asks of quantities, list costs and names of columns: written so, and caught by the check where not."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from pipelines.exports.focus import check
from tests.exports.published_costs import cost, published

COSTS = (
    cost(1, list_cost_amount=Decimal(4), tags='{"team":"vision"}', total_tokens=100),
    cost(2, charge_category="Purchase", entry_category="seat", total_tokens=0),
    cost(3, total_tokens=0, requests=0),
    cost(4, total_tokens=0, quantity=Decimal("2.5"), quantity_unit="images", provider="azure", service="Foundry"),
    cost(5, charge_category="Tax", entry_category="tax", total_tokens=0),
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    with published(*COSTS) as connection:
        return export_costs(connection, tmp_path, "costs", "focus-csv", ExportFilter()).path


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="") as handle:
        return sorted(csv.DictReader(handle), key=lambda row: row["x_CostId"])


def problems(path: Path) -> list[str]:
    with duckdb.connect() as connection:
        return check(connection, path)


def test_quantities_are_those_that_are_known(written: Path):
    columns = ("ConsumedQuantity", "ConsumedUnit", "PricingCategory", "PricingQuantity", "PricingUnit")
    reported = [tuple(row[name].removesuffix(".000000000000") for name in columns) for row in rows(written)]
    assert reported == [
        ("100", "Tokens", "Standard", "100", "Tokens"),
        ("", "", "Standard", "1", "Units"),
        ("", "", "Standard", "1", "Units"),
        ("2.500000000000", "Images", "Standard", "2.500000000000", "Images"),
        ("", "", "", "", ""),
    ]
    assert problems(written) == []


def test_the_list_cost_tags_and_services_are_those_of_the_row(written: Path):
    first, seat, _, cloud, _ = rows(written)
    assert (Decimal(first["ListCost"]), Decimal(first["BilledCost"]), first["Tags"]) == (4, 1, '{"team":"vision"}')
    assert (Decimal(seat["ListCost"]), seat["ServiceName"]) == (1, "groq subscription")
    assert (cloud["ServiceName"], first["ServiceName"]) == ("Foundry", "groq API")
    assert {"HostProviderName", "ServiceProviderName"} & set(first) == set()


@pytest.mark.parametrize(
    ("column", "category", "value", "problem"),
    [
        ("PricingQuantity", "Purchase", "", "PricingQuantity is null on a Usage or Purchase row in 1 rows"),
        ("PricingCategory", "Purchase", "", "PricingCategory is null on a Usage or Purchase row in 1 rows"),
        ("PricingQuantity", "Tax", "1.0", "PricingQuantity is there on a Tax row in 1 rows"),
        ("PricingCategory", "Tax", "Standard", "PricingCategory is there on a Tax row in 1 rows"),
        ("ListCost", "Purchase", "0.0", "ListCost is 0 with an EffectiveCost in 1 rows"),
        ("ListUnitPrice", "Purchase", "7.0", "ListCost is not ListUnitPrice times PricingQuantity in 1 rows"),
        (
            "HostProviderName",
            "Tax",
            "groq",
            "HostProviderName is not a column of FOCUS 1.2, and does not begin with x_",
        ),
        (
            "ServiceProviderName",
            "Tax",
            "groq",
            "ServiceProviderName is not a column of FOCUS 1.2, and does not begin with x_",
        ),
    ],
)
def test_each_breach_is_caught(written: Path, column: str, category: str, value: str, problem: str):
    reported = rows(written)
    for row in reported:
        row.setdefault(column, "")
        if row["ChargeCategory"] == category:
            row[column] = value
    with written.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(reported[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(reported)
    assert problem in problems(written)


def test_unknown_tokens_are_not_0_in_any_format(tmp_path: Path):
    with published(*COSTS) as connection:
        path = export_costs(connection, tmp_path, "costs", "csv", ExportFilter()).path
    with path.open(newline="") as handle:
        reported = {row["cost_id"]: (row["total_tokens"], row["requests"]) for row in csv.DictReader(handle)}
    assert reported == {
        "cost-000001": ("100", ""),
        "cost-000002": ("", ""),
        "cost-000003": ("", ""),
        "cost-000004": ("", ""),
        "cost-000005": ("", ""),
    }
