"""`verify` finds a row that was dropped or doubled and a cent that was changed, at each place, and names it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import orjson
import pytest

from dashboards.report import build_report
from pipelines.app.home import Home
from pipelines.app.opening import open_home
from pipelines.app.verification import verify
from pipelines.builds.store import Builds, warehouse_of
from pipelines.domain.records import from_table, to_table
from pipelines.errors import BuildError, LandingError
from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.messages import CHANGED, FROM_BACKUP
from pipelines.sources.manual.folder import feed_of
from tests.conservation.installed import FIGURES, NOW

pytestmark = pytest.mark.e2e

OUTPUTS = (
    "exports/costs.csv",
    "exports/costs.csv.manifest.json",
    "exports/costs.json",
    "exports/costs.json.manifest.json",
    "reports/ai-costs.html",
    "warehouse/published.duckdb",
)
"""The files of a build, where people find them."""

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
    records = [record for record in from_table(LandingStore(home.folders.landing).read(feed)) if record.day == day]
    rows: Rows = [{"entry_id": record.entry_id, "cost_amount": str(record.cost_amount)} for record in records]
    HARMS[harm][0](rows, [record.entry_id for record in records].index("bill"))
    (bill,) = [record for record in records if record.entry_id == "bill"]
    new = [
        type(bill)(**{**vars_of(bill), "row_ordinal": number, "cost_amount": Decimal(row["cost_amount"])})
        for number, row in enumerate(rows)
    ]
    LandingStore(home.folders.landing).replace(feed, {day: to_table(new)}, cursor=None, now=NOW)


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


PLACE_HARMS = {"facts": harm_facts, "csv export": harm_csv, "json export": harm_json, "report": harm_report}


def messages(home: Home) -> list[str]:
    """What `verify` says of the measures that differ, amounts as short as they can be."""
    return [str(comparison) for comparison in verify(home).sums if not comparison.equal]


def amounts(place_and_difference: dict[str, str]) -> str:
    spend = Decimal(FIGURES["spend", "USD"])
    parts = []
    for place in PLACES:
        difference = place_and_difference.get(place)
        amount = f"{spend + Decimal(difference or 0):.12f}"
        parts.append(f"{place} {amount} ({difference})" if difference else f"{place} {amount}")
    return "spend USD: " + ", ".join(parts)


def test_an_untouched_home_is_equal_at_every_place_in_every_measure(untouched: Home):
    found = verify(untouched)
    found.require()
    kept = ["landing", "prices", "rates", "balances"]
    assert list(found.files) == [*kept, "builds/current/MANIFEST.json", *OUTPUTS]
    assert set(found.files.values()) == {None}
    comparisons = found.sums
    assert all(comparison.equal for comparison in comparisons)
    assert [tuple(comparison.amounts) for comparison in comparisons] == [PLACES] * len(FIGURES)
    sums = {(c.measure, c.currency): c.amounts["landing"] for c in comparisons}
    assert sums == {measure: Decimal(amount) for measure, amount in FIGURES.items()}


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
    LandingStore(home.folders.landing).replace(
        feed_of("bills.csv"), {}, cursor=None, now=NOW, drop_days=[date(2026, 3, 2)]
    )
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


def problems(home: Home) -> dict[str, str]:
    """What `verify` finds wrong with files, by place."""
    return {place: problem for place, problem in verify(home).files.items() if problem is not None}


def test_what_is_not_there_is_missed_and_not_compared(home: Home):
    (home.settings.paths.exports / "costs.csv").unlink()
    home.report.unlink()
    assert problems(home) == {"exports/costs.csv": "is missing", "reports/ai-costs.html": "is missing"}
    comparisons = verify(home).sums
    assert {tuple(comparison.amounts) for comparison in comparisons} == {("landing", "facts", "json export")}
    assert all(comparison.equal for comparison in comparisons)


def test_a_damaged_landed_file_is_named_and_the_rest_is_looked_at_all_the_same(home: Home):
    feeds: list[Feed] = LandingStore(home.folders.landing).feeds()
    file = next(path for feed, _, path in LandingStore(home.folders.landing).verify() if feed == feeds[0])
    file.write_bytes(file.read_bytes()[:-1])
    found = verify(home)
    assert f"{file.name} {CHANGED}" in str(found.files["landing"])
    assert {tuple(comparison.amounts) for comparison in found.sums} == {PLACES[1:]}
    with pytest.raises(LandingError, match=rf"^landing: .*{FROM_BACKUP}"):
        found.require()


NOT_A_DATABASE = b"not a database" * 1000
DAMAGE = {
    "a cut report": ("reports/ai-costs.html", lambda content: content[: len(content) * 2 // 3]),
    "another page": ("reports/ai-costs.html", lambda _: b"<html></html>"),
    "a page of bad Unicode": ("reports/ai-costs.html", lambda content: b"\xff\xfe" + content),
    "another CSV": ("exports/costs.csv", lambda _: b"a,b\n1,2\n"),
    "a CSV of bad Unicode": ("exports/costs.csv", lambda content: content.replace(b"groq", b"gr\xffq")),
    "a CSV with a null": ("exports/costs.csv", lambda content: content.replace(b"groq", b"gr\0q")),
    "half a JSON file": ("exports/costs.json", lambda content: content[: len(content) // 2]),
    "JSON of another shape": ("exports/costs.json", lambda _: b"[]"),
    "a manifest of an export": ("exports/costs.csv.manifest.json", lambda _: b"{}"),
    "an empty database": ("warehouse/published.duckdb", lambda _: b""),
    "another file than a database": ("warehouse/published.duckdb", lambda _: NOT_A_DATABASE),
    "half a database": ("warehouse/published.duckdb", lambda content: content[: len(content) // 2]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_file_that_is_not_what_was_written_is_a_finding_with_what_to_do(home: Home, name: str):
    place, damage = DAMAGE[name]
    path = home.settings.paths.home / place
    path.write_bytes(damage(path.read_bytes()))
    found = verify(home)
    assert [file for file, problem in found.files.items() if problem is not None] == [place]
    assert str(found.files[place]).startswith(f"{CHANGED}: ")
    with pytest.raises(BuildError) as refused:
        found.require()
    assert str(refused.value).startswith(
        f"this is not the published content: run `ai-costs rebuild`, then verify again.\n{place}: was changed after"
    )
    assert refused.value.exit_code == 6


@pytest.mark.parametrize("place", OUTPUTS)
def test_a_flipped_bit_anywhere_in_an_output_is_seen(home: Home, place: str):
    path = home.settings.paths.home / place
    content = path.read_bytes()
    flips = Random(place)  # noqa: S311 - any places will do
    manifest = Builds(home.folders.home).manifest()
    assert manifest is not None
    (output,) = [output for output in manifest.outputs if output.path == place]
    for position in (0, len(content) - 1, *(flips.randrange(len(content)) for _ in range(40))):
        flipped = bytearray(content)
        flipped[position] ^= 1 << flips.randrange(8)
        path.write_bytes(flipped)
        assert output.problem(path) == f"{CHANGED}: its sha256 differs", position
    assert problems(home) == {place: f"{CHANGED}: its sha256 differs"}
    path.write_bytes(content)
    assert problems(home) == {}


def test_an_export_beside_the_build_is_held_to_its_own_manifest(home: Home):
    with warehouse_of(home.folders).reading() as connection:
        file = export_costs(connection, home.settings.paths.exports, "mine", "focus-parquet", ExportFilter()).path
    assert problems(home) == {}
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    found = verify(home)
    assert found.files[f"exports/{file.name}"] == f"is not what {file.name}.manifest.json records"
    with pytest.raises(
        BuildError, match=r"^these exports were changed: export them again, or remove their manifests\.\n"
    ):
        found.require()


def test_verifying_writes_nothing(home: Home):
    def everything() -> dict[str, int]:
        root = home.settings.paths.home
        return {str(path.relative_to(root)): path.lstat().st_mtime_ns for path in [root, *root.rglob("*")]}

    before = everything()
    verify(open_home(home.settings.environ, home=home.settings.paths.home, writes=False)).require()
    assert everything() == before
