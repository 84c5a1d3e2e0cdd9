"""`doctor` has a row for everything worth knowing, and the next step alongside each problem."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.app.diagnosis import Finding, examine
from pipelines.app.home import Home
from pipelines.app.refresh import extract_agent_logs
from pipelines.builds.store import warehouse_of
from pipelines.landing import LandingStore
from pipelines.presentation.messages import CHANGED, NO_KNOWN_EXPORT, OTHER_SERVICES
from pipelines.sources.manual import folder
from pipelines.sources.outcomes import OutcomeLog
from tests.home.homes import ENTRIES, NOW, home_at, publish
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.specimens import SPECIMENS
from tests.sources.local.session_logs import reply, write_log

CHANNEL = "channels:\n  - {name: mail, url: MAIL_URL}\n"
SECRET = "mailto://canary:4711@example.test"  # noqa: S105 - made up, to look for it


def row(home: Home, subject: str) -> Finding:
    (found,) = [finding for finding in examine(home) if finding.subject == subject]
    return found


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_new_home_lacks_nothing_but_a_first_run(tmp_path: Path):
    findings = examine(home_at(tmp_path))
    assert [finding.subject for finding in findings if not finding.ok] == ["published build"]
    published = next(finding for finding in findings if not finding.ok)
    assert (published.found, published.next_step) == (
        "no build has been published here yet: run `ai-costs run` first",
        "`ai-costs run`",
    )


def test_a_home_after_a_run_is_all_in_order(tmp_path: Path):
    home = home_at(tmp_path, CHANNEL, MAIL_URL=SECRET)
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), NOW)
    publish(home)
    findings = examine(home)
    assert [finding for finding in findings if not finding.ok] == []
    assert SECRET not in str(findings)


def test_the_data_folder_is_named_and_whose_it_is(tmp_path: Path):
    found = row(home_at(tmp_path), "data folder").found
    assert found.startswith(f"{tmp_path / 'data'} (yours), ")
    assert found.endswith(" GB free")


@pytest.mark.parametrize(("free", "ok"), [(499_999_999, False), (500_000_000, True)])
def test_a_disk_without_room_for_a_second_copy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, *, ok: bool
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**12, 10**12 - free, free))
    found = row(home_at(tmp_path), "data folder")
    assert found.ok is ok
    assert found.next_step == ("" if ok else "free some space: a build needs room for a second copy")
    assert found.found.endswith("0.5 GB free")


def test_without_a_configuration_the_defaults_hold_and_init_writes_one(tmp_path: Path):
    found = row(home_at(tmp_path), "configuration")
    assert (found.ok, found.found, found.next_step) == (
        True,
        "none: the defaults apply",
        "`ai-costs init` writes one to edit",
    )


def test_a_configuration_is_named_with_what_is_in_it(tmp_path: Path):
    budget = "budgets:\n  - {name: all, amount: 10, currency: USD, period: month}\n"
    found = row(home_at(tmp_path, budget + CHANNEL), "configuration")
    assert (found.ok, found.found) == (True, f"{tmp_path / 'data' / 'ai-costs.yaml'}: 1 budget, 1 channel")


def test_a_variable_that_is_not_set_is_named_with_where_to_put_it(tmp_path: Path):
    found = row(home_at(tmp_path, CHANNEL), "variable MAIL_URL")
    assert (found.ok, found.found, found.next_step) == (
        False,
        "not set",
        "put MAIL_URL=… into .env next to the configuration",
    )
    assert not row(home_at(tmp_path, CHANNEL, MAIL_URL=""), "variable MAIL_URL").ok


def test_a_variable_of_the_env_file_is_set_and_its_value_is_not_shown(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".env").write_text(f"MAIL_URL={SECRET}\n")
    found = row(home_at(tmp_path, CHANNEL), "variable MAIL_URL")
    assert found == Finding("variable MAIL_URL", "set")


def test_each_agent_is_listed_with_its_files_and_what_landed_of_it(tmp_path: Path):
    log = write_log(tmp_path / ".claude" / "projects" / "-work" / "session.jsonl", reply())
    os.utime(log, (1_772_366_400, 1_772_366_400))
    home = home_at(tmp_path)
    files = f"{tmp_path / '.claude'}: 1 file, 0 MB, the newest of 2026-03-01 12:00 UTC"
    assert row(home, "Claude Code on laptop") == Finding(
        "Claude Code on laptop", f"{files}\nnothing landed", "1 file to read: `ai-costs run`"
    )
    extract_agent_logs(home, progress=lambda _: None)
    landed = f"{files}\n1 reply landed, the newest of 2026-03-01 10:00 UTC"
    assert row(home, "Claude Code on laptop") == Finding("Claude Code on laptop", landed)


def test_an_agents_folder_without_known_logs_is_listed_and_what_it_holds_is_said(tmp_path: Path):
    write_log(tmp_path / ".kimi" / "sessions" / "a" / "turns-v9.jsonl", {"tokensIn": 5})
    (tmp_path / ".qwen").mkdir()
    findings = examine(home_at(tmp_path))
    [kimi, lacking] = [finding for finding in findings if finding.subject == "Kimi CLI on laptop"]
    assert kimi == Finding("Kimi CLI on laptop", f"{tmp_path / '.kimi'}: no logs\nnothing landed")
    assert (lacking.ok, lacking.warning) == (True, True)
    assert lacking.found.startswith("Kimi CLI: 1 file next to its logs not read that may contain usage")
    assert row(home_at(tmp_path), "Qwen Code on laptop").found == f"{tmp_path / '.qwen'}: no logs\nnothing landed"
    assert "agent logs" not in [finding.subject for finding in findings]


def test_an_agent_that_is_not_read_is_listed_with_how_its_use_enters(tmp_path: Path):
    threads = tmp_path / ".local" / "share" / "zed" / "threads"
    threads.mkdir(parents=True)
    found = row(home_at(tmp_path), "Zed on laptop")
    assert (found.ok, found.warning) == (True, True)
    assert found.found == f"{threads}: its use is not read from this computer"
    assert found.next_step == "enter its bill manually, or import its provider's export"


def test_each_entry_file_is_read_and_a_mistake_is_named_by_place(tmp_path: Path):
    home = home_at(tmp_path)
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    (home.settings.paths.manual / "wrong.csv").write_text(ENTRIES.replace("12.40", "twelve"))
    assert row(home, "manual file bills.csv") == Finding("manual file bills.csv", "1 entry")
    wrong = row(home, "manual file wrong.csv")
    assert (wrong.ok, wrong.next_step) == (False, "fix this; a file is imported completely or not at all")
    assert wrong.found.startswith("wrong.csv was rejected: 1 problem\nwrong.csv:2:4: amount: 'twelve' is not an ")


def test_a_folder_among_the_entry_files_is_a_finding(tmp_path: Path):
    home = home_at(tmp_path)
    folder_of_entries = home.settings.paths.manual / "folder.csv"
    folder_of_entries.mkdir()
    (folder_of_entries / "bills.csv").write_text(ENTRIES)
    found = row(home, "manual file folder.csv")
    assert not found.ok
    assert "folder.csv was rejected: 1 problem" in found.found


def test_each_file_of_the_inbox_is_named_with_what_it_states_or_why_it_is_refused(tmp_path: Path):
    home = home_at(tmp_path)
    inbox = home.settings.paths.inbox
    good = bill(charge("2026-10-01", "1.5"), charge("2026-10-02", "2.25"), charge("2026-10-01", "2", "Amazon EC2"))
    (inbox / "bill.csv").write_text(good)
    (inbox / "bill (1).csv").write_text(good)
    (inbox / "wrong.csv").write_text(good.replace("1.5", "x"))
    (inbox / "tokens.csv").write_text(next(made.content for made in SPECIMENS if made.format == "deepseek_usage"))
    (inbox / "other.csv").write_text("Day,Price\n2026-10-01,2\n")
    (inbox / "many.csv").write_text(bill(*[charge("2026-10-01", "x")] * 12))
    left_out = f"111: 1 row {OTHER_SERVICES} 2.00 USD: Amazon EC2 2.00 USD"
    found = f"FOCUS 1.0-1.2: 3 rows, together 3.75 USD; {left_out}"
    assert row(home, "inbox file bill (1).csv") == Finding("inbox file bill (1).csv", found)
    assert row(home, "inbox file tokens.csv").found == "DeepSeek tokens: 4 rows, without amounts"
    twin, wrong, other, many = (row(home, f"inbox file {name}.csv") for name in ("bill", "wrong", "other", "many"))
    assert (twin.ok, twin.found, twin.next_step) == (
        False,
        "it is the same file as bill (1).csv",
        "remove one of them",
    )
    assert (wrong.ok, wrong.found.startswith("wrong.csv:2:")) == (False, True)
    shown = f"`ai-costs import --preview {inbox / 'wrong.csv'}` shows what is in it"
    assert wrong.next_step == f"fix it, export it again or remove it; {shown}"
    assert other.found.startswith(f"other.csv:1:1: {NO_KNOWN_EXPORT}")
    assert (many.found.count("\n"), many.found.splitlines()[-1]) == (10, "and 2 more")


def test_every_landed_file_is_checked_and_a_changed_one_is_named(tmp_path: Path):
    home = home_at(tmp_path)
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), NOW)
    assert row(home, "landing") == Finding("landing", "1 day, 1 row, every hash as written")
    ((_, _, path),) = LandingStore(home.folders.landing).verify()
    path.write_bytes(path.read_bytes()[:-1])
    found = row(home, "landing")
    assert (found.ok, found.next_step) == (False, "`ai-costs landing list` shows the generations that can be restored")
    assert f"{path.name} {CHANGED}" in found.found


def test_a_changed_generation_that_is_not_in_force_is_a_warning(tmp_path: Path):
    home = home_at(tmp_path)
    for entries in (ENTRIES, ENTRIES.replace("12.40", "12.50")):
        (home.settings.paths.manual / "bills.csv").write_text(entries)
        folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), NOW)
    (first, _) = sorted(home.settings.paths.landing.rglob("generations/*.json"))
    first.write_bytes(first.read_bytes()[:-1])
    _, found = [finding for finding in examine(home) if finding.subject == "landing"]
    assert (found.ok, found.warning) == (True, True)
    assert found.found == f"{first.relative_to(tmp_path / 'data')} {CHANGED}"


@pytest.mark.parametrize(
    ("age", "ok"), [(timedelta(minutes=6), True), (timedelta(hours=25, minutes=59), True), (timedelta(hours=26), False)]
)
def test_a_published_build_is_named_with_its_age_and_an_old_one_wants_a_run(
    tmp_path: Path, age: timedelta, *, ok: bool
):
    name = publish(home_at(tmp_path))
    found = row(home_at(tmp_path, now=NOW + age), "published build")
    hours = age.total_seconds() / 3600
    assert found.found == f"{name} of 2026-03-20 12:30 UTC, {hours:.1f} hours old"
    assert found.ok is ok
    assert found.next_step == ("" if ok else "`ai-costs run`, or `ai-costs serve` to have it run by itself")


def test_a_damaged_published_build_is_a_finding_that_names_the_way_out(tmp_path: Path):
    home = home_at(tmp_path)
    publish(home)
    home.settings.paths.published.write_bytes(b"not a database")
    found = row(home, "published build")
    assert not found.ok
    assert found.found.endswith("run `ai-costs rebuild` to build it again")


def test_a_recurring_cost_says_what_it_entered_last(tmp_path: Path):
    recurring = "recurring:\n  - {name: seats, provider: cursor, amount: 20, seats: 3, every: month, start: %s}\n"
    today = NOW.date()
    started = today.replace(day=1)
    assert row(home_at(tmp_path / "a", recurring % started), "recurring cost seats").found.startswith(
        "1 entry; the newest is 60 USD up to "
    )
    later = row(home_at(tmp_path / "b", recurring % (today + timedelta(days=1))), "recurring cost seats")
    assert (later.found, later.ok) == ("no period of it has begun", True)


def test_a_bill_that_nobody_entered_comes_with_the_command_that_enters_it(tmp_path: Path):
    found = row(home_at(tmp_path, "expected:\n  - {provider: groq, by: 1}\n"), "expected entry groq")
    assert not found.ok
    assert found.found.endswith("; there is none yet")
    assert found.next_step.startswith("`ai-costs add groq AMOUNT --period-start ")


def test_what_was_set_aside_is_listed_and_no_reason_to_worry(tmp_path: Path):
    home = home_at(tmp_path)
    (home.settings.paths.state / "extractions.json").write_text("[{")
    (home.settings.paths.working).write_text("not a database")
    assert OutcomeLog(home.folders.outcomes).all() == []
    with warehouse_of(home.folders).writing():
        pass
    found = row(home, "set aside")
    copies = [*home.settings.paths.state.glob("*.damaged-*"), *home.settings.paths.working.parent.glob("*.damaged-*")]
    names = ", ".join(str(path.relative_to(home.settings.paths.home)) for path in copies)
    assert len(copies) == 2
    assert found.found == f"damaged and recreated since: {names}"
    assert (found.ok, found.warning) == (True, False)
