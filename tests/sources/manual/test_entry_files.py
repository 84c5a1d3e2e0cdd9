"""Entry files: what is read, what is refused, and the exact words for it."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.money import exact_sum
from pipelines.errors import EntryFileError
from pipelines.landing import LandingStore
from pipelines.presentation.messages import NOT_A_CURRENCY, SAME_LINE, SUCH_AS_CURRENCIES
from pipelines.sources.manual.csv_entries import check_entries, parse_entries
from pipelines.sources.manual.folder import extract
from tests.examples import examples

TODAY = date(2026, 11, 23)
HEADER = "date,provider,account,amount,currency"
ADVICE = "the header 5: quote a cell that contains the delimiter, or add what is missing"


def problems(content: bytes | str) -> list[str]:
    """Why a file is refused, each reason without the file's name."""
    with pytest.raises(EntryFileError) as refused:
        parse_entries(content.encode() if isinstance(content, str) else content, "f.csv", TODAY)
    return [problem.removeprefix("f.csv:") for problem in refused.value.problems]


def entry(cells: str, more: str = "") -> str:
    return f"{HEADER}{more}\n{cells}\n"


@pytest.mark.parametrize(
    ("content", "amount"),
    [
        pytest.param(entry("2026-03-01,groq,a,1.50,USD"), "1.50", id="commas, point"),
        pytest.param(f"\ufeff{HEADER}\r\n2026-03-01,groq,a,1.50,USD\r\n", "1.50", id="byte order mark, CRLF"),
        pytest.param(f"{HEADER}\n2026-03-01,groq,a,1.50,USD".replace(",", "\t"), "1.50", id="tabs, no last line end"),
        pytest.param("date;provider;account;amount;currency\n2026-03-01;groq;a;1,50;EUR\n", "1.50", id="decimal comma"),
        pytest.param(
            "date;provider;account;amount;currency\n2026-03-01;groq;a;1.234,50;EUR\n", "1234.50", id="1.234,50"
        ),
        pytest.param(entry('2026-03-01,groq,a,"1,234.50",USD'), "1234.50", id="1,234.50"),
        pytest.param(entry("2026-03-01,groq,a,-25.00,USD,credit", ",category"), "-25.00", id="a credit"),
        pytest.param(entry("2026-03-01,groq,a,1.50,usd"), "1.50", id="a currency in small letters"),
        pytest.param(entry("2026-03-01,groq,a,1.50,USD\n\n \n"), "1.50", id="blank lines"),
        pytest.param(f"\n\n{entry('2026-03-01,groq,a,1.50,USD')}", "1.50", id="blank lines above"),
        pytest.param(f"{HEADER},\n2026-03-01,groq,a,1.50,USD,\n", "1.50", id="a delimiter at the end"),
        pytest.param(entry("2026-03-01,groq,a,1.50,USD,,"), "1.50", id="delimiters at the end of a row"),
        pytest.param(f"sep=;\n{entry('2026-03-01,groq,a,1.50,USD')}".replace(",", ";"), "1.50", id="Excel's sep=;"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(content: str, amount: str):
    (record,) = parse_entries(content.encode(), "f.csv", TODAY)
    assert record.cost_amount == Decimal(amount)
    assert record.currency in {"USD", "EUR"}
    assert (record.period_start.date(), record.period_end.date()) == (date(2026, 3, 1), date(2026, 3, 2))


def test_the_last_day_of_a_period_counts_and_text_is_kept_as_it_is():
    content = (
        "period_start,period_end,provider,account,amount,currency,category,note\n"
        '2026-03-01,2026-03-31,cursor,team,60,USD,seat,"=1+1, ""three""\nseats"\n'
    )
    (record,) = parse_entries(content.encode(), "f.csv", TODAY)
    assert (record.period_start.date(), record.period_end.date()) == (date(2026, 3, 1), date(2026, 4, 1))
    assert (record.entry_category, record.note) == ("seat", '=1+1, "three"\nseats')


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (
            '2026-03-01,groq,a,"1,234",USD',
            "4: amount: '1,234' can be read in two ways: is it 1234 or 1.234? Write 1234.00 or 1.2340",
        ),
        ("03/04/2026,groq,a,1,USD", "1: date: '03/04/2026' can be read in two ways: write 2026-03-04 or 2026-04-03"),
        ("2026-02-30,groq,a,1,USD", "1: date: '2026-02-30' is not a day of the calendar"),
        ("2036-03-01,groq,a,1,USD", "1: 2036-03-01 is more than a year ahead"),
        ("2026-03-01,groq,a,-1,USD", "4: a negative amount lowers the bill: set its category to credit"),
        (
            "2026-03-01,groq,a,NaN,USD",
            "4: amount: 'NaN' is not an amount: write digits only, such as 1234.56, with the currency in its column",
        ),
        (
            "2026-03-01,groq,a,1e5,USD",
            "4: amount: '1e5' is not an amount: write digits only, such as 1234.56, with the currency in its column",
        ),
        ("2026-03-01,groq,a,\u0661,USD", "4: amount: '\u0661' is not a number"),
        ("2026-03-01,groq,a,1000000000000000000,USD", "4: amount: '1000000000000000000' is larger than any bill"),
        (
            "2026-03-01,groq,a,0.0000000000001,USD",
            "4: amount: '0.0000000000001' has more than 12 digits after the point",
        ),
        ("2026-03-01,groq,a,1,XYZ", f"5: currency: 'XYZ' {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}"),
        ("2026-03-01,,a,1,USD", "2: provider is empty: fill it in"),
    ],
)
def test_a_cell_that_is_wrong_or_can_be_read_in_two_ways_is_told_with_its_place(cells: str, problem: str):
    assert problems(entry(cells)) == [f"2:{problem}"]


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        (
            "category",
            "seats",
            "category: 'seats' is not a category: use one of usage, subscription, seat, purchase, credit, tax",
        ),
        ("tokens", "1.5", "tokens: '1.5' is not a count: write a whole number without separators, such as 1200000"),
        ("replaces_source", "maybe", "replaces_source: 'maybe' is neither yes nor no"),
        ("note", "x" * 40_000, "the cell is longer than 32768 characters"),
    ],
)
def test_an_optional_cell_is_checked_too(column: str, value: str, problem: str):
    assert problems(entry(f"2026-03-01,groq,a,1,USD,{value}", f",{column}")) == [f"2:6: {problem}"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", ["1:1: the file is empty: its first line must name the columns"], id="nothing"),
        pytest.param(
            f"{HEADER},ammount\n".encode(),
            ["1:6: there is no column 'ammount'; did you mean amount?"],
            id="an unknown column",
        ),
        pytest.param(
            b"date,provider,account,amount\n2026-03-01,groq,a,1\n",
            ["1:1: the column currency is missing"],
            id="a column that is missing",
        ),
        pytest.param(f"{HEADER},currency\n".encode(), ["1:6: the column currency appears twice"], id="a column twice"),
        pytest.param(
            b"date;provider,account;amount,currency\n",
            ["1:1: the header contains commas and semicolons: use only the one that separates the columns"],
            id="two delimiters",
        ),
        pytest.param(
            entry("2026-03-01,groq,a,1\n2026-03-02,groq,a,1,USD,x").encode(),
            [
                f"2:5: the line has 4 cells, {ADVICE}",
                f"3:6: the line has 6 cells, {ADVICE}",
            ],
            id="lines of other lengths",
        ),
        pytest.param(
            entry('2026-03-01,"groq,a,1,USD').encode(),
            ["2:1: unexpected end of data: a quote is not closed, or is inside a cell"],
            id="cut off inside a quote",
        ),
        pytest.param(
            entry("# seats\n2026-03-01,groq,a,1,USD").encode(),
            ["2:1: the line is a comment, which a file of entries cannot have: remove it, or use the column note"],
            id="a comment",
        ),
        pytest.param(
            entry("2026-03-01,gr\u202eqo,a,1,USD").encode(),
            ["2:1: the line contains the control character '\\u202e': remove it"],
            id="text that turns around",
        ),
        pytest.param(
            entry(
                "2026-03-01,groq,a,1,USD,x\n2026-03-02,groq,a,2,USD,y\n2026-03-03,groq,a,3,USD,x", ",entry_id"
            ).encode(),
            ["4:6: the entry_id 'x' is also on line 2"],
            id="an id twice",
        ),
        pytest.param(
            entry("2026-03-01,gr\0oq,a,1,USD").encode(),
            ["2:1: the line contains the control character '\\x00': remove it"],
            id="a control character",
        ),
        pytest.param(
            HEADER.encode("utf-16"), ["1:1: the file is UTF-16: save it as UTF-8 (in Excel: CSV UTF-8)"], id="UTF-16"
        ),
        pytest.param(
            entry("2026-03-01,groq,caf\xe9,1,USD").encode("latin-1"),
            ["2:1: byte 0xe9 is not UTF-8; in Windows-1252 it would read '\xe9,1,USD\\n': save the file as UTF-8"],
            id="Latin-1",
        ),
        pytest.param(
            b"period_start,period_end,provider,account,amount,currency\n"
            b"2026-03-31,2026-03-01,groq,a,1,USD\n2026-03-01,,groq,a,1,USD\n",
            [
                "2:2: the period ends on 2026-03-01, before it starts on 2026-03-31",
                "3:1: the line has no date: fill in date, or both period_start and period_end",
            ],
            id="periods",
        ),
    ],
)
def test_a_file_is_refused_whole_with_every_problem(content: bytes, expected: list[str]):
    assert problems(content) == expected


