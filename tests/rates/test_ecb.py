"""The ECB's published history: read exactly, fetched within bounds, refused when it is something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.rates import ecb
from pipelines.rates.rate import Rate, in_currency
from tests.rates.history import FRIDAY, THURSDAY, archive, history, publishing
from tests.sources.api.canned import Reply

ON_FRIDAY, ON_THURSDAY = date(2026, 4, 24), date(2026, 4, 23)


class TestReading:
    def test_a_day_says_what_each_currency_is_worth_in_euros(self):
        worths = ecb.parse(history(FRIDAY, THURSDAY))
        assert worths[ON_FRIDAY] == {
            "EUR": 1,
            "USD": 1 / Fraction("1.17"),
            "JPY": 1 / Fraction("185.26"),
            "GBP": 1 / Fraction("0.87"),
        }
        assert list(worths) == [ON_FRIDAY, ON_THURSDAY]

    def test_rates_of_two_currencies_go_through_the_euro_and_are_rounded_once(self):
        rates = list(in_currency(ecb.parse(history(FRIDAY)), "USD", "ecb", since=ON_FRIDAY))
        assert rates == [
            Rate(ON_FRIDAY, "EUR", Decimal("1.17"), "ecb"),
            Rate(ON_FRIDAY, "GBP", Decimal("1.344827586207"), "ecb"),  # 1.17 / 0.87
            Rate(ON_FRIDAY, "JPY", Decimal("0.006315448559"), "ecb"),  # 1.17 / 185.26
        ]

    def test_rates_of_the_euro_are_the_reciprocals(self):
        rates = {
            rate.currency: rate.rate for rate in in_currency(ecb.parse(history(FRIDAY)), "EUR", "ecb", since=ON_FRIDAY)
        }
        assert rates == {
            "USD": Decimal("0.854700854701"),
            "JPY": Decimal("0.005397819281"),
            "GBP": Decimal("1.149425287356"),
        }

    def test_days_before_are_left_out_and_so_are_days_without_the_currency(self):
        worths = ecb.parse(history(FRIDAY, THURSDAY))
        assert {rate.rate_date for rate in in_currency(worths, "USD", "ecb", since=ON_FRIDAY)} == {ON_FRIDAY}
        assert list(in_currency(worths, "CYP", "ecb", since=ON_THURSDAY)) == []

    @given(st.decimals("0.0001", "100000", places=4), st.decimals("0.0001", "100000", places=4))
    def test_a_rate_is_its_quotient_to_half_of_its_last_digit(self, dollars: Decimal, pounds: Decimal):
        line = f"2026-04-24,{dollars},1,{pounds},N/A,"
        rates = {
            rate.currency: rate.rate for rate in in_currency(ecb.parse(history(line)), "USD", "ecb", since=ON_FRIDAY)
        }
        assert abs(Fraction(rates["GBP"]) - Fraction(dollars) / Fraction(pounds)) <= Fraction(1, 2 * 10**12)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (
                b"day,USD\n2026-04-24,1.17\n",
                "the history of the ECB is not of the known form: 'Date'",
            ),
            (b"Date,USD,\n2026-04-24,1.17\n", "the history of the ECB is not of the known form: zip"),
            (
                b"Date,USD,\n2026-04-24,-1.17,\n",
                "the history of the ECB is not of the known form: '-1.17' is not a rate",
            ),
            (b"Date,USD,\n24 April,1.17,\n", "the history of the ECB is not of the known form: Invalid isoformat"),
            (b"<html>\xff", "the history of the ECB is not of the known form: 'utf-8'"),
        ],
    )
    def test_anything_else_is_refused(self, content: bytes, said: str):
        with pytest.raises(SourceError) as refused:
            ecb.parse(content)
        assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-04-24T15:00", False),  # a Friday; its rates are there
        ("2026-04-26T23:00", False),
        ("2026-04-27T14:59", False),  # Monday, before the ECB publishes
        ("2026-04-27T15:00", True),
        ("2026-05-08T09:00", True),
    ],
)
def test_rates_are_asked_for_when_newer_ones_should_be_there(now: str, *, due: bool):
    assert ecb.is_due(ON_FRIDAY, datetime.fromisoformat(now).replace(tzinfo=UTC)) is due


class TestFetching:
    def test_the_archive_is_asked_for_and_unpacked(self):
        with publishing(history(FRIDAY)) as server:
            assert ecb.fetch(f"{server.url}/eurofxref/") == history(FRIDAY)
        assert [(asked.method, asked.path) for asked in server.asked] == [("GET", "/eurofxref/eurofxref-hist.zip")]

    def test_a_server_in_trouble_is_asked_again(self):
        with publishing(Reply(503), Reply(429), history(FRIDAY)) as server:
            assert ecb.fetch(server.url, backoff_seconds=0.001) == history(FRIDAY)
        assert len(server.asked) == 3

    def test_it_is_asked_three_times_at_most(self):
        said = r"^the ECB's rates could not be read: its server answered 500$"
        with publishing(Reply(500)) as server, pytest.raises(SourceError, match=said):
            ecb.fetch(server.url, backoff_seconds=0.001)
        assert len(server.asked) == 3

    def test_what_is_refused_is_not_asked_again(self):
        said = r"its server answered 404; check base_url$"
        with publishing(Reply(404)) as server, pytest.raises(SourceError, match=said):
            ecb.fetch(server.url)
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b"<html>", "BadZipFile"),
            (archive(b"Date", "other.csv"), "KeyError"),
            (archive(history(FRIDAY))[:-30], "BadZipFile"),
        ],
    )
    def test_what_is_no_such_archive_is_refused(self, body: bytes, error: str):
        said = rf"^the ECB sent no archive with eurofxref-hist.csv in it \({error}\)$"
        with publishing(Reply(body=body)) as server, pytest.raises(SourceError, match=said):
            ecb.fetch(server.url)

    def test_an_archive_that_unpacks_to_too_much_is_refused(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(ecb, "LARGEST_FILE", 2**20)
        with publishing(b"0" * (2**20 + 1)) as server, pytest.raises(SourceError, match=r"is larger than 1 MiB$"):
            ecb.fetch(server.url)

    def test_an_answer_that_is_too_large_is_cut_off(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(ecb, "LARGEST_ARCHIVE", 2**20)
        with (
            publishing(Reply(body=bytes(2**20 + 1))) as server,
            pytest.raises(SourceError, match=r"larger than 1 MiB$"),
        ):
            ecb.fetch(server.url)

    @pytest.mark.parametrize("address", ["ftp://mirror.example", "mirror", "http://[::1"])
    def test_what_is_no_address_is_said(self, address: str):
        with pytest.raises(SourceError, match="base_url is not an address"):
            ecb.fetch(address)
