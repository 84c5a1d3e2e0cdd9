"""The contract of every format: known by its header, read to the last digit, whatever the order of its columns."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain.records import LANDING_SCHEMA, to_table
from pipelines.errors import EntryFileError
from pipelines.sources import imports
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.reading import ParsedFile
from pipelines.sources.imports.framework.row import Header
from tests.examples import examples
from tests.sources.imports.inboxes import Inbox, read, table
from tests.sources.imports.specimens import SPECIMENS, Specimen

EVERY = pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.id)


def columns_and_rows(content: str) -> tuple[list[str], list[list[str]]]:
    columns, *rows = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    return columns, rows


def landed(reading: ParsedFile) -> list[dict[str, Any]]:
    rows = [record for statement in reading.statements.values() for record in statement.folded.records()]
    found: list[dict[str, Any]] = to_table(rows).to_pylist()
    order = ("period_start", "model_raw", "meter", "charge_category", "cost_amount")
    return sorted(found, key=lambda row: [str(row[name] or "") for name in order])


def as_expected_type(value: Any, expected: Any) -> Any:
    """A landed value in the form that specimens state."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return expected if isinstance(value, Decimal) and value == Decimal(expected) else value


def test_every_format_has_a_file_of_its_name_a_specimen_and_a_title_of_its_own():
    assert {known.name for known in import_formats()} <= {path.stem for path in Path(imports.__path__[0]).glob("*.py")}
    assert {specimen.format for specimen in SPECIMENS} == {known.name for known in import_formats()}
    assert len({known.title for known in import_formats()}) == len(import_formats())


@EVERY
def test_a_file_is_known_by_its_header_and_states_exactly_this(inbox: Inbox, specimen: Specimen):
    reading = read(inbox.drop("export-2026-10.csv", specimen.content))
    assert [known.name for known in reading.formats] == [specimen.format]
    rows = landed(reading)
    reported = [
        {name: as_expected_type(row[name], value) for name, value in expected.items()}
        for row, expected in zip(rows, specimen.states, strict=True)
    ]
    assert reported == specimen.states
    assert {feed.name for feed in reading.statements} == specimen.accounts
    findings = [statement.findings for statement in reading.statements.values()]
    assert findings == [() if specimen.finding is None else (specimen.finding,)]
    assert {(row["source"], row["source_kind"], row["source_file"]) for row in rows} <= {
        (specimen.format, "import", "export-2026-10.csv")
    }


@EVERY
@pytest.mark.parametrize(
    ("delimiter", "start"), [(",", ""), (";", "\ufeff"), ("\t", "")], ids=["commas", "semicolons, mark", "tabs"]
)
def test_the_order_of_columns_unknown_ones_and_the_dialect_make_no_difference(
    inbox: Inbox, specimen: Specimen, delimiter: str, start: str
):
    columns, rows = columns_and_rows(specimen.content)
    turned = table(["Novel column", *columns[::-1]], [["x", *row[::-1]] for row in rows], delimiter)
    expected = landed(read(inbox.drop("export.csv", specimen.content)))
    assert landed(read(inbox.drop("export.csv", start + turned))) == expected


@EVERY
def test_without_a_column_that_it_is_known_by_it_is_not_this_format(specimen: Specimen):
    columns, _ = columns_and_rows(specimen.content)
    (known,) = [known for known in import_formats() if known.name == specimen.format]
    whole = Header(tuple(columns))
    (layout,) = [layout for layout in known.layouts if len(layout) == known.fit(whole) and whole.has(*layout)]
    for name in layout:
        position = whole.index(name)
        assert known.fit(Header(tuple(columns[:position] + columns[position + 1 :]))) < len(layout), name


def test_a_kind_of_use_that_is_not_known_is_refused_and_not_taken_for_none(inbox: Inbox):
    times = "start_time,end_time,start_time_iso,end_time_iso"
    content = f"{times},project_id,minutes\n1,2,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,proj_1,9\n"
    with pytest.raises(EntryFileError) as refused:
        read(inbox.drop("usage.csv", content))
    assert refused.value.problems == ["usage.csv:2:1: the export has an unknown kind of usage: enter it manually"]


HOSTILE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["NaN", "-1", "1e99", "\u0661", "=cmd()", "2026-02-30", "99999999999999999999", '"', "\x00", "{}", "[]"]
    ),
)


@EVERY
@given(data=st.data())
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_hostile_cells_give_only_refusals(inbox: Inbox, specimen: Specimen, data: st.DataObject):
    columns, rows = columns_and_rows(specimen.content)
    for row in rows:
        for index in data.draw(st.sets(st.integers(0, len(row) - 1), max_size=3)):
            row[index] = data.draw(HOSTILE)
    path = inbox.drop("export.csv", table(columns, rows).encode("utf-8", "surrogatepass"))
    rows_landed, problems = [], []
    try:
        rows_landed = landed(read(path))
    except EntryFileError as error:
        problems = error.problems
    assert all(problem.startswith("export.csv:") for problem in problems)
    assert all(set(row) == set(LANDING_SCHEMA.names) for row in rows_landed)


@given(content=st.binary(max_size=300))
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("start", [b"", b"PAR1", b"PK\x03\x04", b"\x1f\x8b"], ids=["any", "parquet", "zip", "gzip"])
def test_hostile_bytes_give_only_refusals(inbox: Inbox, start: bytes, content: bytes):
    with pytest.raises(EntryFileError) as refused:
        read(inbox.drop("export.csv", start + content))
    assert refused.value.problems
