"""A long export says how far it is on a terminal alone, and never goes back."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.cli.export_bar import export_bar
from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from pipelines.warehouse.opening import scratch
from tests.exports.published_costs import cost, published

LONG = "copy (select n, md5(n::varchar) as text from range(3000000) as rows (n)) to '{}'"


def percents(shown: str) -> list[int]:
    return [int(text) for text in re.findall(r"(\d+)%", shown)]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_long_query_that_writes_says_how_far_it_is(tmp_path: Path, *, is_terminal: bool):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal, width=80)
    with scratch() as connection, export_bar(connection, "exporting", console) as bar:
        connection.execute("select count(*) from (select md5(n::varchar) as text from range(300000) as rows (n))")
        bar.report(0)
        connection.execute(LONG.format(tmp_path / "rows.csv"))
    found = percents(shown.getvalue())
    assert bool(set(found) & set(range(1, 100))) is is_terminal
    assert found == sorted(found)
    assert ("exporting" in shown.getvalue()) is is_terminal


@pytest.mark.parametrize("name", ["csv", "json", "jsonl", "parquet", "focus-csv"])
def test_every_format_reports_when_writing_begins_and_never_less(tmp_path: Path, name: str):
    shares: list[float] = []
    with published(*(cost(number) for number in range(50))) as connection:
        export_costs(connection, tmp_path, "costs", name, ExportFilter(), report=shares.append)
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] in {0, 1}
    assert (shares[-1] == 1) == (name in {"json", "jsonl"})


def test_what_goes_wrong_in_it_is_raised():
    with pytest.raises(ZeroDivisionError), scratch() as connection, export_bar(connection, "dividing", Console()):
        raise ZeroDivisionError
