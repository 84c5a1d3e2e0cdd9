"""How figures and days are written by the server; tests/browser checks the page's script to the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.domain.source_kinds import SourceKind
from pipelines.presentation import formats
from pipelines.presentation.labels import SOURCE_KINDS, in_a_sentence


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("11260.49", "USD", "$11,260"),
        ("99.995", "USD", "$100.00"),
        ("48.2", "USD", "$48.20"),
        ("0", "USD", "$0.00"),
        ("0.0042", "USD", "$0.0042"),
        ("0.000049", "USD", "$0.000049"),
        ("-24.175", "USD", "−$24.18"),  # noqa: RUF001
        ("1250.5", "EUR", "€1,251"),
        ("12", "CHF", "CHF\u00a012.00"),
    ],
)
def test_money_is_whole_from_a_hundred_and_exact_below(amount: str, currency: str, text: str):
    assert formats.money(Decimal(amount), currency) == text


def test_a_change_carries_its_sign():
    assert formats.money(Decimal(105), "USD", signed=True) == "+$105"
    assert formats.money(Decimal(0), "USD", signed=True) == "$0.00"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        ("0.06", "6%"),
        ("0.004", "<1%"),
        ("0", "0%"),
        ("-0.545", "−55%"),  # noqa: RUF001 - the sign a reader sees
        ("9.99", "999%"),
        ("12.4", "12×"),  # noqa: RUF001 - the sign a reader sees
        ("1234", "1,234×"),  # noqa: RUF001 - the sign a reader sees
    ],
)
def test_a_ratio_is_whole_percent_and_from_ten_times_up_a_factor(ratio: str, text: str):
    assert formats.percent(Decimal(ratio)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (812, "812"),
        (1000, "1.00K"),
        (52_340, "52.3K"),
        (999_499, "999K"),
        (999_600, "1.00M"),
        (9_996, "10.0K"),
        (567_000_000, "567M"),
        (1_030_000_000, "1.03B"),
        (3_000_000_000_000, "3.00T"),
    ],
)
def test_tokens_have_three_significant_digits(number: int, text: str):
    assert formats.tokens(number) == text


def test_days_are_short_and_their_run_is_said_once():
    assert formats.day(date(2026, 11, 22)) == "Nov 22"
    assert formats.days(date(2026, 11, 1), date(2026, 11, 22)) == "Nov 1–22"  # noqa: RUF001
    assert formats.days(date(2026, 10, 30), date(2026, 11, 2)) == "Oct 30 to Nov 2"
    assert formats.days(date(2026, 11, 1), date(2026, 11, 1)) == "Nov 1"
    assert formats.full_day(date(2027, 1, 3)) == "Jan 3, 2027"


def test_an_exact_amount_keeps_every_digit():
    assert formats.exact_money(Decimal("120.000000000000"), "EUR") == "EUR\u00a0120.00"
    assert formats.exact_money(Decimal("-1234.567800000000"), "JPY") == "JPY\u00a0−1,234.5678"  # noqa: RUF001


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("11260", "USD", "11,260.00 USD"),
        ("-24.175", "EUR", "-24.18 EUR"),
        ("1234.5", "JPY", "1,235 JPY"),
        ("1.2345", "KWD", "1.235 KWD"),
        ("0", "USD", "0.00 USD"),
        ("0.0042", "USD", "0.0042 USD"),
        ("-0.000001", "USD", "-0.000001 USD"),
    ],
)
def test_an_amount_on_the_terminal_has_the_decimals_of_its_currency(amount: str, currency: str, written: str):
    assert formats.plain_money(Decimal(amount), currency) == written


def test_sums_are_listed_by_currency():
    assert formats.plain_sums({"USD": Decimal("12.4"), "EUR": Decimal(40)}) == "40.00 EUR and 12.40 USD"


def test_an_amount_in_mail_has_the_symbol_and_the_decimals_of_its_currency():
    assert formats.full_money(Decimal(11260), "USD") == "$11,260.00"
    assert formats.full_money(Decimal(1200), "JPY") == "¥1,200"


def test_a_label_keeps_its_capitals_in_a_sentence_only_if_it_is_an_abbreviation():
    assert [in_a_sentence(label) for label in SOURCE_KINDS.values()] == ["API", "manual", "local", "import", "rates"]


def test_every_source_kind_has_a_label():
    assert set(SOURCE_KINDS) == {kind.value for kind in SourceKind}
