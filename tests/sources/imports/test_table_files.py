"""Files as they come: packed, damaged, in odd encodings, or made to do harm. Everything is within limits."""

from __future__ import annotations

import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import EntryFileError
from pipelines.presentation.messages import NO_KNOWN_EXPORT
from pipelines.sources.imports.framework import folding, table_file
from pipelines.sources.imports.framework.reading import LOOKED_AT_FIRST, digest_of
from pipelines.sources.imports.framework.row import MOST_PROBLEMS
from tests.sources.imports.bills import COLUMNS, bill, charge
from tests.sources.imports.inboxes import Inbox, feed, read
from tests.sources.imports.specimens import SPECIMENS

COSTS = next(specimen.content for specimen in SPECIMENS if specimen.id == "deepseek: days")
TOKENS = next(specimen.content for specimen in SPECIMENS if specimen.id == "deepseek_usage: tokens")


def packed(*members: tuple[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def problems(inbox: Inbox, name: str, content: str | bytes) -> list[str]:
    path = inbox.drop(name, content)
    with pytest.raises(EntryFileError) as refused:
        read(path)
    return refused.value.problems


def test_each_table_of_a_zip_is_a_source_of_its_own(inbox: Inbox):
    inbox.drop("usage_data.zip", packed(("cost-2026-7.csv", COSTS), ("amount-2026-7.csv", TOKENS)))
    (result,) = inbox.extract().values()
    assert set(result.feeds) == {feed("deepseek", "u1"), feed("deepseek_usage", "u1")}
    assert sorted((row["source"], row["cost_amount"]) for row in inbox.rows() if row["cost_amount"]) == [
        ("deepseek", Decimal("0.01")),
        ("deepseek", Decimal("0.054639")),
    ]


def test_a_damaged_directory_of_a_zip_is_told_as_damage(inbox: Inbox):
    whole = packed(("bill.csv", COSTS))
    start = whole.index(b"PK\x01\x02")
    lengths = start + 28
    nameless = whole[:lengths] + b"\x00\x00\x00\x00\x08\x00" + whole[lengths + 6 :]
    assert problems(inbox, "a.zip", nameless) == [
        "a.zip:1:1: the ZIP contains '', which is not a CSV: put only the exported files in"
    ]
    not_utf8 = whole[: start + 9] + b"\x08" + whole[start + 10 :].replace(b"bill.csv", b"b\xffll.csv")
    assert problems(inbox, "b.zip", not_utf8) == [
        "b.zip:1:1: the ZIP cannot be unpacked (UnicodeDecodeError): export it again"
    ]


def test_a_member_that_is_damaged_is_told_whatever_packed_it(inbox: Inbox):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(zipfile.ZipInfo("bill.csv"), COSTS, zipfile.ZIP_LZMA)
    broken = bytearray(content.getvalue())
    packed_at = broken.index(b"bill.csv") + len("bill.csv")
    broken[packed_at + 9 : packed_at + 40] = b"\xff" * 31
    assert problems(inbox, "c.zip", bytes(broken)) == [
        "c.zip:1:1: the packed file is damaged or cut off: export it again"
    ]


def test_a_problem_in_a_zip_names_the_file_inside(inbox: Inbox):
    found = problems(inbox, "e.zip", packed(("cost.csv", COSTS.replace("0.01", "x")), ("amount.csv", TOKENS)))
    assert found == ["e.zip/cost.csv:3:5: cost: 'x' is not a number with a decimal point"]


@pytest.mark.parametrize("name", ["../up.csv", "a/../../up.csv", "/etc/up.csv", "..\\up.csv", "C:\\up.csv", "a\nb.csv"])
def test_a_name_that_leads_out_of_a_zip_is_refused(inbox: Inbox, name: str):
    (found,) = problems(inbox, "e.zip", packed((name, COSTS)))
    assert found.startswith("e.zip:1:1: the ZIP names a file ")
    assert found.endswith(" outside of itself: do not trust it")


def test_a_zip_of_something_else_is_refused(inbox: Inbox):
    assert problems(inbox, "e.zip", packed(("run.exe", b"MZ"))) == [
        "e.zip:1:1: the ZIP contains 'run.exe', which is not a CSV: put only the exported files in"
    ]
    assert problems(inbox, "e.zip", packed()) == [
        "e.zip:1:1: the ZIP contains 0 files, not 1 to 100: it is not an export"
    ]
    many = packed(*((f"{number}.csv", COSTS) for number in range(101)))
    assert problems(inbox, "e.zip", many) == [
        "e.zip:1:1: the ZIP contains 101 files, not 1 to 100: it is not an export"
    ]


def test_bombs_are_refused_by_what_they_unpack_to(inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table_file, "LARGEST_CONTENT", 100_000)
    bomb = COSTS + "\r\n" * 1_000_000
    assert problems(inbox, "e.zip", packed(("cost.csv", bomb))) == [
        "e.zip:1:1: the ZIP unpacks to more than 100,000 bytes: it is not an export"
    ]
    assert problems(inbox, "e.csv.gz", gzip.compress(bomb.encode())) == [
        "e.csv.gz:1:1: it has more than 100,000 bytes: export it in parts"
    ]


def test_a_zip_that_lies_about_its_size_is_stopped_all_the_same(inbox: Inbox):
    content = bytearray(packed(("cost.csv", COSTS + "\r\n" * 100_000)))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert len(problems(inbox, "e.zip", bytes(content))) == 1


def test_a_gzipped_csv_is_read_and_a_cut_off_one_refused(inbox: Inbox):
    content = gzip.compress(bill(charge("2026-10-01")).encode())
    inbox.drop("bill.csv.gz", content)
    inbox.extract()
    assert inbox.sums() == {("111", "2026-10-01"): Decimal("1.25")}
    assert problems(inbox, "cut.csv.gz", content[:-9]) == [
        "cut.csv.gz:1:1: the packed file is damaged or cut off: export it again"
    ]


def test_a_damaged_parquet_file_is_refused(inbox: Inbox):
    content = io.BytesIO()
    pq.write_table(pa.table({name: ["x"] for name in COLUMNS}), content)
    for damaged in (content.getvalue()[:200], b"PAR1" + b"\x00" * 50):
        assert problems(inbox, "bill.parquet", damaged) == [
            "bill.parquet:1:1: the Parquet file is damaged or cut off: export it again"
        ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "1:1: the file is empty: its first line must name the columns"),
        (
            bill(charge("2026-10-01")).encode("utf-16"),
            "1:1: the file is text in UTF-16: save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8)",
        ),
        (
            bill(charge("2026-10-01")).encode("utf-16-le"),
            "1:1: the file is UTF-16 or no text at all: save it as CSV UTF-8, or as Parquet",
        ),
        (
            bill(charge("2026-10-01", SubAccountName="caf\u00e9")).encode("latin-1"),
            (
                "1:1: from here on a byte b'\\xe9' is not UTF-8; in Windows-1252 it would read 'é,\\r\\n': "
                "save the file as CSV UTF-8"
            ),
        ),
        (
            (bill(charge("2026-10-01")) + "1,2\r\n").encode(),
            "3:3: the line has 2 cells, the header 16: the file is cut off or was changed: export it again",
        ),
        (
            (bill(charge("2026-10-01")) + '"1').encode(),
            "3:1: unexpected end of data: a quote is opened and not closed, or a cell is longer than 131072",
        ),
    ],
    ids=["empty", "UTF-16", "UTF-16 without a mark", "Latin-1", "cut off", "open quote"],
)
def test_what_cannot_be_read_is_refused_with_the_place(inbox: Inbox, content: bytes, problem: str):
    assert problems(inbox, "bill.csv", content) == [f"bill.csv:{problem}"]


