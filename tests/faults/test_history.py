"""Faults 32 to 37: long pauses, late corrections, and providers that forget or refuse what is old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.money import exact_sum
from pipelines.domain.periods import Window
from pipelines.sample.provider import Fault, Ledger, LedgerAccount, ScriptedProvider
from pipelines.sample.provider import faults as spoiled
from pipelines.sample.provider.wire import Asked, Reply
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from pipelines.sources.outcomes import POSITION_LOST, Status
from tests.faults.figures import COSTS, FIRST, LEDGER, NOW, QUICK, SOURCE, Reader, landing_in, use

pytestmark = pytest.mark.e2e

PROVIDERS = ("openai", "anthropic")
WALKING = [source for source in api_sources() if source.provider in PROVIDERS and source.history is None]
TODAY = NOW.date()


def ledger_of(provider: str, *days: date) -> Ledger:
    """One use a day at `provider`, of ten input and a hundred output tokens."""
    uses = [use(day, "1.25") for day in days]
    uses += [replace(use(day, "0.5", meter="input_uncached_tokens"), service="claude_code") for day in days]
    uses = [
        replace(one, model="claude-opus-4-5", user="a@example.com") if provider == "anthropic" else one for one in uses
    ]
    services = {"openai": "completions", "anthropic": "messages"}
    uses = [one if one.service == "claude_code" else replace(one, service=services[provider]) for one in uses]
    return Ledger((LedgerAccount("labs", provider, "the-key", "another-key"),), tuple(uses))


def days_with_figures(of: ApiSource, folder: Path) -> list[date]:
    manifest = landing_in(folder).manifest(of.feed(ApiAccount("labs", of.provider, "the-key")))
    return [day for day in manifest.days if manifest.partitions[day].row_count] if manifest else []


@pytest.mark.parametrize("pause", [91, pytest.param(390, marks=pytest.mark.e2e)])
@pytest.mark.parametrize("of", WALKING, ids=lambda of: of.name)
def test_32_a_long_pause_ends_no_history(of: ApiSource, pause: int, tmp_path: Path, note: Callable[[str], None]):
    recent, old = TODAY - timedelta(days=3), TODAY - timedelta(days=3 + pause)
    ledger = ledger_of(of.provider, recent, old)
    with ScriptedProvider(ledger, now=lambda: NOW) as provider:
        account = ApiAccount("labs", of.provider, "the-key", base_url=provider.base_url(of.provider))
        outcome = extract(of, account, landing_in(tmp_path), NOW, limits=QUICK)
        asked = len(provider.requests)
        assert outcome.status is Status.OK, outcome.message
        assert days_with_figures(of, tmp_path) == [old, recent]
        extract(of, account, landing_in(tmp_path), NOW + timedelta(hours=1), limits=QUICK)
        again = len(provider.requests) - asked
    note(f"{pause} idle days: both days landed, {asked} requests; {again} an hour later")


def test_33_an_earlier_since_is_asked_for_and_so_is_one_that_comes_later(reader: Reader):
    for since in (FIRST + timedelta(days=6), FIRST + timedelta(days=3), FIRST):
        assert reader.read(since=since).status is Status.OK
        assert reader.days()[0] == since
    assert reader.is_true()


def test_33_a_since_reopens_a_search_that_had_ended(reader: Reader):
    long_ago = FIRST - timedelta(days=700)
    reader.provider.ledger = LEDGER.with_uses(use(long_ago, "7.5"))
    assert reader.read(since=None).status is Status.OK
    assert reader.landed() == LEDGER.total("labs")
    assert reader.read(since=long_ago, hours_later=1).status is Status.OK
    assert reader.landed() == LEDGER.total("labs") + Decimal("7.5")


@pytest.mark.parametrize(("days_ago", "days_later"), [(1, 0), (9, 1), (55, 7)])
def test_34_a_day_that_is_restated_late_is_seen(reader: Reader, days_ago: int, days_later: int):
    day = TODAY - timedelta(days=days_ago)
    reader.provider.ledger = LEDGER.with_uses(use(day, "3"))
    assert reader.read(since=day).status is Status.OK
    reader.provider.ledger = LEDGER.with_uses(use(day, "4.5"))
    with later(reader, days_later):
        reader.read(since=day, hours_later=1)
        assert reader.landed(day) == reader.provider.ledger.total("labs", Window(day, day + timedelta(days=1)))


def test_34_what_is_asked_for_again_is_read_however_old_it_is(reader: Reader):
    day = TODAY - timedelta(days=300)
    reader.provider.ledger = LEDGER.with_uses(use(day, "3"))
    reader.read(since=None)
    reader.provider.ledger = LEDGER.with_uses(use(day, "4.5"))
    reader.read(since=None, hours_later=1)
    assert reader.landed(day) == 3, "nobody asks for so old days by himself"
    outcome = reader.read(since=None, hours_later=1, again_from=day)
    assert (outcome.status, reader.landed(day)) == (Status.OK, Decimal("4.5"))
    assert outcome.message == f"{day} was restated by +1.5 USD"


@pytest.mark.parametrize("of", WALKING, ids=lambda of: of.name)
def test_34_days_before_since_are_never_asked_for(of: ApiSource, tmp_path: Path, note: Callable[[str], None]):
    recent, old = TODAY - timedelta(days=3), TODAY - timedelta(days=40)
    since = TODAY - timedelta(days=20)
    with ScriptedProvider(ledger_of(of.provider, recent, old), now=lambda: NOW) as provider:
        account = ApiAccount("labs", of.provider, "the-key", base_url=provider.base_url(of.provider), since=since)
        outcome = extract(of, account, landing_in(tmp_path), NOW, again_from=old, limits=QUICK)
    assert outcome.status is Status.OK
    assert days_with_figures(of, tmp_path) == [recent]
    assert f"`since: {since}` applies: earlier days were not fetched again" in (outcome.message or "")
    note(outcome.message or "")


def test_35_what_the_provider_has_forgotten_stays(reader: Reader):
    old = [TODAY - timedelta(days=ago) for ago in (170, 160, 150)]
    reader.provider.ledger = LEDGER.with_uses(*(use(day, "5") for day in old), use(old[2], "1", project="proj_b"))
    reader.read(since=old[0])
    # The provider keeps the last 150 days, and has lost a part of the first of them.
    reader.provider.ledger = LEDGER.with_uses(use(old[2], "5"))
    for hours in (1, 2, 3, 4):
        outcome = reader.read(since=old[0], hours_later=hours, again_from=old[0])
        assert outcome.status is Status.OK
        assert outcome.message == (
            f"3 days from {old[0]} came back without figures that had landed, and so did every day before: "
            "the provider may have forgotten them, so they stay"
        )
        assert [reader.landed(day) for day in old] == [Decimal(5), Decimal(5), Decimal(6)]


def test_35_an_old_day_that_is_emptied_among_others_is_believed_when_it_is_confirmed(reader: Reader):
    gone = FIRST + timedelta(days=2)
    reader.read()
    reader.provider.ledger = LEDGER.without_day(gone)
    for hours in (1, 2, 3):
        assert reader.landed(gone) > 0
        reader.read(hours_later=hours, again_from=FIRST)
    assert reader.landed(gone) == 0
    assert reader.is_true()


def test_36_days_that_the_provider_refuses_end_the_search_and_are_told(reader: Reader):
    refused_before = TODAY - timedelta(days=179)

    def refuse(asked: Asked, reply: Reply) -> Reply:
        start = datetime.fromtimestamp(int(asked.param("start_time") or 0), UTC).date()
        return Reply({"error": {"message": "start_time is too old"}}, 400) if start < refused_before else reply

    reader.provider.faults = [Fault(COSTS, refuse)]
    said = (
        f"the provider refuses days before {refused_before}: if anything was used then, enter its bill manually; "
        f"`since: {refused_before}` in ai-costs.yaml if there was no usage"
    )
    for hours in (0, 1):
        outcome = reader.read(since=None, hours_later=hours)
        assert (outcome.status, outcome.findings) == (Status.OK, (said,))
    assert reader.landed() == LEDGER.total("labs")
    assert reader.read(since=refused_before, hours_later=2).findings == ()


def test_37_an_endpoint_that_gave_figures_and_is_gone_makes_no_day_smaller(tmp_path: Path, note: Callable[[str], None]):
    (of,) = [source for source in WALKING if source.name == "openai_usage"]
    ledger = ledger_of("openai", TODAY - timedelta(days=1))
    ledger = ledger.with_uses(replace(ledger.uses[0], service="embeddings", quantities={"input_uncached_tokens": 7}))
    with ScriptedProvider(ledger, now=lambda: NOW) as provider:
        account = ApiAccount("labs", "openai", "the-key", base_url=provider.base_url("openai"), since=FIRST)
        landing = landing_in(tmp_path)
        assert extract(of, account, landing, NOW, limits=QUICK).status is Status.OK
        before = landing.read(of.feed(account)).column("input_uncached_tokens").to_pylist()
        provider.faults = [Fault("*/usage/embeddings", spoiled.status(404))]
        outcome = extract(of, account, landing, NOW + timedelta(hours=1), limits=QUICK)
    note(f"{outcome.status}: {outcome.message}")
    assert outcome.status is Status.FAILED
    after: list[Any] = landing.read(of.feed(account)).column("input_uncached_tokens").to_pylist()
    assert exact_sum([Decimal(count or 0) for count in after]) == exact_sum([Decimal(count or 0) for count in before])


@contextmanager
def later(reader: Reader, days: int) -> Iterator[None]:
    """The provider answers as of so many days later."""
    reader.provider.now = lambda: NOW + timedelta(days=days)
    yield
    reader.provider.now = lambda: NOW


def test_a_lost_position_is_told_and_asking_again_changes_no_figure(reader: Reader):
    """No fault of a provider's, but of a disk; all is asked again, as on the first day."""
    reader.read()
    generation = reader.landing.manifest(SOURCE.feed(reader.account)).generation
    cursor = reader.landing.root / reader.landing.folder(SOURCE.feed(reader.account)).path
    cursor /= reader.landing.manifest(SOURCE.feed(reader.account)).cursor_file
    cursor.write_bytes(cursor.read_bytes()[:-1])
    outcome = reader.read(hours_later=1)
    assert (outcome.status, outcome.message) == (Status.OK, POSITION_LOST)
    assert reader.is_true()
    assert reader.landing.manifest(SOURCE.feed(reader.account)).generation > generation
    assert reader.read(hours_later=2).message is None
