"""Every format contains the chosen costs, each in its way and all with the same exact sums."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ConfigError
from pipelines.exports import formats
from pipelines.exports.choice import COST_ORDER, ExportFilter, ExportShape, Preset, choose
from pipelines.exports.costs import Export, export_costs
from pipelines.exports.focus import check
from pipelines.warehouse.files import Warehouse
from tests.e2e.installation import Installation
from tests.examples import examples
from tests.exports.published_costs import cost, published
from tests.exports.readers import amounts_in, text_amounts

THREE = (
    cost(1, cost_amount=Decimal("0.000000000001"), note='=cmd|" /C calc"!A0', project="-x"),
    cost(2, cost_amount=Decimal("-5.25"), charge_category="Credit", note="two\nlines, and a comma"),
    cost(3, cost_date=date(2026, 4, 9), cost_amount=None, currency=None, price_status="unpriced", model_id="new"),
)


def exported(folder: Path, name: str, *costs: dict[str, Any], **shape: Any) -> Export:
    with published(*costs) as connection:
        return export_costs(connection, folder, "costs", name, ExportFilter(), ExportShape(**shape))


def amounts(export: Export, name: str) -> list[Decimal]:
    """The amounts in an export, read with a reader that knows only the format."""
    return amounts_in(export.path, name)


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_gives_the_same_exact_sum(tmp_path: Path, name: str):
    export = exported(tmp_path, name, *THREE)
    assert sum(amounts(export, name)) == Decimal("-5.249999999999")
    assert export.amounts == {"spend": {"USD": Decimal("-5.249999999999")}}


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", sorted(formats()))
def test_the_same_build_gives_the_same_bytes_and_its_manifest_their_hash(tmp_path: Path, name: str, *, compress: bool):
    export = exported(tmp_path, name, *THREE, compress=compress)
    first = export.path.read_bytes()
    exported(tmp_path, name, *THREE, compress=compress)
    assert export.path.read_bytes() == first
    manifest = json.loads(export.path.with_name(f"{export.path.name}.manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(first).hexdigest() == export.sha256
    assert manifest["build_id"] == "b1"
    assert manifest["amounts"] == {"spend": {"USD": "-5.249999999999"}}
    assert sorted(path.name for path in tmp_path.iterdir()) == [export.path.name, f"{export.path.name}.manifest.json"]


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=12), max_size=8))
def test_no_amount_is_changed_on_its_way(tmp_path: Path, values: list[Decimal]):
    rows = [cost(number, cost_amount=value) for number, value in enumerate(values)]
    for name in ("csv", "excel-csv", "json", "jsonl", "parquet"):
        assert sorted(amounts(exported(tmp_path, name, *rows), name)) == sorted(values)


def test_spreadsheet_formulas_are_made_harmless_and_numbers_are_not_touched(tmp_path: Path):
    export = exported(tmp_path, "csv", *THREE)
    with export.path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows[0]["note"] == '\'=cmd|" /C calc"!A0'
    assert rows[0]["project"] == "'-x"
    assert (rows[1]["cost_amount"], rows[1]["note"]) == ("-5.250000000000", "two\nlines, and a comma")
    assert rows[2]["cost_amount"] == ""


def test_excel_finds_a_byte_order_mark_and_its_own_line_ends(tmp_path: Path):
    content = exported(tmp_path, "excel-csv", *THREE).path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcost_id,")
    assert content.count(b"\r\n") == 4
    assert b'"two\nlines, and a comma"' in content


def test_a_compressed_file_is_the_plain_one_inside(tmp_path: Path):
    packed = exported(tmp_path, "csv", *THREE, compress=True)
    assert packed.path.name == "costs.csv.gz"
    assert gzip.decompress(packed.path.read_bytes()) == exported(tmp_path, "csv", *THREE).path.read_bytes()


@pytest.mark.parametrize(
    ("preset", "periods"),
    [
        (Preset.DAILY, [("2026-02-28", "2026-03-01"), ("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-03")]),
        (Preset.WEEKLY, [("2026-02-23", "2026-03-02"), ("2026-03-02", "2026-03-09")]),
        (Preset.MONTHLY, [("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")]),
    ],
)
def test_presets_add_up_by_half_open_periods(tmp_path: Path, preset: Preset, periods: list[tuple[str, str]]):
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]
    rows = [cost(number, cost_date=day) for number, day in enumerate(days)]
    export = exported(tmp_path, "csv", *rows, preset=preset)
    with export.path.open(newline="") as handle:
        found = list(csv.DictReader(handle))
    assert [(row["period_start"], row["period_end"]) for row in found] == periods
    assert sum(text_amounts(found)) == 3


def test_columns_are_the_chosen_ones_in_the_chosen_order(tmp_path: Path):
    export = exported(tmp_path, "csv", *THREE, columns=("currency", "cost_amount"))
    assert export.path.read_text().splitlines()[:2] == ["currency,cost_amount", "USD,0.000000000001"]
    with pytest.raises(ConfigError, match=r"^there is no column 'price; drop table x' to export; there are: cost_id, "):
        exported(tmp_path, "csv", *THREE, columns=("price; drop table x",))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (ExportFilter(), {1, 2, 3}),
        (ExportFilter(start=date(2026, 3, 2)), {2, 3}),
        (ExportFilter(end=date(2026, 3, 2)), {1}),
        (ExportFilter(models=("b",)), {2}),
        (ExportFilter(projects=("p'q",)), {3}),
        (ExportFilter(accounts=("acme", "other"), projects=("p'q",)), {3}),
        (ExportFilter(providers=("nobody",)), set()),
    ],
)
def test_filters_leave_what_they_say(tmp_path: Path, chosen: ExportFilter, expected: set[int]):
    rows = (
        cost(1, cost_amount=Decimal(1)),
        cost(2, cost_amount=Decimal(2), model_id="b", cost_date=date(2026, 3, 2)),
        cost(3, cost_amount=Decimal(3), project="p'q", cost_date=date(2026, 3, 3)),
    )
    with published(*rows) as connection:
        export = export_costs(connection, tmp_path, "costs", "jsonl", chosen)
        everything = export_costs(connection, tmp_path, "all", "jsonl", ExportFilter())
    assert {int(value) for value in amounts(export, "jsonl")} == expected
    assert everything.row_count == 3, "one export's filters are not the next one's"


@pytest.mark.parametrize("name", sorted(formats()))
def test_costs_are_in_the_same_order_however_the_build_has_them(tmp_path: Path, name: str):
    many = [cost(number, cost_date=date(2026, 3, 1 + number % 7)) for number in range(40)]
    by_key = sorted(many, key=lambda row: (row["cost_date"], row["cost_id"]))
    in_order = exported(tmp_path, name, *by_key).path.read_bytes()
    assert exported(tmp_path, name, *many).path.read_bytes() == in_order
    assert exported(tmp_path, name, *reversed(by_key)).path.read_bytes() == in_order


def test_a_build_has_its_costs_in_the_order_of_exports_which_need_not_sort(started: Installation):
    published_file = started.data / "warehouse" / "published.duckdb"
    with Warehouse(published_file, published_file).reading() as connection:
        choice = choose(connection, formats()["csv"], ExportFilter(), ExportShape())
        ordered = connection.sql(f"{choice.query} order by {COST_ORDER}").fetchall()
        assert connection.sql(choice.query).fetchall() == ordered
    assert "order by" not in choice.query


def test_rows_too_wide_for_the_memory_they_should_take_are_written_all_the_same(tmp_path: Path):
    with published(*THREE) as connection:
        connection.execute("insert into fct_costs by name select 'wide' as cost_id, repeat('x', 90_000_000) as note")
        export = export_costs(connection, tmp_path, "costs", "csv", ExportFilter())
        ((limit, threads),) = connection.execute(
            "select current_setting('memory_limit'), current_setting('threads')"
        ).fetchall()
        connection.execute("reset memory_limit")
        connection.execute("reset threads")
        assert connection.execute("select current_setting('memory_limit'), current_setting('threads')").fetchall() == [
            (limit, threads)
        ], "what others may use is as it was"
    assert export.path.stat().st_size > 90_000_000


def test_focus_leaves_out_what_has_no_amount_and_says_how_many(tmp_path: Path):
    export = exported(tmp_path, "focus-csv", *THREE)
    assert export.row_count == 2
    assert export.left_out == {"unpriced rows, which FOCUS cannot represent": 1}


def test_focus_bills_nothing_for_what_a_subscription_covers(tmp_path: Path):
    export = exported(tmp_path, "focus-parquet", cost(1, cost_kind="list_price_value", cost_basis="notional"))
    (row,) = pq.read_table(export.path).to_pylist()
    assert (row["BilledCost"], row["EffectiveCost"], row["ListCost"]) == (0, 0, 1)
    assert (row["PublisherName"], row["ChargeFrequency"], row["x_CostKind"]) == (
        "meta",
        "Usage-Based",
        "list_price_value",
    )


def test_focus_bills_credit_when_it_is_bought_and_counts_it_when_it_is_used(tmp_path: Path):
    with published(cost(1, cost_amount=Decimal(30), is_prepaid=True), cost(2, cost_amount=Decimal(5))) as connection:
        connection.execute(
            "insert into fct_cost_candidates values "
            "('2026-03-01', 'groq', 'acme', 'manual', 'manual', null, 'USD', 50, 'manual', true), "
            "('2026-03-01', 'groq', 'acme', 'api', 'usage', null, 'USD', 7, 'computed', false)"
        )
        export = export_costs(connection, tmp_path, "costs", "focus-parquet", ExportFilter(), ExportShape())
        without = export_costs(connection, tmp_path, "models", "focus-csv", ExportFilter(models=("llama-4",)))
    assert check(duckdb.connect(":memory:"), export.path) == []
    columns = ["ChargeCategory", "BilledCost", "EffectiveCost", "x_CostKind"]
    assert sorted(tuple(row.values()) for row in pq.read_table(export.path).select(columns).to_pylist()) == [
        ("Purchase", Decimal(50), Decimal(0), "credit_purchase"),
        ("Usage", Decimal(0), Decimal(30), "spend"),
        ("Usage", Decimal(5), Decimal(5), "spend"),
    ]
    assert export.amounts == {"spend": {"USD": Decimal(35)}}
    assert without.row_count == 2


@pytest.mark.parametrize("name", ["focus-csv", "focus-parquet"])
def test_what_is_written_as_focus_conforms_to_it(tmp_path: Path, name: str):
    seat = cost(4, charge_category="Purchase", entry_category="seat", total_tokens=None, model_id=None)
    export = exported(tmp_path, name, *THREE, seat)
    assert check(duckdb.connect(":memory:"), export.path) == []


def test_what_does_not_conform_is_listed_rule_by_rule(tmp_path: Path):
    export = exported(tmp_path, "focus-csv", *THREE)
    with export.path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[0] |= {"ChargeCategory": "Fun", "BillingCurrency": "usd", "BilledCost": "a lot"}
    rows[1] |= {"ChargePeriodEnd": "2026-03-01T00:00:00Z", "ProviderName": ""}
    with export.path.open("w", newline="") as handle:
        names = [name for name in rows[0] if name != "ListCost"]
        writer = csv.DictWriter(handle, [*names, "Mine"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    assert check(duckdb.connect(":memory:"), export.path) == [
        "ListCost is missing, and mandatory",
        "Mine is not a column of FOCUS 1.2, and does not begin with x_",
        "BilledCost is not a number in 1 rows",
        "ChargeCategory has other values than Usage, Purchase, Tax, Credit, Adjustment in 1 rows",
        "ProviderName is null in 1 rows",
    ]
