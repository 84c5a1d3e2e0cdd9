"""After an older generation was put in effect, the next extraction brings back what its source still has, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.landing import Feed, LandingStore
from pipelines.sample.provider import ScriptedProvider
from pipelines.sources.api.openai_costs import SOURCE
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.manual import folder as manual
from tests.faults.figures import FIRST, LAST, LEDGER, LONGEST_PAGE, NOW, Reader, landing_in
from tests.home.homes import ENTRIES
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import Inbox, feed
from tests.sources.local.specimens import SPECIMENS, Specimen

LATER = NOW + timedelta(hours=1)


def restore_first(landing: LandingStore, of: Feed) -> None:
    """Put the first generation of a feed in effect."""
    landing.restore(landing.folder(of), 1, LATER)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with ScriptedProvider(LEDGER, now=lambda: NOW, longest_page=LONGEST_PAGE) as provider:
        yield Reader(provider, landing_in(tmp_path), lambda _: None)


def test_a_provider_is_asked_again_for_what_is_lacking(reader: Reader):
    reader.read(since=date(2026, 11, 20))
    reader.read(hours_later=1)
    assert reader.is_true()
    restore_first(reader.landing, SOURCE.feed(reader.account))
    assert reader.days() == [date(2026, 11, day) for day in range(20, 24)]
    reader.read(hours_later=2)
    assert reader.is_true()


def test_days_that_the_provider_has_no_more_do_not_come_back(reader: Reader):
    reader.read(since=date(2026, 11, 20))
    reader.read(hours_later=1)
    restore_first(reader.landing, SOURCE.feed(reader.account))
    reader.provider.ledger = type(LEDGER)(LEDGER.accounts, tuple(use for use in LEDGER.uses if use.hour.day > 16))
    reader.read(hours_later=2)
    assert reader.is_true()
    assert reader.landed(FIRST) == 0
    assert reader.landed(LAST) > 0


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.agent)
def test_logs_that_changed_since_are_read_again(specimen: Specimen, tmp_path: Path):
    landing = LandingStore(tmp_path / "landing")
    (agent,) = [agent for agent in local_agents() if agent.name == specimen.agent]
    for count in (2, 4):
        specimen.write(tmp_path / "logs", "a", count)
        extract(agent, [tmp_path / "logs"], "laptop", landing, NOW)
    whole = landing.read(agent.feed("laptop"))
    restore_first(landing, agent.feed("laptop"))
    assert landing.read(agent.feed("laptop")) != whole
    extract(agent, [tmp_path / "logs"], "laptop", landing, LATER)
    assert landing.read(agent.feed("laptop")) == whole


def test_files_of_the_inbox_are_read_again(tmp_path: Path):
    inbox = Inbox(tmp_path)
    for name, day in (("a.csv", "2026-10-01"), ("b.csv", "2026-10-02")):
        inbox.drop(name, bill(charge(day, "10")))
        inbox.extract()
    whole = inbox.sums()
    restore_first(inbox.landing, feed("focus", "111"))
    assert [day for _, day in inbox.sums()] == ["2026-10-01"]
    inbox.extract()
    assert inbox.sums() == whole


def test_entries_are_as_their_file_has_them(tmp_path: Path):
    landing = LandingStore(tmp_path / "landing")
    (tmp_path / "manual").mkdir()
    for amount in ("12.40", "13.50"):
        (tmp_path / "manual" / "bills.csv").write_text(ENTRIES.replace("12.40", amount))
        manual.extract(tmp_path / "manual", landing, NOW)
    of = manual.feed_of("bills.csv")
    restore_first(landing, of)
    assert landing.read(of)["cost_amount"].to_pylist() == [Decimal("12.40")]
    manual.extract(tmp_path / "manual", landing, LATER)
    assert landing.read(of)["cost_amount"].to_pylist() == [Decimal("13.50")]
