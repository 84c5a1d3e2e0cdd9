"""Checking a file against FOCUS 1.2: its columns, types, nulls and allowed values.

The rules are those of the specification's columns that a bill of AI use can have. A file may have more columns
of the specification, and custom ones, whose names begin with x_.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

NUMBER, MOMENT, TEXT = "a number", "a moment", "text"
TYPES = {
    NUMBER: ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT"),
    MOMENT: ("TIMESTAMP", "DATE"),
    TEXT: ("VARCHAR",),
}
MOMENT_TEXT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"
NUMBER_TEXT = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"


@dataclass(frozen=True)
class Column:
    """What FOCUS 1.2 asks of one column. `allowed` are its only values, where the specification lists them."""

    name: str
    kind: str
    is_mandatory: bool = False
    may_be_null: bool = True
    allowed: tuple[str, ...] = ()


CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
COLUMNS = (
    Column("BilledCost", NUMBER, is_mandatory=True, may_be_null=False),
    Column("BillingAccountId", TEXT, is_mandatory=True, may_be_null=False),
    Column("BillingAccountName", TEXT, is_mandatory=True),
    Column("BillingAccountType", TEXT),
    Column("BillingCurrency", TEXT, is_mandatory=True, may_be_null=False),
    Column("BillingPeriodStart", MOMENT, is_mandatory=True, may_be_null=False),
    Column("BillingPeriodEnd", MOMENT, is_mandatory=True, may_be_null=False),
    Column("ChargeCategory", TEXT, is_mandatory=True, may_be_null=False, allowed=CATEGORIES),
    Column("ChargeClass", TEXT, is_mandatory=True, allowed=("Correction",)),
    Column("ChargeDescription", TEXT, is_mandatory=True),
    Column("ChargeFrequency", TEXT, may_be_null=False, allowed=("One-Time", "Recurring", "Usage-Based")),
    Column("ChargePeriodStart", MOMENT, is_mandatory=True, may_be_null=False),
    Column("ChargePeriodEnd", MOMENT, is_mandatory=True, may_be_null=False),
    Column("ConsumedQuantity", NUMBER),
    Column("ConsumedUnit", TEXT),
    Column("ContractedCost", NUMBER, is_mandatory=True, may_be_null=False),
    Column("EffectiveCost", NUMBER, is_mandatory=True, may_be_null=False),
    Column("InvoiceIssuerName", TEXT, is_mandatory=True, may_be_null=False),
    Column("ListCost", NUMBER, is_mandatory=True, may_be_null=False),
    Column("PricingCategory", TEXT, allowed=("Standard", "Committed", "Dynamic", "Other")),
    Column("PricingQuantity", NUMBER, is_mandatory=True),
    Column("PricingUnit", TEXT, is_mandatory=True),
    Column("ProviderName", TEXT, is_mandatory=True, may_be_null=False),
    Column("PublisherName", TEXT, is_mandatory=True, may_be_null=False),
    Column("ServiceCategory", TEXT, is_mandatory=True, may_be_null=False),
    Column("ServiceName", TEXT, is_mandatory=True, may_be_null=False),
    Column("ServiceSubcategory", TEXT, may_be_null=False),
    Column("SubAccountId", TEXT),
    Column("SubAccountName", TEXT),
    Column("SubAccountType", TEXT),
    Column("Tags", TEXT),
)
OTHER_COLUMNS = frozenset(
    {
        *("AvailabilityZone", "CapacityReservationId", "CapacityReservationStatus", "CommitmentDiscountCategory"),
        *("CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus"),
        *("CommitmentDiscountType", "CommitmentDiscountUnit", "ContractedUnitPrice", "InvoiceId"),
        *("ListUnitPrice", "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost"),
        *("PricingCurrencyListUnitPrice", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType"),
        *("SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId"),
    }
)
"""Columns that the specification knows too and that this check does not look into."""

PRICED = """"ChargeCategory" in ('Usage', 'Purchase') and "ChargeClass" is distinct from 'Correction'"""
ROW_RULES = {
    "ChargePeriodEnd is not after ChargePeriodStart": '"ChargePeriodEnd" <= "ChargePeriodStart"',
    "BillingPeriodEnd is not after BillingPeriodStart": '"BillingPeriodEnd" <= "BillingPeriodStart"',
    "BillingCurrency is not an ISO 4217 code": """not regexp_full_match("BillingCurrency", '[A-Z]{3}')""",
    "PricingQuantity is null on a Usage or Purchase row": f"""{PRICED} and "PricingQuantity" is null""",
    "PricingCategory is null on a Usage or Purchase row": f"""{PRICED} and "PricingCategory" is null""",
    "PricingQuantity is there on a Tax row": """"ChargeCategory" = 'Tax' and "PricingQuantity" is not null""",
    "PricingCategory is there on a Tax row": """"ChargeCategory" = 'Tax' and "PricingCategory" is not null""",
    "ListCost is not ListUnitPrice times PricingQuantity": f"""{PRICED}
        and abs(try_cast("ListCost" as double)
            - try_cast("ListUnitPrice" as double) * try_cast("PricingQuantity" as double))
            > 0.01 + abs(try_cast("ListCost" as double)) * 0.0001""",
    "ListCost is 0 with an EffectiveCost": f"""{PRICED}
        and try_cast("ListCost" as double) = 0 and try_cast("EffectiveCost" as double) <> 0""",
    "ConsumedQuantity is 0 with an EffectiveCost; an unknown quantity is null": """"ChargeCategory" = 'Usage'
        and try_cast("ConsumedQuantity" as double) = 0 and try_cast("EffectiveCost" as double) <> 0""",
    "PricingUnit is null with a PricingQuantity": '"PricingQuantity" is not null and "PricingUnit" is null',
}
"""A rule on columns of which one is not there is not looked at: only mandatory ones must be."""
_QUOTED = re.compile(r'"(\w+)"')


def check(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """What of a CSV or Parquet file does not conform, one sentence each; empty when all of it does."""
    is_csv = not file.name.endswith(".parquet")
    read = connection.read_csv(str(file), all_varchar=True) if is_csv else connection.read_parquet(str(file))
    columns = dict(zip(read.columns, map(str, read.types), strict=True))
    missing = [column.name for column in COLUMNS if column.is_mandatory and column.name not in columns]
    known = {column.name for column in COLUMNS} | OTHER_COLUMNS
    found = [f"{name} is missing, and mandatory" for name in missing]
    found += [
        f"{name} is not a column of FOCUS 1.2, and does not begin with x_"
        for name in columns
        if name not in known and not name.startswith("x_")
    ]
    for column in COLUMNS:
        if column.name in columns:
            found += _column(read, column, columns[column.name], is_csv=is_csv)
    if not missing:
        found += [f"{rule} in {count:,} rows" for rule, count in _broken_rules(read)]
    return found


def _column(read: duckdb.DuckDBPyRelation, column: Column, kind: str, *, is_csv: bool) -> Iterator[str]:
    name = f'"{column.name}"'
    if not column.may_be_null and (nulls := _count(read, f"{name} is null")):
        yield f"{column.name} is null in {nulls:,} rows"
    if column.allowed:
        listed = ", ".join(f"'{value}'" for value in column.allowed)
        if others := _count(read, f"{name} is not null and {name} not in ({listed})"):
            yield f"{column.name} has other values than {', '.join(column.allowed)} in {others:,} rows"
    if not is_csv and not kind.startswith(TYPES[column.kind]):
        yield f"{column.name} is {kind}, where {column.kind} was expected"
    pattern = {NUMBER: NUMBER_TEXT, MOMENT: MOMENT_TEXT}.get(column.kind)
    unlike = f"{name} is not null and not regexp_full_match({name}, '{pattern}')"
    if is_csv and pattern and (wrong := _count(read, unlike)):
        yield f"{column.name} is not {column.kind} in {wrong:,} rows"


def _broken_rules(read: duckdb.DuckDBPyRelation) -> Iterator[tuple[str, int]]:
    for rule, condition in ROW_RULES.items():
        if not set(_QUOTED.findall(condition)) <= set(read.columns):
            continue
        if count := _count(read, condition):
            yield rule, count


def _count(read: duckdb.DuckDBPyRelation, condition: str) -> int:
    return int(read.filter(condition).aggregate("count(*)").fetchall()[0][0])
