"""Cost centres and footers: the shares that a file holds, line by line, and the sums below them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ConfigError
from pipelines.exports import formats
from pipelines.exports.choice import ExportFilter, ExportShape, Preset, choose
from pipelines.exports.columns import known_columns
from pipelines.exports.costs import Export, export_costs
from tests.exports.published_costs import cost, published

RESEARCH = ExportFilter(cost_centers=("research",))
COSTS = (
    cost(1, cost_date=date(2026, 3, 1), cost_amount=Decimal(1), provider="openai"),
    cost(2, cost_date=date(2026, 3, 2), cost_amount=Decimal("0.000000000001"), provider="openai"),
    cost(3, cost_date=date(2026, 3, 8), cost_amount=Decimal(4), provider="openai", currency="EUR"),
    cost(4, cost_date=date(2026, 3, 9), cost_amount=Decimal(-8), provider="openai", cost_kind="list_price_value"),
    cost(5, cost_date=date(2026, 4, 1), cost_amount=None, provider="openai"),
)


def exported(
    folder: Path, chosen: ExportFilter, shape: ExportShape, name: str = "csv", *, is_sample: bool = False
) -> Export:
    with published(*COSTS, is_sample=is_sample) as connection:
        return export_costs(connection, folder, "mine", name, chosen, shape)


def rows(export: Export, *columns: str) -> list[tuple[str, ...]]:
    with export.path.open(newline="") as handle:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(handle)]


def test_a_cost_centre_has_its_shares_and_no_more(tmp_path: Path):
    export = exported(tmp_path, RESEARCH, ExportShape())
    assert rows(export, "cost_date", "cost_center", "cost_amount", "currency", "cost_kind") == [
        ("2026-03-01", "research", "0.750000000000", "USD", "spend"),
        ("2026-03-02", "research", "0.000000000001", "USD", "spend"),
        ("2026-03-08", "research", "3.000000000000", "EUR", "spend"),
        ("2026-03-09", "research", "-6.000000000000", "USD", "list_price_value"),
    ]
    assert export.amounts == {
        "list_price_value": {"USD": Decimal(-6)},
        "spend": {"EUR": Decimal(3), "USD": Decimal("0.750000000001")},
    }


def test_the_shares_of_all_cost_centres_sum_to_the_costs(tmp_path: Path):
    whole = exported(tmp_path, ExportFilter(), ExportShape())
    shares = exported(tmp_path, ExportFilter(cost_centers=("product", "research")), ExportShape())
    assert shares.amounts == whole.amounts
    assert shares.row_count == 8


@pytest.mark.parametrize(
    ("preset", "added_up"),
    [
        (
            Preset.DAILY,
            [
                ("2026-03-01", "2026-03-02", "0.750000000000", "USD"),
                ("2026-03-02", "2026-03-03", "0.000000000001", "USD"),
                ("2026-03-08", "2026-03-09", "3.000000000000", "EUR"),
                ("2026-03-09", "2026-03-10", "-6.000000000000", "USD"),
            ],
        ),
        (
            Preset.WEEKLY,
            [
                ("2026-02-23", "2026-03-02", "0.750000000000", "USD"),
                ("2026-03-02", "2026-03-09", "0.000000000001", "USD"),
                ("2026-03-02", "2026-03-09", "3.000000000000", "EUR"),
                ("2026-03-09", "2026-03-16", "-6.000000000000", "USD"),
            ],
        ),
        (
            Preset.MONTHLY,
            [
                ("2026-03-01", "2026-04-01", "-6.000000000000", "USD"),
                ("2026-03-01", "2026-04-01", "0.750000000001", "USD"),
                ("2026-03-01", "2026-04-01", "3.000000000000", "EUR"),
            ],
        ),
    ],
)
def test_what_a_cost_centre_bears_is_added_up_by_period(
    tmp_path: Path, preset: Preset, added_up: list[tuple[str, str, str, str]]
):
    export = exported(tmp_path, RESEARCH, ExportShape(preset))
    assert rows(export, "period_start", "period_end", "cost_amount", "currency") == added_up


def test_a_footer_has_the_build_the_filters_the_rows_and_the_sums(tmp_path: Path):
    chosen = ExportFilter(start=date(2026, 3, 1), end=date(2026, 3, 10), providers=("openai", '=x",\ny'))
    export = exported(tmp_path, chosen, ExportShape(columns=("cost_amount", "currency"), footer=True), is_sample=True)
    assert export.path.read_text().splitlines() == [
        "cost_amount,currency",
        "1.000000000000,USD",
        "0.000000000001,USD",
        "4.000000000000,EUR",
        "-8.000000000000,USD",
        "# build b1",
        "# SAMPLE DATA; nobody's bill",
        "# start: 2026-03-01",
        "# end: 2026-03-10",
        "# providers: openai; =x'; y",
        "# 4 rows",
        "# list_price_value: -8.000000000000 USD",
        "# spend: 4.000000000000 EUR",
        "# spend: 1.000000000001 USD",
    ]


def test_a_footer_ends_its_lines_as_the_rows_do_and_can_be_skipped(tmp_path: Path):
    plain = exported(tmp_path, ExportFilter(), ExportShape(), "excel-csv").path.read_bytes()
    footed = exported(tmp_path, ExportFilter(providers=("openai", "a,b")), ExportShape(footer=True), "excel-csv").path
    assert footed.read_bytes().startswith(plain)
    assert footed.read_bytes().count(b"\n") == footed.read_bytes().count(b"\r\n") == 12
    read = duckdb.read_csv(str(footed), comment="#", header=True)
    assert read.aggregate("count(*), sum(cost_amount::decimal(38, 12))").fetchall() == [(5, Decimal("-2.999999999999"))]


@pytest.mark.parametrize("name", ["json", "jsonl", "parquet", "focus-csv", "focus-parquet"])
def test_only_csv_other_than_focus_has_a_footer(tmp_path: Path, name: str):
    with pytest.raises(ConfigError, match=f"^{name} cannot have a footer: only CSV can, other than FOCUS$"):
        exported(tmp_path, ExportFilter(), ExportShape(footer=True), name)


@pytest.mark.parametrize("name", ["focus-csv", "focus-parquet"])
def test_focus_has_no_shares_of_cost_centres(tmp_path: Path, name: str):
    with pytest.raises(ConfigError, match=r"remove the preset, the columns and the cost centres$"):
        exported(tmp_path, RESEARCH, ExportShape(), name)


@pytest.mark.parametrize("preset", [None, Preset.DAILY])
@pytest.mark.parametrize("cost_centers", [(), ("research",)])
def test_the_columns_that_settings_may_name_are_those_of_the_query(
    preset: Preset | None, cost_centers: tuple[str, ...]
):
    with published(cost(1)) as connection:
        chosen = ExportFilter(cost_centers=cost_centers)
        query = choose(connection, formats()["csv"], chosen, ExportShape(preset)).query
        columns = tuple(connection.sql(query).columns)
    assert known_columns(preset=preset is not None, cost_centers=bool(cost_centers)) == columns
