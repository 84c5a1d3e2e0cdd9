"""How a whole run ends that does not end well: a sentence, its code, and what was published before as it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.presentation.messages import STAYS_PUBLISHED
from tests.e2e.installation import COMMAND, Installation
from tests.sources.local.session_logs import reply, usage, write_log

WITHIN = """
import resource, sys
from pipelines import cli

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["ai-costs", "run"]
cli.main()
"""
STOPPED = f"stopped before it was done; {STAYS_PUBLISHED}, and the next run continues from there\n"


@pytest.fixture
def person(started: Installation, tmp_path: Path) -> Installation:
    """An installation that was run before, with something new to read."""
    copy = started.copy(tmp_path / "person")
    write_log(
        copy.person / ".claude" / "projects" / "-work-rocket" / "session-b.jsonl",
        reply("msg_9", "req_9", timestamp="2026-03-03T10:00:00.000Z", usage=usage(output_tokens=5)),
    )
    return copy


def seen(installation: Installation) -> dict[str, bytes]:
    """What people open."""
    folders = (installation.data / name for name in ("exports", "reports", "warehouse/published.duckdb"))
    paths = (path for folder in folders for path in ([folder] if folder.is_file() else sorted(folder.rglob("*"))))
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def test_a_cut_manifest_ends_with_its_file_its_mending_and_its_code(person: Installation):
    manifest = next((person.data / "landing" / "claude_code").glob("*/manifest.json"))
    os.truncate(manifest, manifest.stat().st_size // 2)
    before = seen(person)
    ended = person.ai_costs("run")
    assert ended.returncode == 5
    assert ended.stderr.startswith("error: ")
    assert manifest.parent.name in ended.stderr
    assert "Traceback" not in ended.stderr
    assert seen(person) == before


@pytest.mark.parametrize("room", [1_000, 700_000, 4_000_000])
def test_a_full_disk_ends_a_run_with_a_sentence_at_whatever_stage(person: Installation, room: int):
    before = seen(person)
    ended = person.execute(sys.executable, "-c", WITHIN, str(room))
    assert ended.returncode == 4, ended.stderr
    assert re.search(
        r"^error: .*(make room|check that there is free space)", ended.stderr, flags=re.MULTILINE | re.DOTALL
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    assert seen(person) == before


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_run_that_is_stopped_ends_with_one_line(person: Installation, stop: signal.Signals):
    before = seen(person)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(person.person),
        "AI_COSTS_HOME": str(person.data),
        "AI_COSTS_HOST": "laptop",
    }
    generations = next((person.data / "landing" / "claude_code").glob("*/generations"))
    landed = len(list(generations.iterdir()))
    with subprocess.Popen(
        [COMMAND, "run"], cwd=person.person, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        while run.poll() is None and len(list(generations.iterdir())) == landed:
            time.sleep(0.05)
        run.send_signal(stop)
        out, err = run.communicate()
    assert (run.returncode, out, err) == (130, "", STOPPED)
    assert seen(person) == before
