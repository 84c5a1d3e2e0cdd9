"""A mapping asks what a manual entry is asked: one reading is taken, two are refused, and a setting answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from pipelines.config.imports import ImportMapping
from tests.sources.imports.inboxes import Inbox
from tests.sources.imports.mapped_files import DAY, taken

UNASKED = {
    "12.50": "12.50",
    "1234.56": "1234.56",
    '"1,234.56"': "1234.56",
    "1.5E+3": "1500",
    "12.50 USD": "12.50",
    "$12.50": "12.50",
    "0.123": "0.123",
    '"12,50"': "12.50",
    '"1.234.567,89"': "1234567.89",
    "1'234.50": "1234.50",
    '"1\u00a0234,50"': "1234.50",
}
"""A cell with one reading -> the amount."""


@pytest.mark.parametrize("cell", UNASKED)
def test_an_amount_with_one_reading_is_taken(inbox: Inbox, cell: str):
    assert taken(inbox, f"day,usd\n{DAY},{cell}\n") == ({DAY: Decimal(UNASKED[cell])}, (), ())


WAYS = "Set decimal: point or decimal: comma in the mapping"
ASKED_AMOUNTS = {
    '"1,234"': f"'1,234' can be read in two ways: is it 1234 or 1.234? {WAYS}",
    "1.234": f"'1.234' can be read in two ways: is it 1234 or 1.234? {WAYS}",
    "(12.50)": "'(12.50)' seems to be negative: set negative_amounts in the mapping to what that means",
    "12.50-": "'12.50-' seems to be negative: set negative_amounts in the mapping to what that means",
    "€12.50": "'€12.50' is not in USD, the currency of the mapping",
    "NaN": "'NaN' is not an amount with a decimal point or a decimal comma",
}


@pytest.mark.parametrize("cell", ASKED_AMOUNTS)
def test_an_amount_with_two_readings_is_refused_with_the_question(inbox: Inbox, cell: str):
    sums, _, problems = taken(inbox, f"day,usd\n{DAY},{cell}\n")
    assert (sums, problems) == ({}, (f"f.csv:2:2: usd: {ASKED_AMOUNTS[cell]}",))


@pytest.mark.parametrize("cell", ["", "NULL"])
def test_an_amount_that_says_nothing_is_refused(inbox: Inbox, cell: str):
    assert taken(inbox, f"day,usd\n{DAY},{cell}\n")[2] == ("f.csv:2:2: usd is empty, which every row needs",)


@pytest.mark.parametrize(
    ("decimal", "cell", "amount"),
    [
        ("point", "1.234", "1.234"),
        ("point", '"1,234"', "1234"),
        ("comma", "1.234", "1234"),
        ("comma", '"1,234"', "1.234"),
        ("comma", '"2.500,75"', "2500.75"),
    ],
)
def test_the_decimal_sign_answers_the_question(inbox: Inbox, decimal: str, cell: str, amount: str):
    assert taken(inbox, f"day,usd\n{DAY},{cell}\n", decimal=decimal) == ({DAY: Decimal(amount)}, (), ())


def test_a_number_that_the_decimal_sign_denies_is_refused(inbox: Inbox):
    _, _, problems = taken(inbox, f"day,usd\n{DAY},12.5\n", decimal="comma")
    assert problems == ("f.csv:2:2: usd: '12.5' is not an amount with a decimal comma",)


def test_one_file_writes_decimals_one_way(inbox: Inbox):
    _, _, problems = taken(inbox, f"day;usd\n{DAY};12,50\n{DAY};12.50\n")
    told = "line 2 writes decimals in another way than this one: set decimal: point or decimal: comma in the mapping"
    assert problems == (f"f.csv:3:2: {told}",)


UNASKED_DAYS = {
    "2026-03-05": DAY,
    "20260305": DAY,
    "2026/3/5": DAY,
    "2026-03-05T23:30:00-05:00": "2026-03-06",
    "2026-03-05 10:00:00 UTC": DAY,
}


@pytest.mark.parametrize("cell", UNASKED_DAYS)
def test_a_day_with_one_reading_is_taken(inbox: Inbox, cell: str):
    assert taken(inbox, f"day,usd\n{cell},1\n")[0] == {UNASKED_DAYS[cell]: Decimal(1)}


ORDERS = "Set date_format: day-first or date_format: month-first in the mapping"
TWO = "can be read in more than one way: is it"
NO_DAY = "is not a valid date (year-month-day): set date_format to how days are written"
ASKED_DAYS = {
    "05/01/2026": f"'05/01/2026' {TWO} 2026-01-05 or 2026-05-01? {ORDERS}",
    "05.03.2026": f"'05.03.2026' {TWO} 2026-03-05 or 2026-05-03? {ORDERS}",
    "05/03/26": f"'05/03/26' {TWO} 2026-03-05 or 2026-05-03? {ORDERS}",
    "25/01/2026": "'25/01/2026' is not year-month-day: set date_format: day-first in the mapping",
    "01/25/2026": "'01/25/2026' is not year-month-day: set date_format: month-first in the mapping",
    "2026-W10": f"'2026-W10' {NO_DAY}",
    "5 Mar 2026": f"'5 Mar 2026' {NO_DAY}",
    "46086": f"'46086' {NO_DAY}",
    "1790553600": f"'1790553600' {NO_DAY}",
    "1790553600000": f"'1790553600000' {NO_DAY}",
    "2026-03": "'2026-03' is a month, not a day: set date_format: '%Y-%m' in the mapping for whole months",
}


@pytest.mark.parametrize("cell", ASKED_DAYS)
def test_a_day_with_two_readings_is_refused_with_the_question(inbox: Inbox, cell: str):
    sums, _, problems = taken(inbox, f"day,usd\n{cell},1\n")
    assert (sums, problems) == ({}, (f"f.csv:2:1: day: {ASKED_DAYS[cell]}",))


def test_a_day_far_ahead_is_a_mistyped_year(inbox: Inbox):
    problem = "f.csv:2:1: 2096-03-05 is more than a year ahead: fix the date"
    assert taken(inbox, "day,usd\n2096-03-05,12.50\n")[2] == (problem,)


@pytest.mark.parametrize(
    ("date_format", "cell", "day"),
    [
        ("day-first", "05/03/2026", DAY),
        ("day-first", "5.3.26", DAY),
        ("month-first", "03/05/2026", DAY),
        ("month-first", "3/5/26 10:15", DAY),
        ("unix", "1790553600", "2026-09-28"),
        ("%d %b %Y", "5 Mar 2026", DAY),
        ("%b %d, %Y", '"Mar 5, 2026"', DAY),
    ],
)
def test_the_date_format_answers_the_question(inbox: Inbox, date_format: str, cell: str, day: str):
    assert taken(inbox, f"day,usd\n{cell},1\n", date_format=date_format) == ({day: Decimal(1)}, (), ())


def test_a_whole_month_keeps_its_period(inbox: Inbox):
    taken(inbox, "day,usd\n2026-02,28\n", date_format="%Y-%m")
    (row,) = inbox.rows()
    assert (row["period_start"].date(), row["period_end"].date(), row["grain"]) == (
        date(2026, 2, 1),
        date(2026, 3, 1),
        "period",
    )


def test_a_day_that_the_date_format_denies_is_refused(inbox: Inbox):
    _, _, problems = taken(inbox, "day,usd\n25/01/2026,1\n", date_format="month-first")
    assert problems == ("f.csv:2:1: day: '25/01/2026' is not a valid date (month-first)",)


def test_a_date_format_that_is_none_is_refused():
    with pytest.raises(ValidationError, match=r"date_format: 'dmy' is neither one of day-first, month-first, unix"):
        ImportMapping.model_validate(
            {"provider": "a", "currency": "USD", "columns": {"date": "d", "amount": "a"}, "date_format": "dmy"}
        )


def test_a_moment_in_milliseconds_is_not_one_in_seconds(inbox: Inbox):
    sums, _, problems = taken(inbox, "day,usd\n1790553600000,1\n", date_format="unix")
    assert (sums, len(problems)) == ({}, 1)


SPENT = f"day,usd\n{DAY},-5.00\n{DAY},-7.00\n{DAY},2.00\n"


def test_amounts_of_which_most_are_negative_are_asked_about(inbox: Inbox):
    _, _, problems = taken(inbox, SPENT)
    settings = "Set negative_amounts: credit or negative_amounts: cost in the mapping"
    told = f"2 of 3 amounts are negative: is that money back, or what was paid? {settings}"
    assert problems == (f"f.csv:2:1: {told}",)


def test_as_many_amounts_with_a_minus_as_without_are_asked_about(inbox: Inbox):
    _, _, problems = taken(inbox, f"day,usd\n{DAY},-5.00\n{DAY},7.00\n")
    assert problems[0].startswith("f.csv:2:1: 1 of 2 amounts are negative: is that money back, or what was paid?")


def test_a_few_amounts_with_a_minus_are_credit_and_a_finding_until_it_is_set(inbox: Inbox):
    content = f"day,usd\n{DAY},9.00\n{DAY},7.00\n{DAY},-5.00\n"
    told = (
        "1 of 3 amounts are negative (first in line 4) and count as credit: set negative_amounts: credit in the "
        "mapping if that is right, else negative_amounts: cost"
    )
    assert taken(inbox, content) == ({DAY: Decimal(11)}, (told,), ())
    assert taken(inbox, content, negative_amounts="credit") == ({DAY: Decimal(11)}, (), ())


@pytest.mark.parametrize(("meaning", "amount"), [("cost", "10"), ("credit", "-10")])
def test_what_a_minus_means_answers_the_question(inbox: Inbox, meaning: str, amount: str):
    assert taken(inbox, SPENT, negative_amounts=meaning) == ({DAY: Decimal(amount)}, (), ())
    back = sorted((row["cost_amount"], row["charge_category"]) for row in inbox.rows())
    assert {category for value, category in back if value < 0} == {"Credit"}


def test_negative_amounts_may_be_written_as_accountants_do(inbox: Inbox):
    content = f"day,usd\n{DAY},(12.50)\n{DAY},2.50-\n"
    assert taken(inbox, content, negative_amounts="cost")[0] == {DAY: Decimal(15)}


@pytest.mark.parametrize("total", ["Total,,12.50", ",,12.50", "Grand total,,12.50", "Summe,,12.50"])
def test_a_row_of_totals_is_left_out_on_request_and_compared(inbox: Inbox, total: str):
    content = f"day,what,usd\n{DAY},x,12.00\n{DAY},y,0.50\n{total}\n"
    assert taken(inbox, content, skip_total_rows=True) == ({DAY: Decimal("12.50")}, (), ())
    _, findings, _ = taken(inbox, content.replace("12.00", "11.00"), skip_total_rows=True)
    assert findings == ("line 4 has a total of 12.50, but its rows add up to 11.50",)


def test_a_row_of_totals_is_refused_without_being_asked_for(inbox: Inbox):
    _, _, problems = taken(inbox, f"day,usd\n{DAY},12.50\nTotal,12.50\n")
    assert problems[0] == ("f.csv:3:1: the row seems to add up the others: set skip_total_rows: true in the mapping")
    assert taken(inbox, f"day,usd\n{DAY},12.50\n,12.50\n")[2] == ("f.csv:3:1: day is empty, which every row needs",)


@pytest.mark.parametrize("header", ["day,usd,usd", "day,usd,US D", "day,USD,usd"])
def test_a_column_that_stands_twice_is_refused(inbox: Inbox, header: str):
    assert taken(inbox, f"{header}\n{DAY},1.00,2.00\n")[2] == (
        "f.csv:1:1: the column usd appears more than once: remove the columns that do not count",
    )


@pytest.mark.parametrize(
    "content",
    [
        f"sep=;\nday;usd\n{DAY};1\n",
        f"\n\nday,usd\n{DAY},1\n",
        f"\n\nday;usd\n{DAY};1\n",
        f"Account,of Ada\nFrom,2026-03-01\n\nday,usd\n{DAY},1\n",
        f"day,usd,\n{DAY},1,\n",
        f"day,usd\n{DAY},1,,\n",
    ],
    ids=["Excel's line", "blank", "blank, semicolons", "head", "delimiter at the end", "more at the end"],
)
def test_what_stands_above_the_columns_and_empty_cells_at_the_end_are_no_hindrance(inbox: Inbox, content: str):
    assert taken(inbox, content) == ({DAY: Decimal(1)}, (), ())


def test_lines_above_the_columns_may_be_counted(inbox: Inbox):
    content = f"day,usd\nx,y\nday,usd\n{DAY},x\n"
    _, _, problems = taken(inbox, content, skip_lines=2)
    assert problems == ("f.csv:4:2: usd: 'x' is not an amount with a decimal point or a decimal comma",)
    assert taken(inbox, content.replace(",x\n", ",3\n"), skip_lines=2)[0] == {DAY: Decimal(3)}


def test_a_german_file_is_read_with_its_settings(inbox: Inbox):
    content = "Kontoauszug;Ada\n\nday;was;usd\n05.03.2026;Groq;-1.234,56\n06.03.2026;Groq;-2,44\nSumme;;-1.237,00\n"
    settings = {
        "decimal": "comma",
        "date_format": "day-first",
        "negative_amounts": "cost",
        "skip_total_rows": True,
    }
    assert taken(inbox, content, **settings) == ({DAY: Decimal("1234.56"), "2026-03-06": Decimal("2.44")}, (), ())
