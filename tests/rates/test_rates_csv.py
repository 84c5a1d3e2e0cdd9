"""A person's file of rates: taken whole, or rejected with every problem in its place."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pipelines.errors import EntryFileError
from pipelines.presentation.messages import NOT_A_CURRENCY, SUCH_AS_CURRENCIES
from pipelines.rates.rates_csv import parse

DAY = date(2026, 4, 30)


def problems(text: str) -> list[str]:
    with pytest.raises(EntryFileError) as refused:
        parse(text.encode(), "rates.csv", "USD")
    return refused.value.problems


def test_a_line_says_what_one_unit_is_worth():
    worths = parse(
        "\ufeffdate,currency,rate\r\n2026-04-30,EUR,1.0842\r\n\r\n2026-04-30,jpy,.0067\r\n".encode(), "r", "USD"
    )
    assert worths == {DAY: {"USD": 1, "EUR": Fraction("1.0842"), "JPY": Fraction("0.0067")}}


def test_columns_may_stand_in_any_order():
    assert parse(b"Rate, Currency ,date\n1.084,EUR,2026-04-30\n", "r", "USD")[DAY]["EUR"] == Fraction("1.084")


def test_every_problem_is_told_in_its_place():
    text = """date,currency,rate
30.04.2026,EUR,1.08
2026-04-30,EURO,"1,08"
2026-04-30,EUR,0
2026-04-30,EUR
2026-04-30,USD,1
2026-04-30,GBP,1.2
2026-04-30,GBP,1.3
2026-04-30,CHF,2000000000
"""
    hint = "; write it with a decimal point, such as 1.0842"
    assert problems(text) == [
        "rates.csv:2:1: date: '30.04.2026' is not in ISO format: write 2026-04-30",
        f"rates.csv:3:2: currency: 'EURO' {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}",
        f"rates.csv:3:3: rate: '1,08' is not a number{hint}",
        f"rates.csv:4:3: rate: '0' is not a rate: a rate is more than 0 and less than 1,000,000,000{hint}",
        "rates.csv:5:1: the line has 2 cells, the header 3",
        "rates.csv:6:2: rates are in USD here, the reporting currency itself: remove the line",
        "rates.csv:8:1: there is a rate of GBP on 2026-04-30 above: keep one",
        f"rates.csv:9:3: rate: '2000000000' is not a rate: a rate is more than 0 and less than 1,000,000,000{hint}",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty: its first line must be date,currency,rate"),
        ("date;currency;rate\n", "1:1: the first line must be date,currency,rate, not date;currency;rate"),
        ("day,currency,rate\n", "1:1: the first line must be date,currency,rate, not day,currency,rate"),
        ('date,currency,rate\n"2026', "2:1: unexpected end of data: a quote is opened and not closed"),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, problem: str):
    assert problems(text) == [f"rates.csv:{problem}"]


def test_an_encoding_that_is_not_known_is_refused():
    with pytest.raises(EntryFileError, match=r"rates\.csv:1:1: the file is UTF-16"):
        parse("date,currency,rate\n".encode("utf-16"), "rates.csv", "USD")
