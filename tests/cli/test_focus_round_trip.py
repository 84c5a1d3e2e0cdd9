"""A FOCUS file that was exported passes its check, and read back in an empty home it sums to the same."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from tests.cli.conftest import Command
from tests.e2e.installation import Installation
from tests.examples import examples
from tests.exports.published_costs import cost, published
from tests.sources.imports.inboxes import Inbox

COLUMNS = ("account_name", "provider", "day", "project", "model_raw", "line_item", "charge_category", "currency")
EXPORTED = """
select
    account_name,
    provider,
    cost_date,
    project,
    model_id,
    coalesce(note, entry_category, model_id, source),
    charge_category,
    currency,
    sum(case when cost_kind = 'spend' then cost_amount else 0 end),
    sum(coalesce(list_cost_amount, cost_amount))
from fct_costs
where cost_amount is not null
group by all
"""
"""What the published costs state of what they bill and list, by what a FOCUS row says of itself."""


def imported(home: Path) -> dict[tuple[Any, ...], tuple[Decimal, Decimal]]:
    """What landed from the inbox: billed and listed amounts, by what each record says of itself."""
    sums: dict[tuple[Any, ...], tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for row in Inbox(home).rows():
        key = tuple(row["period_start"].date() if name == "day" else row[name] for name in COLUMNS)
        billed, listed = sums[key]
        sums[key] = billed + row["cost_amount"], listed + row["list_cost_amount"]
    return dict(sums)


def as_of_another_tool(exported: Path, target: Path) -> Path:
    """The same bill without the columns by which an own export is known."""
    with duckdb.connect() as connection:
        is_csv = exported.suffix == ".csv"
        read = (
            connection.read_csv(str(exported), all_varchar=True) if is_csv else connection.read_parquet(str(exported))
        )
        bill = read.project("columns('^[^x].*'), x_Model")
        if is_csv:
            bill.write_csv(str(target))
        else:
            bill.write_parquet(str(target))
    return target


@pytest.mark.parametrize("name", ["focus-csv", "focus-parquet"])
def test_a_focus_export_conforms_and_reads_back_with_equal_sums(
    ai_costs: Command, started: Installation, tmp_path: Path, name: str
):
    written = ai_costs("export", "--home", started.data, "--folder", tmp_path, "--format", name, "--json").json
    file = Path(written["path"])
    assert ai_costs("export", "--check", file).out == f"{file} conforms to FOCUS 1.2 in every rule that is checked.\n"
    other = tmp_path / "other"
    own = ai_costs("import", file, "--home", other)
    assert (own.code, "this is an export of AI Cost Tracker itself" in own.err) == (3, True)
    ended = ai_costs("import", as_of_another_tool(file, tmp_path / f"bill{file.suffix}"), "--home", other)
    assert ended.code == 0, ended.err
    assert "left out" not in ended.out
    with duckdb.connect(started.data / "warehouse" / "published.duckdb", read_only=True) as connection:
        costs = {tuple(row[:-2]): (row[-2], row[-1]) for row in connection.execute(EXPORTED).fetchall()}
    assert imported(other) == costs


AMOUNTS = st.decimals(-(10**9), 10**9, places=12)
CHARGES = st.lists(st.tuples(AMOUNTS, st.sampled_from(["USD", "EUR"]), st.sampled_from(["spend", "list_price_value"])))


@pytest.mark.parametrize("name", ["focus-csv", "focus-parquet"])
@settings(max_examples=examples(10), deadline=None)
@given(charges=CHARGES.filter(len))
def test_any_amounts_read_back_to_the_last_digit(name: str, charges: list[tuple[Decimal, str, str]]):
    rows = [
        cost(number, cost_amount=amount, currency=currency, cost_kind=kind)
        for number, (amount, currency, kind) in enumerate(charges)
    ]
    with TemporaryDirectory() as folder, published(*rows) as connection:
        inbox = Inbox(Path(folder))
        written = export_costs(connection, Path(folder), "costs", name, ExportFilter())
        as_of_another_tool(written.path, inbox.folder / f"bill{written.path.suffix}")
        inbox.extract()
        billed: dict[str, Decimal] = defaultdict(Decimal)
        for row in inbox.rows():
            billed[row["currency"]] += row["cost_amount"]
    for currency in {currency for _, currency, _ in charges}:
        spent = [amount for amount, of, kind in charges if (of, kind) == (currency, "spend")]
        assert billed[currency] == sum(spent, Decimal(0))