def test_a_folder_in_the_inbox_is_refused(inbox: Inbox):
    (inbox.folder / "old").mkdir()
    (result,) = inbox.extract().values()
    assert result.problems == ("old:1:1: it cannot be read (it is a folder, not a file): put a file in its place",)


def test_reading_stops_where_there_is_no_use_in_more_problems(inbox: Inbox):
    found = problems(inbox, "bill.csv", bill(*[charge("2026-10-01", "x")] * 1500))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1] == "bill.csv:100:1: after 99 problems the rest was not read"


def test_more_records_than_any_export_has_are_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folding, "MOST_RECORDS", 2)
    charges = [charge("2026-10-01", SubAccountId=str(number)) for number in range(3)]
    assert problems(inbox, "bill.csv", bill(*charges)) == [
        "bill.csv:4:1: the file has more than 200,000 different records: export it in parts"
    ]


WORKBOOK = packed(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>"))
SHEET = "open it and save the sheet as CSV UTF-8"
KINDS = {
    "xlsx": (WORKBOOK, f"the file is an Excel workbook (.xlsx): {SHEET}"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"the file is an Excel workbook of the old kind (.xls): {SHEET}"),
    "ods": (packed(("content.xml", "<x/>")), f"the file is an OpenDocument file (.ods): {SHEET}"),
    "pdf": (
        b"%PDF-1.7\n1 0 obj",
        "the file is a PDF: export a CSV, or enter the amount manually with `ai-costs add`",
    ),
    "json": (b'{"object": "page", "data": []}', "the file is JSON: export it as CSV"),
    "jsonl": (b'[{"cost": 1}]\n', "the file is JSON: export it as CSV"),
    "html": (
        b"<!DOCTYPE html>\n<html>",
        "the file is a page or XML, not a CSV: export a CSV; a download may have needed a login",
    ),
    "7z": (b"7z\xbc\xaf\x27\x1c", "the file is a 7-Zip archive: unpack it, or pack it as a ZIP"),
}


@pytest.mark.parametrize("ending", KINDS)
def test_a_file_is_called_what_it_is_with_what_to_do(inbox: Inbox, ending: str):
    content, told = KINDS[ending]
    assert problems(inbox, f"costs.{ending}", content) == [f"costs.{ending}:1:1: {told}"]


@pytest.mark.parametrize("count", [1, 57, 58, 59, 60, 61, 62, 119, 120, 121, 500])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n", "Account,Ada\nPrinted,2026-10-03\n"])
def test_no_line_is_lost_where_the_look_at_the_start_of_a_file_ends(inbox: Inbox, count: int, start: str):
    content = start + bill(*[charge("2026-10-01", "1")] * count)
    reading = read(inbox.drop("bill.csv", content))
    assert (reading.rows, reading.charged) == (count, {"USD": Decimal(count)})


def test_a_nul_byte_far_below_is_told_with_its_line(inbox: Inbox):
    content = bill(charge("2026-10-01"), charge("2026-10-02")).encode().replace(b"2026-10-02T00", b"2026\x0010-02T00")
    assert problems(inbox, "bill.csv", content)[0].startswith("bill.csv:3:")


def test_an_invoices_head_is_no_damage(inbox: Inbox):
    head = "Account,Ada\nPrinted,2026-10-03\n\nBooked on,Purpose,Value\n2026-10-01,Groq,1.5\n2026-10-02,Groq,2\n"
    (problem,) = problems(inbox, "bank.csv", head)
    assert problem.startswith(f"bank.csv:1:1: {NO_KNOWN_EXPORT}: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the row is longer than 1,000,000 characters: this is not a table of costs"),
        (b"PK\x03\x04", "the row is longer than 1,000,000 characters: this is not a table of costs"),
        (b"\x1f\x8b", "the packed file is damaged or cut off: export it again"),
    ],
    ids=["zeros", "no ZIP", "no gzip"],
)
def test_a_large_file_that_is_no_table_is_refused_before_the_whole_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
):
    path = tmp_path / "bill.csv"
    path.write_bytes(content)
    with path.open("r+b") as handle:
        handle.truncate(LOOKED_AT_FIRST + 1)
    monkeypatch.delattr("hashlib.file_digest")
    with pytest.raises(EntryFileError) as refused:
        digest_of(path)
    assert refused.value.problems == [f"bill.csv:1:1: {words}"]
