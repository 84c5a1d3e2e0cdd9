"""Nothing found is not nothing used: what is of a form that no reader knows is a finding, for every agent."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import LINES_UNUSED, NOT_JSON
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.framework.unknown_forms import has_token_counts
from pipelines.sources.outcomes import Status
from tests.sources.local.agent_logs import write_rows
from tests.sources.local.specimens import SPECIMENS, Specimen

NOW = datetime(2026, 3, 20, tzinfo=UTC)
AGENTS = {agent.name: agent for agent in local_agents()}
EACH = pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.agent)
HAVING_SEVERAL_FILES = pytest.mark.parametrize(
    "specimen",
    [known for known in SPECIMENS if not known.log.endswith(".db") or known.copied_to],
    ids=lambda specimen: specimen.agent,
)
HAVING_LINES = pytest.mark.parametrize(
    "specimen", [known for known in SPECIMENS if known.log.endswith(".jsonl")], ids=lambda specimen: specimen.agent
)
FUTURE = b'{"format":9,"kind":"turn","spent":{"newInputTokens":1200,"newOutputTokens":80},"text":"CANARY-4711"}\n'
TWO_DAYS = 2 * 24 * 3600


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def run(specimen: Specimen, root: Path, landing: LandingStore) -> Extraction:
    return extract(AGENTS[specimen.agent], [root], "laptop", landing, NOW)


def log_of(specimen: Specimen, root: Path, tag: str = "a") -> Path:
    path = root / specimen.log.format(tag=tag)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def put_future(path: Path) -> None:
    """A log of a form that is not out yet under the name of today's."""
    if path.suffix == ".db":
        write_rows(path, "ledger", [{"id": 1, "tokens_in": 1200, "tokens_out": 80}])
    else:
        path.write_bytes(FUTURE)


