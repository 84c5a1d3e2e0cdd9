"""The last good rates stay in effect, and what failed is reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.app.build_inputs import build_id
from pipelines.app.home import Home
from pipelines.app.refresh import extract_exchange_rates, extract_imported_files, extract_manual_entries
from pipelines.defs.exchange_rates import build_rate_assets
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.presentation.messages import CHANGED
from pipelines.rates import Rate, rates_of
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.home.homes import home_at
from tests.rates.history import FRIDAY, THURSDAY, history, publishing
from tests.sources.api.canned import Reply

OWN = "date,currency,rate\n2026-04-24,EUR,1.2\n"
SATURDAY = datetime(2026, 4, 25, 9, tzinfo=UTC)
BEGINNING, ON_FRIDAY, ON_THURSDAY = date(2026, 1, 1), date(2026, 4, 24), date(2026, 4, 23)


def home_with(folder: Path, settings: str, currency: str = "USD") -> Home:
    return home_at(folder, f"currency: {currency}\nexchange_rates: {{{settings}}}\n", now=SATURDAY)


def told(outcomes: list[Outcome]) -> list[tuple[str, str, str | None]]:
    return [(outcome.feed.name, outcome.status, outcome.message) for outcome in outcomes]


def euros(home: Home) -> list[Rate]:
    rates = rates_of(home.settings).effective(home.settings.configuration.currency, BEGINNING)
    return [rate for rate in rates if rate.currency == "EUR"]


def test_nothing_is_read_or_asked_unless_it_is_configured(tmp_path: Path):
    home = home_at(tmp_path)
    (home.settings.paths.home / "rates").mkdir()
    (home.settings.paths.home / "rates" / "file.csv").write_text(OWN)
    assert extract_exchange_rates(home) == []
    assert rates_of(home.settings).effective("USD", BEGINNING) == []


class TestAFileOfOnesOwn:
    def test_it_is_meant_from_the_configurations_folder(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: USD")
        (tmp_path / "data" / "rates.csv").write_text(OWN)
        assert extract_exchange_rates(home) == []
        assert euros(home) == [Rate(ON_FRIDAY, "EUR", Decimal("1.2"), "file")]

    def test_rates_in_another_currency_than_the_reports_go_through_it(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: EUR", currency="GBP")
        (tmp_path / "data" / "rates.csv").write_text("date,currency,rate\n2026-04-24,USD,0.9\n2026-04-24,GBP,1.2\n")
        extract_exchange_rates(home)
        assert rates_of(home.settings).effective("GBP", BEGINNING) == [
            Rate(ON_FRIDAY, "EUR", Decimal("0.833333333333"), "file"),
            Rate(ON_FRIDAY, "USD", Decimal("0.75"), "file"),
        ]

    def test_one_that_is_refused_leaves_the_last_good_one_in_force(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: USD")
        file = tmp_path / "data" / "rates.csv"
        file.write_text(OWN)
        extract_exchange_rates(home)
        file.write_text(OWN + "2026-04-25,EUR,no\n")
        message = (
            "rejected; its last good version stays in effect:\n"
            "rates.csv:3:3: rate: 'no' is not a number; write it with a decimal point, such as 1.0842"
        )
        assert told(extract_exchange_rates(home)) == [("rates.csv", Status.REFUSED, message)]
        assert told(OutcomeLog(home.folders.outcomes).all()) == [("rates.csv", Status.REFUSED, message)]
        assert euros(home) == [Rate(ON_FRIDAY, "EUR", Decimal("1.2"), "file")]

    def test_one_that_is_gone_is_told_and_what_it_said_stays(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: USD")
        (tmp_path / "data" / "rates.csv").write_text(OWN)
        extract_exchange_rates(home)
        (tmp_path / "data" / "rates.csv").unlink()
        (outcome,) = extract_exchange_rates(home)
        assert outcome.message is not None
        assert outcome.message.splitlines()[1].startswith("rates.csv:1:1: it cannot be read (No such file")
        assert len(euros(home)) == 1

    def test_a_failure_is_forgotten_when_it_is_mended(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: USD")
        extract_exchange_rates(home)
        assert len(OutcomeLog(home.folders.outcomes).all()) == 1
        (tmp_path / "data" / "rates.csv").write_text(OWN)
        extract_exchange_rates(home)
        assert OutcomeLog(home.folders.outcomes).all() == []

    def test_a_failure_is_forgotten_when_the_file_is_no_longer_configured(self, tmp_path: Path):
        extract_exchange_rates(home_with(tmp_path, "file: rates.csv, currency: USD"))
        home = home_with(tmp_path, "")
        assert [asset.key.to_user_string() for asset in build_rate_assets(home)] == ["sources/exchange_rates"]
        assert extract_exchange_rates(home) == []
        assert OutcomeLog(home.folders.outcomes).all() == []
        assert build_rate_assets(home) == []

    def test_entries_and_imports_neither_forget_a_failure_nor_have_to_come_before(self, tmp_path: Path):
        home = home_with(tmp_path, "file: rates.csv, currency: USD")
        extract_exchange_rates(home)
        before = OutcomeLog(home.folders.outcomes).all()
        extract_imported_files(home)
        extract_manual_entries(home)
        assert [(outcome.feed, outcome.status) for outcome in before] == [
            (Feed(SourceKind.RATES, "exchange_rates", "rates.csv"), Status.REFUSED)
        ]
        assert OutcomeLog(home.folders.outcomes).all() == before


class TestTheEcb:
    def test_it_is_asked_once_and_again_when_there_should_be_more(self, tmp_path: Path):
        with publishing(history(THURSDAY), history(FRIDAY, THURSDAY)) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'")
            assert extract_exchange_rates(home) == []
            assert euros(home) == [Rate(ON_THURSDAY, "EUR", Decimal("1.16"), "ecb")]
            extract_exchange_rates(home)
            extract_exchange_rates(home)
        assert [rate.rate_date for rate in euros(home)] == [ON_THURSDAY, ON_FRIDAY]
        assert len(server.asked) == 2

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Reply(404), "the ECB's rates could not be read: its server answered 404; check base_url"),
            (b"Date,USD,\n2026-04-24,x,\n", "the history of the ECB is not of the known form: 'x' is not a number"),
            (b"Date,USD,\n", "the history of the ECB has no days: check base_url"),
            (history(FRIDAY), "the history of the ECB misses days that it had (last 2026-04-23): check base_url"),
        ],
        ids=["refused", "of another form", "empty", "shorter"],
    )
    def test_a_failure_is_told_and_the_last_good_rates_stay(self, tmp_path: Path, answer: Reply | bytes, said: str):
        with publishing(history(THURSDAY), answer) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'")
            extract_exchange_rates(home)
            outcomes = extract_exchange_rates(home)
        message = f"{said}; what was fetched before stays in effect"
        assert told(outcomes) == [("ecb", Status.FAILED, message)]
        assert euros(home) == [Rate(ON_THURSDAY, "EUR", Decimal("1.16"), "ecb")]

    def test_a_copy_that_was_damaged_gives_no_rates_and_is_fetched_anew(self, tmp_path: Path):
        with publishing(history(FRIDAY)) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'")
            extract_exchange_rates(home)
            copy = next((tmp_path / "data" / "rates").glob("ecb-*.csv"))
            copy.write_bytes(copy.read_bytes().replace(b"1.", b"2.", 1))
            assert euros(home) == []
            said = (
                f"rates/{copy.name} {CHANGED}, so its rates are not used: restore a copy "
                "from a backup, or remove it, and the next run reads the rates again"
            )
            assert told(extract_exchange_rates(replace(home, uses_network=False))) == [
                ("copy of ecb", Status.FAILED, said)
            ]
            assert extract_exchange_rates(home) == []
        assert len(euros(home)) == 1

    def test_a_copy_of_an_earlier_version_holds_until_there_is_a_newer_one(self, tmp_path: Path):
        with publishing(history(THURSDAY), history(FRIDAY, THURSDAY)) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'")
            extract_exchange_rates(home)
            copy = next((tmp_path / "data" / "rates").glob("ecb-*.csv"))
            copy.rename(copy.with_name("ecb.csv"))
            assert [rate.rate_date for rate in euros(home)] == [ON_THURSDAY]
            extract_exchange_rates(home)
        assert [rate.rate_date for rate in euros(home)] == [ON_THURSDAY, ON_FRIDAY]
        assert not copy.with_name("ecb.csv").exists()

    def test_a_reporting_currency_it_has_no_rate_of_is_told(self, tmp_path: Path):
        with publishing(history(FRIDAY)) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'", currency="ARS")
            (outcome,) = extract_exchange_rates(home)
        assert outcome.message is not None
        assert outcome.message.startswith("the ECB has no rate of ARS, the reporting currency: enter rates in a file")
        assert rates_of(home.settings).effective("ARS", BEGINNING) == []

    def test_new_rates_make_another_build(self, tmp_path: Path):
        with publishing(history(THURSDAY), history(FRIDAY, THURSDAY)) as server:
            home = home_with(tmp_path, f"ecb: true, base_url: '{server.url}'")
            extract_exchange_rates(home)
            first = build_id(home, SATURDAY)
            assert build_id(home, SATURDAY) == first
            extract_exchange_rates(home)
        assert build_id(home, SATURDAY) != first
