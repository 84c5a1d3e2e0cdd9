"""Names of projects and keys: asked rarely, never forgotten, and never in the way of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.records import from_table, to_table
from pipelines.landing import LandingStore, NameKind
from pipelines.presentation.messages import ASKED_AGAIN
from pipelines.sample.provider import Fault, Ledger, LedgerAccount, ScriptedProvider, Use
from pipelines.sample.provider.faults import status
from pipelines.sources.api import api_sources, name_sources
from pipelines.sources.api.framework.client import Limits
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.naming import refresh
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.outcomes import Status
from tests.examples import examples
from tests.opened import files_opened

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
YESTERDAY = date(2026, 11, 22)
KEY = "the-key"
QUICK = Limits(attempts=2, backoff_seconds=0.001, longest_backoff_seconds=0.002)
NAMED = {"openai": "*/organization/projects*", "anthropic": "*/organizations/workspaces", "openrouter": "*/keys"}
PROVIDERS = sorted(NAMED)


def use(provider: str, day: date, project: str = "proj_a", key: str = "key_a") -> Use:
    return Use(
        account="labs",
        hour=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        project=None if provider == "openrouter" else project,
        key=key,
        model="gpt-5",
        requests=1,
        service="messages" if provider == "anthropic" else "completions",
        quantities={"output_tokens": 5},
        charges={"output_tokens": 1},
    )


@dataclass
class Reader:
    """One account of a provider, whose figures and names are read apart."""

    provider: str
    served: ScriptedProvider
    landing: LandingStore
    account: ApiAccount = field(init=False)

    def __post_init__(self) -> None:
        url = self.served.base_url(self.provider)
        self.account = ApiAccount("labs", self.provider, KEY, base_url=url, since=YESTERDAY)

    def figures(self, hours_later: float = 0) -> None:
        for source in api_sources():
            if source.asks(self.account) and source.bill is None and "analytics" not in source.name:
                now = NOW + timedelta(hours=hours_later)
                outcome = extract(source, self.account, self.landing, now, limits=QUICK)
                assert outcome.status is Status.OK, outcome.message

    def names(self, hours_later: float = 0) -> str | None:
        (of,) = [names for names in name_sources() if names.provider == self.provider]
        feeds = [source.feed(self.account) for source in api_sources() if source.asks(self.account)]
        now = NOW + timedelta(hours=hours_later)
        return refresh(of, self.account, feeds, self.landing, now, limits=QUICK)

    def called(self) -> dict[str, str]:
        """The newest name of each id."""
        known = self.landing.names.read(self.provider, "labs").names
        return {name.id: name.name for name in sorted(known, key=lambda name: name.last_seen_at)}

    def asked(self) -> int:
        return len(self.served.requests)


@pytest.fixture(params=PROVIDERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    provider = request.param
    names = {"proj_a": "Atlas", "key_a": "Nightly"}
    ledger = Ledger((LedgerAccount("labs", provider, KEY, "no"),), (use(provider, YESTERDAY),), names)
    with ScriptedProvider(ledger, now=lambda: NOW) as served:
        yield Reader(provider, served, LandingStore(tmp_path / "landing"))


def test_names_are_in_no_row_and_cost_nothing_for_a_day(reader: Reader):
    reader.figures()
    for feed in reader.landing.feeds():
        for record in from_table(reader.landing.read(feed)):
            assert (record.project_name, record.api_key_name) == (None, None)
    assert reader.names() is None
    assert "Nightly" in reader.called().values()
    asked = reader.asked()
    assert reader.names(hours_later=12) is None
    assert reader.asked() == asked, "asked once a day"
    reader.names(hours_later=24)
    assert reader.asked() > asked


def test_what_is_renamed_or_deleted_keeps_its_last_name(reader: Reader):
    reader.figures()
    reader.names()
    before = reader.called()
    reader.served.ledger = replace(reader.served.ledger, names={"proj_a": "Borealis", "key_a": "Weekly"})
    reader.names(hours_later=24)
    renamed = reader.called()
    assert "Weekly" in renamed.values()
    assert "Nightly" not in renamed.values()
    reader.served.ledger = replace(reader.served.ledger, uses=())
    reader.names(hours_later=48)
    assert reader.called() == renamed
    every = {name.name for name in reader.landing.names.read(reader.provider, "labs").names}
    assert every >= {*before.values(), *renamed.values()}, "names through time"


def test_a_new_id_is_asked_for_before_the_day_is_over(reader: Reader):
    reader.figures()
    reader.names()
    new = use(reader.provider, YESTERDAY, project="proj_b", key="key_b")
    names = {**reader.served.ledger.names, "proj_b": "Comet", "key_b": "Hourly"}
    reader.served.ledger = replace(reader.served.ledger.with_uses(new), names=names)
    reader.figures(hours_later=1)
    reader.names(hours_later=1)
    assert "Hourly" in reader.called().values()


def test_names_that_cannot_be_read_stop_no_figure_and_come_with_the_next_run(reader: Reader):
    if reader.provider != "openrouter":
        reader.served.faults = [Fault(NAMED[reader.provider], status(403))]
    reader.figures()
    reader.served.faults = [Fault(NAMED[reader.provider], status(403))]
    assert reader.names() == (
        "the key may not read the names of projects and keys (403: Forbidden); only their names are missing or old, "
        f"no figure is; {ASKED_AGAIN}"
    ), "no advice on the key: it reads figures"
    reader.served.faults = [Fault(NAMED[reader.provider], status(404))]
    assert str(reader.names()).startswith("the names of projects and keys could not be read (127.0.0.1 has nothing")
    reader.served.faults = []
    assert reader.names(hours_later=1) is None
    assert "Nightly" in reader.called().values()


@settings(max_examples=examples(10), deadline=None)
@given(failures=st.lists(st.integers(1, 3) | st.none(), max_size=4))
def test_whatever_failed_before_the_next_reading_without_a_failure_names_everything(
    tmp_path_factory: pytest.TempPathFactory, failures: list[int | None]
):
    uses = tuple(use("openai", YESTERDAY, project=f"proj_{name}", key=f"key_{name}") for name in "abc")
    names = {f"{kind}_{name}": f"{kind} {name} by name" for kind in ("proj", "key") for name in "abc"}
    ledger = Ledger((LedgerAccount("labs", "openai", KEY, "no"),), uses, names)
    with ScriptedProvider(ledger, now=lambda: NOW) as served:
        reader = Reader("openai", served, LandingStore(tmp_path_factory.mktemp("names") / "landing"))
        reader.figures()
        known: dict[str, str] = {}
        for hours, call in enumerate(failures):
            served.faults = [] if call is None else [Fault("*/projects*", status(500), calls=range(call, call + 9))]
            reader.names(hours_later=hours * 24)
            assert reader.called().items() >= known.items(), "nothing is forgotten"
            known = reader.called()
        served.faults = []
        assert reader.names(hours_later=200) is None
        assert reader.called() == names


def test_names_in_rows_of_an_older_version_are_kept(reader: Reader):
    reader.figures()
    feed = next(feed for feed in reader.landing.feeds() if reader.landing.read(feed).num_rows)
    old = [
        replace(record, api_key_id="key_gone", api_key_name="Long gone")
        for record in from_table(reader.landing.read(feed, [YESTERDAY]))
    ]
    reader.landing.replace(feed, {YESTERDAY: to_table(old)}, cursor=None, now=NOW)
    reader.names()
    assert reader.called()["key_gone"] == "Long gone"


def test_while_names_are_refused_a_run_reads_the_last_days_and_not_the_history(reader: Reader):
    reader.account = replace(reader.account, since=YESTERDAY - timedelta(days=20))
    reader.figures()
    reader.served.faults = [Fault(NAMED[reader.provider], status(403))]
    assert reader.names() is not None
    with files_opened() as opened:
        assert reader.names(hours_later=1) is not None
    read = {path.name[:10] for path in opened if path.parent.name == "days"}
    landed = sorted({str(day) for manifest in reader.landing.manifests() for day in manifest.days})
    assert len(landed) > 20
    assert sorted(read) == landed[-3:]


def test_a_damaged_file_of_names_is_set_aside_and_read_anew(reader: Reader):
    reader.figures()
    reader.names()
    (file,) = (reader.landing.root / "names").glob("*.json")
    file.write_bytes(file.read_bytes().replace(b"Nightly", b"Nightmare"))
    assert reader.landing.names.set_damaged_aside() == [file.with_suffix(".damaged")]
    reader.names(hours_later=1)
    assert "Nightly" in reader.called().values()


def test_an_account_that_was_renamed_keeps_the_names_it_had(reader: Reader):
    reader.figures()
    reader.names()
    rows = reader.landing.names.rows({(reader.provider, "labs"): "acme"})
    assert {row["account_name"] for row in rows} == {"acme"}
    assert "Nightly" in {row["name"] for row in rows if row["kind"] is NameKind.API_KEY}
