"""Of feeds that hold one account's figures each day counts once, whatever the account was called when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import AccountNames, Accounts, EffectiveData, Feed, LandingStore, effective_feeds, repeated
from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.sources.api import api_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.local import local_agents
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.landing.landed import days
from tests.opened import files_opened

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST = date(2026, 11, 1)
DAY = timedelta(days=1)
KEY = "key_0123456789abcdef"
PROVIDER_OF = {source.name: source.provider for source in api_sources()} | {
    known.name: known.provider for known in import_formats() if known.provider is not None
}
NAMED_AFTER_ACCOUNTS = [(SourceKind.API, source.name) for source in api_sources()] + [
    (SourceKind.IMPORT, known.name) for known in import_formats() if known.provider is not None
]


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def charge(source: str, account: str, day: date, amount: str, *, kind: SourceKind, key: str | None) -> UsageRecord:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return UsageRecord(
        source_kind=kind,
        source=source,
        record_kind=RecordKind.COST,
        account_name=account,
        provider=PROVIDER_OF[source],
        api_key_id=key,
        period_start=start,
        period_end=start + timedelta(days=1),
        grain="1d",
        requests=3,
        cost_amount=Decimal(amount),
        currency="USD",
    )


def land(
    landing: LandingStore,
    label: str,
    amounts: Mapping[int, str],
    *,
    source: str = "openai_costs",
    kind: SourceKind = SourceKind.API,
    key: str | None = None,
    account: str | None = None,
) -> Feed:
    """Land an amount for each day of November."""
    feed = Feed(kind, source, label)
    records = [
        charge(source, label, date(2026, 11, day), amount, kind=kind, key=key) for day, amount in amounts.items()
    ]
    landing.replace(feed, days(*records), cursor=None, now=NOW, account=account)
    return feed


def accounts(*configured: tuple[str, str] | tuple[str, str, str], host: str = "laptop") -> Accounts:
    named = [AccountNames(name, provider, tuple(former)) for name, provider, *former in configured]
    return Accounts(tuple(named), PROVIDER_OF, host)


def counted(landing: LandingStore, effective: EffectiveData) -> list[tuple[str, Decimal]]:
    """What is loaded, by the name of its account."""
    with scratch() as connection:
        load_landing(connection, landing, effective)
        sums = connection.table("landing.usage_records").aggregate("account_name, sum(cost_amount) as amount")
        return sums.order("account_name").fetchall()


OLD, NEW = {1: "10.1", 2: "20.02", 3: "30.003"}, {2: "20.02", 3: "30.003", 4: "40.0004"}
ONCE = sum(map(Decimal, (OLD | NEW).values()))


@pytest.mark.parametrize(("kind", "source"), NAMED_AFTER_ACCOUNTS)
@pytest.mark.parametrize("former", [(), ("oa",)], ids=["renamed", "was"])
def test_a_renamed_account_counts_once(landing: LandingStore, kind: SourceKind, source: str, former: tuple[str, ...]):
    old = land(landing, "oa", OLD, source=source, kind=kind)
    land(landing, "acme", NEW, source=source, kind=kind)
    effective = effective_feeds(landing, accounts(("acme", PROVIDER_OF[source], *former)))
    assert counted(landing, effective) == [("acme", ONCE)]
    assert (old in effective.unconfigured) is (not former)
    if not former:
        assert effective.notices[old] == (
            f"no account is named 'oa' any more; 'oa' {SAME_ACCOUNT} 'acme', because they have the same "
            "content, so each day "
            "counts once, plus 1 day that only the old name has: write `was: oa` at 'acme' in ai-costs.yaml to confirm "
            "it"
        )


@pytest.mark.parametrize("source", [source.name for source in api_sources()])
def test_one_account_under_two_names_counts_once_and_says_which_two(landing: LandingStore, source: str):
    for label in ("a", "b"):
        land(landing, label, OLD, source=source)
    provider = PROVIDER_OF[source]
    effective = effective_feeds(landing, accounts(("a", provider), ("b", provider)))
    assert counted(landing, effective) == [("a", sum(map(Decimal, OLD.values())))]
    assert effective.twins == {(provider, "b"): "a"}


def test_two_accounts_whose_figures_differ_are_two(landing: LandingStore):
    land(landing, "a", OLD, key="key_of_the_first_one")
    land(landing, "b", {1: "10.1", 2: "20.02", 3: "31"}, key="key_of_the_second_one")
    effective = effective_feeds(landing, accounts(("a", "openai"), ("b", "openai")))
    assert [name for name, _ in counted(landing, effective)] == ["a", "b"]
    assert not effective.twins


def test_what_the_provider_calls_an_account_outweighs_what_it_holds(landing: LandingStore):
    land(landing, "a", OLD, account="org-1")
    land(landing, "b", OLD, account="org-2")
    land(landing, "c", {1: "1", 2: "2"}, account="org-1")
    effective = effective_feeds(landing, accounts(("a", "openai"), ("b", "openai"), ("c", "openai")))
    assert effective.twins == {("openai", "c"): "a"}


def test_a_key_that_both_name_says_that_it_is_one_account_whatever_was_restated(landing: LandingStore):
    land(landing, "oa", {1: "1", 2: "2"}, key=KEY)
    land(landing, "acme", {1: "1.5", 2: "2.5"}, key=KEY)
    assert counted(landing, effective_feeds(landing, accounts(("acme", "openai")))) == [("acme", Decimal(4))]


def test_days_that_were_not_over_when_the_old_name_was_last_read_decide_nothing(landing: LandingStore):
    land(landing, "oa", {20: "1", 21: "2", 22: "3", 23: "1"})
    land(landing, "acme", {20: "1", 21: "2", 22: "3.5", 23: "9"})
    assert counted(landing, effective_feeds(landing, accounts(("acme", "openai")))) == [("acme", Decimal("15.5"))]


def test_two_accounts_that_name_one_key_and_agree_on_no_day_are_two(landing: LandingStore):
    for label, amount in (("proxy-prod", "1"), ("proxy-staging", "2")):
        land(landing, label, {1: amount, 2: amount}, source="litellm_activity", key="team-key-2026-11")
    effective = effective_feeds(landing, accounts(("proxy-prod", "litellm"), ("proxy-staging", "litellm")))
    assert not effective.twins


def test_a_likeness_in_one_source_holds_for_all_of_the_provider(landing: LandingStore):
    land(landing, "oa", OLD)
    land(landing, "acme", OLD)
    land(landing, "oa", {1: "7"}, source="openai_usage")
    land(landing, "acme", {1: "8"}, source="openai_usage")
    effective = effective_feeds(landing, accounts(("acme", "openai")))
    assert counted(landing, effective) == [("acme", sum(map(Decimal, OLD.values())) + 8)]


def test_a_removed_account_keeps_counting_and_is_told(landing: LandingStore):
    gone = land(landing, "oa", OLD)
    land(landing, "acme", {2: "5"}, key=KEY)
    effective = effective_feeds(landing, accounts(("acme", "openai")))
    assert counted(landing, effective) == [("acme", Decimal(5)), ("oa", sum(map(Decimal, OLD.values())))]
    assert effective.notices[gone] == (
        "no account is named 'oa' any more, and 3 days of it still count: if it was renamed, write `was: oa` at its "
        "new name in ai-costs.yaml (of acme); if it is no longer used, keep it with `closed: true`"
    )


def test_what_was_imported_before_an_account_was_listed_is_told(landing: LandingStore):
    left = land(landing, "default", OLD, source="openai_costs_csv", kind=SourceKind.IMPORT)
    land(landing, "acme", NEW)
    effective = effective_feeds(landing, accounts(("acme", "openai")))
    assert "write `was: default` at its new name" in effective.notices[left]
    assert left not in effective_feeds(landing, accounts()).notices


def test_an_earlier_name_of_another_account_is_not_swallowed(landing: LandingStore):
    other = land(landing, "oa", {2: "3", 3: "4"})
    land(landing, "acme", {2: "5", 3: "6"})
    effective = effective_feeds(landing, accounts(("acme", "openai", "oa")))
    assert counted(landing, effective) == [("acme", Decimal(11)), ("oa", Decimal(7))]
    assert "both count" in effective.notices[other]


def test_a_day_that_the_new_name_has_without_figures_counts_from_the_old(landing: LandingStore):
    land(landing, "oa", {1: "1", 2: "2", 3: "3"})
    new = land(landing, "acme", {2: "2", 3: "3"})
    landing.replace(new, {FIRST: landing.read(new, []).slice(0, 0)}, cursor=None, now=NOW)
    assert counted(landing, effective_feeds(landing, accounts(("acme", "openai", "oa")))) == [("acme", Decimal(6))]


def test_entries_under_an_earlier_name_belong_to_the_account(landing: LandingStore):
    feed = Feed(SourceKind.MANUAL, "manual", "bills.csv")
    entered = [
        charge("openai_costs", name, FIRST, amount, kind=SourceKind.MANUAL, key=None)
        for name, amount in (("oa", "1"), ("x", "2"))
    ]
    landing.replace(feed, days(*entered), cursor=None, now=NOW)
    assert counted(landing, effective_feeds(landing, accounts(("acme", "openai", "oa")))) == [
        ("acme", Decimal(1)),
        ("x", Decimal(2)),
    ]


def test_another_choice_takes_rows_back_and_gives_them_again(landing: LandingStore):
    land(landing, "oa", OLD)
    land(landing, "acme", NEW)
    with scratch() as connection:
        for configured, rows in ((("acme", "openai", "oa"), 4), (("oa", "openai", "acme"), 4), (("acme", "xai"), 4)):
            assert load_landing(connection, landing, effective_feeds(landing, accounts(configured))) == rows
        assert load_landing(connection, landing) == len(OLD) + len(NEW)
        names = connection.table("landing.usage_records").aggregate("account_name, count(*)").order("all").fetchall()
        assert names == [("acme", 3), ("oa", 3)]


def reply(agent: str, host: str, number: int, output: int, *, message: str | None = None) -> UsageRecord:
    start = datetime(2026, 11, 20, 9, number, 0, 1000, tzinfo=UTC)
    return UsageRecord(
        source_kind=SourceKind.LOCAL,
        source=agent,
        record_kind=RecordKind.USAGE,
        account_name=agent,
        provider="anthropic",
        host=host,
        period_start=start,
        period_end=start + timedelta(milliseconds=1),
        grain="event",
        model_raw="claude-opus-4-5",
        session_id="session-1",
        message_id=message or f"msg_0123456789abcd{number}",
        output_tokens=output,
        cost_amount=Decimal(output),
        currency="USD",
    )


def land_replies(landing: LandingStore, host: str, *replies: UsageRecord) -> Feed:
    feed = Feed(SourceKind.LOCAL, replies[0].source, host)
    landing.replace(feed, days(*replies), cursor=None, now=NOW)
    return feed


@pytest.mark.parametrize("agent", [agent.name for agent in local_agents()])
def test_the_same_replies_under_two_hosts_count_once(landing: LandingStore, agent: str):
    old = land_replies(landing, "old", *(reply(agent, "old", number, 10 + number) for number in range(3)))
    land_replies(landing, "laptop", *(reply(agent, "laptop", number, 10 + number) for number in range(1, 4)))
    effective = effective_feeds(landing, accounts(host="laptop"))
    with scratch() as connection:
        load_landing(connection, landing, effective)
        rows = connection.table("landing.usage_records").aggregate("host, sum(output_tokens)").order("all").fetchall()
    assert rows == [("laptop", 11 + 12 + 13), ("old", 10)]
    assert effective.notices[old].startswith("2 replies of 'old' landed under another host too, counted once")


def test_of_two_hosts_that_have_a_session_the_fuller_one_counts_it(landing: LandingStore):
    land_replies(landing, "old", reply("droid", "old", 1, 90))
    land_replies(landing, "laptop", reply("droid", "laptop", 1, 70))
    assert counted(landing, effective_feeds(landing, accounts(host="laptop"))) == [("droid", Decimal(90))]


def test_replies_whose_ids_were_made_otherwise_are_known_by_session_moment_and_figures(landing: LandingStore):
    land_replies(landing, "old", reply("codex", "old", 1, 90, message="made-by-an-older-version"))
    land_replies(landing, "laptop", reply("codex", "laptop", 1, 90))
    assert counted(landing, effective_feeds(landing, accounts(host="laptop"))) == [("codex", Decimal(90))]


def test_machines_that_have_nothing_in_common_count_whole(landing: LandingStore):
    land_replies(landing, "ci", reply("goose", "ci", 1, 5, message="20261120_1"))
    land_replies(landing, "laptop", reply("goose", "laptop", 2, 7, message="20261120_1"))
    effective = effective_feeds(landing, accounts(host="laptop"))
    assert counted(landing, effective) == [("goose", Decimal(12))]
    assert not effective.left_out


def read_by(landing: LandingStore) -> tuple[list[tuple[str, str]], EffectiveData]:
    """The (host, day) of each day that is read to say what is in effect, and what is."""
    with files_opened() as opened:
        effective = effective_feeds(landing, accounts(host="laptop"))
    read = [path for path in opened if path.parent.name == "days"]
    return sorted((path.parts[-3].partition("-")[0], path.name[:10]) for path in read), effective


def on_two_days(host: str) -> list[UsageRecord]:
    first = [reply("codex", host, number, 10 + number) for number in range(3)]
    later = [replace(one, period_start=one.period_start + DAY, period_end=one.period_end + DAY) for one in first]
    return first + [replace(one, message_id=f"later_{one.message_id}") for one in later]


def lost(path: Path) -> None:
    path.unlink()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"laptop", b"desktop"))


def test_days_that_hosts_share_are_compared_once_until_one_of_them_changes(landing: LandingStore):
    for host in ("laptop", "old"):
        land_replies(landing, host, *on_two_days(host))
    days_of_both = sorted((host, f"2026-11-2{day}") for host in ("laptop", "old") for day in (0, 1))
    read, before = read_by(landing)
    assert read == days_of_both
    assert read_by(landing) == ([], before)
    assert counted(landing, before) == [("codex", Decimal(2 * (10 + 11 + 12)))]
    fuller = replace(on_two_days("old")[3], output_tokens=99, cost_amount=Decimal(99))
    land_replies(landing, "old", *on_two_days("old")[4:], fuller)
    read, after = read_by(landing)
    assert read == [("laptop", "2026-11-21"), ("old", "2026-11-21")]
    assert counted(landing, after) == [("codex", Decimal(2 * (10 + 11 + 12) + 89))]
    for harm in (lost, damaged):
        harm(landing.root / "codex" / repeated.FILE)
        assert read_by(landing) == (days_of_both, after)