DIALECTS = st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", "."), ("\t", ",")])
CENTS = st.integers(1, 10**12)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=20)
ENTRIES = st.lists(st.tuples(st.integers(0, 600), CENTS, TEXT), min_size=1, max_size=8)


@settings(max_examples=examples(60), deadline=None)
@given(entries=ENTRIES, dialect=DIALECTS, crlf=st.booleans(), marked=st.booleans())
def test_any_entries_in_any_dialect_are_read_back_exactly(
    entries: list[tuple[int, int, str]], dialect: tuple[str, str], *, crlf: bool, marked: bool
):
    delimiter, point = dialect
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n" if crlf else "\n")
    writer.writerow(["date", "provider", "account", "amount", "currency", "note"])
    for days, cents, note in entries:
        amount = f"{cents // 100}{point}{cents % 100:02}"
        writer.writerow([TODAY - timedelta(days=days), "groq", "a", amount, "USD", note])
    text = ("\ufeff" if marked else "") + written.getvalue()
    records = parse_entries(text.encode(), "f.csv", TODAY)
    assert (
        exact_sum([record.cost_amount or Decimal(0) for record in records])
        == Decimal(sum(cents for _, cents, _ in entries)) / 100
    )
    assert [record.note for record in records] == [note.strip() or None for _, _, note in entries]


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: (HEADER + "\n" + text).encode())))
def test_any_bytes_are_read_or_refused_with_a_reason(content: bytes):
    reasons = ["f.csv: read"]
    try:
        parse_entries(content, "f.csv", TODAY)
    except EntryFileError as refused:
        reasons = refused.problems
    assert reasons
    assert all(reason.startswith("f.csv:") for reason in reasons)


