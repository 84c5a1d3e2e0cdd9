"""Claude Code's logs from disk to landing: where they are found, what is landed of them, and what a next run does."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import RecordKind, UsageRecord, from_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import LandingStore
from pipelines.presentation.messages import LINES_UNUSED, NOT_JSON
from pipelines.sources.local.claude_code import AGENT, log_roots
from pipelines.sources.local.framework.agent import Machine
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.outcomes import Status
from tests.sources.local.session_logs import SONNET, progress, reply, usage, write_log

HOST = "laptop"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = AGENT.feed(HOST)
CANARY = "CANARY-4711"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "claude"


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def log(root: Path, name: str, *lines: dict[str, Any] | bytes) -> Path:
    return write_log(root / "projects" / "-home-someone-work-rocket" / f"{name}.jsonl", *lines)


def run(root: Path, landing: LandingStore, *, now: datetime = NOW) -> Extraction:
    return extract(AGENT, [root], HOST, landing, now)


def rows(landing: LandingStore) -> list[UsageRecord]:
    return sorted(from_table(landing.read(FEED)), key=lambda record: (record.period_start, str(record.message_id)))


def ids(landing: LandingStore) -> list[str | None]:
    return [record.message_id for record in rows(landing)]


def generation(landing: LandingStore) -> int:
    manifest = landing.manifest(FEED)
    assert manifest is not None
    return manifest.generation


@pytest.mark.parametrize(
    ("claude", "xdg", "expected"),
    [
        (None, None, ["/home/someone/.config/claude", "/home/someone/.claude"]),
        (" , ", "/etc/someone", ["/etc/someone/claude", "/home/someone/.claude"]),
        ("/a, ~/b ,/c,", "/etc/someone", ["/a", "/home/someone/b", "/c"]),
    ],
)
def test_the_roots_are_the_named_folders_or_both_usual_ones(claude: str | None, xdg: str | None, expected: list[str]):
    reported = {"CLAUDE_CONFIG_DIR": claude, "XDG_CONFIG_HOME": xdg}
    machine = Machine(Path("/home/someone"), {name: value for name, value in reported.items() if value})
    roots = log_roots(machine)
    assert roots[: len(expected)] == [Path(folder) for folder in expected]
    assert all(root.parts[-2:] == ("Claude", "local-agent-mode-sessions") for root in roots[len(expected) :])


@pytest.mark.parametrize(
    ("folder", "variables"),
    [
        ("Library/Application Support/Claude", {}),
        (".config/Claude", {}),
        ("roaming/Claude", {"APPDATA": "roaming"}),
        ("local/Packages/Claude_x1/LocalCache/Roaming/Claude", {"LOCALAPPDATA": "local"}),
    ],
)
def test_sessions_of_claude_desktop_count(
    tmp_path: Path, landing: LandingStore, folder: str, variables: dict[str, str]
):
    session = tmp_path / folder / "local-agent-mode-sessions" / "org" / "account" / "local_1"
    write_log(session / ".claude" / "projects" / "-sessions-local-1" / "s.jsonl", reply())
    write_log(session / "audit.jsonl", reply("msg_2"))
    named = {name: str(tmp_path / value) for name, value in variables.items()}
    result = extract(AGENT, log_roots(Machine(tmp_path, named)), HOST, landing, NOW)
    assert (ids(landing), result.findings) == (["msg_1"], ())


def test_a_landed_row_is_the_record_its_line_states(root: Path, landing: LandingStore):
    log(
        root, "s", reply(usage=usage(service_tier="standard", speed="fast", server_tool_use={"web_search_requests": 2}))
    )
    run(root, landing)
    start = datetime(2026, 3, 1, 10, tzinfo=UTC)
    expected = UsageRecord(
        source_kind=SourceKind.LOCAL,
        source="claude_code",
        record_kind=RecordKind.USAGE,
        account_name="claude-code",
        provider="anthropic",
        host="laptop",
        period_start=start,
        period_end=start + timedelta(milliseconds=1),
        grain="event",
        project="rocket",
        model_raw=SONNET,
        service_tier="standard",
        speed="fast",
        session_id="session-a",
        message_id="msg_1",
        request_id="req_1",
        is_sidechain=False,
        requests=1,
        input_uncached_tokens=10,
        cache_read_tokens=20,
        cache_write_5m_tokens=30,
        cache_write_1h_tokens=0,
        output_tokens=40,
        web_search_requests=2,
        source_file="projects/8d1e6275/s.jsonl",
    )
    assert rows(landing) == [expected]
    assert landing.read(FEED)["record_key"].to_pylist() == [expected.record_key]


def test_a_reply_written_in_many_places_is_landed_once_with_its_final_usage(root: Path, landing: LandingStore):
    blocks = [reply(usage=usage(output_tokens=count)) for count in (1, 1, 40)]
    log(root, "session-a", *blocks, reply("msg_2", "req_2"))
    log(root, "fork-of-a", *blocks, reply("msg_3", "req_3"))
    sub = reply("msg_4", "req_4", usage=usage(output_tokens=3))
    log(root, "session-b", progress(sub), progress(sub))
    log(root, "session-b/subagents/agent-1", reply("msg_4", "req_4", isSidechain=True))
    log(root, "session-c", reply("msg_2", "req_9", isSidechain=True))
    result = run(root, landing)
    assert [(row.message_id, row.output_tokens) for row in rows(landing)] == [
        ("msg_1", 40),
        ("msg_2", 40),
        ("msg_3", 40),
        ("msg_4", 40),
    ]
    assert (result.copies_read, result.duplicates_dropped, result.messages_landed) == (12, 8, 4)


def test_the_result_says_what_was_done(root: Path, landing: LandingStore):
    log(root, "a", reply(), b"{cut off")
    log(root, "b", reply("msg_2", timestamp="2026-03-02T10:00:00Z"), {"type": "user"})
    told: list[str] = []
    result = extract(AGENT, [root], HOST, landing, NOW, progress=told.append)
    assert result == Extraction(
        status=Status.OK,
        message=None,
        files_found=2,
        files_read=2,
        files_unchanged=0,
        unreadable=(),
        lines_read=4,
        broken_lines=1,
        reasons=(f"projects/8d1e6275/a.jsonl:2: {NOT_JSON}",),
        copies_read=2,
        duplicates_dropped=0,
        messages_landed=2,
        days_changed=2,
        findings=((f"1 line {LINES_UNUSED} projects/8d1e6275/a.jsonl:2: {NOT_JSON}"),),
    )
    assert told == ["reading log 1 of 2", "reading log 2 of 2", "landing 2 replies"]


def test_progress_is_told_a_few_times_however_many_files_there_are(root: Path, landing: LandingStore):
    for number in range(100):
        log(root, str(number), {"type": "user"})
    told: list[str] = []
    extract(AGENT, [root], HOST, landing, NOW, progress=told.append)
    assert len(told) == 21
    assert told[:2] == ["reading log 1 of 100", "reading log 6 of 100"]


def test_a_second_run_reads_no_file_and_changes_nothing(root: Path, landing: LandingStore):
    log(root, "a", reply(), b"{cut off")
    first = run(root, landing)
    files = {path: path.read_bytes() for path in landing.root.rglob("*.*")}
    second = run(root, landing, now=NOW + timedelta(hours=1))
    assert (second.files_read, second.files_unchanged, second.lines_read, second.days_changed) == (0, 1, 0, 0)
    assert (second.broken_lines, second.reasons) == (first.broken_lines, first.reasons) == (1, first.reasons)
    assert second.messages_landed == 1
    assert {path: path.read_bytes() for path in landing.root.rglob("*.*")} == files


def test_a_changed_file_alone_is_read_and_only_its_days_are_written(root: Path, landing: LandingStore):
    log(root, "a", reply("msg_1", timestamp="2026-03-01T10:00:00Z"))
    log(root, "b", reply("msg_2", timestamp="2026-03-02T10:00:00Z"))
    run(root, landing)
    before = landing.manifest(FEED)
    log(root, "b", reply("msg_2", timestamp="2026-03-02T10:00:00Z"), reply("msg_3", timestamp="2026-03-03T10:00:00Z"))
    result = run(root, landing, now=NOW + timedelta(hours=1))
    after = landing.manifest(FEED)
    assert (result.files_read, result.files_unchanged, result.days_changed) == (1, 1, 1)
    assert ids(landing) == ["msg_1", "msg_2", "msg_3"]
    assert before is not None
    assert after is not None
    assert after.days == (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3))
    assert [after.partitions[day] for day in before.days] == [before.partitions[day] for day in before.days]


def test_a_file_written_again_with_the_same_replies_changes_no_day(root: Path, landing: LandingStore):
    path = log(root, "a", reply())
    run(root, landing)
    os.utime(path, ns=(1, 1))
    result = run(root, landing, now=NOW + timedelta(hours=1))
    assert (result.files_read, result.days_changed, result.messages_landed) == (1, 0, 1)
    assert run(root, landing).files_read == 0


def test_a_line_that_was_cut_off_counts_until_its_rest_is_written(root: Path, landing: LandingStore):
    whole = json.dumps(reply("msg_2")).encode()
    log(root, "a", reply("msg_1"), whole[:50])
    assert (run(root, landing).broken_lines, ids(landing)) == (1, ["msg_1"])
    log(root, "a", reply("msg_1"), whole)
    assert (run(root, landing).broken_lines, ids(landing)) == (0, ["msg_1", "msg_2"])


def test_a_better_copy_takes_its_reply_to_its_own_day_and_an_emptied_day_goes(root: Path, landing: LandingStore):
    log(root, "a", reply(timestamp="2026-03-01T23:59:59Z", usage=usage(output_tokens=1)))
    run(root, landing)
    log(root, "b", reply(timestamp="2026-03-02T00:00:01Z"))
    result = run(root, landing)
    manifest = landing.manifest(FEED)
    assert manifest is not None
    assert manifest.days == (date(2026, 3, 2),)
    assert [row.output_tokens for row in rows(landing)] == [40]
    assert result.days_changed == 2


def test_days_that_are_gone_from_disk_stay_landed(root: Path, landing: LandingStore):
    old = log(root, "old", reply("msg_1"), b"{cut off")
    log(root, "new", reply("msg_2", timestamp="2026-03-02T10:00:00Z"))
    run(root, landing)
    old.unlink()
    before = generation(landing)
    result = run(root, landing)
    assert (result.files_found, result.broken_lines, result.messages_landed) == (1, 0, 2)
    assert generation(landing) == before
    log(root, "newer", reply("msg_3", timestamp="2026-03-03T10:00:00Z"))
    assert run(root, landing).messages_landed == 3
    assert ids(landing) == ["msg_1", "msg_2", "msg_3"]
    manifest = landing.manifest(FEED)
    assert manifest is not None
    assert len(manifest.cursor["files"]) == 2


def test_a_folder_that_is_moved_away_is_missing_and_moves_no_figure(root: Path, landing: LandingStore):
    log(root, "a", reply())
    run(root, landing)
    before = generation(landing)
    shutil.move(root, root.with_name("moved"))
    result = run(root, landing)
    message = "no Claude Code logs in its folders; `ai-costs doctor` shows what is on this computer"
    assert (result.status, result.message) == (Status.MISSING, message)
    assert (result.messages_landed, generation(landing)) == (1, before)
    shutil.move(root.with_name("moved"), root)
    assert run(root, landing).files_read == 0


def test_an_empty_log_folder_is_no_fault_and_lands_nothing(root: Path, landing: LandingStore):
    (root / "projects").mkdir(parents=True)
    result = run(root, landing)
    assert (result.status, result.message, result.messages_landed) == (Status.OK, None, 0)
    assert landing.manifest(FEED) is None


def test_a_log_without_replies_is_read_once(root: Path, landing: LandingStore):
    log(root, "a", {"type": "user"})
    assert run(root, landing).files_read == 1
    assert run(root, landing).files_read == 0


def test_a_file_that_cannot_be_read_is_named_the_others_are_landed_and_it_is_tried_again(
    root: Path, landing: LandingStore
):
    log(root, "good", reply("msg_1"))
    bad = root / "projects" / "-home-someone-work-rocket" / "bad.jsonl"
    # A regular file whose reading fails for every user, root too: nothing is mapped at address 0.
    bad.symlink_to("/proc/self/mem")
    for files_read in (1, 0):
        result = run(root, landing)
        assert (result.status, result.files_found, result.files_read) == (Status.FAILED, 2, files_read)
        assert result.unreadable == (f"{bad}: Input/output error",)
        assert result.message == (
            "1 place could not be read, the first is claude/projects/8d1e6275/bad.jsonl: Input/output error: let this "
            "user read it (`ai-costs doctor` shows where it lies) and run again; everything else was landed"
        )
        assert ids(landing) == ["msg_1"]
    bad.unlink()
    log(root, "bad", reply("msg_2"))
    assert run(root, landing).status is Status.OK
    assert ids(landing) == ["msg_1", "msg_2"]


def test_a_file_that_is_deleted_while_logs_are_read_is_no_fault(root: Path, landing: LandingStore):
    log(root, "a", reply("msg_1"))
    going = log(root, "b", reply("msg_2"))
    result = extract(AGENT, [root], HOST, landing, NOW, progress=lambda _: going.unlink(missing_ok=True))
    assert (result.status, result.files_found, result.files_read) == (Status.OK, 2, 1)
    assert ids(landing) == ["msg_1"]


def test_roots_are_read_together_and_hosts_apart(tmp_path: Path, landing: LandingStore):
    roots = [tmp_path / "one", tmp_path / "two"]
    log(roots[0], "a", reply("msg_1"), reply("msg_2"))
    log(roots[1], "a", reply("msg_2"), reply("msg_3"))
    result = extract(AGENT, roots, HOST, landing, NOW)
    other = extract(AGENT, [roots[1]], "server", landing, NOW)
    assert (result.files_read, ids(landing)) == (2, ["msg_1", "msg_2", "msg_3"])
    assert other.messages_landed == 2
    assert set(landing.read(AGENT.feed("server"))["host"].to_pylist()) == {"server"}


def test_a_cursor_that_was_damaged_only_costs_a_second_reading(root: Path, landing: LandingStore):
    log(root, "a", reply())
    run(root, landing)
    [cursor] = landing.root.rglob("cursors/*.json")
    cursor.write_bytes(b"{}")
    result = run(root, landing)
    assert (result.files_read, result.days_changed, result.messages_landed) == (1, 0, 1)


def test_a_reply_dated_past_any_clocks_error_is_rejected(root: Path, landing: LandingStore):
    soon, late = NOW + timedelta(hours=26), NOW + timedelta(hours=26, milliseconds=1)
    log(root, "a", reply("msg_1", timestamp=soon.isoformat()), reply("msg_2", timestamp=late.isoformat()))
    result = run(root, landing)
    assert ids(landing) == ["msg_1"]
    assert (result.broken_lines, len(result.reasons)) == (1, 1)


def test_no_text_of_a_log_reaches_what_is_landed_kept_or_told(root: Path, landing: LandingStore):
    content = [
        {"type": "text", "text": f"{CANARY} text"},
        {"type": "thinking", "thinking": CANARY, "signature": CANARY},
        {"type": "tool_use", "name": CANARY, "input": {"command": CANARY, "usage": {"input_tokens": CANARY}}},
    ]
    line = reply(
        cwd=f"/home/{CANARY}/rocket",
        gitBranch=CANARY,
        slug=CANARY,
        version=CANARY,
        costUSD=CANARY,
        parentUuid=CANARY,
        uuid=CANARY,
        toolUseResult={"stdout": CANARY, "usage": usage()},
        usage=usage(iterations=[CANARY], note=CANARY),
    )
    line["message"] |= {"content": content, "stop_reason": CANARY, "container": {"id": CANARY}, CANARY: CANARY}
    nested = progress({**line, "message": {**line["message"], "id": "msg_sub"}}, toolUseID=CANARY)
    nested["data"] |= {"prompt": CANARY, "normalizedMessages": [{"message": {"content": CANARY}}]}
    bad = [
        reply("bad", timestamp=CANARY),
        reply("bad", usage=usage(output_tokens=CANARY)),
        f'{{"usage": "{CANARY}", {CANARY}'.encode(),
        {"type": "user", "message": {"role": "user", "content": CANARY, "usage": CANARY}},
        {"type": "summary", "summary": CANARY, "usage": CANARY},
    ]
    log(root, "a", line, nested, *bad)
    told: list[str] = []
    result = extract(AGENT, [root], HOST, landing, NOW, progress=told.append)
    manifest = landing.manifest(FEED)
    assert manifest is not None
    assert (result.messages_landed, result.broken_lines) == (2, 3)
    everything = [repr(landing.read(FEED).to_pylist()), repr(result), repr(told), json.dumps(manifest.cursor)]
    assert CANARY not in "\n".join(everything)
