"""Exports of ai-costs.yaml: written once for each build, by asset and command, each failing alone."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.app.home import Home
from pipelines.cli.run import scheduled_exports
from pipelines.config.exports import ScheduledExport
from pipelines.defs.scheduled_exports import build_scheduled_exports
from pipelines.exports.scheduled import ScheduledOutcome, write_scheduled
from tests.exports.published_costs import cost, published
from tests.home.homes import home_at, publish

COSTS = [
    cost(1, cost_date=date(2026, 2, 28), cost_amount=Decimal(1)),
    cost(2, cost_date=date(2026, 3, 23), cost_amount=Decimal(2), provider="openai"),
    cost(3, cost_date=date(2026, 3, 29), cost_amount=Decimal(4)),
    cost(4, cost_date=date(2026, 3, 31), cost_amount=Decimal(8), source_kind="api"),
    cost(5, cost_date=date(2026, 4, 1), cost_amount=Decimal(16)),
]
CONFIGURATION = """\
cost_centers:
  - {to: research}
exports:
  - {name: research, match: {cost_center: research}, preset: monthly}
  - {name: wrong}
  - {name: bills, every: month, format: excel-csv}
"""


def outcome(folder: Path, build_id: str = "b1", **reported: Any) -> ScheduledOutcome:
    with published(*COSTS, build_id=build_id) as connection:
        return write_scheduled(connection, folder, ScheduledExport(name="bills", **reported))


@pytest.mark.parametrize(
    ("reported", "file", "amount"),
    [
        ({}, "bills.csv", 31),
        ({"every": "day"}, "bills-2026-03-31.csv", 8),
        ({"every": "week"}, "bills-2026-03-23.csv", 6),
        ({"every": "month"}, "bills-2026-03.csv", 14),
        ({"since": date(2026, 3, 1), "until": date(2026, 3, 31), "format": "json"}, "bills.json", 6),
        ({"match": {"provider": ("openai",)}, "compression": "gzip"}, "bills.csv.gz", 2),
        ({"match": {"account": ("acme",), "source_kind": ("api",)}, "footer": True}, "bills.csv", 8),
        ({"match": {"model": ("nothing",)}, "preset": "weekly"}, "bills.csv", None),
        ({"match": {"project": ("nothing",)}, "columns": ("currency",)}, "bills.csv", None),
        ({"match": {"cost_center": ("research",)}}, "bills.csv", "23.25"),
    ],
)
def test_each_setting_reaches_the_file(tmp_path: Path, reported: dict[str, Any], file: str, amount: int | str | None):
    export = outcome(tmp_path, **reported).export
    assert export is not None
    assert export.path == tmp_path / file
    assert export.amounts == ({} if amount is None else {"spend": {"USD": Decimal(amount)}})
    content = export.path.read_bytes()
    text = (gzip.decompress(content) if file.endswith(".gz") else content).decode()
    assert ("# 1 rows" in text) == bool(reported.get("footer"))
    assert text.startswith({"weekly": "period_start,"}.get(reported.get("preset", ""), text[:1]))


def test_a_file_of_this_build_is_not_written_again_and_one_that_was_harmed_is(tmp_path: Path):
    first = outcome(tmp_path)
    assert first.export is not None
    stamp, content = first.export.path.stat().st_mtime_ns, first.export.path.read_bytes()
    assert outcome(tmp_path) == first
    assert first.export.path.stat().st_mtime_ns == stamp
    first.export.path.write_bytes(content[:-9])
    assert outcome(tmp_path) == first
    assert first.export.path.read_bytes() == content
    again = outcome(tmp_path, build_id="b2").export
    assert again is not None
    assert again.build_id == "b2"


def test_the_day_is_that_of_utc(tmp_path: Path):
    with published(*COSTS, as_of=datetime(2026, 3, 31, 23, 30, tzinfo=UTC)) as connection:
        connection.execute("set TimeZone = 'Asia/Tokyo'")
        export = write_scheduled(connection, tmp_path, ScheduledExport(name="bills", every="day")).export
    assert export is not None
    assert export.path.name == "bills-2026-03-30.csv"


@pytest.mark.parametrize(
    ("reported", "problem"),
    [
        ({"columns": ("price",)}, "exports: 'bills': there is no column 'price' to export; there are: cost_id, "),
        ({"format": "json", "footer": True}, "exports: 'bills': json cannot have a footer: only CSV can, other than"),
        ({"format": "focus-csv", "preset": "daily"}, "exports: 'bills': FOCUS has fixed rows and columns: remove "),
    ],
)
def test_what_cannot_be_written_is_told_with_its_name(tmp_path: Path, reported: dict[str, Any], problem: str):
    # The settings refuse these already, with their place; what writes does not rely on it.
    unchecked = ScheduledExport(name="bills").model_copy(update=reported)
    with published(*COSTS) as connection:
        found = write_scheduled(connection, tmp_path, unchecked)
    assert found.export is None
    assert str(found.problem).startswith(problem)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_problem_of_the_export_alone(tmp_path: Path):
    (tmp_path / "occupied").write_text("")
    found = outcome(tmp_path / "occupied")
    assert found.problem is not None
    assert found.problem.startswith(f"{tmp_path / 'occupied' / 'bills.csv'} cannot be written (")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    opened = home_at(tmp_path, CONFIGURATION)
    (opened.settings.paths.exports / "wrong.csv").mkdir(parents=True)
    publish(opened)
    return opened


def test_each_is_an_asset_that_fails_alone_with_the_reason_in_its_check(home: Home):
    result = dg.materialize(build_scheduled_exports(home), resources={"home": home})
    assert result.success
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in checks.items()} == {
        "scheduled_research": True,
        "scheduled_wrong": False,
        "scheduled_bills": True,
    }
    problem = checks["scheduled_wrong"].metadata["problem"].value
    occupied = home.settings.paths.exports / "wrong.csv"
    assert problem == f"{occupied} cannot be written: it is a folder; move it away"
    written = {
        event.asset_key.path[-1]: event for event in result.get_asset_materialization_events() if event.asset_key
    }
    assert set(written) == {"scheduled_research", "scheduled_bills"}
    metadata = written["scheduled_research"].materialization.metadata
    assert (metadata["rows"].value, metadata["spend USD"].value) == (1, "0.750000000000")
    assert metadata["path"].value == str(home.settings.paths.exports / "research.csv")


def test_the_end_of_a_run_finds_what_the_assets_wrote_and_writes_what_is_missing(home: Home):
    dg.materialize(build_scheduled_exports(home), resources={"home": home})
    research = home.settings.paths.exports / "research.csv"
    stamp = research.stat().st_mtime_ns
    bills = home.settings.paths.exports / "bills-2026-02.excel.csv"
    bills.unlink()
    outcomes = {found.name: found for found in scheduled_exports(home)}
    assert [found.problem is None for found in outcomes.values()] == [True, False, True]
    assert research.stat().st_mtime_ns == stamp
    with bills.open(encoding="utf-8-sig", newline="") as handle:
        assert list(csv.DictReader(handle)) == [], "the cost is of March"