@EACH
def test_a_log_of_a_form_from_the_future_is_a_finding_until_it_is_gone(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    root = tmp_path / "logs"
    path = log_of(specimen, root)
    put_future(path)
    title = AGENTS[specimen.agent].title
    for _ in range(2):
        result = run(specimen, root, landing)
        [finding] = result.findings
        assert finding.startswith(f"{title}: 1 file, none with usage we know, first ")
        assert AGENTS[specimen.agent].understood in finding
        assert (result.status, result.messages_landed, "CANARY" in finding) == (Status.OK, 0, False)
    path.unlink()
    assert run(specimen, root, landing).findings == ()


@HAVING_SEVERAL_FILES
def test_a_log_of_an_unknown_form_beside_known_ones_is_a_finding(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    root = tmp_path / "logs"
    known = specimen.write(root, "a", 3)
    other = root / (specimen.copied_to or "") if known.suffix == ".db" else log_of(specimen, root, "b")
    put_future(other)
    result = run(specimen, root, landing)
    [finding] = result.findings
    assert finding.startswith(f"{AGENTS[specimen.agent].title}: 1 of 2 files with usage we do not know, first ")
    assert result.messages_landed == (1 if specimen.totals else 3)


@EACH
def test_a_log_under_a_name_that_is_not_known_is_a_finding(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    root = tmp_path / "logs"
    path = log_of(specimen, root)
    path.with_name("turns-v9.data").write_bytes(FUTURE)
    [finding] = run(specimen, root, landing).findings
    assert finding.startswith(
        f"{AGENTS[specimen.agent].title}: 1 file next to its logs not read that may contain usage"
    )


@pytest.mark.parametrize(
    "specimen",
    [known for known in SPECIMENS if known.agent not in {"hermes", "kilo", "openclaw", "opencode"}],
    ids=lambda specimen: specimen.agent,
)
def test_a_file_of_another_kind_is_a_finding_where_nothing_but_logs_lies(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    root = tmp_path / "logs"
    log_of(specimen, root).with_name("turns-v9.bin").write_bytes(b"\x0a\x04\x00\xff\x9c turn")
    [finding] = run(specimen, root, landing).findings
    assert "1 file next to its logs not read that may contain usage" in finding


@EACH
def test_a_compressed_log_is_a_finding_even_beside_newer_ones(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    root = tmp_path / "logs"
    specimen.write(root, "a", 3)
    path = log_of(specimen, root, "b")
    packed = path.with_name(f"{path.name}.br")
    packed.write_bytes(b"\x1b\x00\x00packed")
    os.utime(packed, (1, 1))
    [finding] = run(specimen, root, landing).findings
    assert "1 file next to its logs not read that may contain usage" in finding


@EACH
def test_use_in_a_packed_file_of_another_name_is_a_finding(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    path = log_of(specimen, tmp_path / "logs").with_name("turns-v9.gz")
    path.write_bytes(gzip.compress(FUTURE))
    [finding] = run(specimen, tmp_path / "logs", landing).findings
    assert "turns-v9.gz" in finding


@EACH
def test_logs_at_a_place_that_is_not_known_are_a_finding(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    root = tmp_path / "logs"
    place = root / "history-v9" / "2026" / "turns.ndjson"
    place.parent.mkdir(parents=True)
    place.write_bytes(FUTURE)
    [finding] = run(specimen, root, landing).findings
    assert finding.startswith(f"{AGENTS[specimen.agent].title}: ")
    assert "1 file" in finding


@EACH
def test_what_an_older_version_left_behind_and_files_without_use_are_no_findings(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    root = tmp_path / "logs"
    path = specimen.write(root, "a", 3)
    left = path.with_name("sessions-v0.data")
    left.write_bytes(FUTURE)
    os.utime(left, (path.stat().st_mtime - TWO_DAYS, path.stat().st_mtime - TWO_DAYS))
    for name, content in (
        ("notes.md", FUTURE),
        ("state.data", b'{"title":"a","max_tokens":32000,"contextTokens":200000,"tokens":0}'),
        (".hidden", FUTURE),
        ("empty.data", b""),
    ):
        path.with_name(name).write_bytes(content)
    assert run(specimen, root, landing).findings == ()


@EACH
def test_an_agents_empty_folder_is_no_finding(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    log_of(specimen, tmp_path / "logs")
    result = run(specimen, tmp_path / "logs", landing)
    assert (result.findings, result.files_found) == ((), 0)


@HAVING_LINES
def test_lines_that_cannot_be_used_are_a_finding(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    root = tmp_path / "logs"
    path = specimen.write(root, "a", 3)
    with path.open("ab") as handle:
        handle.write(b"{cut off")
    result = run(specimen, root, landing)
    [finding] = result.findings
    assert finding.startswith(f"1 line {LINES_UNUSED} ")
    assert finding.endswith(f": {NOT_JSON}")


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (b'{"usage":{"in":1200}}', True),
        (b'{"tokens_in": 5}', True),
        (b'{"gen_ai.usage.input_tokens":5}', True),
        (b'{"modelUsage":{"x":1}}', True),
        (b'{"inputTokens":"1200"}', True),
        (b'{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1200"}}', True),
        (b'{"maxTokens":32000,"tokenLimit":5,"contextTokens":9,"usage":{"in":0}}', False),
        (b'{"text":"it said \\"tokens\\": 5 and \\"usage\\": 7"}', False),
        (b'{"access_token":"5abc","token_expires_at":1790000000}', False),
        (b'{"session_token":"1//0gAb","id_token":"123.abc"}', False),
        (b"", False),
    ],
)
def test_tokens_are_seen_in_any_form_and_only_where_they_are_stated(tmp_path: Path, content: bytes, *, reported: bool):
    path = tmp_path / "log"
    path.write_bytes(content)
    assert has_token_counts(path) is reported
    path.write_bytes(b"x" * (1024 * 1024 - 10) + content)
    assert has_token_counts(path) is reported


@pytest.mark.parametrize(("value", "reported"), [(7, True), (0, False), (None, False), ("abc", False)])
def test_a_column_that_is_named_after_tokens_states_them_above_0(tmp_path: Path, value: object, *, reported: bool):
    write_rows(tmp_path / "a.db", "turns", [{"id": 1, "tokens_used": value}])
    assert has_token_counts(tmp_path / "a.db") is reported


def test_nothing_is_written_beside_a_database_that_is_looked_at(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE turns (id, tokens)")
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    before = sorted(tmp_path.iterdir())
    assert not has_token_counts(tmp_path / "b.db")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("agent", "next_to"),
    [
        ("openclaw", ["cron/runs/job.jsonl", "agents/main/sessions/sessions.json", "openclaw.config.json"]),
        ("droid", ["-rocket/session-a.jsonl"]),
        ("kimi", ["sessions/f00/session-a/context.jsonl", "sessions/f00/session-a/state.json"]),
        ("claude_code", ["projects/rocket/a/tool-results/b.json", "projects/rocket/sessions-index.json"]),
        ("hermes", ["response_store.db", "auth.json", "models_cache.json"]),
    ],
)
def test_files_that_are_known_to_repeat_tokens_are_no_findings(
    agent: str, next_to: list[str], tmp_path: Path, landing: LandingStore
):
    specimen = next(known for known in SPECIMENS if known.agent == agent)
    specimen.write(tmp_path / "logs", "a", 3)
    for name in next_to:
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FUTURE)
    assert run(specimen, tmp_path / "logs", landing).findings == ()