def test_rows_that_are_the_same_are_counted_and_told(tmp_path: Path):
    """The same line twice is the commonest error of a spreadsheet, and may be meant."""
    row = "2026-03-01,groq,a,1.50,USD"
    folder, landing = tmp_path / "manual", LandingStore(tmp_path / "landing")
    folder.mkdir()
    (folder / "a.csv").write_text(entry(f"{row}\n2026-03-02,groq,a,1.50,USD\n{row}\n{row.replace('1.50', '2')}"))
    (result,) = extract(folder, landing, datetime(2026, 11, 23, tzinfo=UTC))
    advice = "both count: give each an entry_id if both are meant, else remove one"
    assert (result.entries, result.findings) == (4, (f"line 4 {SAME_LINE} 2, and {advice}",))
    amounts = landing.read(result.feed, columns=["cost_amount"])["cost_amount"].to_pylist()
    assert sum(amounts) == Decimal("6.50")


def test_an_id_of_another_file_is_told_with_its_line(tmp_path: Path):
    folder = tmp_path / "manual"
    folder.mkdir()
    (folder / "a.csv").write_text(entry("2026-03-01,groq,a,1,USD,x", ",entry_id"))
    (folder / "b.csv").write_text(entry("2026-03-01,groq,a,1,USD,y\n2026-03-01,groq,a,1,USD,x", ",entry_id"))
    results = extract(folder, LandingStore(tmp_path / "landing"), datetime(2026, 11, 23, tzinfo=UTC))
    assert results[1].problems == ("b.csv:3:1: the entry_id 'x' is also in a.csv",)


@pytest.mark.e2e
def test_many_entries_take_little_memory_and_say_how_far_reading_is():
    """A record is 2 KB; a file of a million would take gigabytes."""
    rows = "".join(f"2026-{1 + n % 9:02}-{1 + n % 28:02},groq,a,{n}.25,USD,n{n}\n" for n in range(60_000))
    content = f"{HEADER},note\n{rows}".encode()
    told: list[str] = []
    tracemalloc.start()
    entries = check_entries(content, "f.csv", TODAY, told.append)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(entries), told) == (60_000, ["f.csv, line 50,000"])
    assert entries.sums == {"USD": Decimal(sum(range(60_000))) + Decimal("0.25") * 60_000}
    assert peak < 250 * len(entries)
