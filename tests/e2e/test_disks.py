"""A disk that is full or read-only, and folders that may not be written: what each command says, and what stays."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Ended
from tests.cli.test_endings import LINES, is_a_sentence
from tests.e2e.disks import MEGABYTE, UNPRIVILEGED, Disk, disk_with
from tests.e2e.installation import Installation
from tests.notifications.receivers import web_server
from tests.sources.local.session_logs import reply, usage, write_log

ONLY_READ = {"doctor": 3, "withdraw": 0, "landing list": 0, "anomalies list": 0, "prices": 0, "verify": 0, "show": 0}
"""Commands that only read, and how they end on a full disk: all is well but for what `doctor` says of the room."""


@pytest.fixture
def disk(started: Installation, tmp_path: Path) -> Iterator[Disk]:
    """A disk with an installation that was run before, with something new to read and a file to import."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with disk_with(started, folder) as made:
        write_log(
            made.seen / ".claude" / "projects" / "-work-rocket" / "session-b.jsonl",
            reply("msg_9", "req_9", timestamp="2026-03-03T10:00:00.000Z", usage=usage(output_tokens=5)),
        )
        (made.seen / "bill.csv").write_text("date,provider,account,amount,currency\n2026-03-02,groq,default,1.00,USD\n")
        yield made


def hashes(disk: Disk) -> dict[str, str]:
    """What people open, what was landed and what they entered, by its hash; an `.index` is only derived from them."""
    folders = (disk.data / name for name in ("builds", "landing", "manual", "inbox", "prices"))
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix not in {".lock", ".index"})
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}


STEPS = ("make room", "free some space", "check that there is free space")


def says_why(ended: Ended, words: str) -> bool:
    """Whether a command ended with an error on the system's refusal, for which SQLite has separate words.

    Above it Dagster may say of an event that it could not be written. The error of a run names the step below it.
    """
    last = ended.err[ended.err.rfind("error: ") :]
    told = words in last or "(disk I/O error)" in last or "(database or disk is full)" in last
    return is_a_sentence(Ended(ended.code, ended.out, last)) and ended.code == 4 and told and "[SQL" not in ended.err


def test_a_full_disk_is_told_by_each_command_that_writes_and_changes_nothing(disk: Disk):
    before = hashes(disk)
    words = disk.fill()
    ended = disk.call(*LINES)
    for line in LINES:
        if line in ONLY_READ:
            assert (line, ended[line].code) == (line, ONLY_READ[line]), ended[line].err
        else:
            assert says_why(ended[line], words), (line, ended[line])
            assert any(step in ended[line].err for step in STEPS), (line, ended[line])
    places = {"export": "exports/costs.csv", "report": "reports/ai-costs.html", "serve": "state/serve.lock"}
    for line, place in places.items():
        assert f"{place} cannot be " in ended[line].err
        assert any(f" ({words}): {step}" in ended[line].err for step in STEPS), (line, ended[line])
    assert hashes(disk) == before


def test_a_run_that_fails_on_a_full_disk_is_alerted(disk: Disk):
    with web_server() as hook:
        (disk.data / "ai-costs.yaml").write_text("channels: [{name: chat, url: CHAT_URL, private_network: true}]\n")
        (disk.data / ".env").write_text(f"CHAT_URL={hook.url}\n")
        words = disk.fill()
        (ended,) = disk.call("run").values()
    assert says_why(ended, words), ended
    (body,) = hook.bodies
    assert body["title"] == "refresh_costs has failed; the last good figures stay in effect"
    assert ended.err.splitlines()[-1].removeprefix("error: ") in body["message"].replace("\n", " ")


def test_a_read_only_disk_is_told_by_each_command_and_can_be_verified(disk: Disk):
    before = hashes(disk)
    words = disk.make_read_only()
    ended = disk.call(*LINES)
    assert [ended.pop(line).code for line in ("show", "verify")] == [0, 0]
    for line, found in ended.items():
        assert says_why(found, words), (line, found)
        assert "choose another data folder with --home or AI_COSTS_HOME" in found.err
    assert hashes(disk) == before


@pytest.mark.parametrize("left", [MEGABYTE // 2, 9 * MEGABYTE])
def test_a_run_that_fills_the_disk_says_so_and_the_next_one_with_room_is_whole(disk: Disk, left: int):
    before = hashes(disk)
    words = disk.fill(left)
    (ended,) = disk.call("run").values()
    assert says_why(ended, words), ended
    builds = {path: digest for path, digest in before.items() if "/builds/" in path}
    assert builds.items() <= hashes(disk).items()
    disk.make_room()
    after = disk.call("run", "verify", "export")
    assert {line: found.code for line, found in after.items()} == {"run": 0, "verify": 0, "export": 0}
    left_over = [path for path in disk.data.rglob(".writing-*") if path.is_file()]
    assert left_over == []


@pytest.mark.parametrize("folder", ["landing", "prices", "warehouse", "builds", "state"])
def test_a_folder_that_may_not_be_written_is_named_by_a_run_and_changes_nothing(disk: Disk, folder: str):
    before = hashes(disk)
    words = disk.forbid(disk.data / folder)
    (ended,) = disk.call("run").values()
    if folder == "prices":  # nothing new is to be stored there
        assert ended.code == 0, ended
        return
    assert says_why(ended, words), ended
    assert f"/data/{folder}" in ended.err
    disk.allow(disk.data / folder)
    builds = {path: digest for path, digest in before.items() if "/builds/" in path}
    assert builds.items() <= hashes(disk).items()


def test_files_that_may_not_be_read_are_named_by_doctor_with_what_to_do(disk: Disk):
    shutil.copyfile(disk.seen / "bill.csv", disk.data / "inbox" / "invoice.csv")
    disk.before = list(UNPRIVILEGED)
    for file in ("manual/bills.csv", "inbox/invoice.csv"):
        (disk.data / file).chmod(0)
    (ended,) = disk.call("doctor --json").values()
    assert ended.code == 3
    for file in ("bills.csv", "invoice.csv"):
        assert f"{file}:1:1: it cannot be read (Permission denied): give this user read access" in ended.out, ended.out
    (disk.data / "ai-costs.yaml").touch(0)
    (refused,) = disk.call("doctor").values()
    assert refused.code == 2
    assert "ai-costs.yaml: it cannot be read (Permission denied): give this user read access" in refused.err
