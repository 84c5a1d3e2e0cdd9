"""A mapping is as strict as manual entries: repeated rows, ids, ambiguous counts, and what would count twice."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.config.imports import ImportMapping, ImportSettings
from pipelines.presentation.messages import SAME_LINE
from pipelines.sources.imports.framework import mapped
from pipelines.sources.imports.framework.equal_rows import EqualRows
from pipelines.sources.imports.framework.rules import ImportRules
from tests.examples import examples
from tests.sources.imports.inboxes import Inbox
from tests.sources.imports.mapped_files import DAY, TODAY, taken

WAYS = "Set decimal: point or decimal: comma in the mapping"
BOTH = "both count: remove one, or set allow_equal_rows: true in the mapping if both are meant"


def test_rows_that_are_the_same_count_and_are_a_finding(inbox: Inbox):
    """The same line twice is the commonest error of a spreadsheet, and may be meant."""
    content = f"day,usd\n{DAY},5.00\n{DAY},5.00\n"
    assert taken(inbox, content) == ({DAY: Decimal(10)}, (f"line 3 {SAME_LINE} 2, and {BOTH}",), ())
    assert taken(inbox, content, allow_equal_rows=True) == ({DAY: Decimal(10)}, (), ())


def test_the_first_of_many_equal_rows_are_shown_and_the_others_counted(inbox: Inbox):
    pasted = "".join(f"2026-03-{day:02},{day}.00\n" for day in range(1, 9))
    sums, findings, _ = taken(inbox, f"day,usd\n{pasted}2026-03-09,1.00\n{pasted}2026-03-01,1.00 \n")
    shown = [f"line {line} {SAME_LINE} {line - 9}, and {BOTH}" for line in range(11, 16)]
    assert findings == (*shown, "4 more lines are the same as earlier ones")
    assert (sums["2026-03-01"], sums["2026-03-08"], sums["2026-03-09"]) == (Decimal(3), Decimal(16), Decimal(1))


@pytest.mark.parametrize(
    "rows",
    [
        f"{DAY},5.00,call 1\n{DAY},5.00,call 2\n",
        f"{DAY},5.00,x\n2026-03-06,5.00,x\n",
        f"{DAY},5.00,x\n{DAY},5.01,x\n",
        f'{DAY},5.00,"x"\n{DAY},5.00,X\n',
    ],
    ids=["a column that is not mapped", "day", "amount", "case"],
)
def test_rows_that_differ_in_any_cell_are_no_finding(inbox: Inbox, rows: str):
    assert taken(inbox, f"day,usd,what\n{rows}")[1:] == ((), ())


def test_equal_rows_are_a_finding_of_the_account_that_they_are_of(inbox: Inbox):
    content = f"day,usd,team\n{DAY},1,labs\n{DAY},2,core\n{DAY},2,core\nTotal,5,\nTotal,5,\n"
    columns = {"date": "day", "amount": "usd", "account": "team"}
    mapping = {"provider": "acme", "currency": "USD", "columns": columns, "skip_total_rows": True}
    inbox.drop("f.csv", content)
    files = {"files": [{"file": "*.csv", "mapping": mapping}]}
    (result,) = inbox.extract(ImportRules(ImportSettings.model_validate(files), today=TODAY)).values()
    assert {feed.name: texts for feed, texts in result.findings.items()} == {
        "core": (f"line 4 {SAME_LINE} 3, and {BOTH}",)
    }


def test_equal_rows_of_a_file_in_a_zip_name_the_file(inbox: Inbox):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", f"day,usd\n{DAY},1\n")
        archive.writestr("b.csv", f"day,usd\n{DAY},1\n{DAY},1\n")
    sums, findings, problems = taken(inbox, packed.getvalue(), file="*.zip")
    assert (sums, problems) == ({DAY: Decimal(3)}, ())
    assert findings == (f"f.zip/b.csv: line 3 {SAME_LINE} 2, and {BOTH}",)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=30))
def test_equal_rows_are_those_whose_cells_were_there_before(words: list[str]):
    rows = EqualRows()
    for line, word in enumerate(words, 2):
        rows.add(line, [word, "1.00"])
    repeats = [(line, words.index(word) + 2) for line, word in enumerate(words, 2) if word in words[: line - 2]]
    expected = [f"line {line} {SAME_LINE} {first}, and {BOTH}" for line, first in repeats[:5]]
    assert rows.findings()[:5] == expected
    assert len(rows.findings()) == len(expected) + (len(repeats) > len(expected))


def test_an_id_stands_for_one_row(inbox: Inbox):
    columns = {"date": "day", "amount": "usd", "id": "invoice"}
    content = f"day,usd,invoice\n{DAY},1,x\n{DAY},1,y\n{DAY},3,\n{DAY},4,\n"
    assert taken(inbox, content, columns=columns) == ({DAY: Decimal(9)}, (), ())
    _, _, problems = taken(inbox, content.replace("1,y", "2,x"), columns=columns)
    assert problems == ("f.csv:3:3: the invoice 'x' is in line 2 too",)


COUNT = "is not a count: a whole number"
COUNTS = {
    "1200": 1200,
    "12.0": 12,
    "1e3": 1000,
    '"1,200,000"': 1_200_000,
    "1.200.000": 1_200_000,
    "1'200": 1200,
    "1.000": f"'1.000' can be read in two ways: is it 1000 or 1.000? {WAYS}",
    '"1,200"': f"'1,200' can be read in two ways: is it 1200 or 1.200? {WAYS}",
    "$12": f"'$12' {COUNT}",
    "12.5": f"'12.5' {COUNT}",
    "-3": f"'-3' {COUNT}",
    "many": f"'many' {COUNT}",
}
"""A cell of tokens -> the count, or the problem."""


@pytest.mark.parametrize("cell", COUNTS)
@pytest.mark.parametrize(
    "meaning", ["requests", "tokens", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"]
)
def test_a_count_with_one_reading_is_taken_and_one_with_two_is_asked_about(inbox: Inbox, cell: str, meaning: str):
    _, _, problems = taken(inbox, f"day,n\n{DAY},{cell}\n", columns={"date": "day", meaning: "n"})
    expected = COUNTS[cell]
    if isinstance(expected, str):
        assert problems == (f"f.csv:2:2: n: {expected}",)
    else:
        assert [row[mapped.COUNTS[meaning]] for row in inbox.rows()] == [expected]


@pytest.mark.parametrize(
    ("decimal", "cell", "count"), [("point", "1.000", 1), ("comma", "1.000", 1000), ("point", '"1,000"', 1000)]
)
def test_the_decimal_sign_answers_the_question_of_a_count(inbox: Inbox, decimal: str, cell: str, count: int):
    taken(inbox, f"day,n\n{DAY},{cell}\n", columns={"date": "day", "tokens": "n"}, decimal=decimal)
    assert [row["unsplit_tokens"] for row in inbox.rows()] == [count]


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        (
            {"tokens": "All", "input_tokens": "In", "output_tokens": "Out"},
            "tokens are all tokens and would count again with input_tokens, output_tokens",
        ),
        ({"input_tokens": "In", "cache_read_tokens": "In"}, "'In' cannot be both input_tokens and cache_read_tokens"),
        ({"amount": "N", "requests": "N"}, "'N' cannot be both amount and requests"),
    ],
)
def test_a_mapping_that_counts_the_same_twice_is_refused(columns: dict[str, str], complaint: str):
    with pytest.raises(ValidationError, match=complaint):
        ImportMapping.model_validate({"provider": "a", "currency": "USD", "columns": {"date": "D", **columns}})


def test_a_comment_is_called_a_comment(inbox: Inbox):
    _, _, problems = taken(inbox, f"day,usd\n{DAY},1\n# end of the list\n")
    assert problems == ("f.csv:3:1: the line is a comment, which is not a row of the table: remove it",)
