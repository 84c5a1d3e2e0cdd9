"""Compressed logs: read as a stream, counted once alongside the log they were made from, told when they are damaged."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import LandingStore
from pipelines.sources.local.codex import AGENT
from pipelines.sources.local.framework import compressed
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.framework.log_records import records
from pipelines.sources.local.framework.replies import ParsedLog
from pipelines.sources.outcomes import Status
from tests.examples import examples
from tests.sources.local.codex_sessions import Session

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def run(root: Path, landing: LandingStore) -> Extraction:
    return extract(AGENT, [root], "laptop", landing, NOW)


def steps(landing: LandingStore) -> list[tuple[int, int]]:
    rows = landing.read(AGENT.feed("laptop")).to_pylist()
    return sorted((row["input_uncached_tokens"], row["output_tokens"]) for row in rows)


def packed(path: Path, suffix: str = ".zst") -> Path:
    """The same log, compressed as Codex does it: alongside it, under its name and one more ending."""
    target = path.with_name(path.name + suffix)
    with pa.output_stream(str(target), compression=compressed.COMPRESSIONS[suffix]) as stream:
        stream.write(path.read_bytes())
    return target


def session(steps: int = 1) -> Session:
    taken = Session("s")
    for number in range(steps):
        taken.take((1000 + number, 0, 100))
    return taken


def test_a_compressed_session_counts(tmp_path: Path, landing: LandingStore):
    path = session().write(tmp_path / "logs")
    packed(path)
    path.unlink()
    result = run(tmp_path / "logs", landing)
    assert (steps(landing), result.status, result.findings) == ([(1000, 100)], Status.OK, ())


def test_a_session_that_is_there_twice_or_was_compressed_since_counts_once(tmp_path: Path, landing: LandingStore):
    path = session(3).write(tmp_path / "logs")
    once = [(1000, 100), (1001, 100), (1002, 100)]
    run(tmp_path / "logs", landing)
    packed(path)
    assert (run(tmp_path / "logs", landing).files_found, steps(landing)) == (2, once)
    path.unlink()
    assert (run(tmp_path / "logs", landing).files_found, steps(landing)) == (1, once)


@pytest.mark.parametrize("suffix", sorted(compressed.COMPRESSIONS))
@pytest.mark.parametrize("lines", [0, 1, 5000])
def test_every_line_of_a_compressed_log_is_read(tmp_path: Path, suffix: str, lines: int):
    plain = tmp_path / "log.jsonl"
    plain.write_bytes(b"".join(b'{"mark": %d}\n' % number for number in range(lines)))
    reading = ParsedLog()
    found = list(records(packed(plain, suffix), "log", reading, marks=(b'"mark"',)))
    assert found == [(f"log:{number + 1}", {"mark": number}) for number in range(lines)]
    assert (reading.lines, reading.broken) == (lines, 0)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_of_a_compressed_log_that_was_cut_off_what_is_there_counts_and_the_rest_is_a_finding(
    tmp_path: Path, landing: LandingStore, kept: float
):
    path = session(4000).write(tmp_path / "logs")
    target = packed(path)
    path.unlink()
    target.write_bytes(target.read_bytes()[: int(target.stat().st_size * kept)])
    result = run(tmp_path / "logs", landing)
    assert (result.status, result.broken_lines, result.unreadable) == (Status.OK, 1, ())
    [finding] = result.findings
    assert "rollout-s.jsonl.zst" in finding
    assert "the compressed file is damaged or cut off: nothing after this could be read" in finding
    assert 0 <= len(steps(landing)) < 4000


def test_a_file_that_only_calls_itself_compressed_is_a_finding(tmp_path: Path, landing: LandingStore):
    path = session().write(tmp_path / "logs")
    path.rename(path.with_name("rollout-other.jsonl.zst"))
    result = run(tmp_path / "logs", landing)
    assert (steps(landing), result.broken_lines) == ([], 1)
    assert "rollout-other.jsonl.zst:1: the compressed file is damaged or cut off" in result.findings[0]


@settings(max_examples=examples(60), deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6), cut=st.integers(0, 10**6))
def test_a_damaged_compressed_log_costs_lines_that_are_counted_and_nothing_else(
    damage: list[tuple[int, int]], cut: int
):
    with tempfile.TemporaryDirectory() as name:
        target = packed(session(20).write(Path(name)))
        broken = bytearray(target.read_bytes())
        for place, value in damage:
            broken[place % len(broken)] = value
        target.write_bytes(broken[: len(broken) - cut % len(broken)])
        reading = AGENT.read(target, "log", NOW)
    assert len(reading.replies) <= 20
    assert reading.broken <= reading.lines


def test_a_file_that_unpacks_without_end_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compressed, "LARGEST_UNPACKED", 1024**3)
    target = tmp_path / "log.jsonl.zst"
    with pa.output_stream(str(target), compression="zstd") as stream:
        stream.write(b'{"mark": 1}\n')
        for _ in range(1100):
            stream.write(b'{"other": "' + b"a" * 1024**2 + b'"}\n')
    reading = ParsedLog()
    assert list(records(target, "log", reading, marks=(b'"mark"',))) == [("log:1", {"mark": 1})]
    assert reading.reasons[-1].endswith("the compressed file unpacks to more than 1 GiB")
