"""`verify` finds a row that was dropped or doubled and a cent that was changed, at each place, and names it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from dashboards.report import build_report
from pipelines.domain.records import from_table, to_table
from pipelines.errors import BuildError, LandingError
from pipelines.home import Home
from pipelines.landing import Feed
from pipelines.sources.manual.folder import feed_of
from pipelines.verification import verify
from tests.conservation.installed import FIGURES, NOW

PLACES = ("landing", "facts", "csv export", "json export", "report")
BILL = Decimal("12.40")
"""The amount of the entry that is harmed."""

Rows = list[dict[str, Any]]


def drop(rows: Rows, bill: int) -> None:
    del rows[bill]


def double(rows: Rows, bill: int) -> None:
    rows.append({**rows[bill]})


def add(amount: str) -> Callable[[Rows, int], None]:
    def change(rows: Rows, bill: int) -> None:
        rows[bill]["cost_amount"] = str(Decimal(rows[bill]["cost_amount"]) + Decimal(amount))

    return change


HARMS = {
    "dropped": (drop, "-12.4"),
    "doubled": (double, "+12.4"),
    "a cent more": (add("0.01"), "+0.01"),
    "a trillionth less": (add("-0.000000000001"), "-0.000000000001"),
}
STATEMENTS = {
    "dropped": "delete from {table} where {bill}",
    "doubled": "insert into {table} select * from {table} where {bill}",
    "a cent more": "update {table} set cost_amount = cost_amount + 0.01 where {bill}",
    "a trillionth less": "update {table} set cost_amount = cost_amount - 0.000000000001 where {bill}",
}


def harm_csv(home: Home, harm: str) -> None:
    path = home.settings.paths.exports / "costs.csv"
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    HARMS[harm][0](rows, next(number for number, row in enumerate(rows) if row["entry_id"] == "bill"))
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def harm_json(home: Home, harm: str) -> None:
    path = home.settings.paths.exports / "costs.json"
    document = orjson.loads(path.read_bytes())
    rows = document["records"]
    HARMS[harm][0](rows, next(number for number, row in enumerate(rows) if row["entry_id"] == "bill"))
    path.write_bytes(orjson.dumps(document))


def harm_facts(home: Home, harm: str) -> None:
    _harm_table(home.settings.paths.published, "fct_costs", harm, "entry_id = 'bill'")


def harm_report(home: Home, harm: str) -> None:
    """Draw the report from a harmed copy of what is published."""
    other = home.settings.paths.home / "other.duckdb"
    shutil.copyfile(home.settings.paths.published, other)
    _harm_table(other, "rpt_daily_costs", harm, f"provider = 'groq' and cost_amount = {BILL}")
    with duckdb.connect(other, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        build_report(connection, home.report)


def _harm_table(database: Path, table: str, harm: str, bill: str) -> None:
    with duckdb.connect(database) as connection:
        changed = connection.execute(STATEMENTS[harm].format(table=f"main.{table}", bill=bill)).fetchall()
    assert changed == [(1,)]


def harm_landing(home: Home, harm: str) -> None:
    feed = feed_of("bills.csv")
    day = date(2026, 3, 2)
    records = [record for record in from_table(home.landing.read(feed)) if record.day == day]
    rows: Rows = [{"entry_id": record.entry_id, "cost_amount": str(record.cost_amount)} for record in records]
    HARMS[harm][0](rows, [record.entry_id for record in records].index("bill"))
    (bill,) = [record for record in records if record.entry_id == "bill"]
    new = [
        type(bill)(**{**vars_of(bill), "row_ordinal": number, "cost_amount": Decimal(row["cost_amount"])})
        for number, row in enumerate(rows)
    ]
    home.landing.replace(feed, {day: to_table(new)}, cursor=None, now=NOW)


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


PLACE_HARMS = {"facts": harm_facts, "csv export": harm_csv, "json export": harm_json, "report": harm_report}


def messages(home: Home) -> list[str]:
    """What `verify` says of the measures that differ, amounts as short as they can be."""
    return [str(comparison) for comparison in verify(home) if not comparison.equal]


def amounts(place_and_difference: dict[str, str]) -> str:
    spend = Decimal(FIGURES["spend", "USD"])
    parts = []
    for place in PLACES:
        difference = place_and_difference.get(place)
        amount = f"{spend + Decimal(difference or 0):.12f}"
        parts.append(f"{place} {amount} ({difference})" if difference else f"{place} {amount}")
    return "spend USD: " + ", ".join(parts)


def test_an_untouched_home_is_equal_at_every_place_in_every_measure(untouched: Home):
    comparisons = verify(untouched)
    assert all(comparison.equal for comparison in comparisons)
    assert [tuple(comparison.amounts) for comparison in comparisons] == [PLACES] * len(FIGURES)
    found = {(c.measure, c.currency): c.amounts["landing"] for c in comparisons}
    assert found == {measure: Decimal(amount) for measure, amount in FIGURES.items()}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("place", PLACE_HARMS)
def test_each_harm_at_each_place_is_found_and_the_place_named(home: Home, place: str, harm: str):
    PLACE_HARMS[place](home, harm)
    found = [message for message in messages(home) if not message.startswith("tokens")]
    assert found == [amounts({place: HARMS[harm][1]})]


@pytest.mark.parametrize("harm", [harm for harm in HARMS if harm != "dropped"])
def test_landing_that_says_otherwise_is_what_all_other_places_differ_from(home: Home, harm: str):
    harm_landing(home, harm)
    found = [message for message in messages(home) if message.startswith("spend")]
    change = Decimal(HARMS[harm][1])
    landed = Decimal(FIGURES["spend", "USD"])
    others = ", ".join(f"{place} {landed:.12f} ({(-change).normalize():+f})" for place in PLACES[1:])
    assert found == [f"spend USD: landing {landed + change:.12f}, {others}"]


def test_a_landed_day_that_was_withdrawn_is_missed_everywhere_else(home: Home):
    home.landing.replace(feed_of("bills.csv"), {}, cursor=None, now=NOW, drop_days=[date(2026, 3, 2)])
    assert [message.partition(",")[0] for message in messages(home)] == [
        "spend USD: landing 97.850000000000",
        "tokens: landing 1000160",
    ]


@pytest.mark.parametrize("place", ["facts", "csv export", "json export"])
def test_a_dropped_rows_tokens_are_missed_too(home: Home, place: str):
    PLACE_HARMS[place](home, "dropped")
    (tokens,) = [message for message in messages(home) if message.startswith("tokens")]
    assert f"{place} 1000160 (-1000)" in tokens


def test_an_amount_in_another_currency_or_of_another_kind_differs_in_both(home: Home):
    path = home.settings.paths.exports / "costs.csv"
    text = path.read_text()
    assert text.count("12.400000000000,,USD,spend") == 1
    path.write_text(text.replace("12.400000000000,,USD,spend", "12.400000000000,,EUR,spend"))
    assert [message.split(":")[0] for message in messages(home)] == ["spend EUR", "spend USD"]
    path.write_text(text.replace("12.400000000000,,USD,spend", "12.400000000000,,USD,list_price_value"))
    assert [message.split(":")[0] for message in messages(home)] == ["list_price_value USD", "spend USD"]


def test_use_that_gets_a_price_it_has_not_is_found(home: Home):
    path = home.settings.paths.exports / "costs.json"
    document = orjson.loads(path.read_bytes())
    (unpriced,) = [row for row in document["records"] if row["cost_amount"] is None]
    unpriced |= {"cost_amount": "0.50", "currency": "GBP"}
    path.write_bytes(orjson.dumps(document))
    (message,) = messages(home)
    zeros = "landing 0, facts 0, csv export 0, json export 0.500000000000 (+0.5), report 0"
    assert message == f"list_price_value GBP: {zeros}"


def test_what_is_not_there_is_not_compared(home: Home):
    (home.settings.paths.exports / "costs.csv").unlink()
    home.report.unlink()
    comparisons = verify(home)
    assert {tuple(comparison.amounts) for comparison in comparisons} == {("landing", "facts", "json export")}
    assert all(comparison.equal for comparison in comparisons)


def test_a_damaged_landed_file_is_named_before_anything_is_added_up(home: Home):
    feeds: list[Feed] = home.landing.feeds()
    file = next(path for feed, _, path in home.landing.verify() if feed == feeds[0])
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(LandingError, match=f"{file.name} was changed after it was written"):
        verify(home)


DAMAGE = {
    "report": ("reports/ai-costs.html", "<html></html>", "`ai-costs report` writes it again"),
    "csv": ("exports/costs.csv", "a,b\n1,2\n", "`ai-costs run` writes it again"),
    "json": ("exports/costs.json", "{", "`ai-costs run` writes it again"),
    "json of another shape": ("exports/costs.json", "[]", "`ai-costs run` writes it again"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_file_that_is_not_what_was_written_is_named_with_what_to_do(home: Home, name: str):
    place, content, next_step = DAMAGE[name]
    path = home.settings.paths.home / place
    path.write_text(content)
    with pytest.raises(BuildError) as refused:
        verify(home)
    assert str(refused.value).startswith(f"{path} is not what was written there (")
    assert next_step in str(refused.value)
    assert refused.value.exit_code == 6
