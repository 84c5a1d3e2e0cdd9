"""A source that fails is an outcome: what it landed stays in effect, the others go on, and the end says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.app import refresh
from pipelines.app.diagnosis import examine
from pipelines.app.effective_data import effective
from pipelines.app.home import Home
from pipelines.app.refresh import extract_agent_logs, extract_api_accounts, extract_manual_entries
from pipelines.config import ensure_home, load_settings
from pipelines.domain.periods import Window
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.messages import CHANGED, LINES_UNUSED
from pipelines.sample.provider import ScriptedProvider
from pipelines.sources.api.framework.source import Answer, Session
from pipelines.sources.api.openai_costs import SOURCE as OPENAI_COSTS
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.faults.figures import FIRST, KEY, LEDGER, NOW
from tests.sources.local.session_logs import reply, write_log

GOOD = "date,provider,account,amount,currency\n2026-03-02,groq,default,12.40,USD\n"
BAD = GOOD.replace("12.40", "twelve")
BILLS, OTHER = (Feed(SourceKind.MANUAL, "manual", name) for name in ("bills.csv", "other.csv"))
WRONG_KEY = "sk-admin-canary-of-somebody-else"


def zipped(*members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for member in members:
            packed.writestr(member, "")
    return content.getvalue()


Outcomes = dict[Feed, Outcome]


def quiet(_: str) -> None:
    pass


def home_at(person: Path, configuration: str = "", now: datetime = NOW, **variables: str) -> Home:
    (person / "data").mkdir(parents=True, exist_ok=True)
    (person / "data" / "ai-costs.yaml").write_text(configuration or "organisation: Acme\n")
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop", **variables}
    settings = load_settings(home=person / "data", config=None, environ=environ, cwd=person)
    ensure_home(settings.paths)
    return Home(settings, clock=lambda: now)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path)


def write(home: Home, name: str, content: str) -> Path:
    path = home.settings.paths.manual / name
    path.write_text(content)
    return path


def by_feed(outcomes: list[Outcome]) -> Outcomes:
    return {outcome.feed: outcome for outcome in outcomes}


def landed(home: Home, feed: Feed) -> list[Decimal]:
    amounts: list[Decimal] = (
        LandingStore(home.folders.landing).read(feed, columns=["cost_amount"])["cost_amount"].to_pylist()
    )
    return amounts


class TestEntryFiles:
    def test_nothing_to_read_is_no_outcome(self, home: Home):
        assert extract_manual_entries(home) == OutcomeLog(home.folders.outcomes).all() == []

    def test_a_refused_file_stops_no_other_and_says_every_problem(self, home: Home):
        write(home, "bills.csv", BAD)
        write(home, "other.csv", GOOD)
        outcomes = by_feed(extract_manual_entries(home))
        assert outcomes[OTHER] == Outcome(OTHER, Status.OK, NOW)
        assert (outcomes[BILLS].status, outcomes[BILLS].rejected_lines) == (Status.REFUSED, 1)
        assert str(outcomes[BILLS].message).startswith("rejected:\nbills.csv:2:4: amount: 'twelve' is not an amount")
        assert landed(home, OTHER) == [Decimal("12.40")]
        assert BILLS not in LandingStore(home.folders.landing).feeds()

    def test_a_file_that_was_good_keeps_its_last_good_version_while_it_is_refused(self, home: Home):
        write(home, "bills.csv", GOOD)
        extract_manual_entries(home)
        write(home, "bills.csv", BAD)
        later = replace(home, clock=lambda: NOW + timedelta(hours=1))
        (outcome,) = extract_manual_entries(later)
        assert str(outcome.message).startswith(
            "rejected; the 1 entry of its last good version stays in effect:\nbills.csv:2:4: "
        )
        assert landed(home, BILLS) == [Decimal("12.40")]
        (kept,) = OutcomeLog(home.folders.outcomes).all()
        assert (kept.last_attempt_at, kept.last_success_at) == (NOW + timedelta(hours=1), NOW)

    def test_problems_beyond_the_first_twenty_are_counted(self, home: Home):
        lines = "".join(f"2026-03-02,groq,default,x{number},USD\n" for number in range(25))
        write(home, "bills.csv", GOOD + lines)
        (outcome,) = extract_manual_entries(home)
        shown = str(outcome.message).splitlines()
        assert (len(shown), shown[-1], outcome.rejected_lines) == (22, "and 5 more", 25)

    @pytest.mark.parametrize("name", ["Bills.CSV", "bills.tsv", "bills.Csv", "bills.txt"])
    def test_a_table_of_text_is_read_whatever_its_name_ends_in(self, home: Home, name: str):
        write(home, name, GOOD.replace(",", "\t") if name.endswith("tsv") else GOOD)
        feed = Feed(SourceKind.MANUAL, "manual", name)
        assert extract_manual_entries(home) == [Outcome(feed, Status.OK, NOW)]
        assert landed(home, feed) == [Decimal("12.40")]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("costs.xlsx", zipped("xl/workbook.xml"), "the file is an Excel workbook (.xlsx): open it and save"),
            ("costs.csv", zipped("xl/workbook.xml"), "the file is an Excel workbook (.xlsx): open it and save"),
            ("costs.ods", zipped("content.xml"), "the file is an OpenDocument file (.ods): open it and save"),
            ("costs.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "the file is an Excel workbook of the old kind"),
            ("bill.pdf", b"%PDF-1.7", "the file is a PDF: export a CSV"),
            ("export.zip", zipped("a.csv"), "the file is a ZIP: an export of a provider or a cloud goes into inbox/"),
            ("export.csv.gz", b"\x1f\x8b\x08", "the file is packed by gzip: an export of a provider"),
            ("bill.parquet", b"PAR1....", "the file is Parquet: an export of a provider"),
            (
                "notes.md",
                b"# Notes",
                "files that end in .md are not read here: rename it to .csv if it contains entries",
            ),
            (
                "costs",
                GOOD.encode(),
                "files without an ending are not read here: rename it to .csv if it contains entries",
            ),
            ("costs.csv.bak", GOOD.encode(), "files that end in .bak are not read here"),
            ("2026/costs.csv", GOOD.encode(), "it is a folder, and nothing in it is read: move its files into manual/"),
        ],
    )
    def test_every_other_file_is_refused_with_what_it_is(self, home: Home, name: str, content: bytes, said: str):
        path = home.settings.paths.manual / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        (outcome,) = extract_manual_entries(home)
        first = name.split("/", maxsplit=1)[0]
        assert (outcome.status, outcome.feed.name) == (Status.REFUSED, first)
        assert f"{first}:1:1: {said}" in str(outcome.message)
        (told,) = [finding for finding in examine(home) if finding.subject == f"manual file {first}"]
        assert not told.ok
        assert said in told.found

    def test_what_programs_leave_there_is_no_file_of_a_person(self, home: Home):
        for name in (".DS_Store", "~$costs.xlsx", "costs.csv~", "Thumbs.db"):
            write(home, name, "x")
        (home.settings.paths.manual / "empty").mkdir()
        assert extract_manual_entries(home) == []

    def test_what_cannot_be_read_at_all_is_refused_and_stops_no_other(self, home: Home):
        (home.settings.paths.manual / "bills.csv").mkdir()
        (home.settings.paths.manual / "bills.csv" / "more.csv").write_text(GOOD)
        write(home, "other.csv", GOOD)
        outcomes = by_feed(extract_manual_entries(home))
        assert outcomes[BILLS].message == (
            "rejected:\nbills.csv:1:1: it is a folder, and nothing in it is read: move its files into manual/ itself"
        )
        assert outcomes[OTHER].status is Status.OK

    def test_a_refused_file_that_is_removed_is_no_failure_any_more(self, home: Home):
        path = write(home, "bills.csv", BAD)
        write(home, "other.csv", GOOD)
        extract_manual_entries(home)
        path.unlink()
        extract_manual_entries(home)
        assert [outcome.feed for outcome in OutcomeLog(home.folders.outcomes).all()] == [OTHER]

    def test_a_good_file_that_is_removed_takes_its_entries_with_it_and_says_so(self, home: Home):
        path = write(home, "bills.csv", GOOD)
        extract_manual_entries(home)
        path.unlink()
        assert extract_manual_entries(home) == [
            Outcome(BILLS, Status.OK, NOW, "the file was removed, and its entries with it")
        ]
        assert landed(home, BILLS) == []
        assert extract_manual_entries(home) == [], "once"
        assert [outcome.feed for outcome in OutcomeLog(home.folders.outcomes).all()] == [BILLS]

    def test_a_second_extraction_changes_nothing(self, home: Home):
        write(home, "bills.csv", GOOD)
        write(home, "other.csv", BAD)
        extract_manual_entries(home)
        before = (list(LandingStore(home.folders.landing).manifests()), OutcomeLog(home.folders.outcomes).all())
        extract_manual_entries(home)
        assert (list(LandingStore(home.folders.landing).manifests()), OutcomeLog(home.folders.outcomes).all()) == before


class TestAgentLogs:
    AGENT = Feed(SourceKind.LOCAL, "claude_code", "laptop")

    @pytest.fixture
    def logs(self, tmp_path: Path) -> Path:
        return write_log(tmp_path / ".claude" / "projects" / "-work" / "session.jsonl", reply()).parents[2]

    def test_a_computer_without_agent_logs_is_no_feed(self, home: Home):
        assert extract_agent_logs(home, quiet) == []

    def test_logs_are_landed_under_this_computers_name(self, home: Home, logs: Path):
        assert logs.is_dir()
        assert extract_agent_logs(home, quiet) == [Outcome(self.AGENT, Status.OK, NOW)]
        assert landed(home, self.AGENT) == [None]

    def test_logs_that_are_gone_leave_what_was_landed_and_say_so(self, home: Home, logs: Path, tmp_path: Path):
        extract_agent_logs(home, quiet)
        logs.rename(tmp_path / "elsewhere")
        (outcome,) = extract_agent_logs(home, quiet)
        assert outcome.status is Status.MISSING
        assert landed(home, self.AGENT) == [None]
        (kept,) = OutcomeLog(home.folders.outcomes).all()
        assert kept.last_success_at == NOW

    def test_lines_that_cannot_be_used_are_counted_and_the_first_is_named(self, home: Home, logs: Path):
        write_log(logs / "projects" / "-work" / "other.jsonl", reply("msg_2"), b'{"type": "assistant", broken')
        (outcome,) = extract_agent_logs(home, quiet)
        assert (outcome.status, outcome.rejected_lines) == (Status.OK, 1)
        (finding,) = outcome.findings
        assert finding.startswith(f"1 line {LINES_UNUSED} ")
        assert "other.jsonl:2: " in finding

    def test_a_damaged_landing_is_no_sources_failure_and_stops_the_run(self, home: Home, logs: Path):
        assert logs.is_dir()
        extract_agent_logs(home, quiet)
        (manifest,) = home.settings.paths.landing.glob("claude_code/*/manifest.json")
        manifest.write_text("{")
        with pytest.raises(LandingError, match=rf"manifest\.json {CHANGED}"):
            extract_agent_logs(home, quiet)

    def test_a_machine_that_was_renamed_counts_its_replies_once_and_says_so(self, tmp_path: Path, logs: Path):
        assert logs.is_dir()
        extract_agent_logs(home_at(tmp_path, AI_COSTS_HOST="old-name"), quiet)
        home = home_at(tmp_path, AI_COSTS_HOST="new-name")
        outcomes = by_feed(extract_agent_logs(home, quiet))
        old = Feed(SourceKind.LOCAL, "claude_code", "old-name")
        assert str(outcomes[old].message).startswith(
            "1 reply of 'old-name' landed under another host too, counted once"
        )
        assert outcomes[old].status is Status.OK
        assert list(effective(home).left_out) == [(old, LandingStore(home.folders.landing).manifest(old).days[0])]  # type: ignore[union-attr]


class TestApiAccounts:
    FEED = Feed(SourceKind.API, "openai_costs", "labs")

    @pytest.fixture
    def provider(self) -> Iterator[ScriptedProvider]:
        with ScriptedProvider(LEDGER, now=lambda: NOW) as provider:
            yield provider

    @pytest.fixture
    def only_costs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One source a provider, so that an account is one feed."""
        monkeypatch.setattr(refresh, "api_sources", lambda: (OPENAI_COSTS,))

    def account(self, provider: ScriptedProvider, name: str, variable: str) -> str:
        url = provider.base_url("openai")
        return f"  - {{name: {name}, provider: openai, key: {variable}, base_url: '{url}', since: {FIRST}}}\n"

    @pytest.mark.usefixtures("only_costs")
    def test_a_wrong_key_stops_no_other_account_and_stands_in_no_message(
        self, tmp_path: Path, provider: ScriptedProvider
    ):
        accounts = [self.account(provider, *pair) for pair in (("labs", "RIGHT"), ("shop", "WRONG"), ("lab3", "UNSET"))]
        home = home_at(tmp_path, "accounts:\n" + "".join(accounts), RIGHT=KEY, WRONG=WRONG_KEY)
        outcomes = {outcome.feed.name: outcome for outcome in extract_api_accounts(home, quiet)}
        assert {name: outcome.status for name, outcome in outcomes.items()} == {
            "labs": Status.OK,
            "shop": Status.FAILED,
            "lab3": Status.FAILED,
        }
        assert {outcome.expected_every_hours for outcome in outcomes.values()} == {26}
        assert str(outcomes["lab3"].message).startswith("UNSET is not set. ")
        assert WRONG_KEY not in OutcomeLog(home.folders.outcomes).path.read_text()
        assert sum(landed(home, self.FEED)) == LEDGER.total("labs")

    @pytest.mark.usefixtures("only_costs")
    @pytest.mark.parametrize(
        ("name", "hint"),
        [("opneai", "did you mean openai?"), ("acme", "known are openai; enter other bills manually")],
    )
    def test_a_provider_that_no_source_reads_is_said(self, tmp_path: Path, name: str, hint: str):
        home = home_at(tmp_path, f"accounts:\n  - {{name: labs, provider: {name}, key: KEY}}\n", KEY=KEY)
        message = f"account 'labs': no source reads the provider '{name}': {hint}"
        assert extract_api_accounts(home, quiet) == [
            Outcome(Feed(SourceKind.API, name, "labs"), Status.FAILED, NOW, message)
        ]

    def test_what_nobody_foresaw_is_one_accounts_outcome_and_quotes_nothing(
        self, tmp_path: Path, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
    ):
        def fetch(_session: Session, _window: Window) -> Answer:
            answer: dict[str, Any] = {"text": "a prompt that nobody may see"}
            raise KeyError(answer["text"])

        broken = replace(OPENAI_COSTS, name="broken", fetch=fetch)
        monkeypatch.setattr(refresh, "api_sources", lambda: (broken, OPENAI_COSTS))
        home = home_at(tmp_path, "accounts:\n" + self.account(provider, "labs", "KEY"), KEY=KEY)
        outcomes = {outcome.feed.source: outcome for outcome in extract_api_accounts(home, quiet)}
        line = fetch.__code__.co_firstlineno + 2
        assert outcomes["broken"].message == (
            f"this version cannot handle the response (KeyError in test_extraction.py:{line}): please report this; "
            "landed data is unchanged"
        )
        assert (outcomes["broken"].status, outcomes["openai_costs"].status) == (Status.FAILED, Status.OK)
        assert sum(landed(home, self.FEED)) == LEDGER.total("labs")

    @pytest.mark.usefixtures("only_costs")
    def test_an_account_that_fails_later_keeps_its_figures_and_its_last_success(
        self, tmp_path: Path, provider: ScriptedProvider
    ):
        configuration = "accounts:\n" + self.account(provider, "labs", "KEY")
        extract_api_accounts(home_at(tmp_path, configuration, KEY=KEY), quiet)
        later = home_at(tmp_path, configuration, NOW + timedelta(hours=2), KEY=WRONG_KEY)
        extract_api_accounts(later, quiet)
        (kept,) = OutcomeLog(later.folders.outcomes).all()
        assert (kept.status, kept.last_success_at) == (Status.FAILED, NOW)
        assert sum(landed(later, self.FEED)) == LEDGER.total("labs")

    @pytest.mark.usefixtures("only_costs")
    def test_an_account_that_is_no_longer_configured_is_no_failure(self, tmp_path: Path, provider: ScriptedProvider):
        both = self.account(provider, "labs", "RIGHT") + self.account(provider, "shop", "WRONG")
        keys = {"RIGHT": KEY, "WRONG": WRONG_KEY}
        extract_api_accounts(home_at(tmp_path, "accounts:\n" + both, **keys), quiet)
        home = home_at(tmp_path, "accounts:\n" + self.account(provider, "labs", "RIGHT"), **keys)
        extract_api_accounts(home, quiet)
        assert [outcome.feed for outcome in OutcomeLog(home.folders.outcomes).all()] == [self.FEED]


def test_kinds_of_sources_do_not_forget_each_others_failures(home: Home):
    write(home, "bills.csv", BAD)
    extract_manual_entries(home)
    extract_agent_logs(home, quiet)
    extract_api_accounts(home, quiet)
    assert [outcome.feed for outcome in OutcomeLog(home.folders.outcomes).all()] == [BILLS]
